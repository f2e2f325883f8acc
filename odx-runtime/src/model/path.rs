//! Paths: fields reached through relations.

use std::{borrow::Cow, fmt, marker::PhantomData};

use super::{Field, FieldMeta, Full, Model, field::Marker};

/// The names of a path: fields, and at the end perhaps a date part or a property.
#[derive(Clone)]
pub struct FieldPath {
    steps: Vec<&'static FieldMeta>,
    suffix: Option<Cow<'static, str>>,
}

impl FieldPath {
    /// The fields from first to last. There is at least one.
    pub fn steps(&self) -> &[&'static FieldMeta] {
        &self.steps
    }

    /// The last field.
    pub fn last(&self) -> &'static FieldMeta {
        self.steps.last().expect("BUG: a path has a field")
    }

    /// The date part or property after the last field.
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    pub(crate) fn step(mut self, meta: &'static FieldMeta) -> Self {
        self.steps.push(meta);
        self
    }

    pub(crate) fn join(mut self, far: FieldPath) -> Self {
        self.steps.extend(far.steps);
        self.suffix = far.suffix;
        self
    }

    /// The first field, and the path from there on; none where there is but one field.
    pub(crate) fn split_first(&self) -> Option<(FieldPath, FieldPath)> {
        let (first, rest) = self.steps.split_first()?;
        let rest = (!rest.is_empty()).then(|| FieldPath {
            steps: rest.to_vec(),
            suffix: self.suffix.clone(),
        })?;
        Some((FieldPath::from(*first), rest))
    }

    /// The path to the record whose field the last one is; none where there is but one field.
    pub(crate) fn without_last(&self) -> Option<FieldPath> {
        let (_, before) = self.steps.split_last()?;
        (!before.is_empty()).then(|| FieldPath {
            steps: before.to_vec(),
            suffix: None,
        })
    }

    pub(crate) fn without_suffix(self) -> Self {
        Self {
            suffix: None,
            ..self
        }
    }

    pub(crate) fn with_suffix(mut self, suffix: impl Into<Cow<'static, str>>) -> Self {
        self.suffix = Some(suffix.into());
        self
    }
}

impl From<&'static FieldMeta> for FieldPath {
    fn from(meta: &'static FieldMeta) -> Self {
        Self {
            steps: vec![meta],
            suffix: None,
        }
    }
}

impl PartialEq for FieldPath {
    fn eq(&self, other: &Self) -> bool {
        let names = self.steps.iter().map(|step| step.name());
        let others = other.steps.iter().map(|step| step.name());
        names.eq(others) && self.suffix == other.suffix
    }
}

impl Eq for FieldPath {}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(step.name())?;
        }
        match &self.suffix {
            Some(suffix) => write!(f, ".{suffix}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A field reached from the model `M` through relations. It has the operators of a [`Field`].
pub struct Path<M, K, C = Full> {
    path: FieldPath,
    marker: Marker<M, K, C>,
}

impl<M, K, C> Path<M, K, C> {
    pub(crate) fn new(path: FieldPath) -> Self {
        Self {
            path,
            marker: PhantomData,
        }
    }

    pub(crate) fn path(&self) -> FieldPath {
        self.path.clone()
    }
}

impl<M, K, C> Clone for Path<M, K, C> {
    fn clone(&self) -> Self {
        Self::new(self.path.clone())
    }
}

impl<M, K, C> fmt::Debug for Path<M, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

/// What a hop may lead to: a field of the model `M`, or a path from it.
#[diagnostic::on_unimplemented(
    message = "the relation leads to `{M}`, so the hop must end in a field of `{M}`, as in `.hop(|c| c.name)`",
    label = "not a field of `{M}`"
)]
pub trait IntoPath<M> {
    /// The kind of the far field.
    type Kind;
    /// The capability of the far field.
    type Capability;

    /// The path.
    fn into_path(self) -> Path<M, Self::Kind, Self::Capability>;
}

impl<M: Model, K, C> IntoPath<M> for Field<M, K, C> {
    type Kind = K;
    type Capability = C;

    fn into_path(self) -> Path<M, K, C> {
        Path::new(self.path())
    }
}

impl<M, K, C> IntoPath<M> for Path<M, K, C> {
    type Kind = K;
    type Capability = C;

    fn into_path(self) -> Self {
        self
    }
}
