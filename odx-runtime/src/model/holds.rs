//! Which Rust types hold which kinds of fields: what the fields of a projection may be.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value as JsonValue;

use super::{
    AnyId, Binary, Blank, Blob, Boolean, Char, Choice, Date, Datetime, Float, Html, Id, Integer,
    Key, Many2one, Monetary, Projection, Properties, PropertiesDefinition, Property,
    PropertyDefinition, RecordRef, Reference, ResId, Selection, Slot, Text, ToMany, ToOne, Value,
};

/// The Rust types that hold a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a `{K}` field: text fits `Option<String>`, integer `i64`, float `f64`, boolean `bool`, date `Option<NaiveDate>`, datetime `Option<DateTime<Utc>>`, selection `Option<ItsType>`, many2one `Option<Many2one<M>>`, one2many and many2many `Vec<Id<M>>`, any relation a projection of its model that derives `Clone` and `Debug`, and anything `serde_json::Value`",
    label = "cannot hold a `{K}` field"
)]
pub trait Holds<K>: Slot {
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
    [S: Selection] String => Choice<S>, needs_value;
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
    [K] JsonValue => K;
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
impl<K, T: Holds<K> + Value> Holds<K> for Option<T> {
    fn blank() -> Self {
        None
    }
}

/// The record behind the relation.
#[diagnostic::do_not_recommend]
impl<M, P: Projection<Model = M> + Clone + Debug + Sync> Holds<ToOne<M>> for P {
    const NEEDS_VALUE: bool = true;

    fn blank() -> Self {
        P::blank()
    }
}

/// The records behind the relation.
#[diagnostic::do_not_recommend]
impl<M, P: Projection<Model = M> + Clone + Debug + Sync> Holds<ToMany<M>> for Vec<P> {
    fn blank() -> Self {
        Vec::new()
    }
}
