//! `child_of` and `parent_of`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::Found;
use super::in_order;
use super::leaf::{Leaves, Operand};
use super::literal::class_of;
use crate::odoo::behaviour;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::env::ids_of;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::Model;
use crate::odoo::values::truthy;

/// The records that a condition starts from: ids, or what is found by names.
pub(super) fn roots(
    leaves: &Leaves<'_, '_>,
    model: &Arc<Model>,
    operand: &Operand,
) -> Result<Vec<Value>> {
    let value = match operand {
        Operand::Value(value) => value,
        Operand::Ids(Ok(ids)) => return Ok(in_order(ids).into_iter().map(Value::from).collect()),
        Operand::Ids(Err(error)) => return Err(error.clone()),
    };
    let names: Vec<&Value> = match value {
        Value::String(_) => vec![value],
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().collect()
        }
        Value::Array(items) => return Ok(items.clone()),
        Value::Object(entries) => {
            return Ok(entries
                .keys()
                .map(|key| Value::from(key.as_str()))
                .collect());
        }
        Value::Bool(_) => return Ok(Some(value.clone()).filter(truthy).into_iter().collect()),
        Value::Number(number) if number.as_i64().is_some() => {
            return Ok(Some(value.clone()).filter(truthy).into_iter().collect());
        }
        other => {
            return Err(OdooError::type_error(format!(
                "'{}' object is not iterable",
                class_of(other)
            )));
        }
    };
    let mut found = HashSet::new();
    for name in names {
        let named = leaves.named(model, Operator::ilike(), name, None, leaves.scope)?;
        found.extend(in_order(&*named?));
    }
    Ok(found.into_iter().map(Value::from).collect())
}

/// The ids below or above the roots, as a condition on the id.
pub(super) fn domain(
    leaves: &Leaves<'_, '_>,
    model: &Arc<Model>,
    operator: Operator,
    roots: Vec<Value>,
    parent: Option<&str>,
) -> Result<Found> {
    let found = records(leaves, model, operator, roots, parent)?;
    Ok(found.unwrap_or_else(|| Ok(Rc::new(HashSet::new()))))
}

/// The records below or above the roots; none where there are no roots.
pub(super) fn records(
    leaves: &Leaves<'_, '_>,
    model: &Arc<Model>,
    operator: Operator,
    roots: Vec<Value>,
    parent: Option<&str>,
) -> Result<Option<Found>> {
    let up = operator.test == Test::ParentOf;
    let mut roots = roots;
    if up && leaves.holds(behaviour::HIERARCHY_HAS_ARCHIVED) {
        roots.retain(truthy);
    }
    if roots.is_empty() {
        return Ok(None);
    }
    let stores_paths = model.has_parent_path();
    if stores_paths {
        check_paths(leaves, model, &roots, up)?;
    }
    let parent = match parent {
        Some(parent) if !stores_paths => parent,
        _ => &model.parent_name,
    };
    let Some(field) = model.fields.get(parent) else {
        return Err(no_hierarchy(leaves, model, parent, up));
    };
    let is_foreign = field.relation.as_deref() != Some(model.name.as_str());
    if is_foreign && leaves.holds(behaviour::HIERARCHY_HAS_ARCHIVED) {
        return Err(match up {
            true => OdooError::type_error(format!("inconsistent models in: {}()", model.name)),
            false => OdooError::value(format!("Invalid parent field: {}.{parent}", model.name)),
        });
    }
    let env = leaves.env;
    let active = model.fields.get("active").filter(|_| model.has_active());
    let shows_archived = stores_paths
        || !leaves.scope.active_test
        || leaves.holds(behaviour::HIERARCHY_HAS_ARCHIVED);
    let is_shown = |id: i64| {
        shows_archived
            || active.is_none_or(|active| env.value(model, id, active) == Value::Bool(true))
    };
    let mut beyond: HashMap<i64, Vec<i64>> = HashMap::new();
    for id in env.db.ids(&model.name) {
        for above in ids_of(&env.value(model, id, field)) {
            // A read of a many2one shows an archived record, a search or an x2many does not.
            let (from, to) = if up { (id, above) } else { (above, id) };
            if is_shown(to) || (up && !field.kind.is_x2many()) {
                beyond.entry(from).or_default().push(to);
            }
        }
    }
    let mut found = HashSet::new();
    let mut open: Vec<i64> = roots.iter().filter_map(Value::as_i64).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(beyond.get(&id).into_iter().flatten());
        }
    }
    Ok(Some(Ok(Rc::new(found))))
}

/// Reads the paths of the roots, which all of them must have.
fn check_paths(leaves: &Leaves<'_, '_>, model: &Model, roots: &[Value], up: bool) -> Result<()> {
    for root in roots {
        match root.as_i64() {
            Some(id) if leaves.env.exists(&model.name, id) => {}
            Some(id) => {
                return Err(OdooError::missing(&model.name, id, leaves.env.user.id()));
            }
            None if up => {
                return Err(OdooError::new(
                    "builtins.AttributeError",
                    "'bool' object has no attribute 'split'",
                ));
            }
            None => {
                return Err(OdooError::type_error(
                    "unsupported operand type(s) for +: 'bool' and 'str'",
                ));
            }
        }
    }
    Ok(())
}

/// Odoo goes up by the parent's name, and down by a search for it.
fn no_hierarchy(leaves: &Leaves<'_, '_>, model: &Model, parent: &str, up: bool) -> OdooError {
    if up || leaves.holds(behaviour::HIERARCHY_HAS_ARCHIVED) {
        return OdooError::new("builtins.KeyError", parent);
    }
    OdooError::value(format!(
        "Invalid field {}.{parent} in leaf ('{parent}', 'in', [..])",
        model.name
    ))
}
