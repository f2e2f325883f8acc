//! What records are grouped by.

use std::fmt;

use odx_facts::{Class, Feature, Value as Held};
use serde_json::Value as JsonValue;

use super::{cell::GroupCell, order::Shape};
use crate::{
    Error,
    domain::Requirement,
    model::{
        AnyId, Blank, Boolean, CanGroup, Char, Choice, DatePart, DateTime, Dated, Field, FieldMeta,
        FieldType, Float, Html, Integer, Key, Many2one, Model, Monetary, NaiveDate, Path,
        PropertyValue, RecordRef, Reference, Selection, Slot, Text, ToMany, ToOne, Utc, Value,
        flags, read_one,
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

/// The label.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// Kinds of fields that can be grouped by as they are.
#[diagnostic::on_unimplemented(
    message = "records cannot be grouped by a `{Self}` field as it is: group a date or datetime by `.day()`, `.week()`, `.month()`, `.quarter()` or `.year()`, in a struct by `#[odoo(key = \"date_order:month\")]`",
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

odx_facts::spans!(granularities);

/// A column that a part of the key comes in: what is asked for, and how it is read and ordered.
#[derive(Clone, Debug)]
pub struct KeyColumn {
    /// What is asked for, such as `date_order:month`.
    pub(super) spec: String,
    /// The field of the model that is grouped by, or that the path to it begins with.
    pub(super) field: &'static FieldMeta,
    pub(super) kind: KeyKind,
    pub(super) shape: Shape,
    pub(super) requirements: Vec<Requirement>,
}

/// How a field is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// By its value.
    Value,
    /// By the span of time it lies in.
    Span,
    /// By a number out of it.
    Part,
    /// By what it leads to: a field of a related record, or a property.
    Far,
}

impl KeyColumn {
    /// Whether it is a span of time, whose start `read_group` gives apart from its label.
    pub(super) fn is_span(&self) -> bool {
        self.kind == KeyKind::Span
    }

    /// Whether the key tells this aggregate of its own field: all records of a group share one value. What is stored as
    /// NULL cannot be told from false.
    pub(super) fn tells(&self, function: &str) -> bool {
        let field_type = self.field.field_type();
        let is_known = match field_type.value() {
            Held::Boolean | Held::Ids => false,
            _ => function == "count_distinct" || field_type.is(Class::Averaged),
        };
        is_known && self.kind == KeyKind::Value
    }

    /// By what a server orders the groups as is done here, if by anything.
    pub(super) fn ordered_alike(&self) -> Option<String> {
        let is_plain = self.field.has(flags::STORED) && !self.field.has(flags::COMPANY);
        if !is_plain {
            return None;
        }
        match (self.kind, self.shape) {
            (KeyKind::Value, Shape::Number | Shape::Flag) | (KeyKind::Span, _) => {
                Some(self.spec.clone())
            }
            // By itself it is ordered as its model is.
            (KeyKind::Value, Shape::Record) if !is_to_many(self.field) => {
                Some(format!("{}:min", self.field.name()))
            }
            _ => None,
        }
    }
}

fn is_to_many(field: &FieldMeta) -> bool {
    field.field_type().value() == Held::Ids
}

/// How the values of a field are ordered.
fn shape_of(field: &FieldMeta) -> Shape {
    match field.field_type().value() {
        Held::Integer if field.name() == "id" => Shape::Record,
        Held::Integer | Held::Float | Held::ResId => Shape::Number,
        Held::Boolean => Shape::Flag,
        Held::Many2one | Held::Ids => Shape::Record,
        Held::Date | Held::Datetime => Shape::Moment,
        Held::Text | Held::Selection | Held::RecordRef => Shape::Text,
        Held::Blob | Held::Json | Held::Properties | Held::PropertiesDefinition => Shape::Any,
    }
}

/// One thing that records of the model `M` are grouped by.
#[diagnostic::on_unimplemented(
    message = "records of `{M}` cannot be grouped by `{Self}`: give fields of `{M}`, such as `|r| r.state` or `|r| r.date.month()`"
)]
pub trait GroupKey<M> {
    /// The value that the records of a group share.
    type Value: Send + 'static;

    /// The column.
    fn column(&self) -> KeyColumn;

    /// Reads the value.
    ///
    /// # Errors
    /// [`Error::Decode`] where the value is of another type.
    fn read(cell: &GroupCell<'_>) -> Result<Self::Value, Error>;
}

impl<M: Model, K: Groupable, C: CanGroup> GroupKey<M> for Field<M, K, C> {
    type Value = K::Value;

    fn column(&self) -> KeyColumn {
        let field = self.meta();
        let feature = match (field.field_type(), field.name()) {
            (FieldType::Many2many, _) => Some(Feature::GROUP_BY_MANY2MANY),
            (_, "id") => Some(Feature::GROUP_BY_ID),
            _ => None,
        };
        KeyColumn {
            spec: field.name().to_owned(),
            field,
            kind: KeyKind::Value,
            shape: shape_of(field),
            requirements: feature
                .map(|feature| Requirement::new(feature, field.name()))
                .into_iter()
                .collect(),
        }
    }

