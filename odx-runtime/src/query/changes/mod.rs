//! Changes: the records of a model that were created, written, archived or deleted since a cursor.
//!
//! ```
#![doc = include_str!("../../example_models.md")]
//! # use futures_util::TryStreamExt;
//! use odx_runtime::query::changes::Cursor;
//!
//! #[derive(OdooModel, Debug)]
//! #[odoo(model = ResPartner)]
//! struct Contact {
//!     name: Option<String>,
//!     email: Option<String>,
//! }
//!
//! # async fn follow(odoo: &odx_runtime::Session, stored: Option<Cursor>) -> Result<(), Error> {
//! let cursor = stored.unwrap_or_else(Cursor::start);
//! let mut batches = ResPartner::changes(cursor).follow_as::<Contact>(odoo);
//! while let Some(batch) = batches.try_next().await? {
//!     for changed in &batch.written {
//!         println!("{} is {:?} now", changed.id, changed.record);
//!     }
//!     // What the batch says, and its cursor, are stored in one transaction: then a program that is killed at any moment
//!     // goes on where it was.
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//! A round asks for the records that were written since the last one, by rising ids, and then compares all ids with those
//! that are known. The first round, from [`Cursor::start`], has no last one: it gives all records.
//!
//! `write_date` is when the transaction that wrote a record began, and it may be committed long after that. So a round begins
//! earlier than the last one ended, by [`Changes::overlap`]: a transaction that takes longer than that can be missed. What
//! was given before is told by its id and its content, since two writes may have the same `write_date`, and not given again.
//!
//! No clock but the server's decides what was seen: a round ends at the newest `write_date` that it found when it began, and
//! the time that this program has measured since. The clock of this machine can make the overlap longer, and shorter only where
//! it is fast and a record has a `write_date` of the server's future.
//!
//! # What it cannot see
//! - Fields that change without a write of their record: see [`Changes::with_unwatched_fields`].
//! - What SQL writes without `write_date`, and a many2one that the database clears because the record behind it was deleted:
//!   read all again now and then, by [`Cursor::read_again`].
//! - A record that no longer matches the domain, or that an access rule hides from the user, looks deleted; one that comes to
//!   match without having been written looks created. Archived records are no deleted ones: all rounds see them.

mod asked;
mod clock;
mod cursor;
mod error;
mod follow;
mod given;
mod round;
mod rows;
mod untyped;

use std::{marker::PhantomData, time::Duration};

#[doc(no_inline)]
pub use crate::model::{Follows, OnlyWatched, Unwatched};
pub use cursor::{Cursor, CursorError};
pub use error::ChangesError;
pub use follow::FollowAs;
pub use untyped::{JsonRecord, UntypedChanges};

use round::Settings;

use super::{Query, Search};
use crate::{Context, RecordId, domain::Domain, model::Model};

/// What changed: some records, and the cursor after them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Batch<I, R> {
    /// The records that were created or written, as they are now, by rising ids.
    pub written: Vec<Changed<I, R>>,
    /// The records that are archived, as they are now: they were archived, or written while they were. Empty for models without
    /// `active`.
    pub archived: Vec<Changed<I, R>>,
    /// The records that are no longer found: deleted, out of the domain, or hidden from the user.
    pub deleted: Vec<I>,
    /// Whether this is the end of a round: all that was committed before the round began has been given. Such a batch may be
    /// empty otherwise.
    pub caught_up: bool,
    /// Where to go on after this batch. It belongs into the same transaction as what the program stores of the batch.
    pub cursor: Cursor,
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Changed<I, R> {
    /// Its id.
    pub id: I,
    /// What was read of it.
    pub record: R,
}

impl<I, R> Batch<I, R> {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.archived.is_empty() && self.deleted.is_empty()
    }
}

/// The changes of the model `M` since a cursor: made by [`Model::changes`] and [`Query::changes`], read by
/// [`FollowAs::stream_as`] and [`FollowAs::follow_as`].
#[must_use = "nothing is read before the changes are streamed or followed"]
pub struct Changes<M, W = OnlyWatched> {
    search: Search,
    cursor: Cursor,
    settings: Settings,
    watched: PhantomData<fn() -> (M, W)>,
}

impl<M: Model> Changes<M> {
    #[doc(hidden)]
    pub fn of(query: Query<M>, cursor: Cursor) -> Self {
        let settings = Settings::default().page_size(query.pages.size);
        Self {
            search: query.search,
            cursor,
            settings,
            watched: PhantomData,
        }
    }

    /// Lets the projection have fields that change without a write of their record. They are given as they were when their
    /// record was read, and what happens to them later is not seen.
    ///
    /// Such fields are: computed ones that are not stored, and what is read through other records; one2many and many2many
    /// fields, whose links are written on the other side; nested projections; and `parent_path`.
    pub fn with_unwatched_fields(self) -> Changes<M, Unwatched> {
        Changes {
            search: self.search,
            cursor: self.cursor,
            settings: self.settings.with_unwatched_fields(),
            watched: PhantomData,
        }
    }
}

impl<M: Model, W> Changes<M, W> {
    /// How many records a batch has at most; 500 unless told.
    pub fn page_size(self, records: usize) -> Self {
        self.set(|settings| settings.page_size(records as u64))
    }

    /// How long a transaction of Odoo may take so that what it wrote is certain to be seen; five minutes unless told.
    ///
    /// What was written within it is read again in each round, and told from what was given by its content.
    pub fn overlap(self, overlap: Duration) -> Self {
        self.set(|settings| settings.overlap(overlap))
    }

    /// How long [`follow_as`](FollowAs::follow_as) waits between two rounds; five seconds unless told.
    pub fn every(self, pause: Duration) -> Self {
        self.set(|settings| settings.every(pause))
    }

    /// How often all ids are compared, which finds the deleted ones; once a minute unless told, and in the first round of a
    /// stream always. A million ids take 50 calls.
    pub fn compare_every(self, interval: Duration) -> Self {
        self.set(|settings| settings.compare_every(interval))
    }

    fn set(self, set: impl FnOnce(Settings) -> Settings) -> Self {
        Self {
            settings: set(self.settings),
            ..self
        }
    }

    /// The domain.
    pub fn domain(&self) -> Domain<M> {
        Domain::from_node(self.search.domain.clone())
    }
}

impl<M: Model, W> std::fmt::Debug for Changes<M, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes")
            .field("model", &self.search.model)
            .field("domain", &self.domain())
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

/// What is asked with all calls: archived records, too.
fn with_archived() -> Context {
    Context::new().active_test(false)
}

/// The id as the cursor keeps it.
pub(super) fn small_id(model: &'static str, id: RecordId) -> Result<u32, ChangesError> {
    let number = id.number().filter(|number| *number > 0);
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or(ChangesError::Id { model, id })
}
