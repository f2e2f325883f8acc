//! Nested projections: the records behind a relation are read after the page, one call a relation and batch.

use std::{
    any::Any,
    collections::{BTreeSet, HashMap},
    future::Future,
    pin::Pin,
};

use super::read::read_page;
use crate::{
    Error, RecordId, Session,
    model::{NestedReference, Page, Projection, slots, slots_mut},
};

type Loaded = Box<dyn Any + Send + Sync>;
type Loading = Pin<Box<dyn Future<Output = Result<Loaded, Error>> + Send>>;

/// Reads the records of one nested projection.
#[derive(Clone, Copy)]
pub struct NestedLoader {
    load: fn(Session, Vec<RecordId>) -> Loading,
}

impl NestedLoader {
    /// The loader of the projection `P`.
    pub fn of<P: Projection + Clone + Sync>() -> Self {
        Self {
            load: |session, ids| Box::pin(load::<P>(session, ids)),
        }
    }
}

/// The records by id.
async fn load<P: Projection + Sync>(session: Session, ids: Vec<RecordId>) -> Result<Loaded, Error> {
    let records: HashMap<RecordId, P> = read_page::<P>(&session, &ids).await?.into_iter().collect();
    Ok(Box::new(records))
}

/// Reads what the nested projections of a page lack, and attaches it.
pub(crate) async fn complete<P: Projection>(
    session: &Session,
    page: Page<P>,
) -> Result<Vec<P>, Error> {
    let Page {
        mut rows,
        references,
        ..
    } = page;
    let mut by_slot: HashMap<usize, Vec<NestedReference>> = HashMap::new();
    for reference in references {
        by_slot.entry(reference.slot).or_default().push(reference);
    }
    let mut by_slot: Vec<_> = by_slot.into_iter().collect();
    by_slot.sort_by_key(|(slot, _)| *slot);
    for (slot, references) in by_slot {
        attach(session, &mut rows, slot, references).await?;
    }
    Ok(rows)
}

async fn attach<P: Projection>(
    session: &Session,
    rows: &mut [P],
    slot: usize,
    references: Vec<NestedReference>,
) -> Result<(), Error> {
    let Some(loader) = rows.first().and_then(|row| loader_of(row, slot)) else {
        return Ok(());
    };
    let field = P::fields()[slot].name();
    let ids: BTreeSet<RecordId> = references
        .iter()
        .flat_map(|reference| &reference.ids)
        .copied()
        .collect();
    let loaded = (loader.load)(session.clone(), ids.into_iter().collect())
        .await
        .map_err(|error| error.behind(field))?;
    for reference in references {
        slots_mut(&mut rows[reference.row])[slot]
            .attach(&reference.ids, &*loaded)
            .map_err(|id| Error::missing(P::fields()[slot].relation_name(), [id]).behind(field))?;
    }
    Ok(())
}

fn loader_of<P: Projection>(row: &P, slot: usize) -> Option<NestedLoader> {
    slots(row)[slot].nested()
}
