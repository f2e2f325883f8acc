//! Domains over related records, said by paths to their fields, as far as that says the same.

use odx_facts::FieldType;

use super::Lowerer;
use crate::domain::{Condition, Node, Operand, Operator};
use crate::model::FieldPath;

/// Says what a domain over the records behind a path says, by conditions on paths.
pub(super) struct ThroughPath<'a> {
    pub(super) lowerer: Lowerer,
    pub(super) path: &'a FieldPath,
}

impl ThroughPath<'_> {
    /// A related record matches: `partner_id any [(name, =, x)]` is `partner_id.name = x`.
    pub(super) fn some(&self, sub: &Node) -> Option<Node> {
        let each = |nodes: &[Node]| {
            nodes
                .iter()
                .map(|node| self.some(node))
                .collect::<Option<Vec<_>>>()
        };
        match sub {
            Node::All(nodes) if nodes.is_empty() => Some(self.is_set()),
            // Several conditions hold for the same record where there is but one.
            Node::All(nodes) if self.leads_to_one() || nodes.len() == 1 => {
                each(nodes).map(Node::All)
            }
            Node::All(_) => None,
            Node::Any(nodes) => each(nodes).map(Node::Any),
            Node::Not(inner) => self.some_fails(inner),
            // No condition on the record, which still has to be there.
            Node::Condition(condition) if says_nothing(condition) => Some(self.is_set()),
            Node::Condition(condition) => self.lowerer.condition(&self.far(condition)).ok(),
        }
    }

    /// No related record matches. Of a many2one: none is related, or the one that is does not match.
    pub(super) fn none(&self, sub: &Node) -> Option<Node> {
        if !self.leads_to_one() {
            return None;
        }
        let unset = Node::condition(self.path.clone(), Operator::Eq, false);
        Some(Node::any_of(unset, self.some_fails(sub)?))
    }

    /// A related record does not match.
    fn some_fails(&self, sub: &Node) -> Option<Node> {
        let each = |nodes: &[Node]| {
            nodes
                .iter()
                .map(|node| self.some_fails(node))
                .collect::<Option<Vec<_>>>()
        };
        match sub {
            Node::Any(nodes) if nodes.is_empty() => Some(self.is_set()),
            Node::All(nodes) => each(nodes).map(Node::Any),
            Node::Any(nodes) if self.leads_to_one() || nodes.len() == 1 => {
                each(nodes).map(Node::All)
            }
            Node::Any(_) => None,
            Node::Not(inner) => self.some(inner),
            Node::Condition(condition) => self.fails(condition),
        }
    }

    /// A related record is one that the condition does not find.
    fn fails(&self, condition: &Condition) -> Option<Node> {
        if let Operand::Domain(sub) = &condition.operand {
            let far = self.far(condition);
            let operator = condition.operator.opposite()?;
            return self.lowerer.sub_domain(&far, operator, sub).ok();
        }
        if let Some((next, rest)) = condition.path.split_first() {
            let longer = self.path.clone().join(next);
            let deeper = ThroughPath {
                path: &longer,
                ..*self
            };
            if !deeper.leads_to_one() {
                return None;
            }
            let rest = Condition {
                path: rest,
                ..condition.clone()
            };
            let unset = Node::condition(longer.clone(), Operator::Eq, false);
            return Some(Node::any_of(unset, deeper.fails(&rest)?));
        }
        super::Leaf::new(self.lowerer, &self.far(condition))
            .opposite(condition.operand.value()?)
            .ok()
    }

    /// Whether one record at most is related.
    fn leads_to_one(&self) -> bool {
        self.path
            .steps()
            .iter()
            .all(|step| step.field_type() == FieldType::Many2one)
    }

    fn is_set(&self) -> Node {
        Node::condition(self.path.clone(), Operator::Ne, false)
    }

    fn far(&self, condition: &Condition) -> Condition {
        Condition {
            path: self.path.clone().join(condition.path.clone()),
            ..condition.clone()
        }
    }
}

/// `=?` without a value.
fn says_nothing(condition: &Condition) -> bool {
    let value = condition.operand.value();
    condition.operator == Operator::EqIfSet
        && value.is_some_and(|value| value.is_null() || *value == false)
}
