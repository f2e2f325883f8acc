//! One field of a search.

use super::{Query, Shape};
use crate::{
    AnySession, Error,
    model::{Field, FieldMeta, Model, Selectable, Slot, flags},
};

/// A field of the model `M` that [`Query::pluck`] reads.
#[diagnostic::on_unimplemented(
    message = "`pluck` reads one of the fields of `{M}` itself, such as `|r| r.name`, and not `{Self}`: a field behind a relation is read by `fetch_as`, into a struct with a struct for the far record",
    label = "not a field of `{M}`"
)]
pub trait Plucked<M> {
    /// The kind of its values.
    type Kind: Selectable;

    /// What is known of the field.
    fn meta(&self) -> &'static FieldMeta;
}

#[diagnostic::do_not_recommend]
impl<M: Model, K: Selectable, C> Plucked<M> for Field<M, K, C> {
    type Kind = K;

    fn meta(&self) -> &'static FieldMeta {
        self.meta()
    }
}

/// A search that reads one field: made by [`Query::pluck`].
#[must_use = "a query does nothing until it is fetched or streamed"]
pub struct Pluck<M, T> {
    query: Query<M>,
    field: &'static FieldMeta,
    needs_value: bool,
    blank: fn() -> T,
}

impl<M, T> Clone for Pluck<M, T> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            ..*self
        }
    }
}

impl<M: Model, T: Slot> Pluck<M, T> {
    pub(super) fn new(
        query: Query<M>,
        field: &'static FieldMeta,
        needs_value: bool,
        blank: fn() -> T,
    ) -> Self {
        Self {
            query,
            field,
            needs_value,
            blank,
        }
    }

    /// Refuses what would fail on the first record without a value, and what takes calls of its own.
    fn check(&self) -> Result<(), Error> {
        let name = self.field.name();
        if self.needs_value && !self.field.has(flags::REQUIRED | flags::STORED) {
            return Err(Error::usage(format!(
                "`{}.{name}` may have no value: read it as an `Option`",
                M::NAME
            )));
        }
        if (self.blank)().nested().is_some() {
            return Err(Error::usage(format!(
                "`{}.{name}` cannot be plucked as records: read them into a struct with a field for them",
                M::NAME
            )));
        }
        Ok(())
    }

    fn shape(&self) -> Shape<T> {
        Shape::flat::<M>(&[self.field], self.blank, |value, list| list.push(value))
    }

    /// Reads the values.
    ///
    /// # Errors
    /// As of [`Query::fetch`]; [`Error::Usage`] if the field may have no value and the type has no room for that.
    pub fn fetch<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<T>> {
        if let Err(error) = self.check() {
            return odoo.answer(async { Err(error) });
        }
        let shape = self.shape();
        self.query.read(odoo, shape)
    }

    /// Reads the value of the first record, if there is one.
    ///
    /// # Errors
    /// As of [`fetch`](Self::fetch).
    pub fn first<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Option<T>> {
        if let Err(error) = self.check() {
            return odoo.answer(async { Err(error) });
        }
        let shape = self.shape();
        self.query.read_first(odoo, shape)
    }
}
