//! Nested projections: the records behind a relation are read after the page, one call a relation and batch.

use std::{
    any::Any,
    collections::{BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    sync::Arc,
};

use super::{Shape, partial::Apart, read::read_rows};
use crate::{
    Error, RecordId, Session,
    model::{NestedReference, Page, Projection, slots, slots_mut},
};

type Loaded = Box<dyn Any + Send + Sync>;
type Loading<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What could be loaded, and why the others could not.
type LoadedApart = (Loaded, HashMap<RecordId, Arc<Error>>);

/// Reads the records of one nested projection.
#[derive(Clone, Copy)]
pub struct NestedLoader {
    load: fn(Session, Vec<RecordId>) -> Loading<Loaded>,
    load_apart: fn(Session, Vec<RecordId>) -> Loading<LoadedApart>,
}

impl NestedLoader {
    /// The loader of the projection `P`.
    pub fn of<P: Projection + Sync>() -> Self {
        Self {
            load: |session, ids| Box::pin(load::<P>(session, ids)),
            load_apart: |session, ids| Box::pin(load_apart::<P>(session, ids)),
        }
    }

    /// Loads the records that can be read whole.
    pub(super) async fn load_apart(
        &self,
        session: Session,
        ids: Vec<RecordId>,
    ) -> Result<LoadedApart, Error> {
        (self.load_apart)(session, ids).await
    }
}

/// The records by id.
async fn load<P: Projection + Sync>(session: Session, ids: Vec<RecordId>) -> Result<Loaded, Error> {
    let records = read_rows::<P>(&session, &Shape::of_projection(), &ids).await?;
    Ok(Box::new(records.into_iter().collect::<HashMap<_, _>>()))
}

async fn load_apart<P: Projection + Sync>(
    session: Session,
    ids: Vec<RecordId>,
) -> Result<LoadedApart, Error> {
    let mut records: HashMap<RecordId, P> = HashMap::with_capacity(ids.len());
    let mut failed = HashMap::new();
    for row in Apart::<P>::new().read_apart(&session, &ids).await? {
        match (row.failed.into_iter().next(), row.row) {
            (None, Some(record)) => {
                records.insert(row.id, record);
            }
            (Some(unread), _) => {
                failed.insert(row.id, unread.error);
            }
            (None, None) => {}
        }
    }
    Ok((Box::new(records), failed))
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
