//! Walks: all the records of a search, a page at a time, each once.
//!
//! A page with fewer rows than were asked for is not the end, nor is an empty one: some models take away what the user
//! may not see after the limit. The end is where a search without a limit finds nothing more.

use std::{
    collections::{HashSet, VecDeque},
    future::Future,
    sync::Arc,
};

use odx_facts::OF_THE_WHOLE_SEARCH;

use super::{
    Reached, Search, Shape, WalkError,
    read::read_rows,
    search::{ID, Part, all_different, distinct_ids, names, not_more, wider, with_content},
};
use crate::{Call, Error, RecordId, Session, model::FieldMeta};

/// How many ids of an order are held at once: some MB.
const WINDOW: u64 = 100_000;

/// How the rows of a page are read.
pub(crate) trait Reading: Clone + Send + Sync + 'static {
    /// What a record is read into.
    type Row: Send + 'static;

    /// How many records these are.
    fn records(rows: &[Self::Row]) -> usize {
        rows.len()
    }

    /// The fields that are read.
    fn fields(&self) -> &[&'static FieldMeta];

    /// Runs a `search_read` that still lacks its fields.
    fn search_read(
        &self,
        session: &Session,
        call: Call,
    ) -> impl Future<Output = Result<PageRows<Self::Row>, Error>> + Send;

    /// Reads records by their ids, in that order. Those that do not exist are left out.
    fn read(
        &self,
        session: &Session,
        ids: &[RecordId],
    ) -> impl Future<Output = Result<Vec<Self::Row>, Error>> + Send;
}

/// The rows of a page and their ids.
pub(crate) struct PageRows<R> {
    pub(crate) ids: Vec<RecordId>,
    pub(crate) rows: Vec<R>,
}

/// Every row has to be read.
impl<R: Send + 'static> Reading for Shape<R> {
    type Row = R;

    fn fields(&self) -> &[&'static FieldMeta] {
        &self.fields
    }

    async fn search_read(&self, session: &Session, call: Call) -> Result<PageRows<R>, Error> {
        let call = call.kwarg("fields", names(&self.fields));
        let call = with_content(call, session, &self.fields);
        let reply = session.execute(call).await?;
        let page = self.page(&reply).await?;
        let ids = distinct_ids(self.model, &page)?;
        let rows = self.complete(session, page).await?;
        Ok(PageRows { ids, rows })
    }

    async fn read(&self, session: &Session, ids: &[RecordId]) -> Result<Vec<R>, Error> {
        let found = read_rows(session, self, ids).await?;
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }
}

/// A walk and the place that it has come to.
pub(crate) struct Walk<A> {
    session: Session,
    search: Arc<Search>,
    reading: A,
    size: u64,
    /// How many records may still come.
    left: Option<u64>,
    /// Whether the model was seen to take away records after the limit.
    hides: bool,
    place: Place,
}

enum Place {
    Ids(Ids),
    Order(Places),
    /// It cannot be walked.
    Refused(Error),
    /// There is nothing more, or it failed.
    End,
}

/// Pages follow each other by id.
#[derive(Default)]
struct Ids {
    /// The last id that came.
    after: Option<i64>,
    /// The id that was last found beyond records that the user may not see.
    beyond: Option<i64>,
    /// Whether the ids are known to be those of a table, so that no two are the same.
    of_table: bool,
}

/// Pages follow each other in an order: the ids come first, a window of them at a time.
#[derive(Default)]
struct Places {
    offset: u64,
    /// How many places before those that are still in the window.
    passed: u64,
    window: VecDeque<RecordId>,
    /// The last id of the last window.
    last: Option<RecordId>,
    /// What must not come again: the last window, and how each began.
    last_window: HashSet<RecordId>,
    first_ids: HashSet<RecordId>,
    ended: bool,
}

impl<A: Reading> Walk<A> {
    pub(crate) fn new(
        session: Session,
        mut search: Search,
        reading: A,
        size: u64,
        of_table: bool,
    ) -> Self {
        let place = if let Err(error) = check_fields(search.model, reading.fields()) {
            Place::Refused(error)
        } else if search.order.is_empty() && search.offset == 0 {
            Place::Ids(Ids {
                of_table,
                ..Ids::default()
            })
        } else {
            // An offset is a place in an order.
            search.order = search.total_order();
            Place::Order(Places {
                offset: search.offset,
                passed: search.offset,
                ..Places::default()
            })
        };
        Self {
            session,
            reading,
            size: size.max(1),
            left: search.limit,
            hides: search.hides_records(),
            search: Arc::new(search),
            place,
        }
    }

