//! Which Rust values can be compared with which kinds of fields.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use serde_json::Value as JsonValue;

use super::Relative;
use crate::model::{
    AnyId, Binary, Blob, Boolean, CalendarType, Char, Choice, Date, DatePart, Datetime, Float,
    Html, Id, Integer, Json, Key, Many2one, Monetary, Properties, PropertiesDefinition,
    PropertyValue, RecordRef, Reference, ResId, Selection, Text, ToMany, ToOne, Unknown, number,
};

/// A value that can be compared with a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a `{K}` field, which is compared with `{Wanted}`",
    label = "`{Wanted}` is wanted",
    note = "a text is taken for a selection or a date only where it is written out in `domain!`: of one in a variable make the value first, by `from_key(text)`, `text.parse::<NaiveDate>()?` or `text.parse::<DateTime<Utc>>()?`",
    note = "an id that is known by its number is `Id::new(5)`; unset is `.is_unset()`"
)]
pub trait OperandFor<K: ComparedWith, Wanted: ?Sized = <K as ComparedWith>::Value> {
    /// The value on the wire.
    fn into_wire(self) -> JsonValue;
}

/// What a kind of field is compared with: the type that a message names to who gives another.
pub trait ComparedWith {
    /// The type; others that say the same are taken, too.
    type Value: ?Sized;
    /// The literal that `domain!` takes for it.
    type Literal: ?Sized;
}

macro_rules! wanted {
    ($([$($generics:tt)*] $kind:ty: $value:ty, $literal:ty;)*) => {
        $(
            impl<$($generics)*> ComparedWith for $kind {
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
    [] Binary: Blob, str;
    [] Reference: RecordRef, str;
    [] AnyId: ResId, i64;
    [] DatePart: i64, i64;
    [] PropertyValue: str, str;
    [] Json: JsonValue, str;
    [] Properties: JsonValue, str;
    [] PropertiesDefinition: JsonValue, str;
    [] Unknown: JsonValue, str;
    [M] Key<M>: Id<M>, i64;
    [M] ToOne<M>: Id<M>, i64;
    [M] ToMany<M>: Id<M>, i64;
    [S] Choice<S>: S, str;
}

/// A text that `like` and its kin look for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a text, and `like` and its kin look for a text, as in `.ilike(\"acme\")`",
    label = "not a text"
)]
pub trait Pattern {
    /// The text.
    fn as_text(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str> + ?Sized> Pattern for T {
    fn as_text(&self) -> &str {
        self.as_ref()
    }
}

/// `None` is unset: `false` on the wire.
#[diagnostic::do_not_recommend]
impl<K: ComparedWith, V: OperandFor<K>> OperandFor<K> for Option<V> {
    fn into_wire(self) -> JsonValue {
        self.map_or(JsonValue::Bool(false), V::into_wire)
    }
}

macro_rules! operands {
    ($($($ty:ty)|+ => $($kind:ty)|+: |$value:ident| $wire:expr;)*) => {
        $(operands!(@types ($($ty)|+) ($($kind)|+) $value $wire);)*
    };
    (@types ($($ty:ty)|+) $kinds:tt $value:ident $wire:expr) => {
        $(operands!(@kinds $ty, $kinds $value $wire);)*
    };
    (@kinds $ty:ty, ($($kind:ty)|+) $value:ident $wire:expr) => {
        $(
            #[diagnostic::do_not_recommend]
            impl OperandFor<$kind> for $ty {
                fn into_wire(self) -> JsonValue {
                    let $value = self;
                    $wire
                }
            }
        )*
    };
}

operands! {
    &str | &&str | String | &String | Cow<'_, str> => Char | Text | Html | PropertyValue: |text| JsonValue::from(AsRef::<str>::as_ref(&text));
    i8 | i16 | i32 | i64 | u8 | u16 | u32 => Integer | Float | Monetary | AnyId | DatePart | PropertyValue:
        |number| number.into();
    f64 => Float | Monetary | PropertyValue: |number| number::sent(number);
    f32 => Float | Monetary | PropertyValue: |number| number::sent(number::shortest(number));
    bool => Boolean | PropertyValue: |value| value.into();
    NaiveDate => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    NaiveDate => Datetime: |date| date.to_calendar().written_date().into();
    NaiveDateTime => Datetime: |datetime| datetime.to_calendar().compared_datetime().into();
    NaiveDateTime => PropertyValue: |datetime| datetime.to_calendar().compared_with_property().into();
    Relative | &Relative => Date | Datetime: |relative| relative.to_string().into();
    RecordRef | &RecordRef => Reference: |reference| reference.to_string().into();
    ResId => AnyId: |id| id.0.into();
    JsonValue => PropertyValue: |value| value;
}

#[cfg(feature = "jiff")]
operands! {
    jiff::civil::Date => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    jiff::Timestamp => Datetime: |datetime| datetime.to_calendar().compared_datetime().into();
    jiff::Timestamp => PropertyValue: |datetime| datetime.to_calendar().compared_with_property().into();
}

#[cfg(feature = "time")]
operands! {
    time::Date => Date | PropertyValue: |date| date.to_calendar().written_date().into();
    time::OffsetDateTime => Datetime: |datetime| datetime.to_calendar().compared_datetime().into();
    time::OffsetDateTime => PropertyValue: |datetime| datetime.to_calendar().compared_with_property().into();
}

#[cfg(feature = "rust_decimal")]
operands! {
    rust_decimal::Decimal => Float | Monetary | PropertyValue: |number| crate::model::Slot::to_wire(&number);
}

/// Datetimes are UTC on the wire, so any zone will do.
#[diagnostic::do_not_recommend]
impl<Z: TimeZone> OperandFor<Datetime> for DateTime<Z> {
    fn into_wire(self) -> JsonValue {
        self.with_timezone(&Utc)
            .to_calendar()
            .compared_datetime()
            .into()
    }
}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> OperandFor<PropertyValue> for DateTime<Z> {
    fn into_wire(self) -> JsonValue {
        self.with_timezone(&Utc)
            .to_calendar()
            .compared_with_property()
            .into()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selection> OperandFor<Choice<S>> for S {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selection> OperandFor<Choice<S>> for &S {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

macro_rules! id_operands {
    ($($kind:ident)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<M> OperandFor<$kind<M>> for Id<M> {
                fn into_wire(self) -> JsonValue {
                    self.to_json()
                }
            }

            #[diagnostic::do_not_recommend]
            impl<M> OperandFor<$kind<M>> for &Id<M> {
                fn into_wire(self) -> JsonValue {
                    self.to_json()
                }
            }

            #[diagnostic::do_not_recommend]
            impl<M> OperandFor<$kind<M>> for Many2one<M> {
                fn into_wire(self) -> JsonValue {
                    self.id.to_json()
                }
            }

            #[diagnostic::do_not_recommend]
            impl<M> OperandFor<$kind<M>> for &Many2one<M> {
                fn into_wire(self) -> JsonValue {
                    self.id.to_json()
                }
            }
        )*
    };
}

id_operands!(Key ToOne ToMany);

#[diagnostic::do_not_recommend]
impl<M> OperandFor<AnyId> for Id<M> {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<M> OperandFor<PropertyValue> for Id<M> {
    fn into_wire(self) -> JsonValue {
        self.to_json()
    }
}
