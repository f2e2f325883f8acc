//! From what a domain means to what a series of Odoo understands, in one pass.
//!
//! A condition means the same on every series: an unset text is an empty one, an unset number is 0, and what an operator
//! does not find, its opposite does. Odoo 19 takes it as it is. Before, `!` is no complement and many conditions forget
//! that a field may be unset; there the `!` is moved to the conditions, and what is unset is named. What a series cannot
//! say is refused before it is sent. How the series differ is told by [`odx_facts`].

mod alike;
mod date_part;
mod leaf;
mod second;
mod through;
mod unsupported;

use std::borrow::Cow;

use odx_facts::{
    DATETIMES_ARE_WHOLE_SECONDS, Feature, FieldType, NOT_IS_COMPLEMENT, SERIES, Series, Since,
};
use serde_json::Value as JsonValue;

use super::{Condition, Node, Operand, Operator, moment};
use crate::model::is_relative;
use alike::is_alike;
use leaf::Leaf;
use through::ThroughPath;
pub(crate) use unsupported::Requirement;
pub use unsupported::Unsupported;

/// What not every series searches by, stored or not.
const DISPLAY_NAME: &str = "display_name";

/// A domain as a series takes it.
pub(super) type Lowered = Result<Node, Unsupported>;

/// The domain for a series.
pub(super) fn for_series(node: &Node, series: Series) -> Result<Cow<'_, Node>, Unsupported> {
    if is_alike(node) {
        return Ok(Cow::Borrowed(node));
    }
    Lowerer { series }.holds(node).map(Cow::Owned)
}

/// The domain for every series that odx knows, if they all take the same.
pub(super) fn for_any_series(node: &Node) -> Option<Cow<'_, Node>> {
    if is_alike(node) {
        return Some(Cow::Borrowed(node));
    }
    let mut each = SERIES.iter().map(|row| Lowerer { series: row.series });
    let first = each.next()?.holds(node).ok()?;
    each.all(|other| other.holds(node).as_ref() == Ok(&first))
        .then_some(Cow::Owned(first))
}

/// Lowers conditions for one series.
#[derive(Clone, Copy)]
struct Lowerer {
    series: Series,
}

impl Lowerer {
    fn knows(self, fact: Since) -> bool {
        fact.holds(self.series)
    }

    /// What finds the records that match.
    fn holds(self, node: &Node) -> Lowered {
        match node {
            Node::All(nodes) => self.each(nodes, Self::holds).map(all_of),
            Node::Any(nodes) => self.each(nodes, Self::holds).map(any_of),
            Node::Not(inner) if self.negates(inner) => Ok(self.holds(inner)?.negate()),
            Node::Not(inner) => self.fails(inner),
            Node::Condition(condition) => self.condition(condition),
        }
    }

    /// What finds the records that do not match, without a `!` before what it does not turn around well.
    fn fails(self, node: &Node) -> Lowered {
        match node {
            Node::All(nodes) => self.each(nodes, Self::fails).map(any_of),
            Node::Any(nodes) => self.each(nodes, Self::fails).map(all_of),
            Node::Not(inner) => self.holds(inner),
            Node::Condition(condition) => self.opposite(condition),
        }
    }

    /// Whether `!` finds what the node does not.
    fn negates(self, node: &Node) -> bool {
        match node {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().all(|node| self.negates(node)),
            Node::Not(inner) => self.negates(inner),
            Node::Condition(condition) => {
                self.knows(NOT_IS_COMPLEMENT) && !leaf::is_order_of_related(condition, self)
            }
        }
    }

    fn each(
        self,
        nodes: &[Node],
        said: fn(Self, &Node) -> Lowered,
    ) -> Result<Vec<Node>, Unsupported> {
        nodes.iter().map(|node| said(self, node)).collect()
    }

    fn condition(self, condition: &Condition) -> Lowered {
        if let Some(condition) = self.rewritten(condition) {
            return self.condition(&condition);
        }
        self.check(condition)?;
        match &condition.operand {
            Operand::Domain(sub) => self.sub_domain(condition, condition.operator, sub),
            Operand::Value(value) => match date_part::of(condition) {
                Some(part) => part.said(self, condition, value),
                None => Leaf::new(self, condition).said(condition.operator, value),
            },
        }
    }

    /// The condition in place of one that no series is asked as it stands.
    fn rewritten(self, condition: &Condition) -> Option<Condition> {
        self.in_seconds(condition)
            .or_else(|| without_zero(condition))
    }

    fn opposite(self, condition: &Condition) -> Lowered {
        if let Some(condition) = self.rewritten(condition) {
            return self.opposite(&condition);
        }
        self.check(condition)?;
        let value = match &condition.operand {
            Operand::Domain(sub) => {
                let opposite = condition.operator.opposite();
                let operator = opposite.expect("BUG: `any` and `not any` are opposites");
                return self.sub_domain(condition, operator, sub);
            }
            Operand::Value(value) => value,
        };
        if condition.path.split_first().is_some() {
            return self.none_far(condition);
        }
        match date_part::of(condition) {
            Some(part) => part.opposite(self, condition, value),
            None => Leaf::new(self, condition).opposite(value),
        }
    }

