//! Conditions on datetimes whose moment is finer than what Odoo compares.
//!
//! What is compared is never between two steps of Odoo's, microseconds or whole seconds, so that a condition between two has
//! one of the same meaning on a step.

use chrono::{NaiveDateTime, TimeDelta, Timelike};
use serde_json::Value as JsonValue;

use super::Operator;
use crate::model::{FieldPath, FieldType};

/// What was read has any number of digits.
const READ: &str = "%Y-%m-%d %H:%M:%S%.f";
/// Six digits: Odoo reads no others.
const MICROSECONDS: &str = "%Y-%m-%d %H:%M:%S%.6f";
const SECONDS: &str = "%Y-%m-%d %H:%M:%S";

/// What of a moment is compared.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Microsecond,
    Second,
}

/// The condition by the microseconds that the database keeps.
pub(super) fn in_microseconds(
    path: &FieldPath,
    operator: Operator,
    value: JsonValue,
) -> (Operator, JsonValue) {
    stepped(path, operator, value, Step::Microsecond)
}

/// The condition by whole seconds.
pub(super) fn in_seconds(
    path: &FieldPath,
    operator: Operator,
    value: JsonValue,
) -> (Operator, JsonValue) {
    stepped(path, operator, value, Step::Second)
}

/// Whether a value has a fraction of the second, or one in a list.
pub(super) fn has_fraction(path: &FieldPath, value: &JsonValue) -> bool {
    let has = |value: &JsonValue| {
        value
            .as_str()
            .is_some_and(|text| Moment::of(text).is_some())
    };
    is_datetime(path) && (has(value) || value.as_array().is_some_and(|list| list.iter().any(has)))
}

fn is_datetime(path: &FieldPath) -> bool {
    path.last().field_type() == FieldType::Datetime && path.suffix().is_none()
}

fn stepped(
    path: &FieldPath,
    operator: Operator,
    value: JsonValue,
    step: Step,
) -> (Operator, JsonValue) {
    if !is_datetime(path) {
        return (operator, value);
    }
    let listed = |item: JsonValue| match item.as_str().and_then(Moment::of) {
        Some(moment) => moment.is_on(step).then(|| moment.last(step)),
        None => Some(item),
    };
    match value {
        JsonValue::String(text) => match Moment::of(&text) {
            Some(moment) => moment.compared(operator, step),
            None => (operator, text.into()),
        },
        JsonValue::Array(items) => (operator, items.into_iter().filter_map(listed).collect()),
        value => (operator, value),
    }
}

/// A moment with a fraction of the second.
struct Moment {
    /// Its microsecond.
    microsecond: NaiveDateTime,
    has_more_digits: bool,
}

impl Moment {
    fn of(text: &str) -> Option<Self> {
        let (whole, digits) = text.split_once('.')?;
        let read = text.get(..whole.len() + 1 + digits.len().min(6))?;
        let (_, more) = digits.split_at_checked(6).unwrap_or((digits, ""));
        more.bytes()
            .all(|digit| digit.is_ascii_digit())
            .then_some(Self {
                microsecond: NaiveDateTime::parse_from_str(read, READ).ok()?,
                has_more_digits: more.bytes().any(|digit| digit != b'0'),
            })
    }

    /// Whether it lies on a step, and not between two.
    fn is_on(&self, step: Step) -> bool {
        !self.has_more_digits && (step == Step::Microsecond || self.microsecond.nanosecond() == 0)
    }

    /// The last step that is not after it.
    fn last(&self, step: Step) -> JsonValue {
        written(self.microsecond, step)
    }

    fn compared(&self, operator: Operator, step: Step) -> (Operator, JsonValue) {
        if self.is_on(step) {
            return (operator, self.last(step));
        }
        let none = || JsonValue::Array(Vec::new());
        match (operator, step) {
            (Operator::Eq | Operator::EqIfSet, _) => (Operator::In, none()),
            (Operator::Ne, _) => (Operator::NotIn, none()),
            // Up to a moment between two steps is up to the first of them, and it is found, too.
            (Operator::Lt, Step::Second) => (Operator::Le, self.last(step)),
            (Operator::Ge, Step::Second) => (Operator::Gt, self.last(step)),
            (Operator::Lt | Operator::Ge, Step::Microsecond) => {
                let next = self
                    .microsecond
                    .checked_add_signed(TimeDelta::microseconds(1));
                (operator, written(next.unwrap_or(self.microsecond), step))
            }
            (operator, _) => (operator, self.last(step)),
        }
    }
}

fn written(moment: NaiveDateTime, step: Step) -> JsonValue {
    let form = match step {
        Step::Microsecond => MICROSECONDS,
        Step::Second => SECONDS,
    };
    moment.format(form).to_string().into()
}
