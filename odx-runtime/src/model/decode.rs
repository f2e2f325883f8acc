//! The row reader: fills the slots of rows from the JSON of an answer.

use std::fmt;

use super::{
    Blank, Cell, FieldMeta, Mismatch, Model, Projection, RecordId, Slot, found, number,
    scan::Scanner, slot::AN_INTEGER,
};
use crate::secret::Secrets;

/// What to do where a row lacks a field that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Odoo sends every field it was asked for, so it is an error.
    Refuse,
    /// The row was read with fewer fields; the slot stays blank.
    Blank,
}

/// A row that does not fit its type.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// The model, such as `res.partner`.
    pub model: &'static str,
    /// The record's id, where it came before the error.
    pub id: Option<RecordId>,
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
            write!(f, "({id:?})")?;
        }
        if let Some(field) = self.field {
            write!(f, ".{field}")?;
        }
        write!(f, ": expected {}, but {} came", self.expected, self.found)
    }
}

impl std::error::Error for DecodeError {}

odx_facts::debug_as_told!(DecodeError);

impl DecodeError {
    /// What to do next.
    pub(crate) fn advice(&self) -> String {
        // Of no field: the generated models have no part in it.
        if self.field.is_none() {
            return "the answer broke off, or what answered is no Odoo: ask again, and look at what stands between".to_owned();
        }
        let (Some(field), Some(rule)) = (self.field, self.rule()) else {
            return "if the field changed in Odoo, run `odx pull` and `odx generate`, or, of a struct written by hand, give its \
                    field this type"
                .to_owned();
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
            _ if self.expected.starts_with(AN_INTEGER)
                && number::float(found.as_bytes()).is_some() =>
            {
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
    pub(crate) ids: Vec<RecordId>,
}

/// The rows of one answer, and what their nested projections still lack.
pub(crate) struct Page<P> {
    pub(crate) rows: Vec<P>,
    /// The rows' ids; rows of SQL views may have none.
    pub(crate) ids: Vec<Option<RecordId>>,
    pub(crate) references: Vec<Reference>,
    /// Row, slot and what was wrong with the value, where such values are passed over.
    pub(crate) unfit: Vec<(usize, usize, DecodeError)>,
}

/// Reads a JSON list of rows.
///
/// # Errors
/// [`DecodeError`] names the model, the record, the field and what came.
pub fn decode_rows<P: Projection>(json: &[u8], absent: Absent) -> Result<Vec<P>, DecodeError> {
    let (model, fields) = (P::Model::NAME, P::fields());
    let slots: AddSlots<P> = P::slots_mut;
    let mut reader = PageReader::new(json, model, fields, absent, P::blank, slots);
    while reader.read_on(usize::MAX)? {}
    if !reader.reader.json.rest().trim_ascii().is_empty() {
        return Err(reader.reader.not_rows());
    }
    Ok(reader.rows)
}

/// Adds the slots of a row to a list.
pub(crate) type AddSlots<R> = for<'a> fn(&'a mut R, &mut Vec<&'a mut dyn Slot>);

/// Reads rows of any shape, piece by piece: `blank` makes one, `slots` hands out its places.
pub(crate) struct PageReader<'j, 'f, R, S = AddSlots<R>> {
    reader: RowReader<'j, 'f>,
    rows: Vec<R>,
    blank: fn() -> R,
    slots: S,
}

impl<'j, 'f, R, S> PageReader<'j, 'f, R, S>
where
    S: for<'a> Fn(&'a mut R, &mut Vec<&'a mut dyn Slot>),
{
    pub(crate) fn new(
        json: &'j [u8],
        model: &'static str,
        fields: &'f [&'static FieldMeta],
        absent: Absent,
        blank: fn() -> R,
        slots: S,
    ) -> Self {
        Self {
            reader: RowReader::new(json, model, fields, absent),
            rows: Vec::new(),
            blank,
            slots,
        }
    }

    /// Reads no more values than fit in so many bytes, beside the rows themselves.
    pub(crate) fn within(mut self, memory: usize) -> Self {
        self.reader.json.memory = memory;
        self
    }

    /// Shows none of these secrets in an error.
    pub(crate) fn without(mut self, secrets: Secrets) -> Self {
        self.reader.secrets = secrets;
        self
    }

    /// Leaves blank a value that does not fit, and notes it in [`Page::unfit`].
    pub(crate) fn passing_over_unfit(mut self) -> Self {
        self.reader.passes_over_unfit = true;
        self
    }

    /// Reads rows, until so many bytes of JSON are behind. Whether there may be more.
    pub(crate) fn read_on(&mut self, bytes: usize) -> Result<bool, DecodeError> {
        let (blank, slots) = (self.blank, &self.slots);
        let (reader, rows) = (&mut self.reader, &mut self.rows);
        let end = reader.json.position().saturating_add(bytes);
        let mut more = match rows.is_empty() {
            true => reader.first_row()?,
            false => reader.next_row()?,
        };
        while more {
            rows.push(blank());
            let row = rows.last_mut().expect("BUG: a row was pushed");
            let mut list = Vec::with_capacity(reader.fields.len());
            slots(row, &mut list);
            reader.row(&mut list)?;
            if rows.len() == 1 {
                rows.reserve(reader.rows_left());
            }
            if reader.json.position() >= end {
                return Ok(true);
            }
            more = reader.next_row()?;
        }
        Ok(false)
    }

    /// The rows, and where their list ends.
    pub(crate) fn finish(self) -> (Page<R>, usize) {
        let end = self.reader.json.position();
        let page = Page {
            rows: self.rows,
            ids: self.reader.ids,
            references: self.reader.references,
            unfit: self.reader.unfit,
        };
        (page, end)
    }
}

/// Reads one value of an answer that is not a row. The error is what was expected.
pub(crate) fn read_one<T: Slot + Blank>(value: &serde_json::Value) -> Result<T, &'static str> {
    read_json(value.to_string().as_bytes())
}

/// Reads one value that is not in a row, as it came. The error is what was expected.
pub(crate) fn read_json<T: Slot + Blank>(json: &[u8]) -> Result<T, &'static str> {
    let mut json = Scanner::new(json);
    let mut slot = T::BLANK;
    match slot.fill(&mut Cell::new(&mut json, &mut Vec::new())) {
        Ok(()) => Ok(slot),
        Err(Mismatch::Expected(expected)) => Err(expected),
        Err(Mismatch::Syntax(_)) => Err("JSON"),
    }
}

