//! Aggregates over the records of a group, and `having`.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::Value;

use super::spec::{Aggregate, Aggregator, read_aggregate};
use crate::odoo::behaviour;
use crate::odoo::env::Env;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::order::Key;
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values;

pub(super) fn aggregate(
    env: &Env<'_>,
    model: &Model,
    aggregate: &Aggregate<'_>,
    ids: &[i64],
) -> Result<Value> {
    let (field, aggregator) = match aggregate {
        Aggregate::Count => return Ok(Value::from(ids.len())),
        Aggregate::Of(field, aggregator) => (*field, *aggregator),
    };
    let all: Vec<Value> = ids.iter().map(|id| env.value(model, *id, field)).collect();
    let set: Vec<&Value> = all.iter().filter(|value| !value.is_null()).collect();
    is_aggregated(aggregate)?;
    let numbers = || set.iter().filter_map(|value| number(value));
    let extreme = |greatest: bool| {
        set.iter()
            .copied()
            .reduce(|best, value| {
                let greater = compared(field, value, best).is_gt();
                if greater == greatest { value } else { best }
            })
            .map_or(Value::Bool(false), |value| in_type(field, value.clone()))
    };
    let distinct = || {
        set.iter()
            .map(|value| value.to_string())
            .collect::<BTreeSet<_>>()
    };
    Ok(match aggregator {
        Aggregator::Count => Value::from(set.len()),
        Aggregator::CountDistinct => Value::from(distinct().len()),
        Aggregator::ArrayAgg if env.holds(behaviour::LISTED_DATES_ARE_AS_SENT) => {
            let as_texts = env.holds(behaviour::LISTED_NUMBERS_ARE_TEXTS);
            all.iter()
                .map(|value| in_array(field, value, as_texts))
                .collect()
        }
        Aggregator::ArrayAgg => Value::from(all),
        Aggregator::ArrayAggDistinct => {
            let mut values = all;
            values.sort_by(|one, other| Key::of(one).compare(&Key::of(other), false, false));
            values.dedup();
            Value::from(values)
        }
        _ if set.is_empty() => Value::Bool(false),
        Aggregator::Sum => in_type(field, float(values::round(field, numbers().sum()))),
        Aggregator::Avg => float(numbers().sum::<f64>() / set.len() as f64),
        Aggregator::Min => extreme(false),
        Aggregator::Max => extreme(true),
        Aggregator::BoolAnd => Value::from(set.iter().all(|value| **value == Value::Bool(true))),
        Aggregator::BoolOr => Value::from(set.iter().any(|value| **value == Value::Bool(true))),
    })
}

/// A number, of which the database knows more than JSON.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

fn float(number: f64) -> Value {
    match number {
        number if number.is_nan() => Value::from("NaN"),
        f64::INFINITY => Value::from("Infinity"),
        f64::NEG_INFINITY => Value::from("-Infinity"),
        number => Value::from(number),
    }
}

/// The order of two values of a field: NaN is greater than all else.
fn compared(field: &Field, one: &Value, other: &Value) -> Ordering {
    if field.kind.is_number()
        && let (Some(one), Some(other)) = (number(one), number(other))
    {
        return one
            .partial_cmp(&other)
            .unwrap_or_else(|| one.is_nan().cmp(&other.is_nan()));
    }
    Key::of(one).compare(&Key::of(other), false, false)
}

/// Integers stay integers, floats stay floats, and a datetime shows no fraction of a second.
fn in_type(field: &Field, value: Value) -> Value {
    match (field.kind, &value) {
        (FieldType::Float | FieldType::Monetary, value) => {
            number(value).map_or(Value::Bool(false), float)
        }
        (FieldType::Date | FieldType::Datetime, Value::String(text)) => {
            Value::from(values::unpadded(values::whole_seconds(text)))
        }
        (_, Value::Number(number)) => Value::from(number.as_f64().unwrap_or_default() as i64),
        _ => value,
    }
}

