//! Which Rust types hold which kinds of fields: what the fields of a projection may be.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value as JsonValue;

use super::{
    AnyId, Binary, Blank, Blob, Boolean, Char, Choice, Date, Datetime, Float, Html, Id, Integer,
    Json, Key, Many2one, Monetary, Projection, Properties, PropertiesDefinition, Property,
    PropertyDefinition, RecordRef, Reference, ResId, Selection, Slot, Text, ToMany, ToOne, Unknown,
    Value, mistakes,
};

/// The Rust type that a field of the kind is read as, where nothing else is said: in a tuple, and in the
/// message to who holds it in another.
pub trait Selectable {
    /// The type.
    type Value: Slot + Blank + Send + 'static;
}

macro_rules! selectable {
    ($($kind:ident => $value:ty;)*) => {
        $(
            impl Selectable for $kind {
                type Value = $value;
            }
        )*
    };
}

selectable! {
    Char => Option<String>;
    Text => Option<String>;
    Html => Option<String>;
    Integer => i64;
    Float => f64;
    Monetary => f64;
    Boolean => bool;
    Date => Option<NaiveDate>;
    Datetime => Option<DateTime<Utc>>;
    Binary => Option<Blob>;
    Reference => Option<RecordRef>;
    AnyId => ResId;
    Json => Option<JsonValue>;
    Properties => Vec<Property>;
    PropertiesDefinition => Vec<PropertyDefinition>;
    Unknown => JsonValue;
}

impl<M: 'static> Selectable for Key<M> {
    type Value = Id<M>;
}

impl<M: 'static> Selectable for ToOne<M> {
    type Value = Option<Many2one<M>>;
}

impl<M: 'static> Selectable for ToMany<M> {
    type Value = Vec<Id<M>>;
}

impl<S: Selection + Value> Selectable for Choice<S> {
    type Value = Option<S>;
}

/// The Rust types that hold a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a `{K}` field: hold it in `{Wanted}`",
    label = "`{Wanted}` is wanted",
    note = "the id of a many2one alone is held by `Option<Id<..>>` of the model that it leads to; where it is always set, by `Id<..>`",
    note = "a relation is held, too, by a struct with `#[derive(OdooModel)] #[odoo(model = ..)]` of the model that it leads to, `Option<S>` or `Vec<S>`, and any field by `serde_json::Value`"
)]
pub trait Holds<K: Selectable, Wanted: ?Sized = <K as Selectable>::Value>: Slot {
    /// Whether the type has no room for unset.
    const NEEDS_VALUE: bool = false;

    /// The value before anything was read.
    #[doc(hidden)]
    fn blank() -> Self
    where
        Self: Sized;
}

macro_rules! holds {
    ($([$($generics:tt)*] $ty:ty => $($kind:ty)|+ $(, $needs:ident)?;)*) => {
        $(holds!(@kinds [$($generics)*] $ty, ($($kind)|+) ($($needs)?));)*
    };
    (@kinds $generics:tt $ty:ty, ($($kind:ty)|+) $needs:tt) => {
        $(holds!(@impl $generics $ty, $kind, $needs);)*
    };
    (@impl [$($generics:tt)*] $ty:ty, $kind:ty, ()) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Holds<$kind> for $ty {
            fn blank() -> Self {
                <Self as Blank>::BLANK
            }
        }
    };
    (@impl [$($generics:tt)*] $ty:ty, $kind:ty, (needs_value)) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Holds<$kind> for $ty {
            const NEEDS_VALUE: bool = true;

            fn blank() -> Self {
                <Self as Blank>::BLANK
            }
        }
    };
}

holds! {
    [] String => Char | Text | Html | Date | Datetime | Reference, needs_value;
    [S: Selection + Value] String => Choice<S>, needs_value;
    [S: Selection + Value] S => Choice<S>, needs_value;
    [] i64 => Integer;
    [] i64 => AnyId, needs_value;
    [M: 'static] i64 => Key<M>;
    [] f64 => Float | Monetary;
    [] bool => Boolean;
    [] NaiveDate => Date, needs_value;
    [] NaiveDateTime => Datetime, needs_value;
    [] DateTime<Utc> => Datetime, needs_value;
    [] Blob => Binary, needs_value;
    [] RecordRef => Reference, needs_value;
    [] ResId => AnyId;
    [] Vec<Property> => Properties;
    [] Vec<PropertyDefinition> => PropertiesDefinition;
    [K: Selectable] JsonValue => K;
    [M: 'static] Id<M> => Key<M>;
    [M: 'static] Id<M> => ToOne<M>, needs_value;
    [M: 'static] Many2one<M> => ToOne<M>, needs_value;
    [M: 'static] Vec<Id<M>> => ToMany<M>;
}

#[cfg(feature = "jiff")]
holds! {
    [] jiff::civil::Date => Date, needs_value;
    [] jiff::Timestamp => Datetime, needs_value;
}

#[cfg(feature = "time")]
holds! {
    [] time::Date => Date, needs_value;
    [] time::OffsetDateTime => Datetime, needs_value;
}

#[cfg(feature = "rust_decimal")]
holds! {
    [] rust_decimal::Decimal => Float | Monetary;
}

/// Unset is `None`.
#[diagnostic::do_not_recommend]
impl<K: Selectable, T: Holds<K> + Value> Holds<K> for Option<T> {
    fn blank() -> Self {
        None
    }
}

/// The record behind the relation.
#[diagnostic::do_not_recommend]
impl<M: 'static, P: Projection<Model = M> + Sync> Holds<ToOne<M>> for P {
    const NEEDS_VALUE: bool = true;

    fn blank() -> Self {
        P::blank()
    }
}

/// There for its message: one record does not hold several.
impl<M: 'static, P: Projection<Model = M> + Sync> Holds<ToMany<M>> for P
where
    mistakes::Made<P>: mistakes::OneForSeveral<P>,
{
    fn blank() -> Self {
        P::blank()
    }
}

/// The records behind the relation.
#[diagnostic::do_not_recommend]
impl<M: 'static, P: Projection<Model = M> + Sync> Holds<ToMany<M>> for Vec<P> {
    fn blank() -> Self {
        Vec::new()
    }
}
