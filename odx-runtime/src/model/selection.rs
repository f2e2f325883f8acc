//! Selections: keys of a list.

use std::{
    fmt,
    hash::{Hash, Hasher},
    mem::discriminant,
};

use serde_json::Value as JsonValue;

use super::Keys;

/// A selection's values. Generated code implements it by `selection!` and `selection_text!`, as tables: a `match` with an
/// arm a key costs three times as much to compile.
pub trait Selection: Clone + Sized + Send + 'static {
    /// The keys that were known when the code was generated.
    const KEYS: &'static [&'static str];

    /// Those of the keys that are integers on the wire: `res.users` of Odoo 14 to 18 has such selections.
    const INTEGERS: &'static [&'static str] = &[];

    /// The values with these keys, in the same order; none where every value is held as text.
    #[doc(hidden)]
    const VALUES: &'static [Self];

    /// A value with no key.
    #[doc(hidden)]
    const BLANK: Self;

    /// The value with a key that has none of its own.
    #[doc(hidden)]
    fn other(key: String) -> Self;

    /// The key of a value that has none of its own.
    #[doc(hidden)]
    fn as_other(&self) -> Option<&str>;

    /// The value with that key; a key that is not known is kept.
    fn from_key(key: &str) -> Self {
        let place = Self::KEYS.iter().position(|known| *known == key);
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
        Self::KEYS[place.expect("BUG: each value of a selection has a key")]
    }

    /// The key as it is on the wire.
    fn to_json(&self) -> JsonValue {
        key_to_json(self.key(), Self::INTEGERS)
    }
}

/// The keys of a selection, for its fields' descriptions.
#[doc(hidden)]
pub const fn keys<S: Selection>() -> Keys {
    Keys {
        all: S::KEYS,
        integers: S::INTEGERS,
    }
}

/// Whether two values have the same key. The generated impls of the standard traits forward here, which costs less to
/// compile than what they would say.
#[doc(hidden)]
pub fn same_key<S: Selection>(left: &S, right: &S) -> bool {
    left.key() == right.key()
}

/// Hashes the key of a value.
#[doc(hidden)]
pub fn hash_key<S: Selection, H: Hasher>(value: &S, state: &mut H) {
    value.key().hash(state);
}

/// Shows the key of a value.
#[doc(hidden)]
pub fn show_key<S: Selection>(value: &S, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(value.key())
}

/// Shows the key of a value in quotes.
#[doc(hidden)]
pub fn debug_key<S: Selection>(value: &S, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(value.key(), f)
}

fn key_to_json(key: &str, integers: &[&str]) -> JsonValue {
    let number = integers.contains(&key).then(|| key.parse::<i64>().ok());
    number.flatten().map_or_else(|| key.into(), JsonValue::from)
}
