//! The values of a group, as they came.

use jiter::{Jiter, JiterError};
use serde_json::Value as JsonValue;

use super::number::Number;
use crate::{
    Error, Reply,
    model::{Blank, DecodeError, Slot, found, lenient_json, read_json},
    secret::Secrets,
};

/// A value as it came: JSON, or the bare words `NaN` and `Infinity`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Raw(Vec<u8>);

impl Raw {
    pub(super) fn new(json: impl Into<Vec<u8>>) -> Self {
        Self(json.into())
    }

    pub(super) fn as_text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim()
    }

    /// Whether there is no value: `false`, or a `null`.
    pub(super) fn is_unset(&self) -> bool {
        matches!(self.as_text(), "false" | "null")
    }

    /// The value, with `null` for the bare words.
    pub(super) fn json(&self) -> JsonValue {
        lenient_json(&self.0).unwrap_or_default()
    }

    /// The number it is, if it is one.
    pub(super) fn number(&self) -> Option<Number> {
        match self.as_text() {
            "NaN" => Some(f64::NAN.into()),
            "Infinity" => Some(f64::INFINITY.into()),
            "-Infinity" => Some(f64::NEG_INFINITY.into()),
            _ => match self.json() {
                JsonValue::Number(number) => Number::of(&number),
                _ => None,
            },
        }
    }
}

/// One value of a group: a part of its key, or an aggregate.
pub struct GroupCell<'a> {
    pub(super) model: &'static str,
    /// What was asked for, such as `date_order:month`.
    pub(super) column: &'a str,
    pub(super) raw: &'a Raw,
    /// What an error must not show.
    pub(super) secrets: &'a Secrets,
}

impl GroupCell<'_> {
    /// Reads it as a field's value is read.
    pub(super) fn read<T: Slot + Blank>(&self) -> Result<T, Error> {
        read_json(&self.raw.0).map_err(|expected| self.refused(expected))
    }

    /// The error of a value that is not `expected`.
    pub(super) fn refused(&self, expected: &str) -> Error {
        refused(
            self.model,
            self.column,
            expected,
            found(&self.raw.0, self.secrets),
        )
    }
}

/// One group of an answer: names and values.
pub(super) struct Answered {
    model: &'static str,
    columns: Vec<(String, Raw)>,
    secrets: Secrets,
}

impl Answered {
    /// The groups of an answer.
    pub(super) fn all(model: &'static str, reply: &Reply) -> Result<Vec<Self>, Error> {
        let refused = || reply.mismatch("a list of groups");
        let json = reply.bounded()?.ok_or_else(refused)?;
        let groups = objects(json).map_err(|_| refused())?;
        Ok(groups
            .into_iter()
            .map(|columns| Self {
                model,
                columns,
                secrets: reply.secrets().clone(),
            })
            .collect())
    }

    pub(super) fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    pub(super) fn find(&self, name: &str) -> Option<&Raw> {
        let (_, raw) = self.columns.iter().find(|(column, _)| column == name)?;
        Some(raw)
    }

    /// The value of a column that was asked for: one that did not come is no unset one.
    pub(super) fn column(&self, name: &str) -> Result<Raw, Error> {
        self.aliased(name, name)
    }

    /// The same, of a column that goes by another name here than what was asked for.
    pub(super) fn aliased(&self, alias: &str, column: &str) -> Result<Raw, Error> {
        self.find(alias).cloned().ok_or_else(|| {
            let found = "a group without it".to_owned();
            refused(self.model, column, "a value", found)
        })
    }

    /// The number of records.
    pub(super) fn count(&self) -> Result<u64, Error> {
        let count = self.column("__count")?;
        count.json().as_u64().ok_or_else(|| {
            let found = found(&count.0, &self.secrets);
            refused(self.model, "__count", "a count", found)
        })
    }
}

pub(super) fn refused(model: &'static str, column: &str, expected: &str, found: String) -> Error {
    Error::from(DecodeError {
        model,
        id: None,
        field: None,
        expected: format!("{expected} for `{column}` of a group"),
        found,
    })
}

fn objects(json: &[u8]) -> Result<Vec<Vec<(String, Raw)>>, JiterError> {
    let mut json = Jiter::new(json).with_allow_inf_nan();
    let mut objects = Vec::new();
    let mut more = json.next_array()?;
    while more.is_some() {
        let mut columns = Vec::new();
        let mut key = json.next_object()?.map(str::to_owned);
        while let Some(name) = key {
            json.peek()?;
            let start = json.current_index();
            json.next_skip()?;
            columns.push((name, Raw::new(json.slice_to_current(start))));
            key = json.next_key()?.map(str::to_owned);
        }
        objects.push(columns);
        more = json.array_step()?;
    }
    Ok(objects)
}
