//! Domains as Odoo takes them, and as Odoo's programmers write them.

use std::fmt;

use serde_json::{Value as JsonValue, json};

use super::{Condition, Node, Operand};
use crate::model::{FieldPath, number};

/// The domain as a list. A conjunction at the top needs no `&`, since Odoo joins its conditions so.
pub(super) fn to_json(node: &Node) -> JsonValue {
    let mut items = Vec::with_capacity(1);
    match node {
        Node::All(nodes) => nodes.iter().for_each(|node| write(node, &mut items)),
        node => write(node, &mut items),
    }
    JsonValue::Array(items)
}

fn write(node: &Node, items: &mut Vec<JsonValue>) {
    match node {
        Node::All(nodes) => write_joined(nodes, "&", json!([1, "=", 1]), items),
        Node::Any(nodes) => write_joined(nodes, "|", json!([0, "=", 1]), items),
        Node::Not(node) => {
            items.push("!".into());
            write(node, items);
        }
        Node::Condition(condition) => items.push(write_condition(condition)),
    }
}

/// `a & b & c` is `["&", "&", a, b, c]`; without any condition it is the constant that Odoo takes in every version.
fn write_joined(nodes: &[Node], operator: &str, empty: JsonValue, items: &mut Vec<JsonValue>) {
    if nodes.is_empty() {
        items.push(empty);
        return;
    }
    items.extend((1..nodes.len()).map(|_| JsonValue::from(operator)));
    nodes.iter().for_each(|node| write(node, items));
}

fn write_condition(condition: &Condition) -> JsonValue {
    let operand = match &condition.operand {
        Operand::Value(value) => value.clone(),
        Operand::Domain(node) => to_json(node),
    };
    JsonValue::Array(vec![
        text_of(&condition.path).into(),
        condition.operator.as_str().into(),
        operand,
    ])
}

/// Most paths are one field.
fn text_of(path: &FieldPath) -> String {
    match (path.steps(), path.suffix()) {
        ([field], None) => field.name().to_owned(),
        _ => path.to_string(),
    }
}

/// Writes a domain as Python: conditions are tuples, `true` is `True`.
pub(super) fn python(domain: &JsonValue, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let JsonValue::Array(items) = domain else {
        return value(domain, f);
    };
    f.write_str("[")?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        match item.as_array().map(Vec::as_slice) {
            Some([path, operator, operand]) => {
                f.write_str("(")?;
                value(path, f)?;
                f.write_str(", ")?;
                value(operator, f)?;
                f.write_str(", ")?;
                match operator.as_str() {
                    Some("any" | "not any") => python(operand, f)?,
                    _ => value(operand, f)?,
                }
                f.write_str(")")?;
            }
            _ => value(item, f)?,
        }
    }
    f.write_str("]")
}

fn value(json: &JsonValue, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match json {
        JsonValue::Null => f.write_str("None"),
        JsonValue::Bool(true) => f.write_str("True"),
        JsonValue::Bool(false) => f.write_str("False"),
        JsonValue::Number(number) => write!(f, "{number}"),
        JsonValue::String(text) => write!(
            f,
            "'{}'",
            text.replace('\\', "\\\\")
                .replace('\'', "\\'")
                .replace('\n', "\\n")
        ),
        JsonValue::Array(items) => {
            f.write_str("[")?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                value(item, f)?;
            }
            f.write_str("]")
        }
        JsonValue::Object(_) => match number::not_finite(json) {
            Some(number) => f.write_str(number),
            None => write!(f, "{json}"),
        },
    }
}
