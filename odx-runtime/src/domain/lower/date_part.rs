//! Conditions on a number out of a date.

use odx_facts::{DATE_PARTS_ARE_ORDINARY, DatePart, Feature, FieldType};
use serde_json::Value as JsonValue;

use super::{Lowered, Lowerer, is_order};
use crate::domain::{Condition, Node, Operator};
use crate::model::FieldPath;

/// A condition on a part of a date.
pub(super) struct Part {
    name: String,
    /// The date.
    date: FieldPath,
}

/// The part that a condition is about, if it is about one.
pub(super) fn of(condition: &Condition) -> Option<Part> {
    let name = condition.path.suffix()?;
    condition.path.last().field_type().is_date().then(|| Part {
        name: name.to_owned(),
        date: condition.path.clone().without_suffix(),
    })
}

impl Part {
    pub(super) fn said(
        &self,
        lowerer: Lowerer,
        condition: &Condition,
        value: &JsonValue,
    ) -> Lowered {
        if lowerer.knows(DATE_PARTS_ARE_ORDINARY) {
            return Ok(match (condition.operator, value) {
                (Operator::EqIfSet, JsonValue::Bool(false)) => Node::All(Vec::new()),
                (Operator::EqIfSet, value) => self.is(condition, Operator::Eq, value.clone()),
                _ => Node::Condition(condition.clone()),
            });
        }
        if !lowerer.knows(DatePart::SINCE) {
            return self
                .span(condition, value)
                .ok_or_else(|| lowerer.refused(Feature::DATE_PART, condition));
        }
        Ok(self.in_18(condition, condition.operator, value))
    }

    pub(super) fn opposite(
        &self,
        lowerer: Lowerer,
        condition: &Condition,
        value: &JsonValue,
    ) -> Lowered {
        if !lowerer.knows(DatePart::SINCE) {
            let span = self.span(condition, value);
            let span = span.ok_or_else(|| lowerer.refused(Feature::DATE_PART, condition))?;
            return lowerer.fails(&span);
        }
        let Some(opposite) = condition.operator.opposite() else {
            return Err(lowerer.refused(Feature::DATE_PART, condition));
        };
        let said = self.in_18(condition, opposite, value);
        Ok(match is_order(condition.operator) {
            true => Node::any_of(said, self.unset()),
            false => said,
        })
    }

    /// In Odoo 18 a list and `False` are errors of SQL, and `!=` leaves out records without a date.
    fn in_18(&self, condition: &Condition, operator: Operator, value: &JsonValue) -> Node {
        let is = |value: &JsonValue| match is_unset(value) {
            true => self.unset(),
            false => self.is(condition, Operator::Eq, value.clone()),
        };
        let is_not = |value: &JsonValue| match is_unset(value) {
            true => Node::condition(self.date.clone(), Operator::Ne, false),
            false => self.is(condition, Operator::Ne, value.clone()),
        };
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match operator {
            Operator::EqIfSet if is_unset(value) => Node::All(Vec::new()),
            Operator::Eq | Operator::EqIfSet => is(value),
            Operator::Ne if is_unset(value) => is_not(value),
            Operator::Ne => Node::any_of(is_not(value), self.unset()),
            Operator::In => Node::Any(list.iter().map(is).collect()),
            Operator::NotIn if list.iter().any(is_unset) => {
                Node::All(list.iter().map(is_not).collect())
            }
            Operator::NotIn => {
                Node::any_of(Node::All(list.iter().map(is_not).collect()), self.unset())
            }
            operator => self.is(condition, operator, value.clone()),
        }
    }

    fn is(&self, condition: &Condition, operator: Operator, value: JsonValue) -> Node {
        Node::condition(condition.path.clone(), operator, value)
    }

    fn unset(&self) -> Node {
        Node::condition(self.date.clone(), Operator::Eq, false)
    }

    /// `date.year_number = 2024` is a span of days. Of a datetime it depends on the timezone; of what is reached through
    /// a one2many or many2many, two conditions may hold for two records.
    fn span(&self, condition: &Condition, value: &JsonValue) -> Option<Node> {
        let (last, before) = self.date.steps().split_last()?;
        let one = before
            .iter()
            .all(|step| step.field_type() == FieldType::Many2one);
        if self.name != "year_number" || last.field_type() != FieldType::Date || !one {
            return None;
        }
        let year = value.as_i64().filter(|year| (1000..=9999).contains(year))?;
        let day = |operator, day: &str| {
            Node::condition(self.date.clone(), operator, format!("{year}-{day}"))
        };
        let first = |operator| day(operator, "01-01");
        let last = |operator| day(operator, "12-31");
        Some(match condition.operator {
            Operator::Eq | Operator::EqIfSet => {
                Node::all_of(first(Operator::Ge), last(Operator::Le))
            }
            Operator::Lt => first(Operator::Lt),
            Operator::Le => last(Operator::Le),
            Operator::Gt => last(Operator::Gt),
            Operator::Ge => first(Operator::Ge),
            _ => return None,
        })
    }
}

fn is_unset(value: &JsonValue) -> bool {
    matches!(value, JsonValue::Null | JsonValue::Bool(false))
}
