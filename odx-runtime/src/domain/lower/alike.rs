//! Domains that every series takes as they stand.
//!
//! Most conditions are of this kind, and to see it is cheaper than to lower them. A domain that is not seen to be one of them
//! may be one all the same.

use odx_facts::flags;
use serde_json::Value as JsonValue;

use super::{DISPLAY_NAME, is_all, is_none};
use crate::domain::{Condition, Node, Operand, Operator};

/// Whether lowering leaves the domain as it is, for whatever series.
pub(super) fn is_alike(node: &Node) -> bool {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes
            .iter()
            .all(|node| !is_all(node) && !is_none(node) && is_alike(node)),
        Node::Not(_) => false,
        Node::Condition(condition) => is_equality_of_values(condition),
    }
}

/// Whether a stored field is asked for values that are set. The series differ by what is unset, by parts and moments of dates, by
/// values of a company and by properties, all of which this leaves to be lowered.
fn is_equality_of_values(condition: &Condition) -> bool {
    let field = condition.path.last();
    let is_plain = field.has(flags::STORED)
        && !field.has(flags::COMPANY)
        && !field.field_type().is_date()
        && field.name() != DISPLAY_NAME
        && condition.path.suffix().is_none();
    is_plain
        && match (condition.operator, &condition.operand) {
            (Operator::Eq, Operand::Value(value)) => is_set(value),
            (Operator::In, Operand::Value(JsonValue::Array(values))) => values.iter().all(is_set),
            _ => false,
        }
}

/// Whether a value stands for unset on no series, whatever the field.
fn is_set(value: &JsonValue) -> bool {
    match value {
        JsonValue::Bool(value) => *value,
        JsonValue::Number(number) => number.as_f64() != Some(0.0),
        JsonValue::String(text) => !text.is_empty(),
        JsonValue::Null | JsonValue::Array(_) | JsonValue::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use odx_facts::{FLAGS, FieldType, OPERATORS, SERIES};
    use serde_json::json;

    use super::*;
    use crate::{
        domain::lower::Lowerer,
        model::{FieldMeta, FieldPath},
    };

    /// Fields of every type, stored or not, with each other flag, under names that Odoo treats apart.
    fn fields() -> impl Iterator<Item = &'static FieldMeta> {
        let flags = FLAGS
            .iter()
            .flat_map(|flag| [flag.bit, flag.bit | flags::STORED]);
        let names = ["x", "id", "display_name", "create_date"];
        flags.flat_map(move |flags| {
            let types = FieldType::ALL.iter();
            types.flat_map(move |ty| {
                names.map(|name| &*Box::leak(Box::new(FieldMeta::plain(name, *ty, flags))))
            })
        })
    }

    fn values() -> Vec<JsonValue> {
        let each = [
            json!(true),
            json!(false),
            json!(null),
            json!(0),
            json!(-0.0),
            json!(7),
            json!(1_i64 << 40),
            json!(1.5),
            json!(""),
            json!("0"),
            json!("a%"),
            json!("today"),
            json!("2024-02-29 12:00:00.7"),
        ];
        let lists = [
            json!([]),
            json!([7]),
            json!([7, false]),
            json!(["a", ""]),
            json!([0, 1]),
        ];
        each.into_iter().chain(lists).collect()
    }

    #[test]
    fn what_is_taken_as_it_stands_is_what_lowering_leaves_as_it_is() {
        let (mut alike, mut other) = (0, 0);
        for field in fields() {
            let whole = FieldPath::from(field);
            for path in [whole.clone().with_suffix("p"), whole] {
                for (operator, value) in OPERATORS
                    .iter()
                    .flat_map(|row| values().into_iter().map(|value| (row.operator, value)))
                {
                    let condition = Node::condition(path.clone(), operator, value);
                    if !is_alike(&condition) {
                        other += 1;
                        continue;
                    }
                    alike += 1;
                    for row in SERIES {
                        let lowered = Lowerer { series: row.series }.holds(&condition);
                        assert_eq!(lowered.as_ref(), Ok(&condition), "on {}", row.series);
                    }
                }
            }
        }
        assert!(alike > 1_000 && other > alike, "{alike} of {other}");
    }

    #[test]
    fn what_is_joined_is_taken_as_it_stands_where_lowering_drops_nothing() {
        let field = fields().find(|field| field.has(flags::STORED));
        let path = FieldPath::from(field.expect("a stored field"));
        let one = || Node::condition(path.clone(), Operator::Eq, 7);
        let (all, none) = (Node::All(Vec::new()), Node::Any(Vec::new()));
        for (node, is_alike_there) in [
            (all.clone(), true),
            (none.clone(), true),
            (Node::All(vec![one(), one()]), true),
            (Node::Any(vec![one(), Node::All(vec![one(), one()])]), true),
            (Node::All(vec![one(), all.clone()]), false),
            (Node::All(vec![one(), none.clone()]), false),
            (Node::Any(vec![one(), all]), false),
            (Node::Any(vec![one(), none]), false),
            (Node::Not(Box::new(one())), false),
        ] {
            assert_eq!(is_alike(&node), is_alike_there, "{node}");
            for row in SERIES.iter().filter(|_| is_alike_there) {
                let lowered = Lowerer { series: row.series }.holds(&node);
                assert_eq!(lowered.as_ref(), Ok(&node), "on {}", row.series);
            }
        }
    }
}
