//! Selections: keys of a list.

use std::mem::discriminant;

use serde_json::Value as JsonValue;

/// A key of a selection on the wire. `res.users` of Odoo 14 to 18 has selections whose keys are integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionKey {
    /// Text.
    Text(&'static str),
    /// An integer, as text.
    Integer(&'static str),
}

impl SelectionKey {
    /// A text.
    pub const fn of(text: &'static str) -> Self {
        Self::Text(text)
    }

    /// An integer, given as text.
    pub const fn integer(text: &'static str) -> Self {
        Self::Integer(text)
    }

    /// The key as text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text(text) | Self::Integer(text) => text,
        }
    }

    /// The key as JSON.
    pub fn to_json(self) -> JsonValue {
        match self {
            Self::Text(text) => text.into(),
            Self::Integer(text) => text
                .parse::<i64>()
                .map_or_else(|_| text.into(), JsonValue::from),
        }
    }
}

/// A selection's values. Generated code implements it by `selection!` and `selection_text!`, as tables: a `match` with an
/// arm a key costs three times as much to compile.
pub trait Selection: Clone + Sized + Send + 'static {
    /// The keys that were known when the code was generated.
    const KEYS: &'static [SelectionKey];

    /// The values with these keys, in the same order; none where every value is held as text.
    #[doc(hidden)]
    const VALUES: &'static [Self];

    /// The value with a key that has none of its own.
    #[doc(hidden)]
    fn other(key: String) -> Self;

    /// The key of a value that has none of its own.
    #[doc(hidden)]
    fn as_other(&self) -> Option<&str>;

    /// The value with that key; a key that is not known is kept.
    fn from_key(key: &str) -> Self {
        let place = Self::KEYS.iter().position(|known| known.as_str() == key);
        match place.and_then(|place| Self::VALUES.get(place)) {
            Some(value) => value.clone(),
            None => Self::other(key.to_owned()),
        }
    }

    /// The key.
    fn key(&self) -> &str {
        if let Some(key) = self.as_other() {
            return key;
        }
        let kind = discriminant(self);
        let place = Self::VALUES
            .iter()
            .position(|value| discriminant(value) == kind);
        Self::KEYS[place.expect("BUG: each value of a selection has a key")].as_str()
    }

    /// The key as it is on the wire.
    fn to_json(&self) -> JsonValue {
        let key = self.key();
        let known = Self::KEYS.iter().find(|known| known.as_str() == key);
        known.map_or_else(|| key.into(), |known| known.to_json())
    }
}
