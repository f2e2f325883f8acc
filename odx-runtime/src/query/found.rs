//! The records of a read by ids.

use crate::{Error, Id, RecordId, error::listed, model::Model};

/// The records that a read found, in the order of the ids asked for, and the ids it did not find.
///
/// Odoo leaves out ids that do not exist without an error, so rows must never be matched with ids by position.
#[derive(Debug)]
#[non_exhaustive]
pub struct Found<M, P> {
    /// The records, in the order asked for.
    pub records: Vec<P>,
    /// The ids that no record has, in the order asked for.
    pub missing: Vec<Id<M>>,
}

/// Ids that no record has.
#[derive(thiserror::Error)]
#[error("{model} has no record with id {}; it may have been deleted", list(.ids))]
#[non_exhaustive]
pub struct MissingRecords {
    /// The model.
    pub model: &'static str,
    /// The ids.
    pub ids: Vec<RecordId>,
}

odx_facts::debug_as_told!(MissingRecords);

/// The records behind a relation of a nested projection could not be read.
#[derive(thiserror::Error)]
#[error("the records behind `{path}` could not be read")]
#[non_exhaustive]
pub struct RelationError {
    /// The fields that lead to the records.
    pub path: String,
    /// Why.
    pub source: Error,
}

odx_facts::debug_as_told!(RelationError);

/// A search that was to find one record found none, or several.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOne {
    /// No record matches.
    #[error(
        "no {model} matches {domain}, and one was asked for: where there may be none, take `.first(..)`; archived records \
         are found by `.with_archived()`"
    )]
    None {
        /// The model.
        model: &'static str,
        /// What was searched for, in Odoo's notation.
        domain: String,
    },
    /// Several records match.
    #[error(
        "more than one {model} matches {domain}, {} and {} among them, and one was asked for: narrow the search, or take \
         `.order(..)` and `.first(..)`", .ids[0], .ids[1]
    )]
    Several {
        /// The model.
        model: &'static str,
        /// What was searched for, in Odoo's notation.
        domain: String,
        /// Two of the records.
        ids: [RecordId; 2],
    },
}

odx_facts::debug_as_told!(NotOne);

fn list(ids: &[RecordId]) -> String {
    const SHOWN: usize = 10;
    listed(ids.iter().map(|id| format!("{id:?}")), SHOWN)
}

impl<M: Model, P> Found<M, P> {
    /// The records, if all were found.
    ///
    /// # Errors
    /// [`Error::MissingRecords`] names the ids that no record has.
    pub fn all(self) -> Result<Vec<P>, Error> {
        if self.missing.is_empty() {
            return Ok(self.records);
        }
        let ids = self.missing.into_iter().map(Id::record_id).collect();
        Err(Error::MissingRecords(Box::new(MissingRecords {
            model: M::NAME,
            ids,
        })))
    }
}
