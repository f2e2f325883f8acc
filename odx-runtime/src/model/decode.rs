//! The row reader: fills the slots of rows from the JSON of an answer.

use std::fmt;

use jiter::{Jiter, Peek};

use super::{Blank, Cell, FieldMeta, Mismatch, Model, Projection, Slot, slot::AN_INTEGER};

/// What to do where a row lacks a field that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Odoo sends every field it was asked for, so it is an error.
    Refuse,
    /// The row was read with fewer fields; the slot stays blank.
    Blank,
}

/// A row that does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The model, such as `res.partner`.
    pub model: &'static str,
    /// The record's id, where it came before the error.
    pub id: Option<i64>,
    /// The field, where the error is in one.
    pub field: Option<&'static str>,
    /// What was expected.
    pub expected: String,
    /// What came, cut short.
    pub found: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.model)?;
        if let Some(id) = self.id {
            write!(f, "({id})")?;
        }
        if let Some(field) = self.field {
            write!(f, ".{field}")?;
        }
        write!(f, ": expected {}, but {} came", self.expected, self.found)
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    /// What to do next.
    pub(crate) fn advice(&self) -> String {
        let (Some(field), Some(rule)) = (self.field, self.rule()) else {
            return "if the field changed in Odoo, run `odx pull` and `odx generate`".to_owned();
        };
        format!(
            "what Odoo says of the field is wrong, so set it right in odx.toml and run `odx generate`: [[field]], match = \"{}.{field}\", {rule}",
            self.model
        )
    }

    /// What odx.toml has to say of the field. Odoo does not check what views of the database and computed fields give.
    fn rule(&self) -> Option<&'static str> {
        let found = self.found.trim_matches('`');
        match found {
            "false" | "null" => Some("optional = true"),
            _ if self.expected.starts_with(AN_INTEGER) && found.parse::<f64>().is_ok() => {
                Some("type = \"float\"")
            }
            _ => None,
        }
    }
}

/// The ids behind one nested projection of one row.
pub(crate) struct Reference {
    pub(crate) row: usize,
    pub(crate) slot: usize,
    pub(crate) ids: Vec<i64>,
}

/// The rows of one answer, and what their nested projections still lack.
pub(crate) struct Page<P> {
    pub(crate) rows: Vec<P>,
    pub(crate) ids: Vec<i64>,
    pub(crate) references: Vec<Reference>,
}

/// Reads a JSON list of rows.
///
/// # Errors
/// [`DecodeError`] names the model, the record, the field and what came.
pub fn decode_rows<P: Projection>(json: &[u8], absent: Absent) -> Result<Vec<P>, DecodeError> {
    decode_page(json, absent).map(|page| page.rows)
}

pub(crate) fn decode_page<P: Projection>(
    json: &[u8],
    absent: Absent,
) -> Result<Page<P>, DecodeError> {
    decode_with(
        json,
        P::Model::NAME,
        P::fields(),
        absent,
        P::blank,
        P::slots_mut,
    )
}

/// Hands the slots of a row to a function that fills them.
type HandOut<R> = fn(&mut R, &mut dyn FnMut(&mut [&mut dyn Slot]));

/// Reads rows of any shape: `blank` makes one, `slots` hands out its places.
pub(crate) fn decode_with<R>(
    json: &[u8],
    model: &'static str,
    fields: &[&'static FieldMeta],
    absent: Absent,
    blank: fn() -> R,
    slots: HandOut<R>,
) -> Result<Page<R>, DecodeError> {
    let mut reader = RowReader::new(json, model, fields, absent);
    let mut rows = Vec::new();
    let mut more = reader.first_row()?;
    while more {
        let mut row = blank();
        let mut read = Ok(());
        slots(&mut row, &mut |slots| read = reader.row(slots));
        read?;
        rows.push(row);
        more = reader.next_row()?;
    }
    Ok(Page {
        rows,
        ids: reader.ids,
        references: reader.references,
    })
}

/// Reads one value of an answer that is not a row. The error is what was expected.
pub(crate) fn read_one<T: Slot + Blank>(value: &serde_json::Value) -> Result<T, &'static str> {
    let text = value.to_string();
    let mut json = Jiter::new(text.as_bytes());
    let peek = json.peek().map_err(|_| "JSON")?;
    let mut slot = T::BLANK;
    match slot.fill(&mut Cell::new(&mut json, peek, &mut Vec::new())) {
        Ok(()) => Ok(slot),
        Err(Mismatch::Expected(expected)) => Err(expected),
        Err(Mismatch::Syntax(_)) => Err("JSON"),
    }
}

const ELSEWHERE: usize = usize::MAX;

/// Reads rows without knowing their type. Rows of one answer have the same keys in the same order, so the order of the
/// first row is remembered and later keys are only compared with it.
struct RowReader<'j, 'f> {
    json: Jiter<'j>,
    body: &'j [u8],
    model: &'static str,
    fields: &'f [&'static FieldMeta],
    absent: Absent,
    /// The slot of each key, in the order of the first row.
    order: Vec<(String, usize)>,
    /// The number of the row that last filled each slot.
    filled: Vec<usize>,
    row: usize,
    ids: Vec<i64>,
    references: Vec<Reference>,
    behind: Vec<i64>,
}