    /// The condition by whole seconds, where these are compared and the condition has a fraction of one.
    fn in_seconds(self, condition: &Condition) -> Option<Condition> {
        let value = condition.operand.value()?;
        let applies = moment::has_fraction(&condition.path, value)
            && (self.knows(DATETIMES_ARE_WHOLE_SECONDS)
                || second::has_microseconds(&condition.path, self));
        let (operator, value) = applies
            .then(|| moment::in_seconds(&condition.path, condition.operator, value.clone()))?;
        Some(Condition {
            path: condition.path.clone(),
            operator,
            operand: Operand::Value(value),
        })
    }

    /// No related record matches: of a path, the opposite of a condition.
    fn none_far(self, condition: &Condition) -> Lowered {
        let (first, rest) = condition
            .path
            .split_first()
            .expect("BUG: a path of two fields");
        let far = Node::Condition(Condition {
            path: rest,
            ..condition.clone()
        });
        let none = Condition {
            path: first,
            operator: Operator::NotAny,
            operand: Operand::Domain(Box::new(far.clone())),
        };
        self.sub_domain(&none, Operator::NotAny, &far)
            .map_err(|_| self.refused(Feature::NEGATED_HOP, condition))
    }

    /// A condition on related records by a domain; where there is no `any`, by paths.
    fn sub_domain(self, condition: &Condition, operator: Operator, sub: &Node) -> Lowered {
        if self.knows(operator.since()) {
            let sub = self.holds(sub)?;
            // Odoo 17 takes `not any` of a domain that finds nothing for no related record.
            return Ok(match (is_none(&sub), operator) {
                (true, Operator::Any) => NONE,
                (true, _) => match condition.path.without_last() {
                    Some(before) => Node::condition(before, Operator::Ne, false),
                    None => Node::All(Vec::new()),
                },
                (false, operator) => Node::Condition(Condition {
                    path: condition.path.clone(),
                    operator,
                    operand: Operand::Domain(Box::new(sub)),
                }),
            });
        }
        let through = ThroughPath {
            lowerer: self,
            path: &condition.path,
        };
        let said = match operator {
            Operator::NotAny => through.none(sub),
            _ => through.some(sub),
        };
        said.ok_or_else(|| self.refused(Feature::SUB_DOMAIN, condition))
    }

    /// What the series does not have, whatever is compared.
    fn check(self, condition: &Condition) -> Result<(), Unsupported> {
        let field = condition.path.last();
        let dated = field.field_type().is_date();
        let refuse = |feature: Feature| match self.knows(feature.since) {
            true => Ok(()),
            false => Err(self.refused(feature, condition)),
        };
        if condition.operator == Operator::Access {
            refuse(Feature::ACCESS)?;
        }
        if field.name() == DISPLAY_NAME {
            refuse(Feature::SEARCH_DISPLAY_NAME)?;
        }
        if condition.path.suffix().is_some() && !dated {
            refuse(Feature::PROPERTY)?;
            if is_pattern_of_all(condition.operator) {
                refuse(Feature::PROPERTY_PATTERN)?;
            }
            if matches!(condition.operator, Operator::Like | Operator::NotLike) {
                refuse(Feature::PROPERTY_LIKE)?;
            }
        }
        let is_empty_name = field.field_type().is_relation()
            && is_equality(condition.operator)
            && names_nothing(condition.operand.value());
        if is_empty_name {
            refuse(Feature::EMPTY_NAME)?;
        }
        if field.field_type() == FieldType::Html
            && (is_pattern_of_all(condition.operator) || is_order(condition.operator))
            && condition.operand.value().is_some_and(|value| value != "")
        {
            refuse(Feature::HTML_AS_TEXT)?;
        }
        let relative = |value: &serde_json::Value| value.as_str().is_some_and(is_relative);
        if let Operand::Value(value) = &condition.operand
            && dated
            && (relative(value)
                || value
                    .as_array()
                    .is_some_and(|list| list.iter().any(relative)))
        {
            refuse(Feature::RELATIVE_DATE)?;
        }
        Ok(())
    }

    fn refused(self, feature: Feature, condition: &Condition) -> Unsupported {
        Unsupported::of(feature, self.series, condition)
    }
}

