//! Aggregates of a group.

use super::{cell::GroupCell, order::Shape};
use crate::{
    Error,
    model::{
        Date, DateTime, Datetime, FieldMeta, FieldType, Float, Integer, Monetary, NaiveDate, Utc,
        Value, flags,
    },
};

/// One aggregate: `amount_total:sum`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aggregate {
    pub(super) field: &'static FieldMeta,
    pub(super) function: &'static str,
}

impl Aggregate {
    /// How `formatted_read_group` calls it.
    pub(super) fn spec(&self) -> String {
        format!("{}:{}", self.field.name(), self.function)
    }

    /// Refuses an aggregate of what has no column. Odoo 17 gives one of a many2many, and then counts a record in
    /// [`Group::count`](super::Group::count) once for each record that is related; the other series answer with an error.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.field.field_type() {
            FieldType::One2many | FieldType::Many2many => Err(Error::usage(format!(
                "`{}` is no aggregate that Odoo has: {} has no column; count the related records with a query of their own",
                self.spec(),
                self.field.name(),
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.field.name() == other.field.name() && self.function == other.function
    }

    pub(super) fn shape(&self) -> Shape {
        match (self.function, self.field.field_type()) {
            ("min" | "max", FieldType::Date | FieldType::Datetime) => Shape::Moment,
            _ => Shape::Number,
        }
    }

    /// Whether a server orders by it as is done here. PostgreSQL knows the microseconds of a datetime, which do not come;
    /// what has no column of its own may be ordered by something else.
    pub(super) fn is_ordered_alike(&self) -> bool {
        let is_plain = self.field.has(flags::STORED) && !self.field.has(flags::COMPANY);
        is_plain && self.field.field_type() != FieldType::Datetime
    }
}

/// A column of the answer that conditions and orders are about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// The number of records.
    Count,
    /// An aggregate.
    Aggregate(Aggregate),
}

impl Column {
    /// How `formatted_read_group` calls it.
    pub(super) fn spec(&self) -> String {
        match self {
            Self::Count => "__count".to_owned(),
            Self::Aggregate(aggregate) => aggregate.spec(),
        }
    }
}

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
    ///
    /// # Errors
    /// [`Error::Decode`] where the value is of another type.
    fn read(cells: &[GroupCell<'_>]) -> Result<Self, Error>;
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
    ///
    /// # Errors
    /// [`Error::Decode`] where the value is of another type.
    fn read(cell: &GroupCell<'_>) -> Result<Self, Error>;
}

impl<T: Value> AggregateValue for Option<T> {
    fn read(cell: &GroupCell<'_>) -> Result<Self, Error> {
        cell.read::<Self>()
    }
}

/// A number of values, which Odoo gives even where it is none.
impl AggregateValue for u64 {
    fn read(cell: &GroupCell<'_>) -> Result<Self, Error> {
        cell.read::<Option<i64>>()?
            .and_then(|count| count.try_into().ok())
            .ok_or_else(|| cell.refused("a count"))
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
            fn read(cells: &[GroupCell<'_>]) -> Result<Self, Error> {
                let mut _cells = cells.iter();
                Ok(($($value::read(_cells.next().expect("BUG: each aggregate has a cell"))?,)*))
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