/// Rows of one answer have the same keys in the same order. What stands between the values of the first row is
/// remembered, and later rows are only compared with it.
struct RowReader<'j, 'f> {
    json: Scanner<'j>,
    body: &'j [u8],
    model: &'static str,
    fields: &'f [&'static FieldMeta],
    absent: Absent,
    keys: Vec<Key<'j>>,
    /// The number of the row that last filled each slot.
    filled: Vec<usize>,
    row: usize,
    ids: Vec<Option<RecordId>>,
    references: Vec<Reference>,
    behind: Vec<RecordId>,
    secrets: Secrets,
    passes_over_unfit: bool,
    unfit: Vec<(usize, usize, DecodeError)>,
}

/// One key of the first row.
#[derive(Clone, Copy)]
struct Key<'j> {
    /// The bytes between the value before and its own: `, "name": `.
    lead: &'j [u8],
    /// The slot it fills; none for a key that was not asked for.
    slot: Option<usize>,
    is_id: bool,
}

impl<'j, 'f> RowReader<'j, 'f> {
    fn new(
        body: &'j [u8],
        model: &'static str,
        fields: &'f [&'static FieldMeta],
        absent: Absent,
    ) -> Self {
        Self {
            json: Scanner::new(body),
            body,
            model,
            fields,
            absent,
            keys: Vec::with_capacity(fields.len() + 1),
            filled: vec![0; fields.len()],
            row: 0,
            ids: Vec::new(),
            references: Vec::new(),
            behind: Vec::new(),
            secrets: Secrets::default(),
            passes_over_unfit: false,
            unfit: Vec::new(),
        }
    }

    /// Whether there is a row at all.
    fn first_row(&mut self) -> Result<bool, DecodeError> {
        if !self.json.take(b'[') {
            return Err(self.not_rows());
        }
        Ok(!self.json.take(b']'))
    }

    fn next_row(&mut self) -> Result<bool, DecodeError> {
        if self.json.take(b',') {
            return Ok(true);
        }
        if self.json.take(b']') {
            return Ok(false);
        }
        Err(self.not_rows())
    }

    /// A guess, from the length of what was read, at how many rows are left. It is an eighth too high, because rows that
    /// do not fit are all moved, and stays within a page's usual size.
    fn rows_left(&self) -> usize {
        const MOST: usize = 1_000;
        let guess = self.json.rest().len() / self.json.position();
        (guess + guess / 8).min(MOST)
    }

    fn row(&mut self, slots: &mut [&mut dyn Slot]) -> Result<(), DecodeError> {
        self.row += 1;
        let mut id = None;
        let mut number = 0;
        while let Some(key) = self.key(number)? {
            let (start, memory) = (self.json.position(), self.json.memory);
            let filled = match key.slot {
                None => self.json.skip(),
                Some(slot) => self.fill(slot, slots),
            };
            if let Err(mismatch) = filled {
                self.pass_over(id, key.slot, (start, memory), mismatch)?;
            }
            if key.is_id {
                id = record_id(self.json.since(start));
            }
            number += 1;
        }
        self.ids.push(id);
        self.all_filled(id)
    }

    /// The row's next key; `None` at the end of the row.
    fn key(&mut self, number: usize) -> Result<Option<Key<'j>>, DecodeError> {
        if let Some(key) = self.keys.get(number).copied()
            && self.json.take_lead(key.lead)
        {
            return Ok(Some(key));
        }
        if self.ends(number) {
            return Ok(None);
        }
        self.new_key(number).map(Some)
    }

    /// Takes the end of the row, if it is next.
    fn ends(&mut self, number: usize) -> bool {
        match number {
            0 => self.json.take_all(b"{}"),
            _ => self.json.take(b'}'),
        }
    }

    /// A key that does not stand where it stood in the first row.
    fn new_key(&mut self, number: usize) -> Result<Key<'j>, DecodeError> {
        /// How many keys a row may have beside those that were asked for; Odoo adds the id.
        const SPARE: usize = 16;
        let start = self.json.position();
        if number > self.fields.len() + SPARE {
            return Err(self.refused(None, None, "the fields that were asked for", "more".into()));
        }
        let opens = if number == 0 { b'{' } else { b',' };
        if !self.json.take(opens) {
            return Err(self.not_rows());
        }
        let key = self.json.position();
        let name = match self.json.text() {
            Ok(name) if self.json.take(b':') => name,
            _ => return Err(self.no_rows_at(key)),
        };
        self.json.peek();
        let key = Key {
            lead: self.json.since(start),
            slot: self.slot(&name, number),
            is_id: name == "id",
        };
        if number == self.keys.len() {
            self.keys.push(key);
        }
        Ok(key)
    }

    /// The slot of a field. Odoo sends the fields in the order they were asked for.
    fn slot(&self, name: &str, number: usize) -> Option<usize> {
        let is_named = |at: &usize| {
            let field = self.fields.get(*at);
            field.is_some_and(|field| field.name() == name)
        };
        std::iter::once(number)
            .chain(0..self.fields.len())
            .find(is_named)
    }

    fn fill(&mut self, at: usize, slots: &mut [&mut dyn Slot]) -> Result<(), Mismatch> {
        let slot = slots
            .get_mut(at)
            .expect("BUG: a projection has a slot for each of its fields");
        slot.fill(&mut Cell::new(&mut self.json, &mut self.behind))?;
        if std::mem::replace(&mut self.filled[at], self.row) == self.row {
            return Err(Mismatch::Expected("one value in a row"));
        }
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

    /// Passes over a value that does not fit, where that is asked for.
    #[cold]
    fn pass_over(
        &mut self,
        id: Option<RecordId>,
        slot: Option<usize>,
        (start, memory): (usize, usize),
        mismatch: Mismatch,
    ) -> Result<(), DecodeError> {
        let error = self.mismatch(id, slot, start, mismatch);
        let Some(slot) = slot.filter(|_| self.passes_over_unfit) else {
            return Err(error);
        };
        self.json.go_back(start, memory);
        if self.json.skip().is_err() {
            return Err(error);
        }
        self.filled[slot] = self.row;
        self.behind.clear();
        self.unfit.push((self.row - 1, slot, error));
        Ok(())
    }

    fn all_filled(&self, id: Option<RecordId>) -> Result<(), DecodeError> {
        if self.absent == Absent::Blank {
            return Ok(());
        }
        match self.filled.iter().position(|row| *row != self.row) {
            None => Ok(()),
            Some(missing) => {
                let field = self.fields[missing];
                let expected = field.field_type().to_string();
                Err(self.refused(id, Some(field), &expected, "nothing".into()))
            }
        }
    }

    fn not_rows(&self) -> DecodeError {
        self.no_rows_at(self.json.position())
    }

    fn no_rows_at(&self, start: usize) -> DecodeError {
        let found = found(&self.body[start..], &self.secrets);
        self.refused(None, None, "a list of rows", found)
    }

    fn mismatch(
        &self,
        id: Option<RecordId>,
        slot: Option<usize>,
        start: usize,
        mismatch: Mismatch,
    ) -> DecodeError {
        let field = slot.map(|slot| self.fields[slot]);
        let expected = match (mismatch, field) {
            (Mismatch::Expected(what), Some(field)) => {
                format!("{what} for this {} field", field.field_type())
            }
            (Mismatch::Expected(what), None) => what.to_owned(),
            (Mismatch::Syntax(error), _) => format!("JSON ({})", self.secrets.shown(&error, 200)),
        };
        let found = found(&self.body[start..], &self.secrets);
        self.refused(id, field, &expected, found)
    }

    #[cold]
    fn refused(
        &self,
        id: Option<RecordId>,
        field: Option<&'static FieldMeta>,
        expected: &str,
        found: String,
    ) -> DecodeError {
        DecodeError {
            model: self.model,
            // An id may be a text.
            id: id.filter(|id| self.secrets.scrub(&id.to_string()) == id.to_string()),
            field: field.map(|field| field.name()),
            expected: expected.to_owned(),
            found,
        }
    }
}

fn record_id(json: &[u8]) -> Option<RecordId> {
    let mut json = Scanner::new(json);
    Cell::new(&mut json, &mut Vec::new()).record_id().ok()
}