/// The condition without the id 0, which no record has: some series take it for unset, 18 and 19 lose other records where it
/// is excluded.
fn without_zero(condition: &Condition) -> Option<Condition> {
    let is_relation = condition.path.last().field_type().is_relation();
    let value = condition.operand.value().filter(|_| is_relation)?;
    let others: Vec<JsonValue> = match value {
        JsonValue::Array(values) => values
            .iter()
            .filter(|value| !is_zero(value))
            .cloned()
            .collect(),
        value if is_zero(value) => Vec::new(),
        _ => return None,
    };
    let is_rid = value
        .as_array()
        .is_none_or(|values| values.len() > others.len());
    let operator = match condition.operator {
        Operator::Eq | Operator::EqIfSet => Operator::In,
        Operator::Ne => Operator::NotIn,
        // No record is above or below none.
        Operator::ChildOf | Operator::ParentOf if others.is_empty() => Operator::In,
        operator => operator,
    };
    (is_rid || operator != condition.operator).then(|| Condition {
        path: condition.path.clone(),
        operator,
        operand: Operand::Value(others.into()),
    })
}

fn is_zero(value: &JsonValue) -> bool {
    value.as_f64() == Some(0.0)
}

/// The values of a list, or the only one.
fn one_or_more(value: &JsonValue) -> &[JsonValue] {
    match value {
        JsonValue::Array(values) => values,
        value => std::slice::from_ref(value),
    }
}

/// Whether there is an empty name among the values.
fn names_nothing(value: Option<&JsonValue>) -> bool {
    value.is_some_and(|value| one_or_more(value).iter().any(|value| value == ""))
}

fn is_equality(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Eq | Operator::Ne | Operator::EqIfSet | Operator::In | Operator::NotIn
    )
}

fn is_order(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge
    )
}

/// The domain that finds no record.
const NONE: Node = Node::Any(Vec::new());

fn is_none(node: &Node) -> bool {
    matches!(node, Node::Any(nodes) if nodes.is_empty())
}

fn is_all(node: &Node) -> bool {
    matches!(node, Node::All(nodes) if nodes.is_empty())
}

/// All of them, without those that find every record.
fn all_of(nodes: Vec<Node>) -> Node {
    match nodes.iter().any(is_none) {
        true => NONE,
        false => Node::All(nodes.into_iter().filter(|node| !is_all(node)).collect()),
    }
}

/// One of them, without those that find no record.
fn any_of(nodes: Vec<Node>) -> Node {
    match nodes.iter().any(is_all) {
        true => Node::All(Vec::new()),
        false => Node::Any(nodes.into_iter().filter(|node| !is_none(node)).collect()),
    }
}

/// `=like` and its kin.
fn is_pattern_of_all(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::EqLike | Operator::EqIlike | Operator::NotEqLike | Operator::NotEqIlike
    )
}

#[cfg(test)]
mod tests {
    use odx_facts::flags;
    use serde_json::json;

    use super::*;
    use crate::model::{FieldMeta, FieldPath};

    /// Conditions of each operator on each type of field, with values that mean something to some series, far and near.
    fn conditions() -> Vec<Condition> {
        let values = [
            json!(false),
            json!(true),
            json!(0),
            json!(7),
            json!(""),
            json!("x"),
            json!("today"),
            json!("2026-11-27 10:00:00"),
            json!("2026-11-27 10:00:00.5"),
            json!([]),
            json!([0, 7]),
            json!([false, "x"]),
        ];
        let flags = [0, flags::RELATED, flags::COMPANY, flags::TRANSLATE];
        let parent: &'static FieldMeta = Box::leak(Box::new(FieldMeta::plain(
            "parent_id",
            FieldType::Many2one,
            0,
        )));
        let mut conditions = Vec::new();
        for ty in FieldType::ALL {
            for flags in flags {
                let name = match ty {
                    FieldType::Datetime if flags == 0 => "write_date",
                    _ => "field",
                };
                let field: &'static FieldMeta =
                    Box::leak(Box::new(FieldMeta::plain(name, *ty, flags)));
                let near = FieldPath::from(field);
                for path in [near.clone(), FieldPath::from(parent).join(near)] {
                    for operator in Operator::all() {
                        conditions.extend(values.iter().map(|value| Condition {
                            path: path.clone(),
                            operator,
                            operand: Operand::Value(value.clone()),
                        }));
                    }
                }
            }
        }
        // Access is compared with a right, and `any` with a domain.
        let takes_value = |operator| {
            !matches!(
                operator,
                Operator::Any | Operator::NotAny | Operator::Access
            )
        };
        conditions.retain(|condition| takes_value(condition.operator));
        conditions
    }

    #[test]
    fn what_is_said_alike_is_what_each_series_is_asked() {
        let (mut alike, mut others) = (0, 0);
        for condition in conditions() {
            let node = Node::Condition(condition);
            for node in [node.clone(), Node::Not(Box::new(node))] {
                let each = SERIES.iter().map(|row| for_series(&node, row.series));
                let each: Vec<_> = each.collect();
                let same = each[0].is_ok() && each.iter().all(|said| *said == each[0]);
                assert_eq!(for_any_series(&node).is_some(), same, "{node:?}: {each:?}");
                match same {
                    true => alike += 1,
                    false => others += 1,
                }
            }
        }
        assert!(alike > 1_000 && others > 1_000, "{alike} and {others}");
    }
}
