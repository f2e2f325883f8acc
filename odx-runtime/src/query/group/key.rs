//! What records are grouped by.

use odx_facts::Feature;
use serde_json::Value as JsonValue;

use super::row::GroupRow;
use crate::{
    Error,
    domain::Requirement,
    model::{
        AnyId, Blank, Boolean, CanGroup, Char, Choice, DatePart, DateTime, Dated, Field, FieldType,
        Float, Html, Integer, Key, Many2one, Model, Monetary, NaiveDate, Path, PropertyValue,
        RecordRef, Reference, Selection, Slot, Text, ToMany, ToOne, Utc, Value,
    },
};

/// A span of time that the records of a group share: a month, a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment, in UTC. For a date field, midnight.
    pub start: DateTime<Utc>,
    /// How Odoo calls it, in the language of the context: `November 2026`.
    pub label: String,
}

impl Period {
    /// The day of its first moment, in UTC.
    pub fn date(&self) -> NaiveDate {
        self.start.date_naive()
    }
}

/// Kinds of fields that can be grouped by as they are.
#[diagnostic::on_unimplemented(
    message = "records cannot be grouped by a `{Self}` field as it is: group a date or datetime by `.day()`, `.week()`, `.month()`, `.quarter()` or `.year()`",
    label = "not a group of its own"
)]
pub trait Groupable {
    /// The value that the records of a group share.
    type Value: Slot + Blank + Send + 'static;
}

macro_rules! groupable {
    ($($kind:ident => $value:ty;)*) => {
        $(
            impl Groupable for $kind {
                type Value = $value;
            }
        )*
    };
}

groupable! {
    Char => Option<String>;
    Text => Option<String>;
    Html => Option<String>;
    Integer => Option<i64>;
    Float => Option<f64>;
    Monetary => Option<f64>;
    Boolean => bool;
    Reference => Option<RecordRef>;
    AnyId => Option<i64>;
    DatePart => Option<i64>;
    PropertyValue => JsonValue;
}

impl<M: 'static> Groupable for Key<M> {
    type Value = Option<Many2one<M>>;
}

impl<M: 'static> Groupable for ToOne<M> {
    type Value = Option<Many2one<M>>;
}

/// A record with several related ones is counted in the group of each.
impl<M: 'static> Groupable for ToMany<M> {
    type Value = Option<Many2one<M>>;
}

impl<S: Selection + Value> Groupable for Choice<S> {
    type Value = Option<S>;
}

/// A date or datetime field and a span of time.
pub struct Granular<M, K, C> {
    field: Field<M, K, C>,
    granularity: &'static str,
}

macro_rules! granularities {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl<M: Model, K, C> Field<M, K, C> {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> Granular<M, K, C>
                where
                    K: Dated,
                {
                    Granular { field: *self, granularity: stringify!($name) }
                }
            )*
        }
    };
}

granularities! {
    /// By hour, in the timezone of the context, as all spans of a datetime.
    hour;
    /// By day.
    day;
    /// By week.
    week;
    /// By month.
    month;
    /// By quarter.
    quarter;
    /// By year.
    year;
}

/// One thing that records of the model `M` are grouped by.
#[diagnostic::on_unimplemented(
    message = "records of `{M}` cannot be grouped by `{Self}`: give fields of `{M}`, such as `F.state` or `F.date.month()`"
)]
pub trait GroupKey<M> {
    /// The value that the records of a group share.
    type Value: Send + 'static;

    /// The name of the column, such as `date_order:month`.
    fn spec(&self) -> String;

    /// What not every version of Odoo has.
    fn requirements(&self) -> Vec<Requirement> {
        Vec::new()
    }

    /// Reads the value.
    fn read(row: &GroupRow, column: &str) -> Result<Self::Value, Error>;
}

impl<M: Model, K: Groupable, C: CanGroup> GroupKey<M> for Field<M, K, C> {
    type Value = K::Value;

    fn spec(&self) -> String {
        self.meta().name().to_owned()
    }

