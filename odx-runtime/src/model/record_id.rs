//! What Odoo sends as an id: a number, or a text.

use std::{cmp::Ordering, fmt};

use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};
use serde_json::Value as JsonValue;

/// The id of a record of any model, as Odoo sent it: a number, or a text.
///
/// Texts are the ids of models that stand on no table of the database, such as `account.root` (Odoo 18 and on), whose
/// ids are the first letters of account codes. `"10"`, `"010"` and 10 are three ids.
///
/// It is 16 bytes and `Copy`; a text has 14 bytes at most, and a longer one is an error where it is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(Repr);

/// Numbers come before texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Number(i64),
    Text(ShortText),
}

const MOST_BYTES: usize = 14;

/// A text held in place. What follows it is zero, so that the bytes compare as the texts do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct ShortText {
    bytes: [u8; MOST_BYTES],
    length: u8,
}

/// A text that is longer than an id of Odoo may be here: 14 bytes.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is too long for an id: {} bytes, and odx holds {MOST_BYTES}", text.len())]
#[non_exhaustive]
pub struct IdTooLong {
    /// The text.
    pub text: String,
}

odx_facts::debug_as_told!(IdTooLong);

impl RecordId {
    /// The id that is a number.
    pub const fn new(id: i64) -> Self {
        Self(Repr::Number(id))
    }

    /// The id that is a text.
    ///
    /// # Errors
    /// [`IdTooLong`] for a text of more than 14 bytes.
    pub fn from_text(text: &str) -> Result<Self, IdTooLong> {
        let mut bytes = [0; MOST_BYTES];
        match bytes.get_mut(..text.len()) {
            Some(start) => start.copy_from_slice(text.as_bytes()),
            None => {
                return Err(IdTooLong {
                    text: text.to_owned(),
                });
            }
        }
        let length = text.len() as u8;
        Ok(Self(Repr::Text(ShortText { bytes, length })))
    }

    /// The number; `None` if the id is a text.
    pub const fn number(self) -> Option<i64> {
        match self.0 {
            Repr::Number(id) => Some(id),
            Repr::Text(_) => None,
        }
    }

    /// The text; `None` if the id is a number.
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Number(_) => None,
            Repr::Text(text) => {
                let bytes = &text.bytes[..usize::from(text.length)];
                Some(std::str::from_utf8(bytes).expect("BUG: it was made of a text"))
            }
        }
    }

    /// The id as Odoo sent it.
    pub fn to_json(self) -> JsonValue {
        match self.as_text() {
            Some(text) => text.into(),
            None => self.number().into(),
        }
    }

    /// Reads an id; an integral float is a number, as SQL views send them. `None` for anything else.
    pub(crate) fn from_json(json: &JsonValue) -> Option<Self> {
        Self::deserialize(json).ok()
    }

    /// Reads what stands for an id in a text, such as that of a reference: only a number as it is always written is one.
    pub(crate) fn printed(text: &str) -> Option<Self> {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Some(Self::new(number)),
            _ => Self::from_text(text).ok(),
        }
    }
}

/// A text in quotes, as it differs from the number.
impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_text() {
            Some(text) => fmt::Debug::fmt(text, f),
            None => fmt::Display::fmt(self, f),
        }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Number(id) => id.fmt(f),
            Repr::Text(_) => f.pad(self.as_text().unwrap_or_default()),
        }
    }
}

macro_rules! from_numbers {
    ($($number:ty)*) => {
        $(
            impl From<$number> for RecordId {
                fn from(id: $number) -> Self {
                    Self::new(id.into())
                }
            }
        )*
    };
}

from_numbers!(i64 i32 u32);

impl From<RecordId> for JsonValue {
    fn from(id: RecordId) -> Self {
        id.to_json()
    }
}

impl PartialEq<i64> for RecordId {
    fn eq(&self, number: &i64) -> bool {
        self.number() == Some(*number)
    }
}

impl PartialOrd<i64> for RecordId {
    fn partial_cmp(&self, number: &i64) -> Option<Ordering> {
        self.number()?.partial_cmp(number)
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_text() {
            Some(text) => serializer.serialize_str(text),
            None => self.number().serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = RecordId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<RecordId, E> {
        Ok(RecordId::new(id))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<RecordId, E> {
        i64::try_from(id)
            .map(RecordId::new)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(id), &self))
    }

    fn visit_f64<E: Error>(self, id: f64) -> Result<RecordId, E> {
        super::integral(id)
            .map(RecordId::new)
            .ok_or_else(|| E::invalid_value(Unexpected::Float(id), &self))
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<RecordId, E> {
        RecordId::from_text(id).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn text(id: &str) -> RecordId {
        RecordId::from_text(id).unwrap()
    }

    #[test]
    fn an_id_is_small_and_stays_what_it_was() {
        assert_eq!(size_of::<RecordId>(), 16);
        assert_eq!(size_of::<Option<RecordId>>(), 16);
        for id in [
            json!(10),
            json!("10"),
            json!("01"),
            json!(""),
            json!("é€😀"),
            json!(-3),
        ] {
            let read: RecordId = from_value(id.clone()).unwrap();
            assert_eq!(to_value(read).unwrap(), id);
            assert_eq!(read.to_json(), id);
        }
    }

    #[test]
    fn a_text_is_no_number_however_it_looks() {
        let ids = [RecordId::new(10), text("10"), text("010"), text("10\0")];
        for (at, id) in ids.iter().enumerate() {
            assert!(ids.iter().skip(at + 1).all(|other| other != id), "{id:?}");
        }
        assert_eq!(
            (text("10").number(), text("10").as_text()),
            (None, Some("10"))
        );
        assert_eq!(
            (RecordId::new(10).number(), RecordId::new(10).as_text()),
            (Some(10), None)
        );
        assert_eq!(
            format!("{0} {0:?} {1} {1:?}", text("10"), RecordId::new(10)),
            "10 \"10\" 10 10"
        );
    }

    #[test]
    fn numbers_come_before_texts_and_texts_are_in_order() {
        let mut ids = [
            text("b"),
            text("ab"),
            RecordId::new(7),
            text("a"),
            RecordId::new(-7),
        ];
        ids.sort();
        assert_eq!(
            ids,
            [
                RecordId::new(-7),
                RecordId::new(7),
                text("a"),
                text("ab"),
                text("b")
            ]
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_refused_and_never_cut() {
        assert_eq!(text("fourteen bytes").as_text(), Some("fourteen bytes"));
        let error = RecordId::from_text("fifteen bytes, ").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`fifteen bytes, ` is too long for an id: 15 bytes, and odx holds 14"
        );
        assert!(from_value::<RecordId>(json!("fifteen bytes, ")).is_err());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for other in [
            json!(false),
            json!(null),
            json!(1.5),
            json!(1e300),
            json!([1]),
            json!(u64::MAX),
        ] {
            assert!(from_value::<RecordId>(other.clone()).is_err(), "{other}");
        }
        assert_eq!(from_value::<RecordId>(json!(5.0)).unwrap(), 5);
    }
}
