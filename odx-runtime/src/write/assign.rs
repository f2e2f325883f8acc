//! Which Rust values can be written to which kinds of fields.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use serde_json::{Map, Value as JsonValue};

use super::Command;
use crate::model::{
    AnyId, Binary, Blob, Boolean, CalendarType, Char, Choice, Date, DatePart, Datetime, Float,
    Html, Id, Integer, Json, Key, Many2one, Monetary, Properties, PropertiesDefinition,
    PropertyDefinition, PropertyValue, RecordRef, Reference, ResId, Selection, Text, ToMany, ToOne,
    Unknown, number,
};

/// A value that can be written to a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to a `{K}` field, which takes `{Wanted}`",
    label = "`{Wanted}` is wanted",
    note = "a text is taken for a selection or a date only where it is written out in `values!`: of one in a variable make the value first, by `from_key(text)`, `text.parse::<NaiveDate>()?` or `text.parse::<DateTime<Utc>>()?`",
    note = "an id that is known by its number is `Id::new(5)`; in a row of an import a record is known by `Ref::name(..)` or `Ref::external(..)`, too",
    note = "a one2many or many2many takes a list: `[id]` is all that it then has, `[Command::Link(id)]` adds",
    note = "a field is cleared by `.clear(field)`; properties are not written as the list that was read, which would rewrite their definition"
)]
pub trait ValueFor<K: WrittenAs, Wanted: ?Sized = <K as WrittenAs>::Value> {
    /// The value on the wire.
    fn into_wire(self) -> JsonValue;
}

/// What is written to a kind of field: the type that a message names to who gives another.
pub trait WrittenAs {
    /// The type; others that say the same are taken, too.
    type Value: ?Sized;
    /// The literal that `values!` takes for it, or the type where it takes none.
    type Literal: ?Sized;
}

macro_rules! wanted {
    ($([$($generics:tt)*] $kind:ty: $value:ty, $literal:ty;)*) => {
        $(
            impl<$($generics)*> WrittenAs for $kind {
                type Value = $value;
                type Literal = $literal;
            }
        )*
    };
}

wanted! {
    [] Char: str, str;
    [] Text: str, str;
    [] Html: str, str;
    [] Integer: i64, i64;
    [] Float: f64, f64;
    [] Monetary: f64, f64;
    [] Boolean: bool, bool;
    [] Date: NaiveDate, str;
    [] Datetime: DateTime<Utc>, str;
    [] Binary: Blob, Blob;
    [] Reference: RecordRef, str;
    [] AnyId: ResId, i64;
    [] DatePart: i64, i64;
    [] PropertyValue: str, str;
    [] Json: JsonValue, JsonValue;
    [] Properties: PropertyValues, PropertyValues;
    [] PropertiesDefinition: Vec<PropertyDefinition>, Vec<PropertyDefinition>;
    [] Unknown: JsonValue, JsonValue;
    [M] Key<M>: Id<M>, Id<M>;
    [M] ToOne<M>: Id<M>, Id<M>;
    [M] ToMany<M>: [Command<M>], [Id<M>];
    [S] Choice<S>: S, str;
}

/// The values of a properties field by name. Writing replaces them all: those left out are cleared.
#[derive(Clone, Debug, Default)]
pub struct PropertyValues(Map<String, JsonValue>);

impl PropertyValues {
    /// No property has a value.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a property by its technical name. Tags and many2many take a list.
    pub fn set(mut self, name: impl Into<String>, value: impl ValueFor<PropertyValue>) -> Self {
        self.0.insert(name.into(), value.into_wire());
        self
    }
}

/// `None` clears the field.
#[diagnostic::do_not_recommend]
impl<K: WrittenAs, V: ValueFor<K>> ValueFor<K> for Option<V> {
    fn into_wire(self) -> JsonValue {
        self.map_or(JsonValue::Bool(false), V::into_wire)
    }
}

