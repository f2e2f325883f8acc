//! Slots: the places in a row that wire values are read into.

use std::{any::Any, fmt::Debug};

use jiter::{Jiter, JiterError, NumberAny, NumberInt, Peek};
use serde_json::Value as JsonValue;

use crate::query::NestedLoader;

/// A place that holds the value of one field of one row.
///
/// The row reader fills slots; nothing else does, so that the code for a record is one list of its fields.
pub trait Slot: Any + Debug + Send {
    /// Reads the value at the cell.
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch>;

    /// The value as Odoo would have sent it.
    fn to_wire(&self) -> JsonValue;

    /// Takes a copy of the value of another slot of the same type.
    fn copy(&mut self, from: &dyn Any);

    /// How the records behind this slot are read, if it holds a projection of its own.
    fn nested(&self) -> Option<NestedLoader> {
        None
    }

    /// Takes the records with `ids` out of what the [`NestedLoader`] read. Says which record is missing.
    fn attach(&mut self, _ids: &[i64], _loaded: &dyn Any) -> Result<(), i64> {
        Ok(())
    }
}

/// The value of a slot before anything was read.
pub trait Blank: Sized {
    /// The value.
    const BLANK: Self;
}
/// What is expected of an integer field.
pub(super) const AN_INTEGER: &str = "an integer";

/// Why a slot did not take a value.
#[derive(Debug)]
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
    json: &'a mut Jiter<'j>,
    peek: Peek,
    references: &'a mut Vec<i64>,
}

impl<'a, 'j> Cell<'a, 'j> {
    pub(super) fn new(json: &'a mut Jiter<'j>, peek: Peek, references: &'a mut Vec<i64>) -> Self {
        Self {
            json,
            peek,
            references,
        }
    }

    /// Skips the value if it is unset: `false`, or the `null` that properties of Odoo 16 to 18 have.
    pub fn unset(&mut self) -> Result<bool, Mismatch> {
        match self.peek {
            Peek::False => self.json.known_bool(self.peek)?,
            Peek::Null => {
                self.json.known_null()?;
                false
            }
            _ => return Ok(false),
        };
        Ok(true)
    }

    /// A boolean. Odoo has sent `0` and `1` from SQL views.
    pub fn boolean(&mut self) -> Result<bool, Mismatch> {
        match self.peek {
            Peek::True | Peek::False => Ok(self.json.known_bool(self.peek)?),
            Peek::Null => {
                self.json.known_null()?;
                Ok(false)
            }
            peek if peek.is_num() => match self.integer()? {
                0 => Ok(false),
                1 => Ok(true),
                _ => Err(Mismatch::Expected("true or false")),
            },
            _ => Err(Mismatch::Expected("true or false")),
        }
    }

    /// An integer; a float without a fraction is one (SQL views send them).
    pub fn integer(&mut self) -> Result<i64, Mismatch> {
        const EXPECTED: Mismatch = Mismatch::Expected(AN_INTEGER);
        if !self.peek.is_num() {
            return Err(EXPECTED);
        }
        match self.json.known_number(self.peek)? {
            NumberAny::Int(NumberInt::Int(number)) => Ok(number),
            // 2^53: beyond it a float does not tell neighbouring integers apart.
            NumberAny::Float(number)
                if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 =>
            {
                Ok(number as i64)
            }
            NumberAny::Float(_) => Err(EXPECTED),
        }
    }

    /// A float; `NaN` and `Infinity` come as bare words.
    pub fn float(&mut self) -> Result<f64, Mismatch> {
        if !self.peek.is_num() {
            return Err(Mismatch::Expected("a number"));
        }
        Ok(self.json.known_float(self.peek)?)
    }

    /// A text.
    pub fn text(&mut self) -> Result<&str, Mismatch> {
        if self.peek != Peek::String {
            return Err(Mismatch::Expected("a text"));
        }
        Ok(self.json.known_str()?)
    }

    /// A key of a selection, read by `value`. Odoo 14 to 18 have selections whose keys are integers.
    pub fn key<S>(&mut self, value: fn(&str) -> S) -> Result<S, Mismatch> {
        if self.peek.is_num() {
            return Ok(value(&self.integer()?.to_string()));
        }
        match self.peek {
            Peek::String => Ok(value(self.json.known_str()?)),
            _ => Err(Mismatch::Expected("a key")),
        }
    }

    /// The `[id, name]` of a many2one, or the bare id that `load=None` gives.
    pub fn many2one(&mut self) -> Result<(i64, Option<String>), Mismatch> {
        const EXPECTED: Mismatch = Mismatch::Expected("[id, name]");
        if self.peek != Peek::Array {
            return Ok((self.record_id()?, None));
        }
        self.peek = self.json.known_array()?.ok_or(EXPECTED)?;
        let id = self.record_id()?;
        self.peek = self.json.array_step()?.ok_or(EXPECTED)?;
        let name = if self.unset()? {
            None
        } else {
            Some(self.text()?.to_owned())
        };
        match self.json.array_step()? {
            None => Ok((id, name)),
            Some(_) => Err(EXPECTED),
        }
    }

    /// A record's id. Odoo's `account.root` has ids of text; those that are numbers are taken.
    fn record_id(&mut self) -> Result<i64, Mismatch> {
        if self.peek == Peek::String {
            return self
                .text()?
                .parse()
                .map_err(|_| Mismatch::Expected("an id that is a number"));
        }
        self.integer()
    }

    /// A list of ids.
    pub fn ids(&mut self) -> Result<Vec<i64>, Mismatch> {
        if self.peek != Peek::Array {
            return Err(Mismatch::Expected("a list of ids"));
        }
        let mut ids = Vec::new();
        let mut next = self.json.known_array()?;
        while let Some(peek) = next {
            self.peek = peek;
            ids.push(self.record_id()?);
            next = self.json.array_step()?;
        }
        Ok(ids)
    }

    /// Any JSON. `NaN` and `Infinity`, which JSON does not have, become null.
    pub fn json(&mut self) -> Result<JsonValue, Mismatch> {
        let start = self.json.current_index();
        self.json.known_skip(self.peek)?;
        json_value(self.json.slice_to_current(start)).map_err(Mismatch::Syntax)
    }

    /// Notes the records behind a nested projection; they are read after the page.
    pub(super) fn refer(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.references.extend(ids);
    }
}

/// Parses JSON in which Python may have left `NaN` and `Infinity`; they become null.
fn json_value(json: &[u8]) -> Result<JsonValue, String> {
    serde_json::from_slice(json)
        .or_else(|error| crate::session::lenient_json(json).map_err(|_| error.to_string()))
}
