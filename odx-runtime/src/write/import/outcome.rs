//! What came of the rows of an import.

use std::fmt;

use crate::{Error, RecordId, error::listed};

/// How many fields of a row a message names.
const SHOWN: usize = 12;

/// What came of one row.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settled<I = RecordId> {
    /// The row, from 0.
    pub row: usize,
    /// Its external id, with its module.
    pub external_id: String,
    /// The record, which holds what the row says; or why not.
    pub result: Result<I, Refused>,
    /// What Odoo warned of although it took the row.
    pub warnings: Vec<Fault>,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The row, from 0.
    pub row: usize,
    /// Its external id, with its module.
    pub external_id: String,
    /// The record, where it is there all the same, without the references that were refused after it was made.
    pub id: Option<RecordId>,
    /// What is wrong with it: all that is known, at least one.
    pub faults: Vec<Fault>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The field. `None` where the row as a whole was refused.
    pub field: Option<String>,
    /// What stands in the field, as text.
    pub value: Option<String>,
    /// Why it was refused.
    pub why: Why,
    /// Where Odoo refused the row and names no field: those that the row was sent with.
    pub sent: Vec<String>,
}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It was not sent, since Odoo would refuse it, or take it for something else.
    NotSent(String),
    /// Odoo refused it, and said this.
    Odoo(String),
    /// Odoo did not take a reference to a record whose own row was refused.
    RowRefused {
        /// That row, from 0.
        row: usize,
        /// Its external id, with its module.
        external_id: String,
        /// What Odoo said of the reference.
        said: String,
    },
    /// Another transaction was in the way each time.
    Conflict(String),
}

/// An import that could not go on: what was settled before, and why.
///
/// The same rows can be imported again: those that are there already are written once more, none is created twice.
#[derive(thiserror::Error)]
#[error(
    "{} of {} rows of {model} were settled before the import stopped; import the same rows again to go on",
    ids.iter().flatten().count() + refused.len(),
    ids.len()
)]
#[non_exhaustive]
pub struct ImportStopped {
    /// The model.
    pub model: &'static str,
    /// The record of each row; `None` of those that were refused or not settled.
    pub ids: Vec<Option<RecordId>>,
    /// The rows that were refused.
    pub refused: Vec<Refused>,
    /// Why it stopped.
    #[source]
    pub source: Error,
}

odx_facts::debug_as_told!(ImportStopped);

impl Fault {
    /// What is wrong with a field.
    pub(super) fn of(field: &str, value: impl Into<String>, why: Why) -> Self {
        Self {
            field: Some(field.to_owned()),
            value: Some(value.into()),
            why,
            sent: Vec::new(),
        }
    }

    /// What is wrong with the row as a whole.
    pub(super) fn of_row(why: Why) -> Self {
        Self {
            field: None,
            value: None,
            why,
            sent: Vec::new(),
        }
    }
}

/// `parent_id "base.nobody": No matching record found`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}")?;
            if let Some(value) = &self.value {
                write!(f, " {value:?}")?;
            }
            write!(f, ": ")?;
        }
        self.why.fmt(f)?;
        if self.sent.is_empty() {
            return Ok(());
        }
        let sent = listed(self.sent.iter(), SHOWN);
        write!(f, " (the row was sent with {sent})")
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(why) | Self::Odoo(why) => f.write_str(why.trim()),
            Self::RowRefused {
                row,
                external_id,
                said,
            } => write!(f, "row {row} ({external_id}) was refused: {}", said.trim()),
            Self::Conflict(why) => {
                write!(f, "another transaction was in the way: {}", why.trim())
            }
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} ({})", self.row, self.external_id)?;
        for (index, fault) in self.faults.iter().enumerate() {
            let before = if index == 0 { ": " } else { "; " };
            write!(f, "{before}{fault}")?;
        }
        match self.id {
            Some(id) => write!(f, " (the rest of the row is in record {id})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_without_a_field_tells_some_of_those_that_were_sent() {
        let mut fault = Fault::of_row(Why::Odoo("invalid literal".to_owned()));
        assert_eq!(fault.to_string(), "invalid literal");
        fault.sent = vec!["name".to_owned(), "color".to_owned()];
        assert_eq!(
            fault.to_string(),
            "invalid literal (the row was sent with name, color)"
        );
        fault.sent = vec!["x".to_owned(); SHOWN + 3];
        assert!(fault.to_string().ends_with("x, x and 3 more)"), "{fault}");
    }
}
