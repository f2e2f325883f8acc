//! The rows as they were given, and as they are sent.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as JsonValue};

use super::{
    cell::{Cell, external},
    column::{Column, Form},
    outcome::{Fault, Refused, Why},
};
use crate::{Error, model::number};

/// The column of a row's external id, and the one of its id.
const EXTERNAL_ID: &str = "id";
const ID: &str = ".id";

/// Rows as they were given.
pub(super) enum Given {
    /// External ids, and values as `create` takes them.
    Values(Vec<(String, Map<String, JsonValue>)>),
    /// Columns as `load` takes them, and their texts.
    Texts {
        columns: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

/// A row that can be sent.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) row: usize,
    pub(super) external_id: String,
    /// The values by the place of their column, in rising order.
    pub(super) cells: Vec<(usize, Cell)>,
    /// Those that are sent when all rows are there.
    pub(super) later: Vec<(usize, Cell)>,
}

/// What a name of a column says.
struct Heading<'a> {
    field: &'a str,
    form: Form,
}

impl Given {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Values(rows) => rows.len(),
            Self::Texts { rows, .. } => rows.len(),
        }
    }

    /// The names of the fields that rows have values for.
    ///
    /// # Errors
    /// [`Error::Usage`] of columns that no import has.
    pub(super) fn fields(&self) -> Result<Vec<String>, Error> {
        match self {
            Self::Values(rows) => {
                let names: BTreeSet<&String> =
                    rows.iter().flat_map(|(_, row)| row.keys()).collect();
                Ok(names.into_iter().cloned().collect())
            }
            Self::Texts { columns, .. } => {
                let fields = headings(columns)?.into_iter().flatten();
                Ok(fields.map(|heading| heading.field.to_owned()).collect())
            }
        }
    }

    /// The rows that can be sent, and those that cannot. The columns are those of [`fields`](Self::fields).
    pub(super) fn lines(self, columns: &[Column]) -> Result<(Vec<Line>, Vec<Refused>), Error> {
        let rows: Vec<(String, Row)> = match self {
            Self::Values(rows) => {
                let place: HashMap<&str, usize> = columns
                    .iter()
                    .enumerate()
                    .map(|(place, column)| (&*column.name, place))
                    .collect();
                rows.into_iter()
                    .map(|(id, values)| (id, of_values(columns, &place, values)))
                    .collect()
            }
            Self::Texts {
                columns: names,
                rows,
            } => {
                let headings = headings(&names)?;
                rows.into_iter()
                    .map(|cells| of_texts(columns, &headings, cells))
                    .collect()
            }
        };
        Ok(sorted_out(rows))
    }
}

/// The values of a row, or what is wrong with them.
type Row = Result<Vec<(usize, Cell)>, Vec<Fault>>;

fn of_values(
    columns: &[Column],
    place: &HashMap<&str, usize>,
    values: Map<String, JsonValue>,
) -> Row {
    let (mut cells, mut faults) = (Vec::with_capacity(values.len()), Vec::new());
    for (name, value) in values {
        let Some(place) = place.get(&*name).copied() else {
            continue;
        };
        match typed(&columns[place], &value) {
            Ok(cell) => cells.push((place, cell)),
            Err(why) => faults.push(Fault::of(&name, shown(&value), Why::NotSent(why))),
        }
    }
    match faults.is_empty() {
        true => Ok(cells),
        false => Err(faults),
    }
}

fn typed(column: &Column, value: &JsonValue) -> Result<Cell, String> {
    match number::not_finite(value) {
        Some(number) => Err(format!("{number} is no finite number")),
        // What serde_json makes of a float that is none.
        None if value.is_null() && column.ty.is_number() => {
            Err("it is no finite number".to_owned())
        }
        None => Cell::of_json(column, value),
    }
}

