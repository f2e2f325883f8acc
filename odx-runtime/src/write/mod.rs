//! Writing: values that tell set, cleared and untouched apart, commands, create, write and unlink.

mod assign;
mod check;
mod command;
pub mod import;
mod translations;
mod values;

pub use assign::{PropertyValues, ValueFor, WrittenAs};
pub(crate) use check::check_call;
pub use command::Command;
pub use import::Ref;
pub use translations::{Translation, translate, translations};
pub(crate) use values::is_needed;
pub use values::{Values, ValuesOf};

use serde_json::Value as JsonValue;

use crate::{
    AnySession, Call, Error, Id, RecordId, Session,
    model::{Ids, Model},
    session::check_needs,
};

/// Odoo inserts 100 rows at a time.
const BATCH: usize = 100;

/// A create of many that stopped half way.
#[derive(thiserror::Error)]
#[error("{} of {total} records of {model} were created before one batch failed, rows {failed_from} to {failed_to}", created.len())]
#[non_exhaustive]
pub struct PartlyCreated {
    /// The model.
    pub model: &'static str,
    /// The ids of the records that were created, in the order of the values.
    pub created: Vec<RecordId>,
    /// How many records there were to be.
    pub total: usize,
    /// The first row of the batch that failed, from 0. Odoo created none of the batch.
    pub failed_from: usize,
    /// The last row of the batch that failed.
    pub failed_to: usize,
    /// Why.
    #[source]
    pub source: Error,
}

odx_facts::debug_as_told!(PartlyCreated);

/// Creates a record.
///
/// # Errors
/// [`Error::Usage`] of values that Odoo would refuse or cut off, before anything is sent; [`Error::Odoo`] where Odoo refuses
/// them; and what any call can fail with.
pub fn create<O: AnySession, M: Model>(odoo: &O, values: impl ValuesOf<M>) -> O::Answer<'_, Id<M>> {
    let session = odoo.session().clone();
    let values = values.into_values();
    odoo.answer(async move {
        let mut needs = Vec::new();
        let values = values.for_create(session.context(), &mut needs)?;
        check_needs(&session, M::NAME, "create", &needs).await?;
        let reply = session
            .execute(Call::new(M::NAME, "create").arg(values))
            .await?;
        Ok(Id::of(reply.id()?))
    })
}

/// Creates records in batches. The ids come in the order of the values.
///
/// # Errors
/// [`Error::PartlyCreated`] names the batch that failed and the records that were created before it; [`Error::Usage`], before
/// anything is sent, as of [`create`].
pub fn create_many<O: AnySession, M: Model>(
    odoo: &O,
    values: impl IntoIterator<Item = Values<M>>,
) -> O::Answer<'_, Vec<Id<M>>> {
    let session = odoo.session().clone();
    let values: Vec<Values<M>> = values.into_iter().collect();
    odoo.answer(async move {
        // All are checked before the first is sent.
        let mut needs = Vec::new();
        let rows = values
            .into_iter()
            .map(|values| values.for_create(session.context(), &mut needs))
            .collect::<Result<Vec<_>, _>>()?;
        check_needs(&session, M::NAME, "create", &needs).await?;
        Ok(create_rows(&session, M::NAME, &rows)
            .await?
            .into_iter()
            .map(Id::of)
            .collect())
    })
}

async fn create_rows(
    session: &Session,
    model: &'static str,
    rows: &[JsonValue],
) -> Result<Vec<RecordId>, Error> {
    let mut created = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let failed_from = created.len();
        match create_batch(session, model, batch).await {
            Ok(ids) => created.extend(ids),
            Err(source) => {
                let failed_to = failed_from + batch.len() - 1;
                let total = rows.len();
                return Err(Error::PartlyCreated(Box::new(PartlyCreated {
                    model,
                    created,
                    total,
                    failed_from,
                    failed_to,
                    source,
                })));
            }
        }
    }
    Ok(created)
}

async fn create_batch(
    session: &Session,
    model: &'static str,
    batch: &[JsonValue],
) -> Result<Vec<RecordId>, Error> {
    let reply = session
        .execute(Call::new(model, "create").arg(batch.to_vec()))
        .await?;
    let created = reply.ids()?;
    if created.len() != batch.len() {
        return Err(reply.mismatch("an id for each record"));
    }
    Ok(created)
}

/// Writes the same values to records. Without records or values there is nothing to send.
///
/// # Errors
/// As of [`create`].
pub fn write<O: AnySession, M: Model>(
    odoo: &O,
    ids: impl Ids<M>,
    values: impl ValuesOf<M>,
) -> O::Answer<'_, ()> {
    let session = odoo.session().clone();
    let ids = ids.into_ids();
    let values = values.into_values();
    odoo.answer(async move {
        let mut needs = Vec::new();
        let values = values.for_write(session.context(), &mut needs)?;
        if ids.is_empty() || values.as_object().is_some_and(|values| values.is_empty()) {
            return Ok(());
        }
        check_needs(&session, M::NAME, "write", &needs).await?;
        session
            .execute(
                Call::new(M::NAME, "write")
                    .ids(ids.iter().copied())
                    .arg(values),
            )
            .await?
            .is_true()
    })
}

/// Deletes records.
///
/// # Errors
/// [`Error::Odoo`] where Odoo refuses to delete one of them, and what any call can fail with.
pub fn unlink<O: AnySession, M: Model>(odoo: &O, ids: impl Ids<M>) -> O::Answer<'_, ()> {
    let session = odoo.session().clone();
    let ids = ids.into_ids();
    odoo.answer(async move {
        if ids.is_empty() {
            return Ok(());
        }
        session
            .execute(Call::new(M::NAME, "unlink").ids(ids.iter().copied()))
            .await?
            .is_true()
    })
}