    fn read(cell: &GroupCell<'_>) -> Result<K::Value, Error> {
        cell.read()
    }
}

/// A field behind a relation (Odoo 19 and on), a property (17 and on) or a number out of a date (18 and on).
impl<M, K: Groupable, C: CanGroup> GroupKey<M> for Path<M, K, C> {
    type Value = K::Value;

    fn column(&self) -> KeyColumn {
        let path = self.path();
        let text = path.to_string();
        let far = (path.steps().len() > 1).then_some(Feature::GROUP_BY_PATH);
        let (suffix, kind, shape) = match path.suffix() {
            None => (None, KeyKind::Far, shape_of(path.last())),
            Some(_) if path.last().field_type().is_date() => (
                Some(Feature::GROUP_BY_DATE_PART),
                KeyKind::Part,
                Shape::Number,
            ),
            Some(_) => (Some(Feature::GROUP_BY_PROPERTY), KeyKind::Far, Shape::Any),
        };
        let spec = match text.rsplit_once('.') {
            Some((field, part)) if kind == KeyKind::Part => format!("{field}:{part}"),
            _ => text.clone(),
        };
        KeyColumn {
            spec,
            field: path.steps()[0],
            kind,
            shape,
            requirements: far
                .into_iter()
                .chain(suffix)
                .map(|feature| Requirement::new(feature, text.clone()))
                .collect(),
        }
    }

    fn read(cell: &GroupCell<'_>) -> Result<K::Value, Error> {
        cell.read()
    }
}

impl<M: Model, K: Dated, C: CanGroup> GroupKey<M> for Granular<M, K, C> {
    type Value = Option<Period>;

    fn column(&self) -> KeyColumn {
        let field = self.field.meta();
        KeyColumn {
            spec: format!("{}:{}", field.name(), self.granularity),
            field,
            kind: KeyKind::Span,
            shape: Shape::Span,
            requirements: Vec::new(),
        }
    }

    fn read(cell: &GroupCell<'_>) -> Result<Option<Period>, Error> {
        let refused = || cell.refused("[start, label]");
        if cell.raw.is_unset() {
            return Ok(None);
        }
        let JsonValue::Array(parts) = cell.raw.json() else {
            return Err(refused());
        };
        let [start, JsonValue::String(label)] = parts.as_slice() else {
            return Err(refused());
        };
        let start = read_one::<Option<DateTime<Utc>>>(start).map_err(|_| refused())?;
        Ok(Some(Period {
            start: start.ok_or_else(refused)?,
            label: label.clone(),
        }))
    }
}

/// What records of the model `M` are grouped by: one key, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "records of `{M}` cannot be grouped by `{Self}`: give up to four fields of `{M}`, such as `|r| r.state` or `|r| (r.state, r.date.month())`"
)]
pub trait GroupKeys<M> {
    /// The values that the records of a group share.
    type Row: Send + 'static;

    /// The columns.
    fn columns(&self) -> Vec<KeyColumn>;

    /// Reads the values, in the order of the columns.
    ///
    /// # Errors
    /// [`Error::Decode`] where the value is of another type.
    fn read(cells: &[GroupCell<'_>]) -> Result<Self::Row, Error>;
}

macro_rules! single_keys {
    ($($key:ty where $($bound:path),*;)*) => {
        $(
            // Recommended, so that the compiler says why the field is no key.
            impl<M: Model, K, C: CanGroup> GroupKeys<M> for $key
            where
                $(K: $bound),*
            {
                type Row = <Self as GroupKey<M>>::Value;

                fn columns(&self) -> Vec<KeyColumn> {
                    vec![self.column()]
                }

                fn read(cells: &[GroupCell<'_>]) -> Result<Self::Row, Error> {
                    <Self as GroupKey<M>>::read(&cells[0])
                }
            }
        )*
    };
}

single_keys! {
    Field<M, K, C> where Groupable;
    Path<M, K, C> where Groupable;
    Granular<M, K, C> where Dated;
}

macro_rules! key_tuples {
    ($($key:ident $index:tt),+) => {
        impl<M, $($key: GroupKey<M>),+> GroupKeys<M> for ($($key,)+) {
            type Row = ($($key::Value,)+);

            fn columns(&self) -> Vec<KeyColumn> {
                vec![$(self.$index.column()),+]
            }

            fn read(cells: &[GroupCell<'_>]) -> Result<Self::Row, Error> {
                Ok(($($key::read(&cells[$index])?,)+))
            }
        }
    };
}

key_tuples!(A 0);
key_tuples!(A 0, B 1);
key_tuples!(A 0, B 1, D 2);
key_tuples!(A 0, B 1, D 2, E 3);
