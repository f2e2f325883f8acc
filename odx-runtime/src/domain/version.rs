//! What a version of Odoo cannot say, and how it can be said otherwise.

use odx_facts::{Feature, NOT_IS_COMPLEMENT, Series};

use crate::model::{FieldPath, FieldType, is_relative};

use super::unset::{spell_out, unset};
use super::{Condition, Node, Operand, Operator};

/// A condition or group that an older Odoo cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Odoo {series} cannot express `{condition}`: {construct} came with Odoo {since}; {instead}"
)]
pub struct Unsupported {
    /// The server's series.
    pub series: Series,
    /// The condition: its path and operator. Of a group, what is grouped by.
    pub condition: String,
    /// What the series does not have.
    pub construct: &'static str,
    /// The first series that has it.
    pub since: Series,
    /// What to do instead.
    pub instead: &'static str,
}

impl Unsupported {
    pub(crate) fn new(feature: Feature, series: Series, condition: impl Into<String>) -> Self {
        Self {
            series,
            condition: condition.into(),
            construct: feature.name,
            since: feature.since.first(),
            instead: feature.instead,
        }
    }

    pub(super) fn of(feature: Feature, series: Series, condition: &Condition) -> Self {
        let text = format!("{} {}", condition.path, condition.operator);
        Self::new(feature, series, text)
    }
}

fn refuse(feature: Feature, series: Series, condition: &Condition) -> Result<Node, Unsupported> {
    Err(Unsupported::of(feature, series, condition))
}

/// What a group needs of the server's series.
#[derive(Clone, Debug)]
pub struct Requirement {
    feature: Feature,
    used_in: String,
}

impl Requirement {
    /// The use of the feature in a group.
    pub(crate) fn new(feature: Feature, used_in: impl Into<String>) -> Self {
        Self {
            feature,
            used_in: used_in.into(),
        }
    }

    /// Refuses the group where the series does not have what it needs.
    pub(crate) fn check(&self, series: Series) -> Result<(), Unsupported> {
        match self.feature.since.holds(series) {
            true => Ok(()),
            false => Err(Unsupported::new(self.feature, series, self.used_in.clone())),
        }
    }
}

/// The same domain for a version: what it does not have is said otherwise, or refused.
pub(super) fn for_version(node: &Node, series: Series) -> Result<Node, Unsupported> {
    spell_out(lower(node, series)?, series)
}

fn lower(node: &Node, series: Series) -> Result<Node, Unsupported> {
    match node {
        Node::All(nodes) => Ok(Node::All(lower_each(nodes, series)?)),
        Node::Any(nodes) => Ok(Node::Any(lower_each(nodes, series)?)),
        Node::Not(inner) if !NOT_IS_COMPLEMENT.holds(series) => lower_not(inner, series),
        Node::Not(inner) => Ok(lower(inner, series)?.negate()),
        Node::Condition(condition) => lower_condition(condition, series),
    }
}

fn lower_each(nodes: &[Node], series: Series) -> Result<Vec<Node>, Unsupported> {
    nodes.iter().map(|node| lower(node, series)).collect()
}

/// Before Odoo 19, `!` turns the operator of each condition around, which of a condition on related records is not the
/// opposite: `! partner_id.name = x` becomes `partner_id.name != x`, which leaves out records without a partner. So the
/// `!` is moved to the conditions here, and there becomes `not any`.
fn lower_not(node: &Node, series: Series) -> Result<Node, Unsupported> {
    let each = |nodes: &[Node]| {
        nodes
            .iter()
            .map(|node| lower_not(node, series))
            .collect::<Result<Vec<_>, _>>()
    };
    match node {
        Node::All(nodes) if nodes.iter().any(goes_far) => each(nodes).map(Node::Any),
        Node::Any(nodes) if nodes.iter().any(goes_far) => each(nodes).map(Node::All),
        Node::Not(inner) => lower(inner, series),
        Node::Condition(condition) => match (&condition.operand, condition.path.split_first()) {
            (Operand::Domain(_), None) => {
                let operator = match condition.operator {
                    Operator::NotAny => Operator::Any,
                    _ => Operator::NotAny,
                };
                let opposite = Condition {
                    operator,
                    ..condition.clone()
                };
                lower_condition(&opposite, series)
            }
            (_, Some((first, rest))) => {
                let far = Node::Condition(Condition {
                    path: rest,
                    ..condition.clone()
                });
                let opposite = Condition {
                    path: first,
                    operator: Operator::NotAny,
                    operand: Operand::Domain(Box::new(far)),
                };
                lower_condition(&opposite, series)
                    .or_else(|_| refuse(Feature::NEGATED_HOP, series, condition))
            }
            (Operand::Value(_), None) => Ok(lower_condition(condition, series)?.negate()),
        },
        node => Ok(lower(node, series)?.negate()),
    }
}

