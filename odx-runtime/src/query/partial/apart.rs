//! Halves fields and records until what fails is alone.

use std::{
    any::Any,
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use super::{PartialRow, Unread};
use crate::{
    Call, Error, RecordId, Session,
    model::{FieldMeta, Model, NestedReference, Page, Projection, Slot, flags, slots, slots_mut},
    query::{
        Shape, WalkError,
        nested::NestedLoader,
        search::{distinct_ids, names, with_content},
        walk::{PageRows, Reading},
    },
};

/// How many records are read at once.
const BATCH: usize = 500;

/// How many calls are made at most to find out what fails in a batch. One field or one record takes some twenty.
const CALLS: usize = 300;

/// How many calls find one field and one record that fail, at most: a half of either each.
const ROUND: usize = 32;

/// Errors of Odoo that are about its database, its memory or its time, and of no field or record.
const OF_THE_SERVER: &[&str] = &[
    "builtins.MemoryError",
    "psycopg2.InterfaceError",
    "psycopg2.OperationalError",
    "psycopg2.errors.QueryCanceled",
];

/// Whether the call failed because of a field or a record that it asked for, so that less of it may succeed: Odoo raised
/// something while it read, a value does not fit its type, or a related record is not there. The network, keys, time limits,
/// conflicts and gateways are none of that.
pub(in crate::query) fn is_of_a_field_or_record(error: &Error) -> bool {
    match error {
        Error::Odoo(error) => {
            !error.is_conflict()
                && !error.is_access_denied()
                && !OF_THE_SERVER.contains(&error.class.as_str())
        }
        Error::Relation(error) => is_of_a_field_or_record(&error.source),
        Error::Decode(_) | Error::MissingRecords(_) => true,
        _ => false,
    }
}

/// Reads records into a projection, and goes on where one fails.
pub(in crate::query) struct Apart<P> {
    shape: Shape<P>,
}

impl<P> Clone for Apart<P> {
    fn clone(&self) -> Self {
        Self {
            shape: self.shape.clone(),
        }
    }
}

impl<P: Projection> Apart<P> {
    pub(in crate::query) fn new() -> Self {
        Self {
            shape: Shape::of_projection(),
        }
    }

    pub(in crate::query) fn shape(&self) -> &Shape<P> {
        &self.shape
    }

    /// Reads records by their ids, in that order. Those that do not exist are left out.
    pub(in crate::query) async fn read_apart(
        &self,
        session: &Session,
        ids: &[RecordId],
    ) -> Result<Vec<PartialRow<P>>, Error> {
        let mut rows = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let mut batch = Batch::<P>::new(session, batch);
            // Boxed, because a nested projection may nest projections itself.
            Box::pin(batch.read()).await?;
            rows.extend(batch.into_rows());
        }
        Ok(rows)
    }
}

impl<P: Projection> Reading for Apart<P> {
    type Row = PartialRow<P>;

    fn fields(&self) -> &[&'static FieldMeta] {
        &self.shape.fields
    }

    async fn search_read(
        &self,
        session: &Session,
        call: Call,
    ) -> Result<PageRows<PartialRow<P>>, Error> {
        let search = search_like(&call);
        match self.shape.search_read(session, call).await {
            Ok(PageRows { ids, rows }) => {
                let whole = |(id, row): (&RecordId, P)| PartialRow {
                    id: *id,
                    row: Some(row),
                    failed: Vec::new(),
                };
                let rows = ids.iter().zip(rows).map(whole).collect();
                Ok(PageRows { ids, rows })
            }
            Err(error) if is_of_a_field_or_record(&error) => {
                let ids = session.execute(search).await?.found_ids()?;
                let rows = self.read_apart(session, &ids).await?;
                // Of records that were deleted between the calls there are no rows.
                Ok(PageRows { ids, rows })
            }
            Err(error) => Err(error),
        }
    }

    async fn read(&self, session: &Session, ids: &[RecordId]) -> Result<Vec<PartialRow<P>>, Error> {
        self.read_apart(session, ids).await
    }
}

type Failure = Arc<Error>;

/// What is known of some records while they are read.
struct Batch<'s, P> {
    session: &'s Session,
    ids: Vec<RecordId>,
    rows: HashMap<RecordId, P>,
    /// The slots that cannot be read of a record.
    failed: HashMap<RecordId, Vec<(usize, Failure)>>,
    /// The records of which nothing can be read.
    unreadable: HashMap<RecordId, Failure>,
    /// Those that were deleted before all of their fields were read.
    gone: HashSet<RecordId>,
    calls_left: usize,
}