    /// The walk from beyond that id on, where it goes by id.
    #[cfg(feature = "arrow")]
    pub(crate) fn after(mut self, id: i64) -> Self {
        if let Place::Ids(ids) = &mut self.place {
            ids.after = Some(id);
        }
        self
    }

    /// How far it has come; `None` at the end.
    pub(super) fn reached(&self) -> Option<Reached> {
        if self.left == Some(0) {
            return None;
        }
        match &self.place {
            Place::Ids(ids) => Some(ids.after.map_or(Reached::Start, Reached::Id)),
            Place::Order(places) => Some(Reached::Offset(places.passed)),
            Place::Refused(_) | Place::End => None,
        }
    }

    pub(super) fn model(&self) -> &'static str {
        self.search.model
    }

    /// The next rows; `None` at the end.
    pub(super) async fn page(&mut self) -> Result<Option<Vec<A::Row>>, Error> {
        let size = self.left.map_or(self.size, |left| left.min(self.size));
        if size == 0 {
            return Ok(None);
        }
        let rows = match std::mem::replace(&mut self.place, Place::End) {
            Place::Ids(ids) => self.by_id(ids, size).await?,
            Place::Order(places) => self.by_order(places, size).await?,
            Place::Refused(error) => return Err(error),
            Place::End => None,
        };
        let came = rows.as_deref().map_or(0, A::records) as u64;
        self.left = self.left.map(|left| left.saturating_sub(came));
        Ok(rows)
    }

    async fn by_id(&mut self, mut ids: Ids, size: u64) -> Result<Option<Vec<A::Row>>, Error> {
        loop {
            let call = self
                .call("search_read", ids.after.map(|after| (">", after)))
                .await?
                .kwarg("limit", size);
            let page = self.reading.search_read(&self.session, call).await?;
            not_more(self.search.model, size, page.ids.len())?;
            ids.after = self.rising(&page.ids, ids.after)?;
            let is_full = page.ids.len() as u64 == size;
            let may_be_last = page.ids.is_empty() || !(is_full || self.hides);
            let goes_on = if may_be_last {
                self.goes_on(&mut ids).await?
            } else {
                self.last_is_single(&ids).await?;
                true
            };
            if !goes_on {
                return Ok((!page.rows.is_empty()).then_some(page.rows));
            }
            if !page.rows.is_empty() {
                self.place = Place::Ids(ids);
                return Ok(Some(page.rows));
            }
        }
    }

    /// The last of the ids, which all lie beyond `after` and rise.
    fn rising(&self, ids: &[RecordId], after: Option<i64>) -> Result<Option<i64>, WalkError> {
        let model = self.search.model;
        let mut last = after;
        for id in ids {
            let Some(number) = id.number() else {
                return Err(WalkError::TextIds { model, id: *id });
            };
            if let Some(after) = last.filter(|last| number <= *last) {
                let after = RecordId::new(after);
                return Err(if *id == after {
                    WalkError::SameId { model, id: *id }
                } else {
                    let id = *id;
                    WalkError::NotForward { model, id, after }
                });
            }
            last = Some(number);
        }
        Ok(last)
    }

    /// Whether there are records beyond the last one; `ids` then stands before the first of them.
    ///
    /// The last one is asked for as well: it comes twice where a view has its id twice.
    async fn goes_on(&mut self, ids: &mut Ids) -> Result<bool, Error> {
        let found = self.ids_from(ids.after).await?;
        let mut beyond = found.as_slice();
        if let ([first, rest @ ..], Some(after)) = (beyond, ids.after)
            && *first == after
        {
            beyond = rest;
        }
        self.rising(beyond, ids.after)?;
        let Some(first) = beyond.first().and_then(|id| id.number()) else {
            return Ok(false);
        };
        // The page before had it not: records lie between that the user may not see.
        if let Some(last) = ids.beyond.filter(|last| first <= *last) {
            let model = self.search.model;
            let (id, after) = (RecordId::new(first), RecordId::new(last));
            return Err(WalkError::NotForward { model, id, after }.into());
        }
        self.hides = true;
        ids.beyond = Some(first);
        ids.after = Some(first.saturating_sub(1));
        Ok(true)
    }

    /// The ids from one on. Without a limit Odoo gives all that the user may see; where many may lie ahead, the next of
    /// them do.
    async fn ids_from(&self, from: Option<i64>) -> Result<Vec<RecordId>, Error> {
        let from = from.map(|from| (">=", from));
        if self.hides {
            let call = self
                .call("search", from)
                .await?
                .kwarg("limit", wider(self.size));
            let ids = self.session.execute(call).await?.found_ids()?;
            // The first may be the one that it begins with.
            if ids.len() > 1 {
                return Ok(ids);
            }
        }
        self.session
            .execute(self.call("search", from).await?)
            .await?
            .found_ids()
    }

    /// Refuses a view that has the id of the last row twice: the next page, which begins beyond it, would leave a row out.
    async fn last_is_single(&self, ids: &Ids) -> Result<(), Error> {
        let Some(last) = ids.after.filter(|_| !ids.of_table) else {
            return Ok(());
        };
        let call = self.call("search", Some(("=", last))).await?;
        let same = self.session.execute(call).await?.found_ids()?;
        Ok(all_different(self.search.model, &same)?)
    }

    /// A call over all records, or over those whose id compares so, by rising ids.
    async fn call(&self, method: &'static str, id: Option<(&str, i64)>) -> Result<Call, Error> {
        let domain = match id {
            Some((operator, id)) => {
                self.search
                    .domain_where_id(&self.session, operator, id)
                    .await?
            }
            None => self.search.domain_json(&self.session).await?,
        };
        Ok(Call::new(self.search.model, method)
            .arg(domain)
            .kwarg("order", ID))
    }

    async fn by_order(
        &mut self,
        mut places: Places,
        size: u64,
    ) -> Result<Option<Vec<A::Row>>, Error> {
        loop {
            if places.window.is_empty() {
                if places.ended {
                    return Ok(None);
                }
                self.next_window(&mut places).await?;
                continue;
            }
            let most = usize::try_from(size).unwrap_or(usize::MAX);
            let count = most.min(places.window.len());
            let ids: Vec<RecordId> = places.window.drain(..count).collect();
            places.passed = places.passed.saturating_add(count as u64);
            let rows = self.reading.read(&self.session, &ids).await?;
            // All of them may have been deleted meanwhile.
            if !rows.is_empty() {
                self.place = Place::Order(places);
                return Ok(Some(rows));
            }
        }
    }

    /// Reads the next ids. Where records are taken away after the limit, a window without one is the only one whose end is
    /// certain.
    async fn next_window(&mut self, places: &mut Places) -> Result<(), Error> {
        let wanted = self.left.map_or(WINDOW, |left| left.min(WINDOW));
        let limit = (!self.hides).then_some(wanted);
        let mut ids = self.ids_in_place(places, limit).await?;
        places.ended = limit.is_none();
        if (ids.len() as u64) < wanted && !places.ended {
            let all = self.ids_in_place(places, None).await?;
            if all.len() > ids.len() {
                ids = all;
            }
            places.ended = true;
        }
        self.new_ids(places, &ids)?;
        places.offset = places.offset.saturating_add(wanted);
        places.window = ids.into();
        Ok(())
    }

    /// The ids behind those of the last window.
    ///
    /// # Errors
    /// [`WalkError::Moved`] if the last of those is not where it was: where a record was deleted meanwhile, the next one moved
    /// up into the place of one that was given.
    async fn ids_in_place(
        &self,
        places: &Places,
        limit: Option<u64>,
    ) -> Result<Vec<RecordId>, Error> {
        let before = u64::from(places.last.is_some());
        let part = Part {
            offset: places.offset.saturating_sub(before),
            limit: limit.map(|limit| limit.saturating_add(before)),
        };
        let mut ids = self.search.ids_of_part(&self.session, part).await?;
        if let Some(last) = places.last {
            if ids.first() != Some(&last) {
                let model = self.search.model;
                return Err(WalkError::Moved { model, id: last }.into());
            }
            ids.remove(0);
        }
        Ok(ids)
    }

    /// Remembers the ids of a window.
    ///
    /// # Errors
    /// [`WalkError::SameId`] if one of them came before, as far as that is known: a walk does not go round in circles.
    fn new_ids(&self, places: &mut Places, ids: &[RecordId]) -> Result<(), WalkError> {
        let model = self.search.model;
        all_different(model, ids)?;
        let again = |id: &&RecordId| places.last_window.contains(*id);
        if let Some(id) = ids.iter().find(again) {
            return Err(WalkError::SameId { model, id: *id });
        }
        if let Some(id) = ids.first()
            && !places.first_ids.insert(*id)
        {
            return Err(WalkError::SameId { model, id: *id });
        }
        places.last_window = ids.iter().copied().collect();
        places.last = ids.last().copied();
        Ok(())
    }
}

/// Refuses what is right in one answer for all records alone.
fn check_fields(model: &str, fields: &[&FieldMeta]) -> Result<(), Error> {
    let mut names = fields.iter().map(|field| field.name());
    match names.find(|name| OF_THE_WHOLE_SEARCH.contains(&(model, name))) {
        None => Ok(()),
        Some(name) => Err(Error::usage(format!(
            "`{name}` of {model} is worked out over a whole search, and would begin anew in each page: read it by `fetch`"
        ))),
    }
}
