//! Conditions on company-dependent fields as Python sees them (Odoo 18): where what such a field is for all records does not
//! satisfy one, only the records are looked at for which some company has a value of its own.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use super::leaf::{Leaves, canonical};
use super::literal::class_of;
use super::tree::{Leaf, Right, Tree};
use crate::odoo::domain::like::Pattern;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::env::ids_of;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::{self, python_str, truthy};

/// Whether a value of a field satisfies the condition, as `filtered_domain` decides it.
pub(super) fn satisfies(
    leaves: &Leaves<'_, '_>,
    field: &Field,
    value: &Value,
    operator: Operator,
    right: &Right,
) -> Result<bool> {
    let given = match right {
        Right::Value(given) => given,
        Right::Domain(inner) => {
            let Some(comodel) = leaves.env.comodel(field) else {
                return Ok(false);
            };
            let mut found = false;
            for id in ids_of(value) {
                found |= record_satisfies(leaves, &comodel, id, inner)?;
            }
            return Ok(found != operator.negated);
        }
    };
    let (operator, given) = canonical(operator, given);
    let held = held(leaves, field, value, &given);
    match operator.test {
        Test::Like { whole, fold } => {
            let text = |value: &Value| match truthy(value) {
                true => python_str(value),
                false => String::new(),
            };
            let pattern = Pattern::new(&text(&given), whole, fold);
            let found = held.iter().any(|value| pattern.matches(&text(value)));
            Ok(found != operator.negated)
        }
        Test::Less | Test::LessOrEqual | Test::Greater | Test::GreaterOrEqual => {
            inequality(field, &held, operator, &given)
        }
        Test::EqualIfSet if !truthy(&given) => Ok(true),
        Test::Equal | Test::EqualIfSet | Test::In => {
            let is_equality = operator.test == Test::Equal;
            let listed = match given {
                given if is_equality && field.kind.is_text() && !truthy(&given) => {
                    vec![json!(false)]
                }
                Value::Array(items) => items,
                other => vec![other],
            };
            if let Some(item) = listed.iter().find(|it| it.is_array() || it.is_object()) {
                return Err(OdooError::type_error(format!(
                    "unhashable type: '{}'",
                    class_of(item)
                )));
            }
            let mut known = Vec::with_capacity(listed.len());
            for item in listed {
                known.push(match field.kind.is_temporal() {
                    true => moment(&item)?,
                    false => item,
                });
            }
            let found = held
                .iter()
                .any(|value| known.iter().any(|item| equals(field, item, value)));
            Ok(found != operator.negated)
        }
        // A record that is none yet is found by no search.
        Test::ChildOf | Test::ParentOf | Test::Any | Test::Access => Ok(false),
    }
}

fn record_satisfies(
    leaves: &Leaves<'_, '_>,
    model: &Arc<Model>,
    id: i64,
    tree: &Tree,
) -> Result<bool> {
    // All conditions are looked at, from the last to the first.
    let each = |inner: &[Tree]| -> Result<Vec<bool>> {
        let from_last = inner.iter().rev();
        from_last
            .map(|tree| record_satisfies(leaves, model, id, tree))
            .collect()
    };
    match tree {
        Tree::Constant(flag) => Ok(*flag),
        Tree::All(inner) => Ok(each(inner)?.into_iter().all(|holds| holds)),
        Tree::Any(inner) => Ok(each(inner)?.into_iter().any(|holds| holds)),
        Tree::Not(inner) => Ok(!record_satisfies(leaves, model, id, inner)?),
        Tree::Leaf(leaf) => leaf_holds(leaves, model, id, leaf),
    }
}

