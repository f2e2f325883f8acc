//! The rows of a file: texts under the column names of an import, whatever the form of the file.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::columns::{self, Holds};
use super::{parquet_values, quotes};
use crate::export::Format;
use crate::failure::Failure;

/// The column that tells why a row was refused. It is left out where the file is imported again.
pub(super) const REASON: &str = "refused_because";

/// The column of a row's external id.
const EXTERNAL_ID: &str = "id";

/// The rows of a file as objects, each with its line.
type Objects = Vec<(u64, Map<String, Value>)>;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// The line that each row stands in, from 1; of Parquet the number of the row.
    pub(super) lines: Vec<u64>,
}

impl Table {
    /// Reads a file. `holds` tells of what the fields are.
    pub(super) fn read(
        path: &Path,
        format: Format,
        holds: &dyn Fn(&str) -> Holds,
    ) -> Result<Self, Failure> {
        match format {
            Format::Csv => Self::of_csv(path),
            Format::Jsonl => Self::of_objects(path, format, json_lines(path)?, holds),
            Format::Parquet => Self::of_objects(path, format, parquet_rows(path)?, holds),
            Format::Arrow => Err(unreadable(
                path,
                0,
                "an import reads CSV, JSON Lines and Parquet",
            )),
        }
    }

    /// The external ids of the rows. A row that has not the cells of the others may have another text there.
    pub(super) fn external_ids(&self) -> impl Iterator<Item = &str> {
        let place = self.columns.iter().position(|name| name == EXTERNAL_ID);
        let rows = self.rows.iter();
        rows.filter_map(move |row| Some(row.get(place?)?.trim()))
    }

    fn of_csv(path: &Path) -> Result<Self, Failure> {
        let failed = |error: csv::Error| {
            let line = error.position().map_or(0, csv::Position::line);
            match error.kind() {
                csv::ErrorKind::Utf8 { .. } => {
                    unreadable(path, line, "it is no UTF-8: save the file in that encoding")
                }
                _ => unreadable(path, line, &error.to_string()),
            }
        };
        let text = fs::read(path).map_err(Failure::io("read", path))?;
        if let Some((line, why)) = quotes::wrong(&text) {
            return Err(unreadable(path, line, why));
        }
        // Rows that are too short or too long are told with the others.
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&*text);
        let names: Vec<String> = reader
            .headers()
            .map_err(failed)?
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        if let [only] = names.as_slice()
            && only.contains([';', '\t'])
        {
            let why = "cells are separated by commas, and there is none: save the file with commas between them";
            return Err(unreadable(path, 1, why));
        }
        let (columns, places) = columns::of_csv(&names);
        let (mut rows, mut lines) = (Vec::<Vec<String>>::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(failed)?;
            lines.push(record.position().map_or(0, csv::Position::line));
            rows.push(match record.len() == names.len() {
                true => places
                    .iter()
                    .map(|place| record[*place].to_owned())
                    .collect(),
                false => record.iter().map(str::to_owned).collect(),
            });
            // One of another length than that of the columns has to stay one.
            if record.len() != names.len()
                && let Some(row) = rows.last_mut()
                && row.len() == columns.len()
            {
                row.push(String::new());
            }
        }
        Ok(Self {
            path: path.to_owned(),
            format: Format::Csv,
            columns,
            rows,
            lines,
        })
    }

    fn of_objects(
        path: &Path,
        format: Format,
        objects: Objects,
        holds: &dyn Fn(&str) -> Holds,
    ) -> Result<Self, Failure> {
        let mut names: Vec<String> = Vec::new();
        let mut known = BTreeSet::new();
        for name in objects.iter().flat_map(|(_, object)| object.keys()) {
            if name != REASON && known.insert(name) {
                names.push(name.clone());
            }
        }
        let columns = columns::of_objects(&names, &objects, holds)
            .map_err(|(line, why)| unreadable(path, line, &why))?;
        let (mut rows, mut lines) = (Vec::with_capacity(objects.len()), Vec::new());
        for (line, object) in &objects {
            let mut row = Vec::with_capacity(names.len());
            for name in &names {
                let value = object.get(name).ok_or_else(|| {
                    let why = format!(
                        "`{name}` is missing: all rows have the same keys, and null clears a field"
                    );
                    unreadable(path, *line, &why)
                })?;
                row.push(
                    columns::text(value, holds(name))
                        .map_err(|why| unreadable(path, *line, &format!("`{name}` {why}")))?,
                );
            }
            rows.push(row);
            lines.push(*line);
        }
        Ok(Self {
            path: path.to_owned(),
            format,
            columns,
            rows,
            lines,
        })
    }
}

pub(super) fn unreadable(path: &Path, line: u64, message: &str) -> Failure {
    Failure::Table {
        path: path.to_owned(),
        line,
        message: message.to_owned(),
    }
}

fn json_lines(path: &Path) -> Result<Objects, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::io("read", path))?;
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let object = object(line).map_err(|why| unreadable(path, number, &why))?;
            Ok((number, object))
        })
        .collect()
}

/// The digits as they are. What no number of JSON is written as stays a text: one of many digits loses none of them, and what
/// is no number is refused where it stands.
pub(super) fn number(digits: &str) -> Value {
    match digits.parse::<Number>() {
        Ok(number) if number.to_string() == digits => number.into(),
        _ => digits.into(),
    }
}

/// A line as an object.
fn object(line: &str) -> Result<Map<String, Value>, String> {
    // The line is told already.
    let told =
        |error: serde_json::Error| error.to_string().replace("at line 1 column", "at column");
    let written: Members<'_> =
        serde_json::from_str(line).map_err(|error| match error.is_data() {
            true => "it is no object".to_owned(),
            false => told(error),
        })?;
    let mut object = Map::new();
    for (name, value) in written.0 {
        let text = value.get();
        let value = match serde_json::from_str(text).map_err(told)? {
            Value::Number(_) => number(text),
            value => value,
        };
        if object.contains_key(&name) {
            return Err(format!("`{name}` stands twice in it"));
        }
        object.insert(name, value);
    }
    Ok(object)
}

/// The members of an object, one that stands twice, too: a map keeps the last of them.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        json.deserialize_map(Each)
    }
}

fn parquet_rows(path: &Path) -> Result<Objects, Failure> {
    let file = File::open(path).map_err(Failure::io("read", path))?;
    let failed = |error: &dyn std::fmt::Display| unreadable(path, 0, &error.to_string());
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| failed(&error))?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| failed(&error))?;
        for row in 0..batch.num_rows() {
            let number = rows.len() as u64 + 1;
            let object = parquet_values::object(&batch, row);
            rows.push((
                number,
                object.map_err(|why| unreadable(path, number, &why))?,
            ));
        }
    }
    Ok(rows)
}
