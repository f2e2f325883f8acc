//! Rounds: what was written since the last one, then what is no longer there.

use std::time::{Duration, Instant};

use roaring::RoaringBitmap;
use serde_json::{Value as JsonValue, json};

use super::{
    Cursor,
    asked::{Asked, beyond, written_since},
    clock::Clock,
    cursor::{Place, State},
    given::Given,
    rows::{Found, ReadChanged},
};
use crate::{
    Error,
    query::{
        Pages, WalkError,
        search::{ID, not_more},
    },
};

/// How many known ids are compared with one call.
const COMPARED: u64 = 20_000;

/// How many missing ids are asked for with one call.
const ASKED_AGAIN: usize = 1_000;

/// How changes are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    page_size: u64,
    overlap: Duration,
    pub(super) pause: Duration,
    compare_every: Duration,
    allows_unwatched: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_size: Pages::default().size,
            overlap: Duration::from_secs(300),
            pause: Duration::from_secs(5),
            compare_every: Duration::from_secs(60),
            allows_unwatched: false,
        }
    }
}

impl Settings {
    pub(super) fn page_size(self, records: u64) -> Self {
        Self {
            page_size: records.max(1),
            ..self
        }
    }

    pub(super) fn overlap(self, overlap: Duration) -> Self {
        Self { overlap, ..self }
    }

    pub(super) fn every(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    pub(super) fn compare_every(self, compare_every: Duration) -> Self {
        Self {
            compare_every,
            ..self
        }
    }

    pub(super) fn with_unwatched_fields(self) -> Self {
        Self {
            allows_unwatched: true,
            ..self
        }
    }

    /// In whole seconds, as moments are read, and one more for what they leave out.
    fn overlap_seconds(&self) -> i64 {
        let seconds = self.overlap.as_secs().saturating_add(1);
        i64::try_from(seconds).unwrap_or(i64::MAX)
    }
}

/// Some changes, without the cursor.
pub(super) struct RawBatch<R> {
    pub(super) written: Vec<(u32, R)>,
    pub(super) archived: Vec<(u32, R)>,
    pub(super) deleted: Vec<u32>,
    pub(super) caught_up: bool,
}

impl<R> RawBatch<R> {
    fn new() -> Self {
        Self {
            written: Vec::new(),
            archived: Vec::new(),
            deleted: Vec::new(),
            caught_up: false,
        }
    }

    fn is_empty(&self) -> bool {
        self.written.is_empty() && self.archived.is_empty() && self.deleted.is_empty()
    }
}

/// Rounds over the records that are asked for.
pub(super) struct Rounds<A: ReadChanged> {
    asked: Asked,
    reading: A,
    settings: Settings,
    has_active: bool,
    state: State,
    clock: Clock,
    compared: Option<Instant>,
    /// Whether this round began before this stream.
    is_resumed: bool,
    was_resumed: bool,
    /// The first id that was last found beyond records that the user may not see.
    beyond_hidden: u32,
}

impl<A: ReadChanged> Rounds<A> {
    /// Rounds from a cursor on.
    pub(super) async fn begin(
        asked: Asked,
        cursor: Cursor,
        reading: A,
        settings: Settings,
    ) -> Result<Self, Error> {
        let fields = reading.fields();
        if !settings.allows_unwatched {
            reading.check(asked.model)?;
        }
        let state = asked.state(cursor, &fields).await?;
        let has_active = asked
            .check_fields(&fields, settings.allows_unwatched)
            .await?;
        let is_resumed = state.place != Place::Between;
        Ok(Self {
            asked,
            reading,
            settings,
            has_active,
            state,
            is_resumed,
            was_resumed: false,
            clock: Clock::default(),
            compared: None,
            beyond_hidden: 0,
        })
    }

    /// Whether the round that is over began before this stream.
    pub(super) fn was_resumed(&self) -> bool {
        self.was_resumed
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(self.state.clone())
    }