macro_rules! values {
    ($($($ty:ty)|+ => $($kind:ty)|+: |$value:ident| $wire:expr;)*) => {
        $(values!(@types ($($ty)|+) ($($kind)|+) $value $wire);)*
    };
    (@types ($($ty:ty)|+) $kinds:tt $value:ident $wire:expr) => {
        $(values!(@kinds $ty, $kinds $value $wire);)*
    };
    (@kinds $ty:ty, ($($kind:ty)|+) $value:ident $wire:expr) => {
        $(
            #[diagnostic::do_not_recommend]
            impl ValueFor<$kind> for $ty {
                fn into_wire(self) -> JsonValue {
                    let $value = self;
                    $wire
                }
            }
        )*
    };
}

values! {
    &str | String | &String | Cow<'_, str> => Char | Text | Html | PropertyValue: |text| JsonValue::from(AsRef::<str>::as_ref(&text));
    i8 | i16 | i32 | i64 | u8 | u16 | u32 => Integer | Float | Monetary | PropertyValue: |number| number.into();
    f64 => Float | Monetary | PropertyValue: |number| number::sent(number);
    f32 => Float | Monetary | PropertyValue: |number| number::sent(number::shortest(number));
    bool => Boolean | PropertyValue: |value| value.into();
    NaiveDate => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    NaiveDateTime => Datetime | PropertyValue: |datetime| datetime.to_calendar().written_datetime().into();
    RecordRef | &RecordRef => Reference: |reference| reference.to_string().into();
    ResId => AnyId: |id| id.0.into();
    Blob | &Blob => Binary: |blob| blob.written();
    &[u8] | Vec<u8> => Binary: |bytes| Blob::new(bytes).as_json().clone();
    JsonValue => Json | PropertiesDefinition | PropertyValue | Unknown: |value| value;
    PropertyValues => Properties: |values| values.0.into();
    Vec<PropertyDefinition> => PropertiesDefinition: |definitions| definitions.iter().map(PropertyDefinition::wire).collect::<Vec<_>>().into();
}

#[cfg(feature = "jiff")]
values! {
    jiff::civil::Date => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    jiff::Timestamp => Datetime | PropertyValue: |datetime| datetime.to_calendar().written_datetime().into();
}

#[cfg(feature = "time")]
values! {
    time::Date => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    time::OffsetDateTime => Datetime | PropertyValue: |datetime| datetime.to_calendar().written_datetime().into();
}

#[cfg(feature = "rust_decimal")]
values! {
    rust_decimal::Decimal => Float | Monetary | PropertyValue: |number| crate::model::Slot::to_wire(&number);
}

/// Odoo keeps UTC and refuses zones and fractions of a second: any zone is turned into UTC, and fractions are cut off.
#[diagnostic::do_not_recommend]
impl<Z: TimeZone> ValueFor<Datetime> for DateTime<Z> {
    fn into_wire(self) -> JsonValue {
        self.with_timezone(&Utc)
            .to_calendar()
            .written_datetime()
            .into()
    }
}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> ValueFor<PropertyValue> for DateTime<Z> {
    fn into_wire(self) -> JsonValue {
        <Self as ValueFor<Datetime>>::into_wire(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: ValueFor<PropertyValue>> ValueFor<PropertyValue> for Vec<V> {
    fn into_wire(self) -> JsonValue {
        self.into_iter()
            .map(V::into_wire)
            .collect::<Vec<_>>()
            .into()
    }
}

#[diagnostic::do_not_recommend]
impl<M> ValueFor<PropertyValue> for Id<M> {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selection> ValueFor<Choice<S>> for S {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selection> ValueFor<Choice<S>> for &S {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<M> ValueFor<ToOne<M>> for Id<M> {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

/// Odoo refuses the pair that it sends, so only the id is written.
#[diagnostic::do_not_recommend]
impl<M> ValueFor<ToOne<M>> for Many2one<M> {
    fn into_wire(self) -> JsonValue {
        self.id.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<M> ValueFor<ToOne<M>> for &Many2one<M> {
    fn into_wire(self) -> JsonValue {
        self.id.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<M> ValueFor<AnyId> for Id<M> {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}