impl<'s, P: Projection> Batch<'s, P> {
    fn new(session: &'s Session, ids: &[RecordId]) -> Self {
        Self {
            session,
            ids: ids.to_vec(),
            rows: HashMap::with_capacity(ids.len()),
            failed: HashMap::new(),
            unreadable: HashMap::new(),
            gone: HashSet::new(),
            calls_left: CALLS,
        }
    }

    /// Reads all records. What fails is taken out, a field or a record a round, until the rest can be read.
    async fn read(&mut self) -> Result<(), Error> {
        let mut ids = self.ids.clone();
        let mut slots: Vec<usize> = (0..P::fields().len()).collect();
        while !ids.is_empty() {
            let Err(error) = self.ask(&ids, &slots).await? else {
                return Ok(());
            };
            if self.calls_left < ROUND {
                self.give_up(&ids, &error);
                return Ok(());
            }
            let (id, slot) = self.one_that_fails(&ids, &slots).await?;
            let others: Vec<usize> = slots
                .iter()
                .copied()
                .filter(|other| Some(*other) != slot)
                .collect();
            match slot {
                Some(slot) if self.ask(&[id], &others).await?.is_ok() => {
                    self.records_of(slot, &ids).await?;
                    slots = others;
                }
                _ => {
                    self.fields_of(id, &slots).await?;
                    ids.retain(|other| *other != id);
                }
            }
        }
        Ok(())
    }

    /// Reads fields of records, and keeps what comes. `Ok(Err)` if a field or a record fails the call.
    async fn ask(
        &mut self,
        ids: &[RecordId],
        slots: &[usize],
    ) -> Result<Result<(), Failure>, Error> {
        self.calls_left = self.calls_left.saturating_sub(1);
        let all = P::fields();
        let fields: Vec<&'static FieldMeta> = slots.iter().map(|slot| all[*slot]).collect();
        let call = Call::new(P::Model::NAME, "read")
            .ids(ids.iter().copied())
            .arg(names(&fields));
        let call = with_content(call, self.session, &fields);
        let reply = match self.session.execute(call).await {
            Err(error) if is_of_a_field_or_record(&error) => return Ok(Err(Arc::new(error))),
            reply => reply?,
        };
        let mut page = reply
            .rows_apart(P::Model::NAME, &fields, P::blank, |row: &mut P, list| {
                list.extend(chosen(slots_mut(row), slots));
            })
            .await?;
        let came = distinct_ids(P::Model::NAME, &page)?;
        let asked: HashSet<RecordId> = ids.iter().copied().collect();
        if let Some(id) = came.iter().copied().find(|id| !asked.contains(id)) {
            let model = P::Model::NAME;
            return Err(WalkError::NotAsked { model, id }.into());
        }
        let here: HashSet<RecordId> = came.iter().copied().collect();
        self.gone.extend(asked.difference(&here));
        for (row, slot, error) in std::mem::take(&mut page.unfit) {
            self.fail(came[row], slots[slot], Arc::new(error.into()));
        }
        self.attach(&mut page, &came, slots).await?;
        for (id, row) in came.into_iter().zip(page.rows) {
            match self.rows.get_mut(&id) {
                Some(there) => copy(&row, there, slots),
                None => {
                    self.rows.insert(id, row);
                }
            }
        }
        Ok(Ok(()))
    }

    /// Reads the records behind the nested projections of a page.
    async fn attach(
        &mut self,
        page: &mut Page<P>,
        came: &[RecordId],
        slots: &[usize],
    ) -> Result<(), Error> {
        let mut by_slot: HashMap<usize, Vec<NestedReference>> = HashMap::new();
        for reference in std::mem::take(&mut page.references) {
            by_slot.entry(reference.slot).or_default().push(reference);
        }
        for (at, references) in by_slot {
            let slot = slots[at];
            let Some(loader) = loader_of(&page.rows, slot) else {
                continue;
            };
            let behind = references.iter().flat_map(|reference| &reference.ids);
            let behind: HashSet<RecordId> = behind.copied().collect();
            let mut behind: Vec<RecordId> = behind.into_iter().collect();
            behind.sort_unstable();
            let (loaded, failed) = loader.load_apart(self.session.clone(), behind).await?;
            let field = P::fields()[slot];
            for reference in references {
                let id = came[reference.row];
                if let Some(error) = reference.ids.iter().find_map(|id| failed.get(id)) {
                    self.fail(id, slot, Arc::clone(error));
                    continue;
                }
                let row = &mut page.rows[reference.row];
                let attached = slots_mut(row)[slot].attach(&reference.ids, &*loaded);
                if let Err(missing) = attached {
                    let error = Error::missing(field.relation_name(), [missing]);
                    self.fail(id, slot, Arc::new(error.behind(field.name())));
                }
            }
        }
        Ok(())
    }