    /// The next changes, or the end of the round.
    pub(super) async fn next(&mut self) -> Result<RawBatch<A::Record>, Error> {
        loop {
            let batch = match self.state.place {
                Place::Between => {
                    self.begin_round().await?;
                    continue;
                }
                Place::Written { after, next } => self.written(after, next).await?,
                Place::Compared { after } => self.compared(after).await?,
            };
            if batch.caught_up {
                self.was_resumed = std::mem::take(&mut self.is_resumed);
            }
            if batch.caught_up || !batch.is_empty() {
                return Ok(batch);
            }
        }
    }

    /// What will be settled when this round is over: all that was written so long ago that it is certain to be committed.
    async fn begin_round(&mut self) -> Result<(), Error> {
        if let Some(newest) = self.asked.newest().await? {
            self.clock.saw(newest);
        }
        let overlap = self.settings.overlap_seconds();
        let certain = self.clock.now().map(|now| now.saturating_sub(overlap));
        self.state.place = Place::Written {
            after: 0,
            next: certain.max(self.state.settled),
        };
        self.state.fresh = [].into_iter().collect();
        self.beyond_hidden = 0;
        Ok(())
    }

    /// A page of the records that were written.
    async fn written(
        &mut self,
        after: u32,
        next: Option<i64>,
    ) -> Result<RawBatch<A::Record>, Error> {
        let since: Vec<JsonValue> = self
            .state
            .settled
            .and_then(written_since)
            .into_iter()
            .collect();
        let size = self.settings.page_size;
        let conditions = [since.as_slice(), &[beyond(after)]].concat();
        let page = self
            .reading
            .read(&self.asked, &conditions, Some(size), self.has_active)
            .await?;
        let came = page.len();
        not_more(self.asked.model, size, came)?;
        let mut last = after;
        let mut ids = Vec::with_capacity(came);
        for found in &page {
            last = self.asked.next(found.id, last)?;
            ids.push(last);
        }
        // A short page is not the end: records may be taken away after the limit.
        let goes_on = if (came as u64) < size {
            let rest = self.asked.ids(&since, last, None).await?;
            match rest.first() {
                Some(first) if *first <= self.beyond_hidden => {
                    let (model, id) = (self.asked.model, (*first).into());
                    let after = last.into();
                    return Err(WalkError::NotForward { model, id, after }.into());
                }
                Some(first) => {
                    self.beyond_hidden = *first;
                    last = first - 1;
                    true
                }
                None => false,
            }
        } else {
            true
        };
        let mut batch = RawBatch::new();
        for (id, found) in ids.into_iter().zip(page) {
            self.give(id, found, next, &mut batch);
        }
        self.state.place = Place::Written { after: last, next };
        if !goes_on {
            self.end_of_written(next, &mut batch);
        }
        Ok(batch)
    }

    /// Adds a record to the batch, unless it was given as it is.
    fn give(
        &mut self,
        id: u32,
        found: Found<A::Record>,
        next: Option<i64>,
        batch: &mut RawBatch<A::Record>,
    ) {
        let given = Given {
            id,
            hash: found.hash,
        };
        let is_new = self.state.known.insert(id);
        let was_given = !is_new && self.state.given.has(given);
        if let Some(second) = found.written {
            self.clock.saw(second);
        }
        // The others do not come again before they are written anew.
        if next.is_none_or(|next| found.written.is_some_and(|written| written >= next)) {
            self.state.fresh.insert(given);
        }
        if was_given {
            return;
        }
        match found.is_archived {
            true => batch.archived.push((id, found.record)),
            false => batch.written.push((id, found.record)),
        }
    }

