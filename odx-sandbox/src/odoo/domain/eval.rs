//! Which records a resolved domain matches.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::Value;

use super::calendar::DatePart;
use super::like::Pattern;
use super::parse::Test;
use crate::odoo::env::{Env, ids_of};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values;

/// A domain made ready for the records of one model.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    Constant(bool),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Ids(HashSet<i64>),
    Field {
        field: String,
        part: Part,
        check: Check,
    },
}

/// What of a field's value is looked at.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Whole,
    Date(DatePart),
    Property(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Check {
    /// One of the values, or unset if `unset`.
    In {
        values: Vec<Key>,
        unset: bool,
    },
    Like(Pattern),
    Compare {
        test: Test,
        value: Key,
        unset: bool,
    },
    /// Linked to one of the records.
    Linked(HashSet<i64>),
    /// An x2many without any record.
    Empty,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Number(f64),
    Text(String),
    Flag(bool),
}

impl Key {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Bool(flag) => Some(Self::Flag(*flag)),
            Value::Object(_) | Value::Array(_) => Some(Self::Text(value.to_string())),
            Value::Null => None,
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(numbers(*one, *other)),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Flag(one), Self::Flag(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// The order of PostgreSQL, where `NaN` is itself, and greater than all others.
fn numbers(one: f64, other: f64) -> Ordering {
    let by_value = one.partial_cmp(&other);
    by_value.unwrap_or_else(|| one.is_nan().cmp(&other.is_nan()))
}

impl Filter {
    pub(crate) fn matches(&self, env: &Env<'_>, model: &Model, id: i64) -> bool {
        match self {
            Self::Constant(flag) => *flag,
            Self::All(inner) => inner.iter().all(|filter| filter.matches(env, model, id)),
            Self::Any(inner) => inner.iter().any(|filter| filter.matches(env, model, id)),
            Self::Not(inner) => !inner.matches(env, model, id),
            Self::Ids(ids) => ids.contains(&id),
            Self::Field { field, part, check } => {
                let Some(field) = model.fields.get(field) else {
                    return false;
                };
                let value = env.value(model, id, field);
                match part {
                    Part::Whole => check.holds(field, &compared(field, value)),
                    Part::Date(part) => {
                        let number = date_part(env, field, &value, *part);
                        check.holds(field, &number.map_or(Value::Null, Value::from))
                    }
                    Part::Property(name) => check.holds_property(value.get(name)),
                }
            }
        }
    }
}

impl Check {
    fn holds(&self, field: &Field, value: &Value) -> bool {
        match self {
            Self::In { values, unset } => match number_or_key(field, value) {
                Some(key) => values.iter().any(|value| is_same(value, &key)),
                None => *unset,
            },
            Self::Like(pattern) => !value.is_null() && pattern.matches(&sql_text(field, value)),
            Self::Compare {
                test,
                value: bound,
                unset,
            } => match number_or_key(field, value) {
                Some(key) => key.compare(bound).is_some_and(|order| within(*test, order)),
                None => *unset,
            },
            Self::Linked(ids) => ids_of(value).iter().any(|id| ids.contains(id)),
            Self::Empty => ids_of(value).is_empty(),
        }
    }

    /// A property is a JSON value: a list of ids or tags matches if one of its items does.
    fn holds_property(&self, value: Option<&Value>) -> bool {
        let value = value.unwrap_or(&Value::Null);
        match self {
            Self::In { values, unset } => {
                let is_unset = matches!(value, Value::Null | Value::Bool(false));
                let listed = |item: &Value| Key::of(item).is_some_and(|key| values.contains(&key));
                (*unset && is_unset)
                    || match value {
                        Value::Array(items) => items.iter().any(listed),
                        other => listed(other),
                    }
            }
            Self::Like(pattern) => !value.is_null() && pattern.matches(&property_text(value)),
            Self::Compare {
                test, value: bound, ..
            } => Key::of(value)
                .and_then(|key| key.compare(bound))
                .is_some_and(|order| within(*test, order)),
            Self::Linked(_) | Self::Empty => false,
        }
    }
}

/// What of a value is compared: of a moment, its whole seconds.
fn compared(field: &Field, value: Value) -> Value {
    match value {
        Value::String(text) if field.kind == FieldType::Datetime => {
            Value::from(values::whole_seconds(&text))
        }
        value => value,
    }
}

/// `NaN` and the infinities are held as texts.
fn number_or_key(field: &Field, value: &Value) -> Option<Key> {
    match value {
        Value::String(text) if field.is_number() => text.parse().ok().map(Key::Number),
        value => Key::of(value),
    }
}

fn is_same(one: &Key, other: &Key) -> bool {
    one.compare(other) == Some(Ordering::Equal)
}

pub(super) fn within(test: Test, order: Ordering) -> bool {
    match test {
        Test::Less => order == Ordering::Less,
        Test::Greater => order == Ordering::Greater,
        Test::LessOrEqual => order != Ordering::Greater,
        Test::GreaterOrEqual => order != Ordering::Less,
        _ => false,
    }
}

fn property_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value as PostgreSQL's `::text` prints it: numeric columns keep their decimal places.
fn sql_text(field: &Field, value: &Value) -> String {
    match (value, field.kind) {
        (Value::String(text), _) => text.clone(),
        (Value::Number(number), FieldType::Float | FieldType::Monetary) => {
            let number = number.as_f64().unwrap_or(0.0);
            let scale = if field.kind == FieldType::Monetary {
                Some(2)
            } else {
                field.scale
            };
            match scale {
                Some(scale) => format!("{number:.*}", usize::try_from(scale).unwrap_or(0)),
                None => number.to_string(),
            }
        }
        (other, _) => other.to_string(),
    }
}

fn date_part(env: &Env<'_>, field: &Field, value: &Value, part: DatePart) -> Option<i64> {
    let text = value.as_str()?;
    let at = values::parse_datetime(values::whole_seconds(text)).ok()?;
    Some(match field.kind {
        FieldType::Datetime => part.of_utc(at, &env.context.tz),
        _ => part.of(at),
    })
}
