//! Why rows cannot be walked a page at a time.

use crate::{Error, RecordId};

/// Rows that did not come as they were asked for, so that reading on could lose some or give some twice.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// A row has no id of its own: its `id` is `false`. Views of the database give such rows.
    #[error(
        "the rows of {model} have no id of their own, so they can neither be told apart nor read a page at a time: \
         read them whole by `fetch_as` into a struct without `id`, or in groups by `group_by`"
    )]
    NoId {
        /// The model.
        model: &'static str,
    },
    /// Several rows have the same id. Views of the database give such rows; of a model with a table of its own, the server
    /// gave a row again, or it moved in the order because it was written meanwhile.
    #[error(
        "{model} gave a row with the id {id:?} more than once, so its rows cannot be read a page at a time: \
         if it is a view of the database, read it in groups by `group_by`, or whole by `fetch`, where Odoo repeats one row \
         for all of an id; if records change their places in the order meanwhile, stream without an order"
    )]
    SameId {
        /// The model.
        model: &'static str,
        /// The id.
        id: RecordId,
    },
    /// A record is not in its place of the order any more, so that another one may have moved to where nothing is read again.
    #[error(
        "records of {model} were written or deleted while they were read in an order, and {id:?} is not where it was, so that \
         others may have been left out: stream without an order, which goes by id"
    )]
    Moved {
        /// The model.
        model: &'static str,
        /// The last one that was given, or is about to be.
        id: RecordId,
    },
    /// The ids do not rise from row to row and from page to page, though that was asked for.
    #[error(
        "{model} gave the id {id:?} after {after:?}, though its rows were asked for with rising ids beyond that: the server \
         does not order them, so they cannot be read a page at a time; read them whole by `fetch`"
    )]
    NotForward {
        /// The model.
        model: &'static str,
        /// The id that came.
        id: RecordId,
        /// The id that came before.
        after: RecordId,
    },
    /// The ids are texts, which PostgreSQL orders by a language.
    #[error(
        "the ids of {model} are texts such as {id:?}, which pages cannot follow each other by: \
         stream in an order, as in `.order(|p| p.id.asc())`, or read them whole by `fetch`"
    )]
    TextIds {
        /// The model.
        model: &'static str,
        /// One of them.
        id: RecordId,
    },
    /// More rows came than were asked for.
    #[error(
        "{model} gave {came} rows where {asked} at most were asked for: what answers is not an Odoo that was asked this"
    )]
    TooMany {
        /// The model.
        model: &'static str,
        /// How many were asked for.
        asked: u64,
        /// How many came.
        came: u64,
    },
    /// A row came that was not asked for.
    #[error("{model} gave the record {id:?}, which was not asked for")]
    NotAsked {
        /// The model.
        model: &'static str,
        /// Its id.
        id: RecordId,
    },
}

odx_facts::debug_as_told!(WalkError);

impl From<WalkError> for Error {
    fn from(error: WalkError) -> Self {
        Self::Walk(Box::new(error))
    }
}