/// Whether the node has a condition on related records.
fn goes_far(node: &Node) -> bool {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(goes_far),
        Node::Not(node) => goes_far(node),
        Node::Condition(condition) => {
            condition.path.steps().len() > 1 || matches!(condition.operand, Operand::Domain(_))
        }
    }
}

fn lower_condition(condition: &Condition, series: Series) -> Result<Node, Unsupported> {
    let dated = condition.path.last().field_type().is_date();
    match (condition.path.suffix(), dated) {
        (Some(part), true) if !Feature::DATE_PART.since.holds(series) => {
            return span_of(condition, part)
                .map_or_else(|| refuse(Feature::DATE_PART, series, condition), Ok);
        }
        (Some(_), false) if !Feature::PROPERTY.since.holds(series) => {
            return refuse(Feature::PROPERTY, series, condition);
        }
        _ => {}
    }
    match &condition.operand {
        Operand::Domain(sub) => lower_sub_domain(condition, sub, series),
        Operand::Value(value) => {
            let relative = dated && value.as_str().is_some_and(is_relative);
            if relative && !Feature::RELATIVE_DATE.since.holds(series) {
                return refuse(Feature::RELATIVE_DATE, series, condition);
            }
            match condition.operator {
                Operator::NotEqLike if !condition.operator.since().holds(series) => {
                    lower_not_like(condition, Operator::EqLike, series)
                }
                Operator::NotEqIlike if !condition.operator.since().holds(series) => {
                    lower_not_like(condition, Operator::EqIlike, series)
                }
                _ => Ok(Node::Condition(condition.clone())),
            }
        }
    }
}

fn lower_sub_domain(
    condition: &Condition,
    sub: &Node,
    series: Series,
) -> Result<Node, Unsupported> {
    let sub = lower(sub, series)?;
    if condition.operator.since().holds(series) {
        return Ok(Node::Condition(Condition {
            operand: Operand::Domain(Box::new(sub)),
            ..condition.clone()
        }));
    }
    let through = ThroughPath {
        path: &condition.path,
    };
    let said = match condition.operator {
        Operator::NotAny => through.none(&sub),
        _ => through.some(&sub),
    };
    said.map_or_else(|| refuse(Feature::SUB_DOMAIN, series, condition), Ok)
}

/// `not =like` is the opposite of `=like`.
fn lower_not_like(
    condition: &Condition,
    positive: Operator,
    series: Series,
) -> Result<Node, Unsupported> {
    if let Some((first, rest)) = condition.path.split_first() {
        let far = Node::Condition(Condition {
            path: rest,
            ..condition.clone()
        });
        if !Operator::Any.since().holds(series) {
            return refuse(Feature::NOT_LIKE, series, condition);
        }
        return lower(&Node::sub_domain(first, Operator::Any, far), series);
    }
    let like = Node::Condition(Condition {
        operator: positive,
        ..condition.clone()
    });
    Ok(like.negate())
}

