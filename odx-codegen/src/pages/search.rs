//! What the search looks through: a script, since a page from disk may load scripts and nothing else.

use serde_json::{Value, json};

use super::frame::Site;
use super::seen;
use crate::ir::{Field, Model};

/// Assigns `odxModels`: `[[model, label, page, [[field, label, type, anchor]]]]`.
pub(super) fn data(site: &Site<'_>) -> String {
    let models: Vec<Value> = site.lowered.models.iter().map(model).collect();
    format!("window.odxModels = {};\n", Value::Array(models))
}

fn model(model: &Model) -> Value {
    let fields: Vec<Value> = model.fields.iter().map(field).collect();
    json!([seen(&model.wire), seen(&model.label), model.module, fields])
}

fn field(field: &Field) -> Value {
    json!([
        seen(&field.wire),
        seen(&field.label),
        field.field_type.to_string(),
        super::field::anchor(field)
    ])
}
