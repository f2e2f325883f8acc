//! Selections: keys of a list.

use serde_json::Value as JsonValue;

/// A key of a selection on the wire. `res.users` of Odoo 14 to 18 has selections whose keys are integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionKey {
    /// Text.
    Text(&'static str),
    /// An integer.
    Integer(i64),
}

impl SelectionKey {
    /// A text.
    pub const fn of(text: &'static str) -> Self {
        Self::Text(text)
    }

    /// An integer, given as text.
    pub const fn integer(text: &'static str) -> Self {
        match i64::from_str_radix(text, 10) {
            Ok(number) => Self::Integer(number),
            Err(_) => Self::Text(text),
        }
    }

    /// The key as JSON.
    pub fn to_json(self) -> JsonValue {
        match self {
            Self::Text(text) => text.into(),
            Self::Integer(number) => number.into(),
        }
    }
}

/// A selection's values. Generated code implements it by `selection!` and `selection_text!`.
pub trait Selection: Sized + Send + 'static {
    /// The keys that were known when the code was generated.
    const KEYS: &'static [SelectionKey];

    /// The value with that key; a key that is not known is kept.
    fn from_key(key: &str) -> Self;

    /// The key.
    fn key(&self) -> &str;

    /// The key as it is on the wire.
    fn to_json(&self) -> JsonValue {
        let key = self.key();
        let integer = Self::KEYS
            .iter()
            .any(|known| matches!(known, SelectionKey::Integer(n) if n.to_string() == key));
        match key.parse::<i64>() {
            Ok(number) if integer => number.into(),
            _ => key.into(),
        }
    }
}
