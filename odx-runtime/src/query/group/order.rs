//! The order of groups: the same on every series, whatever the collation of the database.

use std::cmp::Ordering;

use serde_json::Value as JsonValue;

use super::{cell::Raw, number::Number};

/// What the values of a column are, which says how they are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Numbers.
    Number,
    /// True or false, of which false is a value.
    Flag,
    /// Texts, by their code points; keys of selections, too.
    Text,
    /// Dates or datetimes.
    Moment,
    /// Spans of time, by their start.
    Span,
    /// Related records, by id.
    Record,
    /// Any JSON.
    Any,
}

/// The place of a value in an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Number(Number),
    Text(String),
    List(Vec<Rank>),
    Unset,
}

impl Rank {
    pub(super) fn of(shape: Shape, raw: &Raw) -> Self {
        if let Some(number) = raw.number() {
            return Self::Number(number);
        }
        let first = |value| match value {
            JsonValue::Array(parts) => parts.into_iter().next().unwrap_or_default(),
            value => value,
        };
        match shape {
            Shape::Flag => Self::Number(i64::from(raw.as_text() == "true").into()),
            Shape::Record => Self::any(first(raw.json())),
            Shape::Moment => Self::moment(raw.json()),
            Shape::Span => Self::moment(first(raw.json())),
            Shape::Number | Shape::Text | Shape::Any => Self::any(raw.json()),
        }
    }

    /// Odoo writes the year 1 as `1-01-01`.
    fn moment(value: JsonValue) -> Self {
        match value.as_str().map(|text| text.split_once('-')) {
            Some(Some((year, rest))) => Self::Text(format!("{year:0>4}-{rest}")),
            _ => Self::any(value),
        }
    }

    fn any(value: JsonValue) -> Self {
        match value {
            JsonValue::Null | JsonValue::Bool(false) => Self::Unset,
            JsonValue::Bool(true) => Self::Number(1.into()),
            JsonValue::Number(number) => {
                Number::of(&number).map_or_else(|| Self::Text(number.to_string()), Self::Number)
            }
            JsonValue::String(text) => Self::Text(text),
            JsonValue::Array(parts) => Self::List(parts.into_iter().map(Self::any).collect()),
            JsonValue::Object(_) => Self::Text(value.to_string()),
        }
    }
}

/// The place of a value where an order has a direction. Unset values are last in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) rank: Rank,
    pub(super) descending: bool,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let ordering = self.rank.cmp(&other.rank);
        let unset = self.rank == Rank::Unset || other.rank == Rank::Unset;
        if self.descending && !unset {
            ordering.reverse()
        } else {
            ordering
        }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(shape: Shape, descending: bool, values: &[&str]) -> Vec<String> {
        let mut values: Vec<_> = values.iter().map(|value| Raw::new(*value)).collect();
        values.sort_by_cached_key(|raw| Place {
            rank: Rank::of(shape, raw),
            descending,
        });
        values.iter().map(|raw| raw.as_text().to_owned()).collect()
    }

    #[test]
    fn unset_values_are_last_in_both_directions() {
        let values = ["2", "false", "10", "-1.5", "NaN", "null"];
        assert_eq!(
            ordered(Shape::Number, false, &values),
            ["-1.5", "2", "10", "NaN", "false", "null"]
        );
        assert_eq!(
            ordered(Shape::Number, true, &values),
            ["NaN", "10", "2", "-1.5", "false", "null"]
        );
    }

    #[test]
    fn false_is_a_value_of_a_boolean() {
        let values = ["true", "false"];
        assert_eq!(ordered(Shape::Flag, false, &values), ["false", "true"]);
        assert_eq!(ordered(Shape::Flag, true, &values), ["true", "false"]);
    }

    #[test]
    fn dates_of_the_first_years_are_before_all_others() {
        let values = [r#""2024-02-29""#, r#""999-12-31""#, r#""1-01-01""#];
        assert_eq!(
            ordered(Shape::Moment, false, &values),
            [r#""1-01-01""#, r#""999-12-31""#, r#""2024-02-29""#]
        );
    }

    #[test]
    fn records_are_ordered_by_id_and_texts_by_code_points() {
        let records = [r#"[10,"A"]"#, "false", r#"[9,"B"]"#];
        assert_eq!(
            ordered(Shape::Record, false, &records),
            [r#"[9,"B"]"#, r#"[10,"A"]"#, "false"]
        );
        let texts = [r#""beech""#, r#""Oak""#, r#""""#, "false"];
        assert_eq!(
            ordered(Shape::Text, false, &texts),
            [r#""""#, r#""Oak""#, r#""beech""#, "false"]
        );
    }
}
