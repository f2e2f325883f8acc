//! The tree of a domain. It knows no model, so that nothing here is compiled once a model.

use serde_json::Value as JsonValue;

use super::{Operator, moment};
use crate::{
    Error,
    model::{FieldPath, number},
};

/// A domain as a tree. Equal domains have equal trees: `a & (b & c)` is `(a & b) & c`.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Every one of these; without any, every record.
    All(Vec<Node>),
    /// One of these at least; without any, no record.
    Any(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A condition on a field.
    Condition(Condition),
}

/// A condition: a path, an operator and what is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The field.
    pub path: FieldPath,
    /// The operator.
    pub operator: Operator,
    /// What it is compared with.
    pub operand: Operand,
}

/// The right side of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A value as it is on the wire.
    Value(JsonValue),
    /// The domain that `any` and `not any` take, over the model the path leads to.
    Domain(Box<Node>),
}

impl Operand {
    pub(crate) fn value(&self) -> Option<&JsonValue> {
        match self {
            Self::Value(value) => Some(value),
            Self::Domain(_) => None,
        }
    }
}

impl Node {
    pub(crate) fn condition(
        path: FieldPath,
        operator: Operator,
        value: impl Into<JsonValue>,
    ) -> Self {
        let (operator, value) = moment::in_microseconds(&path, operator, value.into());
        Self::Condition(Condition {
            path,
            operator,
            operand: Operand::Value(value),
        })
    }

    /// Refuses numbers that are none.
    pub(crate) fn check_numbers(&self, model: &str) -> Result<(), Error> {
        let condition = match self {
            Self::All(nodes) | Self::Any(nodes) => {
                return nodes.iter().try_for_each(|node| node.check_numbers(model));
            }
            Self::Not(node) => return node.check_numbers(model),
            Self::Condition(condition) => condition,
        };
        let value = match &condition.operand {
            Operand::Value(value) => value,
            Operand::Domain(node) => return node.check_numbers(model),
        };
        match number::not_finite(value) {
            Some(number) => Err(Error::usage(format!(
                "`{} {} {number}` is no condition on {model}: give a finite number",
                condition.path, condition.operator,
            ))),
            None => Ok(()),
        }
    }

    pub(crate) fn sub_domain(path: FieldPath, operator: Operator, domain: Node) -> Self {
        Self::Condition(Condition {
            path,
            operator,
            operand: Operand::Domain(Box::new(domain)),
        })
    }

    pub(crate) fn all_of(left: Node, right: Node) -> Self {
        let mut nodes = left.into_conjunction();
        nodes.extend(right.into_conjunction());
        Self::one_or(nodes, Self::All)
    }

    pub(crate) fn any_of(left: Node, right: Node) -> Self {
        let mut nodes = left.into_disjunction();
        nodes.extend(right.into_disjunction());
        Self::one_or(nodes, Self::Any)
    }

    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Not(node) => *node,
            Self::All(nodes) if nodes.is_empty() => Self::Any(nodes),
            Self::Any(nodes) if nodes.is_empty() => Self::All(nodes),
            other => Self::Not(Box::new(other)),
        }
    }

    fn into_conjunction(self) -> Vec<Node> {
        match self {
            Self::All(nodes) => nodes,
            other => vec![other],
        }
    }

    fn into_disjunction(self) -> Vec<Node> {
        match self {
            Self::Any(nodes) => nodes,
            other => vec![other],
        }
    }

    fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Self {
        if nodes.len() == 1 {
            nodes.remove(0)
        } else {
            many(nodes)
        }
    }
}