    fn requirements(&self) -> Vec<Requirement> {
        let meta = self.meta();
        match meta.field_type() {
            FieldType::Many2many => {
                vec![Requirement::new(Feature::GROUP_BY_MANY2MANY, meta.name())]
            }
            _ => Vec::new(),
        }
    }

    fn read(row: &GroupRow, column: &str) -> Result<K::Value, Error> {
        row.read(column, row.column(column))
    }
}

/// A field behind a relation (Odoo 19 and on), a property (16 and on) or a number out of a date (18 and on).
impl<M, K: Groupable, C: CanGroup> GroupKey<M> for Path<M, K, C> {
    type Value = K::Value;

    fn spec(&self) -> String {
        let path = self.path();
        let is_part = path.suffix().is_some() && path.last().field_type().is_date();
        let text = path.to_string();
        match text.rsplit_once('.') {
            Some((field, part)) if is_part => format!("{field}:{part}"),
            _ => text,
        }
    }

    fn requirements(&self) -> Vec<Requirement> {
        let path = self.path();
        let far = (path.steps().len() > 1).then_some(Feature::GROUP_BY_PATH);
        let suffix = path
            .suffix()
            .map(|_| match path.last().field_type().is_date() {
                true => Feature::GROUP_BY_DATE_PART,
                false => Feature::GROUP_BY_PROPERTY,
            });
        far.into_iter()
            .chain(suffix)
            .map(|feature| Requirement::new(feature, path.to_string()))
            .collect()
    }

    fn read(row: &GroupRow, column: &str) -> Result<K::Value, Error> {
        row.read(column, row.column(column))
    }
}

impl<M: Model, K: Dated, C: CanGroup> GroupKey<M> for Granular<M, K, C> {
    type Value = Option<Period>;

    fn spec(&self) -> String {
        format!("{}:{}", self.field.name(), self.granularity)
    }

    fn read(row: &GroupRow, column: &str) -> Result<Option<Period>, Error> {
        let value = row.column(column);
        let refused = || row.refused(column, "[start, label]", value);
        match value {
            JsonValue::Bool(false) => Ok(None),
            JsonValue::Array(parts) => {
                let [start, label] = parts.as_slice() else {
                    return Err(refused());
                };
                let start = row
                    .read::<Option<DateTime<Utc>>>(column, start)?
                    .ok_or_else(refused)?;
                Ok(Some(Period {
                    start,
                    label: label.as_str().ok_or_else(refused)?.to_owned(),
                }))
            }
            _ => Err(refused()),
        }
    }
}

/// What records of the model `M` are grouped by: one key, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "records of `{M}` cannot be grouped by `{Self}`: give a tuple of fields of `{M}`, such as `(F.state, F.date.month())`"
)]
pub trait GroupKeys<M> {
    /// The values that the records of a group share.
    type Row: Send + 'static;

    /// The columns.
    fn specs(&self) -> Vec<String>;

    /// What not every version of Odoo has.
    fn requirements(&self) -> Vec<Requirement>;

    /// Reads the values out of a row.
    fn reader(&self) -> fn(&GroupRow, &[String]) -> Result<Self::Row, Error>;
}

macro_rules! key_tuples {
    ($($key:ident $index:tt),+) => {
        impl<M, $($key: GroupKey<M>),+> GroupKeys<M> for ($($key,)+) {
            type Row = ($($key::Value,)+);

            fn specs(&self) -> Vec<String> {
                vec![$(self.$index.spec()),+]
            }

            fn requirements(&self) -> Vec<Requirement> {
                let mut requirements = Vec::new();
                $(requirements.extend(self.$index.requirements());)+
                requirements
            }

            fn reader(&self) -> fn(&GroupRow, &[String]) -> Result<Self::Row, Error> {
                |row, specs| Ok(($($key::read(row, &specs[$index])?,)+))
            }
        }
    };
}

key_tuples!(A 0);
key_tuples!(A 0, B 1);
key_tuples!(A 0, B 1, D 2);
key_tuples!(A 0, B 1, D 2, E 3);