fn shown(value: &JsonValue) -> String {
    match value {
        JsonValue::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn of_texts(
    columns: &[Column],
    headings: &[Option<Heading<'_>>],
    texts: Vec<String>,
) -> (String, Row) {
    if texts.len() != headings.len() {
        let why = format!(
            "it has {} cells, and there are {} columns",
            texts.len(),
            headings.len()
        );
        let id = headings.iter().position(Option::is_none);
        let id = id.and_then(|id| texts.get(id)).cloned().unwrap_or_default();
        return (id, Err(vec![Fault::of_row(Why::NotSent(why))]));
    }
    let (mut id, mut place) = (String::new(), 0);
    let (mut cells, mut faults) = (Vec::with_capacity(columns.len()), Vec::new());
    for (heading, text) in headings.iter().zip(texts) {
        let Some(heading) = heading else {
            id = text;
            continue;
        };
        match Cell::of_text(&columns[place], heading.form, &text) {
            Ok(cell) => cells.push((place, cell)),
            Err(why) => faults.push(Fault::of(heading.field, text, Why::NotSent(why))),
        }
        place += 1;
    }
    match faults.is_empty() {
        true => (id, Ok(cells)),
        false => (id, Err(faults)),
    }
}

/// The external id of a row.
fn own_id(text: &str) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err(
            "it is empty: give the row an external id of its own, by which the next import knows the record".to_owned(),
        ),
        false => external(text),
    }
}

/// Refuses rows without an external id, with one that is none, and all that have the same.
fn sorted_out(rows: Vec<(String, Row)>) -> (Vec<Line>, Vec<Refused>) {
    let ids: Vec<Result<String, String>> = rows.iter().map(|(id, _)| own_id(id)).collect();
    let mut users: HashMap<&str, usize> = HashMap::with_capacity(ids.len());
    for id in ids.iter().flatten() {
        *users.entry(id).or_default() += 1;
    }
    let (mut lines, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    for (row, (given, cells)) in rows.into_iter().enumerate() {
        let mut faults = Vec::new();
        let id = match &ids[row] {
            Ok(id) => id.clone(),
            Err(why) => {
                faults.push(Fault::of(
                    EXTERNAL_ID,
                    given.clone(),
                    Why::NotSent(why.clone()),
                ));
                given
            }
        };
        if let Some(rows @ 2..) = users.get(&*id) {
            let why = format!("{rows} rows have this external id, and only one record can have it");
            faults.push(Fault::of(EXTERNAL_ID, id.clone(), Why::NotSent(why)));
        }
        match cells {
            Ok(cells) if faults.is_empty() => lines.push(Line {
                row,
                external_id: id,
                cells,
                later: Vec::new(),
            }),
            cells => {
                faults.extend(cells.err().unwrap_or_default());
                refused.push(Refused {
                    row,
                    external_id: id,
                    id: None,
                    faults,
                });
            }
        }
    }
    (lines, refused)
}

/// Takes out the lines that have faults.
pub(super) fn take_out(
    lines: &mut Vec<Line>,
    refused: &mut Vec<Refused>,
    mut faults: impl FnMut(&mut Line) -> Vec<Fault>,
) {
    let mut kept = Vec::with_capacity(lines.len());
    for mut line in lines.drain(..) {
        let faults = faults(&mut line);
        match faults.is_empty() {
            true => kept.push(line),
            false => refused.push(Refused {
                row: line.row,
                external_id: line.external_id,
                id: None,
                faults,
            }),
        }
    }
    *lines = kept;
}

/// What the names of columns say; `None` of the external id.
fn headings(columns: &[String]) -> Result<Vec<Option<Heading<'_>>>, Error> {
    let mut headings = Vec::with_capacity(columns.len());
    let mut mistakes = Vec::new();
    let (mut seen, mut ids) = (BTreeSet::new(), 0);
    for name in columns {
        let heading = match name.split_once('/') {
            None if name == EXTERNAL_ID => {
                ids += 1;
                headings.push(None);
                continue;
            }
            None if name == ID => {
                mistakes.push(
                    "`.id`: rows are known by their external ids, which stand in the column `id`"
                        .to_owned(),
                );
                continue;
            }
            None => Heading {
                field: name,
                form: Form::Plain,
            },
            Some((field, EXTERNAL_ID)) => Heading {
                field,
                form: Form::External,
            },
            Some((field, ID)) => Heading {
                field,
                form: Form::Id,
            },
            Some(_) => {
                mistakes.push(format!(
                    "`{name}`: after a relation stands nothing (its name), `/id` (its external id) or `/.id` (its id)"
                ));
                continue;
            }
        };
        if !seen.insert(heading.field) {
            mistakes.push(format!(
                "`{}`: two columns are of this field",
                heading.field
            ));
        }
        headings.push(Some(heading));
    }
    if ids != 1 {
        let there = match columns.is_empty() {
            true => "there is none".to_owned(),
            false => format!("there are `{}`", columns.join("`, `")),
        };
        mistakes.push(format!(
            "one column must be `id`, the external ids of the rows, and {there}"
        ));
    }
    match mistakes.is_empty() {
        true => Ok(headings),
        false => Err(Error::usage(format!(
            "nothing was imported: {}",
            mistakes.join("; ")
        ))),
    }
}
