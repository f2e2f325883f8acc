//! What a version of Odoo cannot say, and how it can be said otherwise.

use crate::model::{FieldPath, FieldType};

use super::{Condition, Node, Operand, Operator};

/// A condition that an older Odoo cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Odoo {version} cannot express `{condition}`: {construct} came with Odoo {since}; {instead}"
)]
pub struct Unsupported {
    /// The server's major version.
    pub version: u32,
    /// The condition: its path and operator.
    pub condition: String,
    /// What the version does not have.
    pub construct: &'static str,
    /// The first version that has it.
    pub since: u32,
    /// What to do instead.
    pub instead: &'static str,
}

/// The same domain for a version: what it does not have is said otherwise, or refused.
pub(super) fn lower(node: &Node, version: u32) -> Result<Node, Unsupported> {
    match node {
        Node::All(nodes) => Ok(Node::All(lower_each(nodes, version)?)),
        Node::Any(nodes) => Ok(Node::Any(lower_each(nodes, version)?)),
        Node::Not(node) => Ok(Node::Not(Box::new(lower(node, version)?))),
        Node::Condition(condition) => lower_condition(condition, version),
    }
}

fn lower_each(nodes: &[Node], version: u32) -> Result<Vec<Node>, Unsupported> {
    nodes.iter().map(|node| lower(node, version)).collect()
}

fn lower_condition(condition: &Condition, version: u32) -> Result<Node, Unsupported> {
    let refuse = |construct, since, instead| {
        Err(Unsupported {
            version,
            condition: format!("{} {}", condition.path, condition.operator),
            construct,
            since,
            instead,
        })
    };
    if condition.path.suffix().is_some() {
        let is_date = crate::model::is_date(condition.path.last().field_type());
        if is_date && version < 18 {
            return refuse(
                "searching by a part of a date",
                18,
                "search between two dates",
            );
        }
        if !is_date && version < 16 {
            return refuse(
                "searching by a property",
                16,
                "this version has no properties",
            );
        }
    }
    match &condition.operand {
        Operand::Domain(sub) => {
            let sub = lower(sub, version)?;
            if version >= condition.operator.since() {
                let operand = Operand::Domain(Box::new(sub));
                return Ok(Node::Condition(Condition {
                    operand,
                    ..condition.clone()
                }));
            }
            match through_path(&condition.path, &sub) {
                Some(node) if condition.operator == Operator::Any => Ok(node),
                _ => refuse(
                    "a domain over related records",
                    17,
                    "search the related model first and use `.is_in(ids)`",
                ),
            }
        }
        Operand::Value(value) => {
            let relative = crate::model::is_date(condition.path.last().field_type())
                && value.as_str().is_some_and(crate::model::is_relative);
            if relative && version < 19 {
                return refuse("a relative date", 19, "give the date itself");
            }
            Ok(match condition.operator {
                Operator::NotEqLike if version < 19 => not_like(condition, Operator::EqLike),
                Operator::NotEqIlike if version < 19 => not_like(condition, Operator::EqIlike),
                _ => Node::Condition(condition.clone()),
            })
        }
    }
}

/// `not =like` matches unset values too, which `!` of `=like` leaves out.
fn not_like(condition: &Condition, positive: Operator) -> Node {
    let like = Node::Condition(Condition {
        operator: positive,
        ..condition.clone()
    });
    Node::any_of(
        like.negate(),
        Node::condition(condition.path.clone(), Operator::Eq, false),
    )
}

/// `partner_id any [(name, =, x)]` is `partner_id.name = x`, where one record is related and the domain has no `!`.
fn through_path(path: &FieldPath, sub: &Node) -> Option<Node> {
    if path
        .steps()
        .iter()
        .any(|step| step.field_type() != FieldType::Many2one)
    {
        return None;
    }
    let each = |nodes: &[Node]| {
        nodes
            .iter()
            .map(|node| through_path(path, node))
            .collect::<Option<Vec<_>>>()
    };
    match sub {
        Node::All(nodes) if !nodes.is_empty() => each(nodes).map(Node::All),
        Node::Any(nodes) if !nodes.is_empty() => each(nodes).map(Node::Any),
        Node::Condition(condition) if condition.operator != Operator::EqIfSet => {
            Some(Node::Condition(Condition {
                path: path.clone().join(condition.path.clone()),
                ..condition.clone()
            }))
        }
        _ => None,
    }
}
