//! Conditions on groups.

use serde_json::{Value as JsonValue, json};

use super::{
    aggregate::{Aggregate, Column},
    number::Number,
};
use crate::{
    Error,
    domain::Operator,
    model::{Field, Model},
    query::group::Summed,
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

/// An aggregate to make a condition of.
#[derive(Clone, Debug)]
pub struct Aggregated(Column);

/// The number of records of a group.
pub fn count() -> Aggregated {
    Aggregated(Column::Count)
}

impl<M: Model, K: Summed, C> Field<M, K, C> {
    /// The sum, to make a condition on groups: `.having(|o| o.amount_total.sum().gt(100))`.
    pub fn sum(&self) -> Aggregated {
        Aggregated(Column::Aggregate(Aggregate {
            field: self.meta(),
            function: "sum",
        }))
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
