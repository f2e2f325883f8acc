//! Whether two outcomes say the same.

use serde_json::Value;

use crate::database::MOMENT;
use crate::recording::{Call, Outcome};

/// Whether the sandbox answered as the real Odoo did. Exceptions are compared by class, ids in the order that was asked
/// for, and as a set where that order leaves ties or there is none.
pub(crate) fn same(call: &Call, real: &Outcome, ours: &Outcome) -> bool {
    match (real, ours) {
        (Outcome::Raised(real, _), Outcome::Raised(ours, _)) => real == ours,
        (Outcome::Answered(real), Outcome::Answered(ours)) => {
            let as_set = call.method == "search" && !is_ordered(call);
            match as_set {
                true => sorted(real) == sorted(ours),
                false if call.method.ends_with("read_group") => {
                    alike(&lists_sorted(real), &lists_sorted(ours))
                }
                false => alike(real, ours),
            }
        }
        _ => false,
    }
}

/// Whether the order of a search leaves no ties.
fn is_ordered(call: &Call) -> bool {
    let order = call.kwargs.get("order").and_then(Value::as_str);
    order.is_some_and(|order| {
        order
            .split(',')
            .filter_map(|term| term.split_whitespace().next())
            .any(|field| field == "id")
    })
}

/// Groups with the values that `array_agg` lists, which come in any order, in one.
fn lists_sorted(groups: &Value) -> Value {
    let is_plain = |value: &Value| !value.is_array() && !value.is_object();
    match groups {
        Value::Array(items) if items.iter().all(is_plain) => {
            let mut items = items.clone();
            items.sort_by_key(ToString::to_string);
            Value::from(items)
        }
        Value::Array(items) => items.iter().map(lists_sorted).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| match key.as_str() {
                "__domain" => (key.clone(), value.clone()),
                _ => (key.clone(), lists_sorted(value)),
            })
            .collect(),
        other => other.clone(),
    }
}

fn sorted(ids: &Value) -> Value {
    match ids {
        Value::Array(ids) => {
            let mut ids = ids.clone();
            ids.sort_by_key(Value::as_i64);
            Value::from(ids)
        }
        other => other.clone(),
    }
}

/// Equal, numbers by their value: an aggregate of floats depends on the order in which they were added up. The moment of
/// the call is any.
pub(crate) fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(ones), Value::Array(others)) => {
            ones.len() == others.len()
                && ones
                    .iter()
                    .zip(others)
                    .all(|(one, other)| alike(one, other))
        }
        (Value::Object(ones), Value::Object(others)) => {
            ones.len() == others.len()
                && ones
                    .iter()
                    .all(|(key, one)| others.get(key).is_some_and(|other| alike(one, other)))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let (one, other) = (
                one.as_f64().unwrap_or_default(),
                other.as_f64().unwrap_or_default(),
            );
            (one - other).abs() <= f64::EPSILON * 4.0 * one.abs().max(other.abs())
        }
        (one, Value::String(ours)) if ours == MOMENT => is_moment(one),
        _ => one == other,
    }
}

/// Whether a value is a date and time as Odoo sends it.
pub(crate) fn is_moment(value: &Value) -> bool {
    let shape = |text: &str| -> String {
        let digit = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        text.chars().map(digit).collect()
    };
    value.as_str().map(shape).as_deref() == Some("0000-00-00 00:00:00")
}
