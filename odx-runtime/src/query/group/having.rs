//! Conditions on groups.

use serde_json::{Value as JsonValue, json};

use super::{
    aggregate::{Aggregate, Averaged, Column, Extreme, Summed},
    number::Number,
    plan::GroupOrder,
};
use crate::{
    Error,
    domain::Operator,
    model::{Field, Model},
};

/// A condition on groups. One on an aggregate that is unset holds for no group.
#[derive(Clone, Debug)]
pub struct Having {
    pub(super) column: Column,
    operator: Operator,
    value: Number,
}

impl Having {
    /// Refuses a value that is no number.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.value {
            Number::Float(value) if !value.is_finite() => Err(Error::usage(format!(
                "`{} {} {value}` is no condition on groups: give a finite number",
                self.column.spec(),
                self.operator.as_str(),
            ))),
            _ => Ok(()),
        }
    }

    /// Whether the condition holds for a value; for none it does not, as in SQL.
    pub(super) fn holds(&self, value: Option<Number>) -> bool {
        let Some(value) = value else {
            return false;
        };
        let ordering = value.cmp(&self.value);
        match self.operator {
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Ne => ordering.is_ne(),
            _ => ordering.is_eq(),
        }
    }

    pub(super) fn to_json(&self) -> JsonValue {
        json!([
            self.column.spec(),
            self.operator.as_str(),
            self.value.to_json()
        ])
    }
}

/// An aggregate to make a condition or an order of.
#[derive(Clone, Debug)]
pub struct Aggregated(Column);

/// An aggregate to make an order of.
#[derive(Clone, Debug)]
pub struct Ranked(Column);

macro_rules! orders {
    ($($ranked:ident)*) => {
        $(
            impl $ranked {
                /// The groups with the smallest first; those where it is unset last.
                pub fn asc(self) -> GroupOrder {
                    GroupOrder { column: self.0, descending: false }
                }

                /// The groups with the largest first; those where it is unset last.
                pub fn desc(self) -> GroupOrder {
                    GroupOrder { column: self.0, descending: true }
                }
            }
        )*
    };
}

orders!(Aggregated Ranked);

/// The number of records of a group.
pub fn count() -> Aggregated {
    Aggregated(Column::Count)
}

impl<M: Model, K, C> Field<M, K, C> {
    fn column(&self, function: &'static str) -> Column {
        Column::Aggregate(Aggregate {
            field: self.meta(),
            function,
        })
    }

    /// The sum, to make a condition on groups or their order of: `.having(|o| o.amount_total.sum().gt(100))`,
    /// `.order(|o| o.amount_total.sum().desc())`.
    pub fn sum(&self) -> Aggregated
    where
        K: Summed,
    {
        Aggregated(self.column("sum"))
    }

    /// The average, to make a condition on groups or their order of.
    pub fn avg(&self) -> Aggregated
    where
        K: Averaged,
    {
        Aggregated(self.column("avg"))
    }

    /// The smallest value, to order groups by.
    pub fn min(&self) -> Ranked
    where
        K: Extreme,
    {
        Ranked(self.column("min"))
    }

    /// The largest value, to order groups by.
    pub fn max(&self) -> Ranked
    where
        K: Extreme,
    {
        Ranked(self.column("max"))
    }

    /// The number of different values, to make a condition on groups or their order of.
    pub fn count_distinct(&self) -> Aggregated {
        Aggregated(self.column("count_distinct"))
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident = $operator:ident;)*) => {
        impl Aggregated {
            $(
                $(#[$doc])*
                pub fn $name(self, value: impl Into<Number>) -> Having {
                    Having { column: self.0, operator: Operator::$operator, value: value.into() }
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
