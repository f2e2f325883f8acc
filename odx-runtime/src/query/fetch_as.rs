//! Reading into a projection that the call names: `.fetch_as::<Order>(&odoo)`.

use super::{Partial, PartialRow, Query, partial::Apart, read, shape::Shape};
use crate::{
    AnySession, Id,
    model::{Ids, Model, Reads},
    query::Found,
};

/// What a query reads into a projection.
// A trait over the kind of session, so that the projection is all that a call has to name: a function would have the
// session's type as a second parameter.
pub trait FetchAs<O: AnySession>: Sized {
    /// The model that is searched.
    type Model: Model;

    /// Reads the records into a projection: `.fetch_as::<Order>(&odoo)`.
    ///
    /// # Errors
    /// [`Error::Walk`](crate::Error::Walk) if more rows come than the limit is, or rows without an id that has to be read;
    /// [`Error::Usage`](crate::Error::Usage) for an offset without an order.
    fn fetch_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Answer<'_, Vec<P>>;

    /// Reads the first record into a projection, if there is one.
    ///
    /// # Errors
    /// As of [`fetch_as`](Self::fetch_as).
    fn first_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Answer<'_, Option<P>>;

    /// Reads the one record that matches into a projection.
    ///
    /// # Errors
    /// [`Error::NotOne`](crate::Error::NotOne) if there is none, or more than one.
    fn one_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Answer<'_, P>;

    /// [`Query::fetch_partial`], into a projection.
    ///
    /// # Errors
    /// As of [`Query::fetch_partial`].
    fn fetch_partial_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Answer<'_, Partial<P>>;

    /// [`Query::stream`], into a projection.
    ///
    /// # Errors
    /// As of [`Query::stream`].
    fn stream_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Rows<P>;

    /// [`Query::stream_partial`], into a projection.
    ///
    /// # Errors
    /// As of [`Query::stream_partial`].
    fn stream_partial_as<P: Reads<Self::Model>>(self, odoo: &O) -> O::Rows<PartialRow<P>>;
}

impl<M: Model, O: AnySession> FetchAs<O> for Query<M> {
    type Model = M;

    fn fetch_as<P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Vec<P>> {
        self.read(odoo, Shape::of_projection())
    }

    fn first_as<P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Option<P>> {
        self.read_first(odoo, Shape::of_projection())
    }

    fn one_as<P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, P> {
        self.read_one(odoo, Shape::of_projection())
    }

    fn fetch_partial_as<P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Partial<P>> {
        self.read_partial(odoo)
    }

    fn stream_as<P: Reads<M>>(self, odoo: &O) -> O::Rows<P> {
        self.walk(odoo, Shape::of_projection())
    }

    fn stream_partial_as<P: Reads<M>>(self, odoo: &O) -> O::Rows<PartialRow<P>> {
        self.walk(odoo, Apart::<P>::new())
    }
}

/// What a model reads by id into a projection.
pub trait ReadAs<O: AnySession>: Model {
    /// Reads records by id into a projection, in the order of the ids; tells which are missing.
    ///
    /// # Errors
    /// Those of the call. A record that is missing is told by [`Found`].
    fn read_as<P: Reads<Self>>(odoo: &O, ids: impl Ids<Self>) -> O::Answer<'_, Found<Self, P>> {
        read::read(odoo, ids)
    }

    /// Reads one record into a projection: `ResPartner::get_as::<Contact>(&odoo, id)`.
    ///
    /// # Errors
    /// [`Error::MissingRecords`](crate::Error::MissingRecords) if there is no such record.
    fn get_as<P: Reads<Self>>(odoo: &O, id: Id<Self>) -> O::Answer<'_, P> {
        read::get(odoo, id)
    }
}

impl<M: Model, O: AnySession> ReadAs<O> for M {}
