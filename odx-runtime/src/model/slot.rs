//! Slots: the places in a row that wire values are read into.

use std::{
    any::Any,
    borrow::Cow,
    fmt::{self, Debug},
};

use jiter::JiterError;
use serde_json::Value as JsonValue;

use super::{RecordId, lenient_json, number, scan::Scanner};
use crate::query::NestedLoader;

/// A place that holds the value of one field of one row.
///
/// The row reader fills slots; nothing else does, so that the code for a record is one list of its fields.
pub trait Slot: Any + Send {
    /// Reads the value at the cell.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch>;

    /// The value as Odoo would have sent it.
    fn to_wire(&self) -> JsonValue;

    /// Takes a copy of the value of another slot of the same type.
    fn copy(&mut self, from: &dyn Any);

    /// Shows the value, as `Debug` does.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Whether the slot can say that it has no value.
    fn holds_unset(&self) -> bool {
        false
    }

    /// How the records behind this slot are read, if it holds a projection of its own.
    fn nested(&self) -> Option<NestedLoader> {
        None
    }

    /// Takes the records with `ids` out of what the [`NestedLoader`] read. Says which record is missing.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    fn attach(&mut self, _ids: &[RecordId], _loaded: &dyn Any) -> Result<(), RecordId> {
        Ok(())
    }
}

impl Debug for dyn Slot + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f)
    }
}

/// The value of a slot before anything was read.
pub trait Blank: Sized {
    /// The value.
    const BLANK: Self;
}
/// What is expected of an integer field.
pub(super) const AN_INTEGER: &str = "an integer";

/// What is expected of a float field whose number no float is.
const A_FLOAT: &str = "a number of 64 bits";

/// Why a slot did not take a value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Mismatch {
    /// Something else than this was expected.
    Expected(&'static str),
    /// What came is not JSON.
    Syntax(String),
}

impl From<JiterError> for Mismatch {
    fn from(error: JiterError) -> Self {
        match error.error_type {
            jiter::JiterErrorType::JsonError(error) => Self::Syntax(error.to_string()),
            jiter::JiterErrorType::WrongType { .. } => Self::Expected("another type"),
        }
    }
}

/// One value of a row, about to be read.
pub struct Cell<'a, 'j> {
    json: &'a mut Scanner<'j>,
    references: &'a mut Vec<RecordId>,
}

impl<'a, 'j> Cell<'a, 'j> {
    pub(super) fn new(json: &'a mut Scanner<'j>, references: &'a mut Vec<RecordId>) -> Self {
        Self { json, references }
    }

    /// Skips the value if it is unset: `false`, or the `null` that properties of Odoo 16 to 18 have.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[inline]
    pub fn unset(&mut self) -> Result<bool, Mismatch> {
        match self.json.peek() {
            b'f' => self.word("false").map(|()| true),
            b'n' => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    #[inline]
    fn word(&mut self, word: &'static str) -> Result<(), Mismatch> {
        if self.json.take_all(word.as_bytes()) {
            Ok(())
        } else {
            // It begins like the word and is none: jiter says what is wrong.
            self.json.skip()
        }
    }

    /// A boolean. Odoo has sent `0` and `1` from SQL views.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    pub fn boolean(&mut self) -> Result<bool, Mismatch> {
        if self.unset()? {
            return Ok(false);
        }
        if self.json.peek() == b't' {
            return self.word("true").map(|()| true);
        }
        match self.integer() {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Err(Mismatch::Syntax(error)) => Err(Mismatch::Syntax(error)),
            _ => Err(Mismatch::Expected("true or false")),
        }
    }

    /// An integer; a float without a fraction is one (SQL views send them).
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[inline]
    pub fn integer(&mut self) -> Result<i64, Mismatch> {
        const EXPECTED: Mismatch = Mismatch::Expected(AN_INTEGER);
        if let Some(number) = self.json.small_integer() {
            return Ok(number);
        }
        if !self.json.is_number() {
            return Err(EXPECTED);
        }
        number::integer(self.json.number()?).ok_or(EXPECTED)
    }

    /// A float; `NaN` and `Infinity` come as bare words.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[inline]
    pub fn float(&mut self) -> Result<f64, Mismatch> {
        if let Some(number) = self.json.small_decimal() {
            return Ok(number);
        }
        if let Some(number) = self.json.small_integer() {
            return number::of_integer(number).ok_or(Mismatch::Expected(A_FLOAT));
        }
        if !self.json.is_number() {
            return Err(Mismatch::Expected("a number"));
        }
        match self.json.number()? {
            b"NaN" => Ok(f64::NAN),
            b"Infinity" => Ok(f64::INFINITY),
            b"-Infinity" => Ok(f64::NEG_INFINITY),
            number => number::float(number).ok_or(Mismatch::Expected(A_FLOAT)),
        }
    }

    /// A decimal, as it was written.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[cfg(feature = "rust_decimal")]
    pub fn decimal(&mut self) -> Result<rust_decimal::Decimal, Mismatch> {
        if !self.json.is_number() {
            return Err(Mismatch::Expected("a number"));
        }
        number::decimal(self.json.number()?)
            .ok_or(Mismatch::Expected("a finite number of 28 digits at most"))
    }

    /// A number, as it was written.
    #[cfg(feature = "arrow")]
    pub(crate) fn number(&mut self) -> Result<&'j [u8], Mismatch> {
        if !self.json.is_number() {
            return Err(Mismatch::Expected("a number"));
        }
        self.json.number()
    }

