//! What rows are read into, without the type of the query.

use std::{future::ready, sync::Arc};

use super::{WalkError, complete, search::ID};
use crate::{
    Error, Reply, Session,
    model::{Absent, AddSlots, FieldMeta, Model, Page, Projection},
    session::BoxFuture,
};

type Complete<R> = for<'a> fn(&'a Session, Page<R>) -> BoxFuture<'a, Vec<R>>;

/// The fields to read, and how a row of them is made.
pub(super) struct Shape<R> {
    pub(super) model: &'static str,
    pub(super) fields: Arc<[&'static FieldMeta]>,
    blank: fn() -> R,
    slots: AddSlots<R>,
    complete: Complete<R>,
}

impl<R> Clone for Shape<R> {
    fn clone(&self) -> Self {
        Self {
            fields: Arc::clone(&self.fields),
            ..*self
        }
    }
}

impl<R: Send + 'static> Shape<R> {
    /// Rows without nested projections.
    pub(super) fn flat<M: Model>(
        fields: &[&'static FieldMeta],
        blank: fn() -> R,
        slots: AddSlots<R>,
    ) -> Self {
        Self {
            model: M::NAME,
            fields: fields.into(),
            blank,
            slots,
            complete: |_, page| Box::pin(ready(Ok(page.rows))),
        }
    }

    /// The rows of an answer, before what their nested projections lack is read.
    pub(super) async fn page(&self, reply: &Reply) -> Result<Page<R>, Error> {
        let (model, fields) = (self.model, &self.fields);
        let page = reply.rows(model, fields, Absent::Refuse, self.blank, self.slots);
        page.await.map_err(|error| self.explained(error))
    }

    /// Reads what the nested projections of a page lack.
    pub(super) async fn complete(&self, session: &Session, page: Page<R>) -> Result<Vec<R>, Error> {
        (self.complete)(session, page).await
    }

    /// An `id` that is unset is no mistake of the schema: the row has none.
    fn explained(&self, error: Error) -> Error {
        match &error {
            Error::Decode(unfit) if unfit.field == Some(ID) && unfit.found == "`false`" => {
                WalkError::NoId { model: self.model }.into()
            }
            _ => error,
        }
    }
}

impl<P: Projection> Shape<P> {
    /// Rows of a projection.
    pub(super) fn of_projection() -> Self {
        Self {
            model: P::Model::NAME,
            fields: P::fields().into(),
            blank: P::blank,
            slots: P::slots_mut,
            complete: |session, page| Box::pin(complete(session, page)),
        }
    }
}
