//! Why changes cannot be followed.

use odx_facts::Series;

use crate::{Error, RecordId};

/// Changes that cannot be followed, or a cursor that is not of what is asked.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangesError {
    /// The server keeps no `write_date` of the model's records.
    #[error(
        "{model} has no stored `write_date`, by which changes are found: Odoo keeps no log of it, as of views and of some \
         technical models; read it whole by `stream`"
    )]
    NoWriteDate {
        /// The model.
        model: &'static str,
    },
    /// The server does not have fields that are to be read.
    #[error("{model} has no field {}, or the user may not see it", fields.join(", "))]
    NoField {
        /// The model.
        model: &'static str,
        /// The fields.
        fields: Vec<String>,
    },
    /// Fields that change without a write of their record.
    #[error(
        "what is read of {model} changes without a write of the record, so that the change would not be seen: {}; leave it out, \
         follow the model that it is of, or take it as it was when the record was read: `with_unwatched_fields`",
        fields.join(", ")
    )]
    Unwatched {
        /// The model.
        model: &'static str,
        /// The fields, each with the reason: `child_ids (one2many)`.
        fields: Vec<String>,
    },
    /// An id that is a text, or no number of 32 bits from 1 on, as ids of tables are.
    #[error(
        "{model} has a record with the id {id:?}, and changes are found by ids of tables, which are numbers from 1 to 2^32"
    )]
    Id {
        /// The model.
        model: &'static str,
        /// The id.
        id: RecordId,
    },
    /// The cursor is of another model.
    #[error(
        "the cursor is of {of}, and the changes of {model} are asked for: keep a cursor for each model"
    )]
    OtherModel {
        /// The model that is asked for.
        model: &'static str,
        /// The model that the cursor is of.
        of: String,
    },
    /// The cursor is of other records or other fields of the model.
    #[error(
        "the cursor is of {model} with {}, so that it does not tell what changed since: begin anew with `Cursor::start`, \
         which gives all records",
        other.join(" and ")
    )]
    OtherQuery {
        /// The model.
        model: &'static str,
        /// What differs: another domain, other fields, another context.
        other: Vec<&'static str>,
    },
    /// The server was upgraded since, which rewrites records without `write_date`.
    #[error(
        "the cursor is of {model} on Odoo {of}, and the server is Odoo {series}: an upgrade changes records without a trace, so \
         begin anew with `Cursor::start`, which gives all records"
    )]
    OtherSeries {
        /// The model.
        model: &'static str,
        /// The series that the cursor is of.
        of: Series,
        /// The series of the server.
        series: Series,
    },
}

odx_facts::debug_as_told!(ChangesError);

impl From<ChangesError> for Error {
    fn from(error: ChangesError) -> Self {
        Self::Changes(Box::new(error))
    }
}