    /// A text.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'j, str>, Mismatch> {
        self.json.text()
    }

    /// A key of a selection, read by `value`. Odoo 14 to 18 have selections whose keys are integers.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    pub fn key<S>(&mut self, value: fn(&str) -> S) -> Result<S, Mismatch> {
        match self.json.peek() {
            b'"' => Ok(value(&self.json.text()?)),
            _ if self.json.is_number() => Ok(value(&self.integer()?.to_string())),
            _ => Err(Mismatch::Expected("a key")),
        }
    }

    /// The `[id, name]` of a many2one, or the bare id that `load=None` gives.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    pub fn many2one(&mut self) -> Result<(RecordId, Option<String>), Mismatch> {
        const EXPECTED: Mismatch = Mismatch::Expected("[id, name]");
        if !self.json.take(b'[') {
            return Ok((self.record_id()?, None));
        }
        let id = self.record_id()?;
        if !self.json.take(b',') {
            return Err(EXPECTED);
        }
        let name = if self.unset()? {
            None
        } else {
            Some(self.text()?.into_owned())
        };
        if self.json.take(b']') {
            Ok((id, name))
        } else {
            Err(EXPECTED)
        }
    }

    /// A record's id: a number or a text.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    #[inline]
    pub fn record_id(&mut self) -> Result<RecordId, Mismatch> {
        match self.json.small_integer() {
            Some(number) => Ok(RecordId::new(number)),
            None => self.other_id(),
        }
    }

    #[cold]
    fn other_id(&mut self) -> Result<RecordId, Mismatch> {
        if self.json.peek() == b'"' {
            return RecordId::from_text(&self.text()?)
                .map_err(|_| Mismatch::Expected("an id of 14 bytes at most"));
        }
        self.integer().map(RecordId::new)
    }

    /// A list of ids.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    pub fn ids(&mut self) -> Result<Vec<RecordId>, Mismatch> {
        const EXPECTED: Mismatch = Mismatch::Expected("a list of ids");
        // Most lists are empty.
        if self.json.take_all(b"[]") {
            return Ok(Vec::new());
        }
        if !self.json.take(b'[') {
            return Err(EXPECTED);
        }
        // A list takes up to twice the room of its ids.
        let most = self.json.memory / (2 * size_of::<RecordId>());
        let mut ids = Vec::new();
        if self.json.take(b']') {
            return Ok(ids);
        }
        loop {
            if ids.len() == most {
                return Err(Mismatch::Expected("values within the limit of memory"));
            }
            // Each is stored where it is made: to move 16 bytes that were just written in two parts has to wait for them.
            match self.json.small_integer() {
                Some(number) => ids.push(RecordId::new(number)),
                None => ids.push(self.other_id()?),
            }
            if self.json.take(b']') {
                self.json.memory -= ids.len() * 2 * size_of::<RecordId>();
                return Ok(ids);
            }
            if !self.json.take(b',') {
                return Err(EXPECTED);
            }
        }
    }

    /// Any JSON. `NaN` and `Infinity`, which JSON does not have, become null.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    pub fn json(&mut self) -> Result<JsonValue, Mismatch> {
        json_value(self.json.value()?).map_err(Mismatch::Syntax)
    }

    /// Notes the records behind a nested projection; they are read after the page.
    pub(super) fn refer(&mut self, ids: impl IntoIterator<Item = RecordId>) {
        self.references.extend(ids);
    }
}

/// The integer that a float is. Beyond 2^53 a float does not tell neighbouring integers apart.
pub(crate) fn integral(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

/// Parses JSON in which Python may have left `NaN` and `Infinity`; they become null.
fn json_value(json: &[u8]) -> Result<JsonValue, String> {
    serde_json::from_slice(json).or_else(|error| lenient_json(json).map_err(|_| error.to_string()))
}
