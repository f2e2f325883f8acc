//! Aggregates over the records of a group, and `having`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::spec::{Aggregate, Aggregator, read_aggregate};
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
    let numeric = field.kind.is_number() || field.kind == FieldType::Many2one || field.name == "id";
    if matches!(aggregator, Aggregator::Sum | Aggregator::Avg) && !numeric {
        let kind = if field.kind == FieldType::Boolean {
            "boolean"
        } else {
            "character varying"
        };
        let function = if aggregator == Aggregator::Sum {
            "sum"
        } else {
            "avg"
        };
        return Err(OdooError::new(
            "psycopg2.errors.UndefinedFunction",
            format!("function {function}({kind}) does not exist\n"),
        ));
    }
    let numbers = || set.iter().filter_map(|value| value.as_f64());
    let extreme = |greatest: bool| {
        set.iter()
            .copied()
            .reduce(|best, value| {
                let greater = Key::of(value).compare(&Key::of(best), false, false).is_gt();
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
        Aggregator::ArrayAgg => Value::from(all),
        Aggregator::ArrayAggDistinct => {
            let mut values = all;
            values.sort_by(|one, other| Key::of(one).compare(&Key::of(other), false, false));
            values.dedup();
            Value::from(values)
        }
        _ if set.is_empty() => Value::Bool(false),
        Aggregator::Sum => in_type(field, Value::from(values::round(field, numbers().sum()))),
        Aggregator::Avg => Value::from(numbers().sum::<f64>() / set.len() as f64),
        Aggregator::Min => extreme(false),
        Aggregator::Max => extreme(true),
        Aggregator::BoolAnd => Value::from(set.iter().all(|value| **value == Value::Bool(true))),
        Aggregator::BoolOr => Value::from(set.iter().any(|value| **value == Value::Bool(true))),
    })
}

/// Integers stay integers, floats stay floats.
fn in_type(field: &Field, value: Value) -> Value {
    match (field.kind, value.as_f64()) {
        (FieldType::Float | FieldType::Monetary, Some(number)) => Value::from(number),
        (_, Some(number)) => Value::from(number as i64),
        _ => value,
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