/// `date.year_number = 2024` is a span of days. Of a datetime it depends on the timezone; of what is reached through a
/// one2many or many2many, two conditions may hold for two records.
fn span_of(condition: &Condition, part: &str) -> Option<Node> {
    let (last, before) = condition.path.steps().split_last()?;
    let one = before
        .iter()
        .all(|step| step.field_type() == FieldType::Many2one);
    if part != "year_number" || last.field_type() != FieldType::Date || !one {
        return None;
    }
    let Operand::Value(value) = &condition.operand else {
        return None;
    };
    let year = value.as_i64().filter(|year| (1000..=9999).contains(year))?;
    let day = |operator, day: &str| {
        let value = format!("{year}-{day}");
        Node::condition(condition.path.clone().without_suffix(), operator, value)
    };
    let first = |operator| day(operator, "01-01");
    let last = |operator| day(operator, "12-31");
    Some(match condition.operator {
        Operator::Eq => Node::all_of(first(Operator::Ge), last(Operator::Le)),
        Operator::Lt => first(Operator::Lt),
        Operator::Le => last(Operator::Le),
        Operator::Gt => last(Operator::Gt),
        Operator::Ge => first(Operator::Ge),
        _ => return None,
    })
}

/// Domains over related records, said by paths to their fields, as far as that says the same.
struct ThroughPath<'a> {
    path: &'a FieldPath,
}

impl ThroughPath<'_> {
    /// Whether one record at most is related, so that several conditions hold for the same one.
    fn leads_to_one(&self) -> bool {
        self.path
            .steps()
            .iter()
            .all(|step| step.field_type() == FieldType::Many2one)
    }

    /// A related record matches: `partner_id any [(name, =, x)]` is `partner_id.name = x`.
    fn some(&self, sub: &Node) -> Option<Node> {
        self.said(sub, true)
    }

    /// No related record matches. Of a many2one: none is related, or the one that is does not match.
    fn none(&self, sub: &Node) -> Option<Node> {
        if !self.leads_to_one() {
            return None;
        }
        Some(Node::any_of(unset(self.path), self.said(sub, false)?))
    }

    /// A related record matches `sub`, or where not `holds`, its opposite.
    fn said(&self, sub: &Node, holds: bool) -> Option<Node> {
        let each = |nodes: &[Node]| {
            nodes
                .iter()
                .map(|node| self.said(node, holds))
                .collect::<Option<Vec<_>>>()
        };
        match (sub, holds) {
            (Node::All(nodes) | Node::Any(nodes), _) if nodes.is_empty() => {
                let all = matches!(sub, Node::All(_)) == holds;
                Some(match all {
                    true => Node::condition(self.path.clone(), Operator::Ne, false),
                    false => Node::Any(Vec::new()),
                })
            }
            (Node::All(nodes), true) | (Node::Any(nodes), false) => {
                let same = self.leads_to_one() || nodes.len() == 1;
                same.then(|| each(nodes)).flatten().map(Node::All)
            }
            (Node::Any(nodes), true) | (Node::All(nodes), false) => each(nodes).map(Node::Any),
            (Node::Not(node), holds) => self.said(node, !holds),
            (Node::Condition(condition), true) => self.far(condition, condition.operator),
            (Node::Condition(condition), false) => self.opposite(condition),
        }
    }

    fn far(&self, condition: &Condition, operator: Operator) -> Option<Node> {
        (operator != Operator::EqIfSet).then(|| {
            Node::Condition(Condition {
                path: self.path.clone().join(condition.path.clone()),
                operator,
                operand: condition.operand.clone(),
            })
        })
    }

    /// What holds of every record of which the condition does not.
    fn opposite(&self, condition: &Condition) -> Option<Node> {
        if condition.path.steps().len() > 1 {
            return None;
        }
        let exact = |operator| self.far(condition, operator);
        let or_unset = |operator| {
            let path = self.path.clone().join(condition.path.clone());
            Some(Node::any_of(exact(operator)?, unset(&path)))
        };
        match condition.operator {
            Operator::Eq => exact(Operator::Ne),
            Operator::Ne => exact(Operator::Eq),
            Operator::In => exact(Operator::NotIn),
            Operator::NotIn => exact(Operator::In),
            Operator::Like => exact(Operator::NotLike),
            Operator::NotLike => exact(Operator::Like),
            Operator::Ilike => exact(Operator::NotIlike),
            Operator::NotIlike => exact(Operator::Ilike),
            Operator::Lt => or_unset(Operator::Ge),
            Operator::Le => or_unset(Operator::Gt),
            Operator::Gt => or_unset(Operator::Le),
            Operator::Ge => or_unset(Operator::Lt),
            _ => None,
        }
    }
}
