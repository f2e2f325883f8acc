//! Typed field handles.

use std::{fmt, marker::PhantomData};

use super::{FieldMeta, FieldPath, Full, Kind};

/// Names types without holding values of them.
pub(super) type Marker<M, K, C> = PhantomData<fn() -> (M, K, C)>;

/// A field of the model `M`, of the kind `K`, that Odoo lets be used as the capability `C` says.
///
/// Handles are the fields of the constant `F` of a model: `ResPartner::F.name`.
pub struct Field<M, K, C = Full> {
    meta: &'static FieldMeta,
    marker: Marker<M, K, C>,
}

impl<M, K, C> Field<M, K, C> {
    /// The handle of the field that `meta` describes.
    pub const fn new(meta: &'static FieldMeta) -> Self {
        Self {
            meta,
            marker: PhantomData,
        }
    }

    /// What is known of the field at run time.
    pub const fn meta(&self) -> &'static FieldMeta {
        self.meta
    }

    /// The name on the wire.
    pub const fn name(&self) -> &'static str {
        self.meta.name()
    }

    pub(crate) fn path(&self) -> FieldPath {
        FieldPath::from(self.meta)
    }
}

impl<M, K: Kind, C> Field<M, K, C> {
    /// Fails to compile, in a `const`, where `text` is no value of the field.
    #[track_caller]
    pub(crate) const fn check_literal(&self, text: &str) {
        super::literal::check(self.meta.name(), &K::LITERAL, text);
    }
}

impl<M, K, C> Clone for Field<M, K, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, K, C> Copy for Field<M, K, C> {}

impl<M, K, C> fmt::Debug for Field<M, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meta.name())
    }
}
