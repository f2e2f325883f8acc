//! Typed field handles.

use std::{fmt, marker::PhantomData};

use super::{FieldMeta, FieldPath, Full, Kind, Model};

/// Names types without holding values of them.
#[doc(hidden)]
pub type Marker<M, K, C> = PhantomData<fn() -> (M, K, C)>;

/// A field of the model `M`, of the kind `K`, that Odoo lets be used as the capability `C` says.
///
/// Handles are the fields of the constant `F` of a model: `ResPartner::F.name`.
pub struct Field<M, K, C = Full> {
    /// Its place in the model's table. Handles are plain data, since a call for each costs a third of the compile time.
    #[doc(hidden)]
    pub index: u16,
    #[doc(hidden)]
    pub marker: Marker<M, K, C>,
}

impl<M: Model, K, C> Field<M, K, C> {
    /// What is known of the field at run time.
    pub const fn meta(&self) -> &'static FieldMeta {
        &M::META.fields()[self.index as usize]
    }

    /// The name on the wire.
    pub const fn name(&self) -> &'static str {
        self.meta().name()
    }

    pub(crate) fn path(&self) -> FieldPath {
        FieldPath::from(self.meta())
    }
}

impl<M: Model, K: Kind, C> Field<M, K, C> {
    /// Fails to compile, in a `const`, where `text` is no value of the field.
    #[track_caller]
    pub(crate) const fn check_literal(&self, text: &str) {
        super::literal::check(self.meta().name(), &K::LITERAL, text);
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
