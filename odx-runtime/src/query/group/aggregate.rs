//! Aggregates of a group.

use serde_json::Value as JsonValue;

use super::row::{GroupRow, compare};
use crate::{
    Error,
    domain::Operator,
    model::{
        Date, DateTime, Datetime, Field, Float, Integer, Model, Monetary, NaiveDate, Utc, Value,
    },
};

/// Kinds of fields that can be summed.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field cannot be summed: sum an integer, float or monetary field",
    label = "not a number"
)]
pub trait Summed {
    /// The sum.
    type Sum: Value;
}

/// Kinds of fields that have an average.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no average: take an integer, float or monetary field",
    label = "not a number"
)]
pub trait Averaged {}

/// Kinds of fields with a smallest and a largest value.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no smallest or largest value in Odoo: take a number, date or datetime field",
    label = "neither a number nor a date"
)]
pub trait Extreme {
    /// The value.
    type Value: Value;
}

macro_rules! kinds {
    ($($kind:ident: $value:ty $(, $class:ident $sum:ident)?;)*) => {
        $(
            impl Extreme for $kind {
                type Value = $value;
            }
            $(
                impl $class for $kind {}
                impl Summed for $kind {
                    type $sum = $value;
                }
            )?
        )*
    };
}

kinds! {
    Integer: i64, Averaged Sum;
    Float: f64, Averaged Sum;
    Monetary: f64, Averaged Sum;
    Date: NaiveDate;
    Datetime: DateTime<Utc>;
}

/// The aggregates of a group, as a tuple.
pub trait Aggregates: Sized + Send + 'static {
    /// Reads the aggregates.
    fn read(row: &GroupRow, values: &[&JsonValue]) -> Result<Self, Error>;
}

/// A tuple of aggregates that can grow.
#[diagnostic::on_unimplemented(
    message = "groups have six aggregates at most: read the others with a second query"
)]
pub trait Growing {
    /// The tuple with one more.
    type Longer<T: AggregateValue>: Aggregates;
}

/// One aggregate.
pub trait AggregateValue: Sized + Send + 'static {
    /// Reads it. Groups without any value have `false`.
    fn read(row: &GroupRow, value: &JsonValue) -> Result<Self, Error>;
}

impl<T: Value> AggregateValue for Option<T> {
    fn read(row: &GroupRow, value: &JsonValue) -> Result<Self, Error> {
        row.read::<Self>("an aggregate", value)
    }
}

impl AggregateValue for u64 {
    fn read(row: &GroupRow, value: &JsonValue) -> Result<Self, Error> {
        let count: Option<i64> = row.read::<Option<i64>>("an aggregate", value)?;
        Ok(count
            .and_then(|count| count.try_into().ok())
            .unwrap_or_default())
    }
}

macro_rules! aggregate_tuples {
    ($($value:ident)* => $longer:ty) => {
        impl<$($value: AggregateValue),*> Growing for ($($value,)*) {
            type Longer<T: AggregateValue> = $longer;
        }

        aggregate_tuples!($($value)*);
    };
    ($($value:ident)*) => {
        impl<$($value: AggregateValue),*> Aggregates for ($($value,)*) {
            fn read(_row: &GroupRow, values: &[&JsonValue]) -> Result<Self, Error> {
                let mut _values = values.iter();
                Ok(($($value::read(_row, _values.next().expect("BUG: each aggregate has a column"))?,)*))
            }
        }
    };
}

aggregate_tuples!(=> (T,));
aggregate_tuples!(A => (A, T));
aggregate_tuples!(A B => (A, B, T));
aggregate_tuples!(A B C => (A, B, C, T));
aggregate_tuples!(A B C D => (A, B, C, D, T));
aggregate_tuples!(A B C D E => (A, B, C, D, E, T));
aggregate_tuples!(A B C D E F);

/// A condition on groups.
#[derive(Clone, Debug)]
pub struct Having {
    pub(super) column: String,
    pub(super) operator: Operator,
    pub(super) value: JsonValue,
}

impl Having {
    /// Whether the condition holds for a group.
    pub(super) fn holds(&self, row: &GroupRow) -> bool {
        let value = row.column(&self.column);
        if value.is_boolean() {
            return false;
        }
        let ordering = compare(value, &self.value);
        match self.operator {
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Ne => ordering.is_ne(),
            _ => ordering.is_eq(),
        }
    }
}

/// An aggregate to make a condition of.
#[derive(Clone, Debug)]
pub struct Aggregated(String);

/// The number of records of a group.
pub fn count() -> Aggregated {
    Aggregated("__count".to_owned())
}

impl<M: Model, K: Summed, C> Field<M, K, C> {
    /// The sum, to make a condition on groups: `.having(F.amount_total.sum().gt(100))`.
    pub fn sum(&self) -> Aggregated {
        Aggregated(format!("{}:sum", self.meta().name()))
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident = $operator:ident;)*) => {
        impl Aggregated {
            $(
                $(#[$doc])*
                pub fn $name(self, value: impl Into<f64>) -> Having {
                    Having { column: self.0, operator: Operator::$operator, value: value.into().into() }
                }
            )*
        }
    };
}

comparisons! {
    /// Equal.
    eq = Eq;
    /// Not equal.
    ne = Ne;
    /// Less.
    lt = Lt;
    /// Less or equal.
    le = Le;
    /// Greater.
    gt = Gt;
    /// Greater or equal.
    ge = Ge;
}