/// A value of a list: a number of a numeric column, as its text perhaps, and a date as it is sent.
fn in_array(field: &Field, value: &Value, as_texts: bool) -> Value {
    let scale = match field.kind {
        FieldType::Monetary => Some(2),
        FieldType::Float if field.is_numeric() => {
            Some(usize::try_from(field.scale.unwrap_or_default()).unwrap_or_default())
        }
        _ => None,
    };
    if let (true, Some(scale), Some(number)) = (as_texts, scale, number(value)) {
        return Value::from(match scale {
            // A column of any scale keeps what was written, of which Python wrote one decimal at least.
            0 => format!("{number:?}"),
            scale => format!("{number:.scale$}"),
        });
    }
    match (field.kind, value) {
        (FieldType::Date | FieldType::Datetime, Value::String(text)) => {
            Value::from(values::unpadded(values::whole_seconds(text)))
        }
        (_, value) => value.clone(),
    }
}

/// Refuses what the database has no such function for.
pub(super) fn is_aggregated(aggregate: &Aggregate<'_>) -> Result<()> {
    let Aggregate::Of(field, aggregator) = aggregate else {
        return Ok(());
    };
    let kind = field.kind;
    let numeric = kind.is_number() || kind == FieldType::Many2one || field.name == "id";
    let ordered = !matches!(
        kind,
        FieldType::Boolean
            | FieldType::Binary
            | FieldType::Json
            | FieldType::Properties
            | FieldType::PropertiesDefinition
    );
    let (function, has) = match aggregator {
        Aggregator::Sum => ("sum", numeric),
        Aggregator::Avg => ("avg", numeric),
        Aggregator::Min => ("min", ordered),
        Aggregator::Max => ("max", ordered),
        Aggregator::BoolAnd => ("bool_and", kind == FieldType::Boolean),
        Aggregator::BoolOr => ("bool_or", kind == FieldType::Boolean),
        _ => return Ok(()),
    };
    match has {
        true => Ok(()),
        false => Err(OdooError::new(
            "psycopg2.errors.UndefinedFunction",
            format!("function {function}({}) does not exist\n", field.name),
        )),
    }
}

/// A domain whose "fields" are aggregates.
pub(super) fn having_holds(
    env: &Env<'_>,
    model: &Model,
    having: &Value,
    ids: &[i64],
) -> Result<bool> {
    let Value::Array(items) = having else {
        return Ok(true);
    };
    let mut stack: Vec<bool> = Vec::new();
    for item in items.iter().rev() {
        let holds = match item {
            Value::String(symbol) if symbol == "!" => !stack.pop().ok_or_else(OdooError::index)?,
            Value::String(symbol) if symbol == "&" || symbol == "|" => {
                let one = stack.pop().ok_or_else(OdooError::index)?;
                let other = stack.pop().ok_or_else(OdooError::index)?;
                if symbol == "&" {
                    one && other
                } else {
                    one || other
                }
            }
            Value::Array(leaf) => match leaf.as_slice() {
                [Value::String(spec), Value::String(operator), right] => {
                    let left = aggregate(env, model, &read_aggregate(model, spec)?, ids)?;
                    compare(&left, operator, right)?
                }
                _ => return Err(invalid_having(item)),
            },
            other => return Err(invalid_having(other)),
        };
        stack.push(holds);
    }
    Ok(stack.into_iter().all(|holds| holds))
}

fn invalid_having(item: &Value) -> OdooError {
    OdooError::value(format!(
        "Invalid having clause {}: it should be a domain-like clause",
        values::python(item)
    ))
}

fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool> {
    // An aggregate of nothing is NULL, which compares with nothing.
    if *left == Value::Bool(false) {
        return Ok(false);
    }
    let equal = |other: &Value| Key::of(left) == Key::of(other);
    let order = Key::of(left).compare(&Key::of(right), false, false);
    Ok(match operator {
        "=" => equal(right),
        "!=" => !equal(right),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        "in" => right
            .as_array()
            .is_some_and(|items| items.iter().any(equal)),
        "not in" => !right
            .as_array()
            .is_some_and(|items| items.iter().any(equal)),
        other => {
            return Err(OdooError::value(format!(
                "Invalid having clause: supported comparators are ('in', 'not in', '<', '>', '<=', '>=', '=', '!='), not '{other}'"
            )));
        }
    })
}
