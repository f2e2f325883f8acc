//! Conditions that the search of a model adds by itself.

use odx_facts::ADDED_CONDITIONS;
use serde_json::{Value, json};

use crate::odoo::schema::Model;

/// The conditions to be added to a domain, of which `names` says whether it has a condition on a field.
pub(super) fn conditions(model: &Model, names: impl Fn(&str) -> bool) -> Vec<Value> {
    ADDED_CONDITIONS
        .iter()
        .filter(|added| added.model == model.name && model.fields.contains_key(added.unset))
        .filter(|added| !added.unless.iter().any(|field| names(field)))
        .map(|added| json!([added.unset, "=", false]))
        .collect()
}
