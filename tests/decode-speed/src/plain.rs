//! What a careful user writes without odx: structs with serde's derive, and the functions that it needs for what Odoo
//! sends. Unset is `false`, a many2one is `[id, name]`, and dates are texts.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

include!(concat!(env!("OUT_DIR"), "/plain.rs"));

/// The `[id, name]` of a many2one.
#[derive(Deserialize)]
pub struct Many2one(i64, #[serde(deserialize_with = "or_unset")] Option<String>);

/// `None` for `false`. It buffers nothing, unlike an untagged enum.
fn or_unset<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(OrUnset(PhantomData))
}

struct OrUnset<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OrUnset<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("false or a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        if value {
            Err(E::custom("unexpected true"))
        } else {
            Ok(None)
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(list)).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

/// 0 for `false`.
fn or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct OrZero;

    impl Visitor<'_> for OrZero {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("false or an id")
        }

        fn visit_bool<E: Error>(self, _: bool) -> Result<i64, E> {
            Ok(0)
        }

        fn visit_u64<E: Error>(self, id: u64) -> Result<i64, E> {
            i64::try_from(id).map_err(E::custom)
        }
    }

    deserializer.deserialize_any(OrZero)
}

/// A date or datetime, without a copy of its text.
struct Text<T>(fn(&str) -> chrono::ParseResult<T>);

impl<T> Visitor<'_> for Text<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("false or a date")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        (self.0)(value).map(Some).map_err(E::custom)
    }
}

fn parse_date(text: &str) -> chrono::ParseResult<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
}

fn parse_datetime(text: &str) -> chrono::ParseResult<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map(|time| time.and_utc())
}

fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDate>, D::Error> {
    deserializer.deserialize_any(Text(parse_date))
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    optional_date(deserializer)?.ok_or_else(|| D::Error::custom("a required date is unset"))
}

fn optional_datetime<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    deserializer.deserialize_any(Text(parse_datetime))
}

fn datetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    optional_datetime(deserializer)?.ok_or_else(|| D::Error::custom("a required datetime is unset"))
}

/// A value as Odoo would have sent it, to compare what was read.
pub trait Wire {
    /// The value on the wire.
    fn wire(&self) -> Value;
}

macro_rules! wire {
    ($($ty:ty: |$value:ident| $json:expr;)*) => {
        $(impl Wire for $ty {
            fn wire(&self) -> Value {
                let $value = self;
                $json
            }
        })*
    };
}

wire! {
    i64: |value| json!(value);
    f64: |value| json!(value);
    bool: |value| json!(value);
    String: |value| json!(value);
    Value: |value| value.clone();
    Vec<i64>: |value| json!(value);
    Vec<Value>: |value| json!(value);
    NaiveDate: |value| value.to_string().into();
    DateTime<Utc>: |value| value.format("%Y-%m-%d %H:%M:%S").to_string().into();
    Many2one: |value| json!([value.0, value.1.wire()]);
}

impl<T: Wire> Wire for Option<T> {
    fn wire(&self) -> Value {
        self.as_ref().map_or(Value::Bool(false), T::wire)
    }
}
