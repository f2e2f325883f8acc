//! Typed field handles.

use std::{convert::Infallible, fmt, marker::PhantomData};

use super::{
    FieldMeta, FieldPath, Full, Kind, Model,
    table::{self, Row},
};

/// Names types without holding values of them.
#[doc(hidden)]
pub type Marker<M, K, C> = PhantomData<fn() -> (M, K, C)>;

/// A field of the model `M`, of the kind `K`, that Odoo lets be used as the capability `C` says.
///
/// Handles are the fields of the constant `F` of a model: `ResPartner::F.name`.
// An enum, because a struct would need a `PhantomData` beside the index: an expression more to compile for each of a
// schema's handles.
pub enum Field<M: ?Sized, K: ?Sized, C: ?Sized = Full> {
    /// Its place in the model's table.
    #[doc(hidden)]
    At {
        /// From 0.
        index: u16,
    },
    /// Names the types; there is no such value.
    #[doc(hidden)]
    Never(Infallible, PhantomData<fn(*const M, *const K, *const C)>),
}

impl<M: Model, K, C> Field<M, K, C> {
    /// What is known of the field at run time.
    pub fn meta(&self) -> &'static FieldMeta {
        &M::meta().fields()[self.index()]
    }

    /// The name on the wire. For constants: it is looked up in the table; a program has it from [`meta`](Self::meta).
    pub const fn name(&self) -> &'static str {
        self.row().name
    }

    /// What constants know of the field.
    pub(crate) const fn row(&self) -> Row {
        table::nth(M::TABLE, self.index())
    }

    const fn index(&self) -> usize {
        match self {
            Self::At { index } => *index as usize,
            Self::Never(never, _) => match *never {},
        }
    }

    pub(crate) fn path(&self) -> FieldPath {
        FieldPath::from(self.meta())
    }
}

impl<M: Model, K: Kind, C> Field<M, K, C> {
    /// Fails to compile, in a `const`, where `text` is no value of the field.
    #[track_caller]
    pub(crate) const fn check_literal(&self, text: &str) {
        super::literal::check(self.name(), &K::LITERAL, text);
    }
}

impl<M, K, C> Clone for Field<M, K, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, K, C> Copy for Field<M, K, C> {}

impl<M: Model, K, C> fmt::Debug for Field<M, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meta().name())
    }
}
