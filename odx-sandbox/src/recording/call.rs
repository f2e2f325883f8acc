//! The call that a request is, on each road.

use serde_json::{Map, Value};

use super::body::Body;
use crate::roads::xml::{MethodCall, read_response};

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) model: String,
    pub(super) method: String,
    /// The arguments, in whatever shape.
    pub(super) arguments: Value,
}

impl Asked {
    /// `None` where nothing of a model is called: a login, a version.
    pub(super) fn of(path: &str, body: &Body) -> Option<Self> {
        let json = match body {
            Body::Json(json) => json,
            Body::Xml(xml) => return Self::of_xml(xml),
            Body::Text(_) => return None,
        };
        if let Some(named) = path.strip_prefix("/json/2/") {
            let (model, method) = named.split_once('/')?;
            return Some(Self::new(model, method, json.clone()));
        }
        if let Some(model) = json["model_id"].as_str() {
            // Version 1 has an action and perhaps a name, version 2 the method.
            let names = ["fn_name", "method", "action"].map(|name| json[name].as_str());
            let mut names = names.into_iter().flatten().filter(|name| !name.is_empty());
            let method = names.next().unwrap_or_default();
            let arguments = ["params", "keyword", "kwargs"].map(|name| json[name].clone());
            let arguments = arguments.to_vec();
            return Some(Self::new(model, method, arguments.into()));
        }
        let params = &json["params"];
        if params["service"] == "object" {
            return Self::of_list(params["args"].as_array()?);
        }
        let (model, method) = (params["model"].as_str()?, params["method"].as_str()?);
        let arguments = vec![params["args"].clone(), params["kwargs"].clone()];
        Some(Self::new(model, method, arguments.into()))
    }

    fn of_xml(xml: &str) -> Option<Self> {
        let call = MethodCall::read(xml.as_bytes()).ok()?;
        match call.method.rsplit_once('.') {
            Some((model, method)) => Some(Self::new(model, method, call.params.into())),
            None => Self::of_list(&call.params),
        }
    }

    /// `db, uid, key, model, method, ..` of `execute_kw`.
    fn of_list(list: &[Value]) -> Option<Self> {
        let (head, arguments) = list.split_at_checked(5)?;
        let (model, method) = (head[3].as_str()?, head[4].as_str()?);
        Some(Self::new(model, method, arguments.to_vec().into()))
    }

    fn new(model: &str, method: &str, arguments: Value) -> Self {
        Self {
            model: model.to_owned(),
            method: method.to_owned(),
            arguments,
        }
    }
}

/// What an answer holds.
pub(super) fn answered(body: &Body) -> Value {
    match body {
        Body::Json(Value::Object(envelope)) if envelope.contains_key("result") => {
            envelope["result"].clone()
        }
        Body::Json(value) => value.clone(),
        Body::Xml(xml) => read_response(xml.as_bytes())
            .ok()
            .flatten()
            .unwrap_or_default(),
        Body::Text(_) => Value::Null,
    }
}

/// The values of the fields, of whatever rows and values of records stand in it.
pub(super) fn values_of<'a>(value: &'a Value, fields: &[String], found: &mut Vec<&'a str>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                match fields.contains(name) {
                    true => texts(value, found),
                    false => values_of(value, fields, found),
                }
            }
        }
        Value::Array(items) => {
            if let [Value::String(path), Value::String(_), wanted] = items.as_slice()
                && fields.iter().any(|field| last(path) == field)
            {
                texts(wanted, found);
            }
            items.iter().for_each(|item| values_of(item, fields, found));
        }
        _ => {}
    }
}

/// Whether a row has the field, whatever it holds.
pub(super) fn holds(value: &Value, field: &str) -> bool {
    match value {
        Value::Object(entries) => {
            entries.contains_key(field) || entries.values().any(|value| holds(value, field))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, field)),
        _ => false,
    }
}

/// The last field of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => entries.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// Clears fields of the rows of an answer in JSON; the texts of one in XML are left to pseudonyms.
pub(super) fn clear(value: &mut Value, fields: &[String]) {
    match value {
        Value::Object(entries) => clear_entries(entries, fields),
        Value::Array(items) => items.iter_mut().for_each(|item| clear(item, fields)),
        _ => {}
    }
}

fn clear_entries(entries: &mut Map<String, Value>, fields: &[String]) {
    for (name, value) in entries.iter_mut() {
        match fields.contains(name) {
            true => *value = Value::Bool(false),
            false => clear(value, fields),
        }
    }
}