    fn fail(&mut self, id: RecordId, slot: usize, error: Failure) {
        let failed = self.failed.entry(id).or_default();
        if failed.iter().all(|(other, _)| *other != slot) {
            failed.push((slot, error));
        }
    }

    /// A field and a record of it that fail, out of a call that does.
    async fn one_that_fails(
        &mut self,
        ids: &[RecordId],
        slots: &[usize],
    ) -> Result<(RecordId, Option<usize>), Error> {
        let (mut ids, mut slots) = (ids, slots);
        while ids.len() > 1 || slots.len() > 1 {
            // Where the first half can be read, it is in the second.
            if slots.len() > 1 {
                let (first, second) = slots.split_at(slots.len() / 2);
                slots = if self.ask(ids, first).await?.is_err() {
                    first
                } else {
                    second
                };
            }
            if ids.len() > 1 {
                let (first, second) = ids.split_at(ids.len() / 2);
                ids = if self.ask(first, slots).await?.is_err() {
                    first
                } else {
                    second
                };
            }
        }
        Ok((ids[0], slots.first().copied()))
    }

    /// Finds the fields of a record that fail; several do.
    async fn fields_of(&mut self, id: RecordId, slots: &[usize]) -> Result<(), Error> {
        if let Some(error) = self.fails_whole(id, slots).await? {
            self.unreadable.insert(id, error);
            return Ok(());
        }
        let mut left = VecDeque::from([(slots.to_vec(), None)]);
        while let Some((part, above)) = left.pop_front() {
            let Err(error) = self.ask_or(&[id], &part, above).await? else {
                continue;
            };
            if part.len() <= 1 || self.calls_left == 0 {
                for slot in part {
                    self.fail(id, slot, Arc::clone(&error));
                }
                continue;
            }
            let (first, second) = part.split_at(part.len() / 2);
            let halves = [first, second].map(|half| (half.to_vec(), Some(Arc::clone(&error))));
            left.extend(halves);
        }
        Ok(())
    }

    /// [`ask`](Self::ask) while there are calls left; then what failed with more than this is taken to fail.
    async fn ask_or(
        &mut self,
        ids: &[RecordId],
        slots: &[usize],
        above: Option<Failure>,
    ) -> Result<Result<(), Failure>, Error> {
        match above.filter(|_| self.calls_left == 0) {
            Some(above) => Ok(Err(above)),
            None => self.ask(ids, slots).await,
        }
    }

    /// Why nothing of a record can be read. Stored fields take no computing: where two of them fail, the record does.
    async fn fails_whole(
        &mut self,
        id: RecordId,
        slots: &[usize],
    ) -> Result<Option<Failure>, Error> {
        if let Err(error) = self.ask(&[id], &[]).await? {
            return Ok(Some(error));
        }
        let stored = slots.iter().filter(|slot| is_stored(P::fields()[**slot]));
        let [one, other] = *stored.copied().take(2).collect::<Vec<_>>() else {
            return Ok(None);
        };
        if self.ask(&[id], &[one]).await?.is_ok() {
            return Ok(None);
        }
        Ok(self.ask(&[id], &[other]).await?.err())
    }