fn leaf_holds(leaves: &Leaves<'_, '_>, model: &Arc<Model>, id: i64, leaf: &Leaf) -> Result<bool> {
    let Some(field) = model.fields.get(&leaf.field) else {
        return Ok(true);
    };
    if let (Test::ChildOf | Test::ParentOf, Right::Value(value)) = (leaf.operator.test, &leaf.value)
    {
        let domain = json!([["id", "=", id], [leaf.field, leaf.operator.symbol, value]]);
        let scope = leaves.scope.with_archived();
        return Ok(super::subquery(leaves.env, model, &domain, scope)??.contains(&id));
    }
    let value = leaves.env.value(model, id, field);
    satisfies(leaves, field, &value, leaf.operator, &leaf.value)
}

/// What Python has of a value: names of records where they are compared with texts, else their ids.
fn held(leaves: &Leaves<'_, '_>, field: &Field, value: &Value, given: &Value) -> Vec<Value> {
    if field.kind.is_relational() {
        let first = given.as_array().and_then(|items| items.first());
        let by_name = first.unwrap_or(given).is_string();
        let ids = ids_of(value);
        return match (by_name, leaves.env.comodel(field)) {
            (true, Some(comodel)) => ids
                .into_iter()
                .map(|id| leaves.env.display_name(&comodel, id))
                .collect(),
            _ if ids.is_empty() => vec![json!(false)],
            _ => ids.into_iter().map(Value::from).collect(),
        };
    }
    vec![match value {
        Value::Null if field.is_number() => json!(0),
        Value::Null => json!(false),
        value if field.kind.is_temporal() => moment(value).unwrap_or(json!(false)),
        value => value.clone(),
    }]
}

/// A date or a datetime as a datetime.
fn moment(value: &Value) -> Result<Value> {
    let text = match value {
        value if !truthy(value) => return Ok(Value::Null),
        Value::String(text) => values::whole_seconds(text),
        other => {
            return Err(OdooError::type_error(format!(
                "'{}' object is not subscriptable",
                class_of(other)
            )));
        }
    };
    let at = match text.chars().count() <= 10 {
        true => Date::strptime("%Y-%m-%d", text).map(|date| date.at(0, 0, 0, 0)),
        false => DateTime::strptime("%Y-%m-%d %H:%M:%S", text),
    };
    let at = at.map_err(|_| {
        OdooError::value(format!(
            "time data '{text}' does not match format '%Y-%m-%d'"
        ))
    })?;
    Ok(Value::from(values::datetime_text(at)))
}

fn inequality(field: &Field, held: &[Value], operator: Operator, given: &Value) -> Result<bool> {
    let given = match field.kind.is_temporal() {
        true => moment(given)?,
        false => given.clone(),
    };
    let mut found = false;
    for value in held {
        if matches!(value, Value::Null | Value::Bool(false)) {
            continue;
        }
        let order = ordered(value, &given).ok_or_else(|| {
            let class = match field.kind.is_temporal() {
                true => "datetime.datetime",
                false => class_of(value),
            };
            OdooError::type_error(format!(
                "'{}' not supported between instances of '{class}' and '{}'",
                operator.symbol,
                class_of(&given)
            ))
        })?;
        found |= match operator.test {
            Test::Less => order.is_lt(),
            Test::LessOrEqual => order.is_le(),
            Test::Greater => order.is_gt(),
            _ => order.is_ge(),
        };
    }
    Ok(found)
}

/// Python's booleans are numbers.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        other => other.as_f64(),
    }
}

fn ordered(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => number(one)?.partial_cmp(&number(other)?),
    }
}

fn equals(field: &Field, given: &Value, held: &Value) -> bool {
    let is_unset = |value: &Value| *value == json!(false) || *value == json!("");
    if field.kind.is_text() && is_unset(given) {
        return is_unset(held);
    }
    // Nothing was set to a date that is `False`; it is none.
    let is_none = |value: &Value| matches!(value, Value::Null | Value::Bool(false));
    if matches!(field.kind, FieldType::Date | FieldType::Datetime) && is_none(given) {
        return is_none(held);
    }
    match (number(given), number(held)) {
        (Some(one), Some(other)) => one == other,
        _ => given == held,
    }
}
