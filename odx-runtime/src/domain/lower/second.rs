//! A condition on `create_date` or `write_date` before Odoo 19.
//!
//! The database keeps microseconds of these two; a read gives whole seconds, and by these Odoo 19 compares. Before, what was
//! written at 12:00:00.7 is not found by `<= 12:00:00`, the very moment that was read.

use chrono::{NaiveDateTime, TimeDelta};
use odx_facts::{DATETIMES_ARE_WHOLE_SECONDS, FieldType, KEPT_BY_ODOO};
use serde_json::Value as JsonValue;

use super::Lowerer;
use crate::domain::Operator;
use crate::model::{Calendar, CalendarType, FieldPath};

/// The microseconds that are read as one moment: from the first on, and before the second.
pub(super) struct Second {
    pub(super) start: JsonValue,
    pub(super) end: JsonValue,
}

/// Whether the field has microseconds that the series compares with.
pub(super) fn has_microseconds(path: &FieldPath, lowerer: Lowerer) -> bool {
    let field = path.last();
    field.field_type() == FieldType::Datetime
        && path.suffix().is_none()
        && KEPT_BY_ODOO.contains(&field.name())
        && !lowerer.knows(DATETIMES_ARE_WHOLE_SECONDS)
}

impl Second {
    /// What a value stands for; `None` for what is no moment. A day is its first second.
    pub(super) fn of(value: &JsonValue) -> Option<Self> {
        let start = moment(value)?;
        Self::until(start, start + TimeDelta::seconds(1))
    }

    fn until(start: NaiveDateTime, end: NaiveDateTime) -> Option<Self> {
        let wire = |moment: NaiveDateTime| moment.to_calendar().written_datetime().into();
        Some(Self {
            start: wire(start),
            end: wire(end),
        })
    }
}

/// `<=` a second or a day, or `>` one, as the microseconds have it: `<` the next, or `>=` it.
pub(super) fn ordered(operator: Operator, value: &JsonValue) -> Option<(Operator, JsonValue)> {
    let operator = match operator {
        Operator::Le => Operator::Lt,
        Operator::Gt => Operator::Ge,
        _ => return None,
    };
    let is_day = !value.as_str()?.contains(':');
    let length = match is_day {
        true => TimeDelta::days(1),
        false => TimeDelta::seconds(1),
    };
    let start = moment(value)?;
    let end = start.checked_add_signed(length)?;
    Some((operator, Second::until(start, end)?.end))
}

fn moment(value: &JsonValue) -> Option<NaiveDateTime> {
    NaiveDateTime::from_calendar(Calendar::parse(value.as_str()?)?)
}
