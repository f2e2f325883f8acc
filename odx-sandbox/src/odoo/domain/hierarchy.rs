//! `child_of` and `parent_of`.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::eval::{Check, Filter};
use super::parse::{Condition, Domain, Test};
use super::resolve::{NAMES, Resolver, field_check};
use crate::odoo::env::ids_of;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::python;

impl Resolver<'_, '_> {
    /// `child_of` and `parent_of`: the given records and all below or above them.
    pub(super) fn hierarchy(&self, field: &Field, condition: &Condition) -> Result<Filter> {
        let up = condition.operator.test == Test::ParentOf;
        let is_none = match &condition.value {
            Value::Array(ids) => ids.is_empty(),
            value => matches!(value, Value::Null | Value::Bool(false)),
        };
        if is_none {
            return Ok(Filter::Constant(false));
        }
        let comodel = if field.name == "id" {
            self.env.model(&self.model.name)?
        } else if let (true, Some(comodel)) = (field.kind.is_relational(), self.env.comodel(field))
        {
            comodel
        } else {
            return Err(OdooError::value(format!(
                "Cannot execute {} for {}.{}, works only for relational fields in condition {}",
                condition.operator.symbol,
                self.model.name,
                field.name,
                condition.text()
            )));
        };
        let recursive = comodel.name == self.model.name;
        let parent = if recursive && field.name != "id" {
            field.name.clone()
        } else {
            comodel.parent_name.clone()
        };
        if !comodel.fields.contains_key(&parent) {
            return Err(no_hierarchy(&comodel, &parent, up, &condition.value));
        }
        let scope = match field.kind {
            FieldType::Many2one => self.scope.with_archived(),
            _ => self.scope,
        };
        let given = match &condition.value {
            Value::Array(items) => items.clone(),
            other => vec![other.clone()],
        };
        let mut roots: Vec<i64> = given.iter().filter_map(Value::as_i64).collect();
        for name in given.iter().filter(|value| value.is_string()) {
            let named = Condition::test(
                NAMES,
                Test::Like {
                    whole: false,
                    fold: true,
                },
                name.clone(),
            );
            roots.extend(
                self.env
                    .search_tree(&comodel, &Domain::Condition(named), scope)?,
            );
        }
        let ids = if up {
            self.ancestors(&comodel, &parent, roots)
        } else {
            self.descendants(&comodel, &parent, roots)
        };
        Ok(
            if field.name == "id" || (recursive && field.kind == FieldType::Many2one) {
                Filter::Ids(ids)
            } else {
                field_check(field, Check::Linked(ids))
            },
        )
    }

    fn descendants(&self, model: &Model, parent: &str, roots: Vec<i64>) -> HashSet<i64> {
        let mut children: HashMap<i64, Vec<i64>> = HashMap::new();
        if let Some(field) = model.fields.get(parent) {
            for id in self.env.db.ids(&model.name) {
                for above in ids_of(&self.env.value(model, id, field)) {
                    children.entry(above).or_default().push(id);
                }
            }
        }
        let mut found = HashSet::new();
        let mut open = roots;
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(children.get(&id).into_iter().flatten());
            }
        }
        found
    }

    fn ancestors(&self, model: &Model, parent: &str, roots: Vec<i64>) -> HashSet<i64> {
        let mut found = HashSet::new();
        let mut open = roots;
        while let Some(id) = open.pop() {
            if found.insert(id)
                && let Some(field) = model.fields.get(parent)
            {
                open.extend(ids_of(&self.env.value(model, id, field)));
            }
        }
        found
    }
}

/// Odoo goes up by the parent's name, and down by a search for it.
fn no_hierarchy(model: &Model, parent: &str, up: bool, value: &Value) -> OdooError {
    if up {
        return OdooError::new("builtins.KeyError", parent);
    }
    let ids = match value {
        Value::Array(ids) => ids.clone(),
        id => vec![id.clone()],
    };
    let ids = python(&Value::from(ids));
    OdooError::value(format!(
        "Invalid field {}.{parent} in condition ('{parent}', 'in', OrderedSet({ids}))",
        model.name
    ))
}