    /// Finds the records of which a field fails.
    ///
    /// Where not one of eight parts can be read, nor the first, the middle and the last record alone, the field is taken to
    /// fail for all: to ask for each would be a call a record.
    async fn records_of(&mut self, slot: usize, ids: &[RecordId]) -> Result<(), Error> {
        const PARTS: usize = 8;
        let mut left = VecDeque::from([(ids.to_vec(), None)]);
        let mut any_was_read = false;
        while let Some((part, above)) = left.pop_front() {
            let Err(error) = self.ask_or(&part, &[slot], above).await? else {
                any_was_read = true;
                continue;
            };
            if part.len() == 1 || self.calls_left == 0 {
                for id in part {
                    self.fail(id, slot, Arc::clone(&error));
                }
                continue;
            }
            let (first, second) = part.split_at(part.len() / 2);
            let halves = [first, second].map(|half| (half.to_vec(), Some(Arc::clone(&error))));
            left.extend(halves);
            if left.len() == PARTS && !any_was_read && !self.reads_any_of(slot, ids).await? {
                for id in left.into_iter().flat_map(|(part, _)| part) {
                    self.fail(id, slot, Arc::clone(&error));
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether the field of the first, the middle or the last record can be read alone.
    async fn reads_any_of(&mut self, slot: usize, ids: &[RecordId]) -> Result<bool, Error> {
        for at in [0, ids.len() / 2, ids.len() - 1] {
            if self.ask(&ids[at..=at], &[slot]).await?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// More fails than there are calls to find it by.
    fn give_up(&mut self, ids: &[RecordId], error: &Failure) {
        for id in ids {
            self.unreadable.insert(*id, Arc::clone(error));
        }
    }

    /// The records in order. Those that were deleted meanwhile are in no list.
    fn into_rows(mut self) -> Vec<PartialRow<P>> {
        let ids = std::mem::take(&mut self.ids);
        ids.into_iter().filter_map(|id| self.row(id)).collect()
    }

    fn row(&mut self, id: RecordId) -> Option<PartialRow<P>> {
        let row = self.rows.remove(&id);
        let unread = |field, error| Unread {
            model: P::Model::NAME,
            id,
            field,
            error,
        };
        if let Some(error) = self.unreadable.remove(&id) {
            let failed = vec![unread(None, error)];
            return Some(PartialRow {
                id,
                row: None,
                failed,
            });
        }
        if self.gone.contains(&id) {
            return None;
        }
        let mut failed = self.failed.remove(&id).unwrap_or_default();
        failed.sort_by_key(|(slot, _)| *slot);
        let mut row = match row {
            Some(row) => row,
            None if failed.is_empty() => return None,
            None => P::blank(),
        };
        // A nested projection stands there without what is behind it.
        let failed_slots: Vec<usize> = failed.iter().map(|(slot, _)| *slot).collect();
        copy(&P::blank(), &mut row, &failed_slots);
        let has_room = failed
            .iter()
            .all(|(slot, _)| slots(&row)[*slot].holds_unset());
        let unread =
            |(slot, error): (usize, Failure)| unread(Some(P::fields()[slot].name()), error);
        let failed = failed.into_iter().map(unread).collect();
        Some(PartialRow {
            id,
            row: has_room.then_some(row),
            failed,
        })
    }
}

/// The `search` with the arguments of a `search_read`.
fn search_like(call: &Call) -> Call {
    let search = Call::new(call.model().to_owned(), "search");
    let search = call.args().iter().cloned().fold(search, Call::arg);
    let kwargs = call.kwargs().iter();
    kwargs.fold(search, |search, (name, value)| {
        search.kwarg(name.clone(), value.clone())
    })
}

fn is_stored(field: &FieldMeta) -> bool {
    field.has(flags::STORED) && field.name() != "id"
}

/// Those of the slots that have these numbers, in order.
fn chosen<'a>(
    all: Vec<&'a mut dyn Slot>,
    numbers: &[usize],
) -> impl Iterator<Item = &'a mut dyn Slot> {
    let mut all: Vec<Option<&'a mut dyn Slot>> = all.into_iter().map(Some).collect();
    let chosen: Vec<_> = numbers.iter().filter_map(|at| all[*at].take()).collect();
    chosen.into_iter()
}

/// Copies some slots of a row into another.
fn copy<P: Projection>(from: &P, to: &mut P, numbers: &[usize]) {
    let mut to = slots_mut(to);
    for at in numbers {
        to[*at].copy(slots(from)[*at] as &dyn Any);
    }
}

fn loader_of<P: Projection>(rows: &[P], slot: usize) -> Option<NestedLoader> {
    slots(rows.first()?)[slot].nested()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OdooError, error::CallSite, query::RelationError};

    fn odoo(class: &str) -> Error {
        let site = CallSite::new("erp.example.com");
        Error::Odoo(Box::new(OdooError::new(class, "no", site)))
    }

    #[test]
    fn an_exception_of_a_read_is_of_a_field_or_a_record() {
        for class in [
            "odoo.exceptions.AccessError",
            "odoo.exceptions.MissingError",
            "odoo.exceptions.UserError",
            "builtins.ValueError",
            "builtins.KeyError",
        ] {
            assert!(is_of_a_field_or_record(&odoo(class)), "{class}");
        }
        let behind = Error::Relation(Box::new(RelationError {
            path: "partner_id".to_owned(),
            source: odoo("odoo.exceptions.AccessError"),
        }));
        assert!(is_of_a_field_or_record(&behind));
    }

    #[test]
    fn conflicts_keys_and_the_database_are_no_fields_matter() {
        for class in [
            "odoo.exceptions.AccessDenied",
            "psycopg2.errors.SerializationFailure",
            "psycopg2.OperationalError",
            "psycopg2.errors.QueryCanceled",
            "builtins.MemoryError",
        ] {
            assert!(!is_of_a_field_or_record(&odoo(class)), "{class}");
        }
        assert!(!is_of_a_field_or_record(&Error::usage("no")));
        let timeout = Error::UpstreamTimeout(Box::new(crate::error::ProxyError {
            status: 504,
            code: -32003,
            message: "no".to_owned(),
            data: None,
            site: CallSite::new("proxy.example.com"),
        }));
        assert!(!is_of_a_field_or_record(&timeout));
    }
}