    fn end_of_written(&mut self, next: Option<i64>, batch: &mut RawBatch<A::Record>) {
        let state = &mut self.state;
        state.settled = next;
        state.given = std::mem::take(&mut state.fresh);
        let compares = self
            .compared
            .is_none_or(|compared| compared.elapsed() >= self.settings.compare_every);
        state.place = match compares {
            true => Place::Compared { after: 0 },
            false => Place::Between,
        };
        batch.caught_up = !compares;
    }

    /// Compares the ids of a range with the known ones.
    async fn compared(&mut self, after: u32) -> Result<RawBatch<A::Record>, Error> {
        let first = after.saturating_add(1);
        let up_to = self.state.known.range(first..).nth(COMPARED as usize - 1);
        // Where it is bounded, it may have more records than are known; a search whose limit hides records has none.
        let limit = (!self.asked.hides_records()).then_some(2 * COMPARED);
        let condition: Vec<JsonValue> = up_to
            .map(|up_to| json!([ID, "<=", up_to]))
            .into_iter()
            .collect();
        let ids = self.asked.ids(&condition, after, limit).await?;
        let is_cut = limit.is_some_and(|limit| ids.len() as u64 == limit);
        let mut end = match is_cut {
            true => ids.last().copied(),
            false => up_to,
        };
        let found: RoaringBitmap = ids.into_iter().collect();
        let known: RoaringBitmap = self
            .state
            .known
            .range(first..=end.unwrap_or(u32::MAX))
            .collect();
        let unknown = &found - &known;
        let mut batch = RawBatch::new();
        for id in self.without_those_there(&known - &found).await? {
            self.state.known.remove(id);
            self.state.given.remove(id);
            batch.deleted.push(id);
        }
        let page: Vec<u32> = unknown
            .iter()
            .take(self.settings.page_size as usize)
            .collect();
        if let Some(last) = page.last().copied() {
            if (page.len() as u64) < unknown.len() {
                end = Some(last);
            }
            self.give_unknown(&page, &mut batch).await?;
        }
        match end {
            Some(end) => self.state.place = Place::Compared { after: end },
            None => {
                self.state.place = Place::Between;
                self.compared = Some(Instant::now());
                batch.caught_up = true;
            }
        }
        Ok(batch)
    }

    /// Asks once more for what is missing, by its ids: an answer that was cut short must delete nothing.
    async fn without_those_there(&self, missing: RoaringBitmap) -> Result<RoaringBitmap, Error> {
        let all: Vec<u32> = missing.iter().collect();
        let mut missing = missing;
        for ids in all.chunks(ASKED_AGAIN) {
            loop {
                let ids: Vec<u32> = ids
                    .iter()
                    .copied()
                    .filter(|id| missing.contains(*id))
                    .collect();
                let there = match ids.is_empty() {
                    true => break,
                    false => self.asked.ids(&[json!([ID, "in", ids])], 0, None).await?,
                };
                let before = missing.len();
                missing -= there.into_iter().collect::<RoaringBitmap>();
                // A server that cuts its answers short cut this one, too.
                if missing.len() == before {
                    break;
                }
            }
        }
        Ok(missing)
    }

    /// Records that are there and were never given: they came to be seen without being written, or were written since this
    /// round passed them.
    async fn give_unknown(
        &mut self,
        ids: &[u32],
        batch: &mut RawBatch<A::Record>,
    ) -> Result<(), Error> {
        let condition = json!([ID, "in", ids]);
        let page = self
            .reading
            .read(&self.asked, &[condition], None, self.has_active)
            .await?;
        let settled = self.state.settled;
        let mut last = 0;
        for found in page {
            last = self.asked.next(found.id, last)?;
            if ids.binary_search(&last).is_err() {
                let (model, id) = (self.asked.model, found.id);
                return Err(WalkError::NotAsked { model, id }.into());
            }
            self.give(last, found, settled, batch);
        }
        // The next round looks for them there.
        let fresh = std::mem::take(&mut self.state.fresh);
        for given in fresh.beyond(0) {
            self.state.given.insert(*given);
        }
        Ok(())
    }
}
