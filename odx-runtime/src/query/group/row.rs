//! A row of a group, as both methods give it.

use std::cmp::Ordering;

use serde_json::{Map, Value as JsonValue};

use crate::{
    Error,
    model::{Blank, DecodeError, Slot, read_one},
};

/// A row with the names that `formatted_read_group` uses.
pub struct GroupRow {
    model: &'static str,
    columns: Map<String, JsonValue>,
}

const UNSET: &JsonValue = &JsonValue::Bool(false);

impl GroupRow {
    pub(super) fn new(model: &'static str, columns: Map<String, JsonValue>) -> Self {
        Self { model, columns }
    }

    /// A row of `read_group`: aliases become columns, and periods get their start from `__range`, or in Odoo 14, which
    /// has none, from `__domain`.
    pub(super) fn from_classic(
        model: &'static str,
        mut columns: Map<String, JsonValue>,
        aliases: &[(String, String)],
    ) -> Self {
        for (alias, column) in aliases {
            if let Some(value) = columns.remove(alias) {
                columns.insert(column.clone(), value);
            }
        }
        let periods: Vec<String> = columns
            .keys()
            .filter(|column| column.contains(':'))
            .cloned()
            .collect();
        for column in periods {
            let Some(label) = columns
                .get(&column)
                .and_then(JsonValue::as_str)
                .map(str::to_owned)
            else {
                continue;
            };
            if let Some(start) = start_of(&columns, &column) {
                columns.insert(
                    column,
                    JsonValue::from(vec![start.into(), JsonValue::from(label)]),
                );
            }
        }
        Self { model, columns }
    }

    /// The value of a column; unset if there is none.
    pub(super) fn column(&self, name: &str) -> &JsonValue {
        self.columns.get(name).unwrap_or(UNSET)
    }

    pub(super) fn count(&self) -> Result<u64, Error> {
        let count = self.column("__count");
        count
            .as_u64()
            .ok_or_else(|| self.refused("__count", "a count", count))
    }

    /// Reads a value as a field's is read.
    pub(super) fn read<T: Slot + Blank>(
        &self,
        column: &str,
        value: &JsonValue,
    ) -> Result<T, Error> {
        read_one(value).map_err(|expected| self.refused(column, expected, value))
    }

    pub(super) fn refused(&self, column: &str, expected: &str, value: &JsonValue) -> Error {
        Error::from(DecodeError {
            model: self.model,
            id: None,
            field: None,
            expected: format!("{expected} for `{column}` of a group"),
            found: format!("`{value}`"),
        })
    }
}

fn start_of(columns: &Map<String, JsonValue>, column: &str) -> Option<String> {
    if let Some(start) = columns
        .get("__range")
        .and_then(|range| range.get(column)?.get("from"))
    {
        return start.as_str().map(str::to_owned);
    }
    let field = column.split(':').next()?;
    columns
        .get("__domain")?
        .as_array()?
        .iter()
        .find_map(|condition| {
            let [name, operator, value] = condition.as_array()?.as_slice() else {
                return None;
            };
            (name == field && operator == ">=").then(|| value.as_str().map(str::to_owned))?
        })
}

/// Orders values as Odoo does: unset first.
pub(super) fn compare(left: &JsonValue, right: &JsonValue) -> Ordering {
    match (left, right) {
        (JsonValue::Number(left), JsonValue::Number(right)) => left
            .as_f64()
            .partial_cmp(&right.as_f64())
            .unwrap_or(Ordering::Equal),
        (JsonValue::String(left), JsonValue::String(right)) => left.cmp(right),
        (JsonValue::Bool(false), JsonValue::Bool(false)) => Ordering::Equal,
        (JsonValue::Bool(false), _) => Ordering::Less,
        (_, JsonValue::Bool(false)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
