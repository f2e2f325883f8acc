//! Reading by id or by name.

use std::collections::{HashMap, HashSet};

use serde_json::Value as JsonValue;

use super::{
    Found, Shape, WalkError,
    search::{distinct_ids, names, with_content},
};
use crate::{
    AnySession, Call, Error, Id, RecordId, Session,
    model::{Ids, Many2one, Model, Projection},
};

/// Odoo prefetches 1,000 records at a time.
const BATCH: usize = 1_000;

/// The records with these ids, all different, in their order, in batches. Those that do not exist are left out.
pub(super) async fn read_rows<R: Send + 'static>(
    session: &Session,
    shape: &Shape<R>,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, R)>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let call = Call::new(shape.model, "read")
            .ids(batch.iter().copied())
            .arg(names(&shape.fields));
        let call = with_content(call, session, &shape.fields);
        let reply = session.execute(call).await?;
        let page = shape.page(&reply).await?;
        let came = distinct_ids(shape.model, &page)?;
        let rows = shape.complete(session, page).await?;
        found.extend(in_order(shape.model, batch, came, rows)?);
    }
    Ok(found)
}

/// The rows that came, in the order in which they were asked for. Those that do not exist are left out.
///
/// # Errors
/// [`WalkError::NotAsked`] of one that nobody asked for.
pub(crate) fn in_order<R>(
    model: &'static str,
    asked: &[RecordId],
    came: Vec<RecordId>,
    rows: Vec<R>,
) -> Result<Vec<(RecordId, R)>, Error> {
    let mut came: HashMap<RecordId, R> = came.into_iter().zip(rows).collect();
    let ordered = asked.iter().filter_map(|id| came.remove_entry(id));
    let ordered = ordered.collect();
    match came.into_keys().next() {
        Some(id) => Err(WalkError::NotAsked { model, id }.into()),
        None => Ok(ordered),
    }
}

/// Reads records by id into a projection, in the order of the ids.
///
/// # Errors
/// [`Error::Decode`] of a row that does not fit the projection, and what any call can fail with. Ids that no record has are no
/// error: [`Found::all`] makes them one.
pub fn read<O: AnySession, P: Projection>(
    odoo: &O,
    ids: impl Ids<P::Model>,
) -> O::Answer<'_, Found<P::Model, P>> {
    let session = odoo.session().clone();
    let asked: Vec<RecordId> = ids.into_ids().into_iter().map(Id::record_id).collect();
    odoo.answer(async move {
        let mut seen = HashSet::new();
        let distinct: Vec<RecordId> = asked.into_iter().filter(|id| seen.insert(*id)).collect();
        let found = read_rows::<P>(&session, &Shape::of_projection(), &distinct).await?;
        let there: HashSet<RecordId> = found.iter().map(|(id, _)| *id).collect();
        let missing = distinct
            .into_iter()
            .filter(|id| !there.contains(id))
            .map(Id::of)
            .collect();
        let records = found.into_iter().map(|(_, record)| record).collect();
        Ok(Found { records, missing })
    })
}

/// Reads one record into a projection.
///
/// # Errors
/// [`Error::MissingRecords`] if there is no such record.
pub fn get<O: AnySession, P: Projection>(odoo: &O, id: Id<P::Model>) -> O::Answer<'_, P> {
    let session = odoo.session().clone();
    odoo.answer(async move { read_row(&session, &Shape::of_projection(), id.record_id()).await })
}

/// Reads one record.
///
/// # Errors
/// [`Error::MissingRecords`] if there is no such record.
pub(super) async fn read_row<R: Send + 'static>(
    session: &Session,
    shape: &Shape<R>,
    id: RecordId,
) -> Result<R, Error> {
    let found = read_rows(session, shape, std::slice::from_ref(&id)).await?;
    let row = found.into_iter().next();
    row.map(|(_, row)| row)
        .ok_or_else(|| Error::missing(shape.model, [id]))
}

/// The ids that exist, in the order given. Odoo 19 refuses the method `exists` to callers, so this reads the ids.
///
/// # Errors
/// What any call can fail with.
pub fn exists<O: AnySession, M: Model>(odoo: &O, ids: impl Ids<M>) -> O::Answer<'_, Vec<Id<M>>> {
    let session = odoo.session().with_archived();
    let asked = ids.into_ids();
    odoo.answer(async move {
        let call = Call::new(M::NAME, "search").arg(serde_json::json!([[
            "id",
            "in",
            super::ids_json(&asked)
        ]]));
        let found: HashSet<RecordId> = session
            .execute(call)
            .await?
            .found_ids()?
            .into_iter()
            .collect();
        Ok(asked
            .into_iter()
            .filter(|id| found.contains(&id.record_id()))
            .collect())
    })
}

/// The records whose name matches a text, as Odoo's own search boxes find them; 100 at most, as Odoo's default is.
///
/// # Errors
/// What any call can fail with.
pub fn name_search<O: AnySession, M: Model>(
    odoo: &O,
    text: impl Into<String>,
) -> O::Answer<'_, Vec<Many2one<M>>> {
    let session = odoo.session().clone();
    let text = text.into();
    odoo.answer(async move {
        let reply = session
            .execute(Call::new(M::NAME, "name_search").arg(text))
            .await?;
        let pairs: Vec<(RecordId, JsonValue)> = reply.to()?;
        Ok(pairs
            .into_iter()
            .map(|(id, name)| Many2one {
                id: Id::of(id),
                name: name.as_str().map(str::to_owned),
            })
            .collect())
    })
}
