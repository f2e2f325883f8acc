//! Reading by id or by name.

use std::collections::{HashMap, HashSet};

use serde_json::Value as JsonValue;

use super::{Found, complete, names};
use crate::{
    Call, Error, Id, Odoo, RecordId, Session,
    model::{Absent, Many2one, Model, Projection},
};

/// Odoo prefetches 1,000 records at a time.
const BATCH: usize = 1_000;

/// The records with these ids, in batches. Those that do not exist are missing.
pub(super) async fn read_page<P: Projection>(
    session: &Session,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, P)>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let call = Call::new(P::Model::NAME, "read")
            .arg(batch.to_vec())
            .arg(names(P::fields()));
        let reply = session.execute(call).await?;
        let mut page = reply.page::<P>(Absent::Refuse).await?;
        let ids: Vec<RecordId> = std::mem::take(&mut page.ids)
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(|| reply.mismatch("an id in each row"))?;
        // Boxed, because a nested projection may nest projections itself.
        let rows = Box::pin(complete(session, page)).await?;
        found.extend(ids.into_iter().zip(rows));
    }
    Ok(found)
}

/// Reads records by id into a projection, in the order of the ids.
pub fn read<O: Odoo, P: Projection>(
    odoo: &O,
    ids: impl IntoIterator<Item = Id<P::Model>>,
) -> O::Answer<'_, Found<P::Model, P>> {
    let session = odoo.session().clone();
    let asked: Vec<RecordId> = ids.into_iter().map(Id::record_id).collect();
    odoo.answer(async move {
        let mut seen = HashSet::new();
        let distinct: Vec<RecordId> = asked.into_iter().filter(|id| seen.insert(*id)).collect();
        let mut found: HashMap<RecordId, P> = read_page::<P>(&session, &distinct)
            .await?
            .into_iter()
            .collect();
        let mut records = Vec::with_capacity(found.len());
        let mut missing = Vec::new();
        for id in distinct {
            match found.remove(&id) {
                Some(record) => records.push(record),
                None => missing.push(Id::of(id)),
            }
        }
        Ok(Found { records, missing })
    })
}

/// The ids that exist, in the order given. Odoo 19 refuses the method `exists` to callers, so this reads the ids.
pub fn exists<O: Odoo, M: Model>(
    odoo: &O,
    ids: impl IntoIterator<Item = Id<M>>,
) -> O::Answer<'_, Vec<Id<M>>> {
    let session = odoo.session().with_archived();
    let asked: Vec<Id<M>> = ids.into_iter().collect();
    odoo.answer(async move {
        let call = Call::new(M::NAME, "search").arg(serde_json::json!([[
            "id",
            "in",
            super::ids_json(&asked)
        ]]));
        let found: HashSet<RecordId> = session.execute(call).await?.ids()?.into_iter().collect();
        Ok(asked
            .into_iter()
            .filter(|id| found.contains(&id.record_id()))
            .collect())
    })
}

/// The records whose name matches a text, as Odoo's own search boxes find them; 100 at most, as Odoo's default is.
pub fn name_search<O: Odoo, M: Model>(
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
