//! Properties: values whose definitions stand on another record.

use serde_json::{Map, Value, json};

use super::behaviour;
use super::env::{Env, first_id};
use super::read::Load;
use super::schema::{Field, Model};
use super::values::truthy;

/// The definitions that apply to a record.
pub(crate) fn definitions(env: &Env<'_>, model: &Model, id: i64, field: &Field) -> Vec<Value> {
    let found = || {
        let (record, definition) = field.definition.as_ref()?;
        let link = model.fields.get(record)?;
        let holder = first_id(&env.value(model, id, link))?;
        let comodel = env.comodel(link)?;
        let definition = comodel.fields.get(definition)?;
        match env.value(&comodel, holder, definition) {
            Value::Array(definitions) => Some(definitions),
            _ => None,
        }
    };
    found().unwrap_or_default()
}

/// The values that a new record has by the definitions that apply to it.
pub(crate) fn defaults(
    env: &Env<'_>,
    model: &Model,
    id: i64,
    field: &Field,
) -> Vec<(String, Value)> {
    definitions(env, model, id, field)
        .iter()
        .filter_map(|definition| {
            let name = definition.get("name")?.as_str()?.to_owned();
            let default = definition.get("default").filter(|value| truthy(value))?;
            Some((name, default.clone()))
        })
        .collect()
}

/// The list that a read returns: each definition with its value. An unset value is left out from 19 on, and
/// `false` before.
pub(crate) fn read(env: &Env<'_>, model: &Model, id: i64, field: &Field, load: Load) -> Value {
    let values = match env.value(model, id, field) {
        Value::Object(values) => values,
        _ => Map::new(),
    };
    definitions(env, model, id, field)
        .into_iter()
        .filter_map(|definition| match definition {
            Value::Object(definition) => Some(definition),
            _ => None,
        })
        .map(|mut definition| {
            let name = definition
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let value = values
                .get(name)
                .filter(|value| !matches!(value, Value::Null | Value::Bool(false)))
                .or(values.get(name).filter(|_| is_boolean(&definition)))
                .map(|value| shape(env, &definition, value, load));
            match value {
                Some(value) => {
                    definition.insert("value".to_owned(), value);
                }
                None if !env.holds(behaviour::UNSET_PROPERTIES_ARE_LEFT_OUT) => {
                    // A separator has no value at all.
                    let unset = match is_separator(&definition) {
                        true => Value::Null,
                        false => json!(false),
                    };
                    definition.insert("value".to_owned(), unset);
                }
                None => {}
            }
            Value::Object(definition)
        })
        .collect()
}

fn is_separator(definition: &Map<String, Value>) -> bool {
    definition.get("type").and_then(Value::as_str) == Some("separator")
}

fn is_boolean(definition: &Map<String, Value>) -> bool {
    definition.get("type").and_then(Value::as_str) == Some("boolean")
}

/// Records of a property are read with their names.
fn shape(env: &Env<'_>, definition: &Map<String, Value>, value: &Value, load: Load) -> Value {
    if load == Load::Ids && !env.holds(behaviour::PROPERTIES_ALWAYS_NAME) {
        return value.clone();
    }
    let comodel = definition
        .get("comodel")
        .and_then(Value::as_str)
        .and_then(|name| env.db.models.get(name));
    let named = |id: &Value| match (id.as_i64(), comodel) {
        (Some(id), Some(comodel)) => json!([id, env.display_name(comodel, id)]),
        _ => id.clone(),
    };
    match (definition.get("type").and_then(Value::as_str), value) {
        (Some("many2one"), id) => named(id),
        (Some("many2many"), Value::Array(ids)) => ids.iter().map(named).collect(),
        _ => value.clone(),
    }
}