impl<'j, 'f> RowReader<'j, 'f> {
    fn new(
        body: &'j [u8],
        model: &'static str,
        fields: &'f [&'static FieldMeta],
        absent: Absent,
    ) -> Self {
        Self {
            json: Jiter::new(body).with_allow_inf_nan(),
            body,
            model,
            fields,
            absent,
            order: Vec::with_capacity(fields.len() + 1),
            filled: vec![0; fields.len()],
            row: 0,
            ids: Vec::new(),
            references: Vec::new(),
            behind: Vec::new(),
        }
    }

    fn first_row(&mut self) -> Result<bool, DecodeError> {
        let start = self.json.current_index();
        match self.json.peek() {
            Ok(Peek::Array) => self
                .json
                .known_array()
                .map(|row| row.is_some())
                .map_err(|_| self.not_rows(start)),
            _ => Err(self.not_rows(start)),
        }
    }

    fn next_row(&mut self) -> Result<bool, DecodeError> {
        let start = self.json.current_index();
        self.json
            .array_step()
            .map(|row| row.is_some())
            .map_err(|_| self.not_rows(start))
    }

    fn row(&mut self, slots: &mut [&mut dyn Slot]) -> Result<(), DecodeError> {
        self.row += 1;
        let mut id = None;
        let mut key_number = 0;
        let start = self.json.current_index();
        let mut slot = match self.json.next_object() {
            Ok(key) => place(&mut self.order, self.fields, 0, key),
            Err(_) => return Err(self.not_rows(start)),
        };
        while let Some((at, is_id)) = slot {
            let value_start = self.json.current_index();
            let filled = match at {
                ELSEWHERE => self.json.next_skip().map_err(Mismatch::from),
                at => self.fill(at, slots),
            };
            if let Err(mismatch) = filled {
                return Err(self.mismatch(id, at, value_start, mismatch));
            }
            if is_id {
                id = integer(self.json.slice_to_current(value_start));
            }
            key_number += 1;
            let start = self.json.current_index();
            slot = match self.json.next_key() {
                Ok(key) => place(&mut self.order, self.fields, key_number, key),
                Err(_) => return Err(self.not_rows(start)),
            };
        }
        self.ids.push(id.unwrap_or_default());
        self.all_filled(id)
    }

    fn fill(&mut self, at: usize, slots: &mut [&mut dyn Slot]) -> Result<(), Mismatch> {
        let peek = self.json.peek()?;
        let slot = slots
            .get_mut(at)
            .expect("BUG: a projection has a slot for each of its fields");
        slot.fill(&mut Cell::new(&mut self.json, peek, &mut self.behind))?;
        self.filled[at] = self.row;
        if !self.behind.is_empty() {
            let ids = std::mem::take(&mut self.behind);
            self.references.push(Reference {
                row: self.row - 1,
                slot: at,
                ids,
            });
        }
        Ok(())
    }

    fn all_filled(&self, id: Option<i64>) -> Result<(), DecodeError> {
        if self.absent == Absent::Blank {
            return Ok(());
        }
        match self.filled.iter().position(|row| *row != self.row) {
            None => Ok(()),
            Some(missing) => Err(DecodeError {
                model: self.model,
                id,
                field: Some(self.fields[missing].name()),
                expected: self.fields[missing].field_type().to_string(),
                found: "nothing".to_owned(),
            }),
        }
    }

    fn not_rows(&self, start: usize) -> DecodeError {
        DecodeError {
            model: self.model,
            id: None,
            field: None,
            expected: "a list of rows".to_owned(),
            found: excerpt(&self.body[start.min(self.body.len())..]),
        }
    }

    fn mismatch(
        &self,
        id: Option<i64>,
        at: usize,
        start: usize,
        mismatch: Mismatch,
    ) -> DecodeError {
        let field = self.fields.get(at);
        let expected = match (mismatch, field) {
            (Mismatch::Expected(what), Some(field)) => {
                format!("{what} for this {} field", field.field_type())
            }
            (Mismatch::Expected(what), None) => what.to_owned(),
            (Mismatch::Syntax(error), _) => format!("JSON ({error})"),
        };
        DecodeError {
            model: self.model,
            id,
            field: field.map(|field| field.name()),
            expected,
            found: excerpt(&self.body[start.min(self.body.len())..]),
        }
    }
}

/// The slot of the row's next key, and whether the key is `id`.
fn place(
    order: &mut Vec<(String, usize)>,
    fields: &[&FieldMeta],
    number: usize,
    key: Option<&str>,
) -> Option<(usize, bool)> {
    let key = key?;
    if let Some((known, slot)) = order.get(number)
        && known == key
    {
        return Some((*slot, key == "id"));
    }
    let slot = fields
        .iter()
        .position(|field| field.name() == key)
        .unwrap_or(ELSEWHERE);
    if number == order.len() {
        order.push((key.to_owned(), slot));
    }
    Some((slot, key == "id"))
}

fn integer(json: &[u8]) -> Option<i64> {
    std::str::from_utf8(json).ok()?.trim().parse().ok()
}

/// The JSON value at the start of `json`, cut to 80 characters.
fn excerpt(json: &[u8]) -> String {
    const LIMIT: usize = 80;
    let mut value = Jiter::new(json).with_allow_inf_nan();
    let json = match value.next_skip() {
        Ok(()) => value.slice_to_current(0),
        Err(_) => json,
    };
    let text = String::from_utf8_lossy(&json[..json.len().min(4 * LIMIT)]);
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
