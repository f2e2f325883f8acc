//! The file of the rows that were refused: of the form of the imported one, with the reason beside each.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use odx_runtime::arrow::RecordBatch;
use odx_runtime::arrow::arrow_array::{ArrayRef, StringArray};
use odx_runtime::arrow::arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::columns::Holds;
use super::table::{REASON, Table};
use crate::export::Format;
use crate::failure::Failure;
use crate::resume;

/// Where the rows go that were refused, unless it is told: `partners.refused.csv`.
pub(super) fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    let name = match ending {
        Some(ending) => format!("{stem}.refused.{ending}"),
        None => format!("{stem}.refused"),
    };
    path.with_file_name(name)
}

/// Refuses a file that holds anything but rows of this table that an import refused: it would be lost.
pub(super) fn check(path: &Path, table: &Table) -> Result<(), Failure> {
    if !is_of_an_import(path, table.format) {
        return Err(Failure::NoImport(path.to_owned()));
    }
    let known: HashSet<&str> = table.external_ids().collect();
    // Of its values only the external ids are looked at.
    let refused = Table::read(path, table.format, &|_| Holds::Json);
    match refused.is_ok_and(|refused| refused.external_ids().all(|id| known.contains(id))) {
        true => Ok(()),
        false => Err(Failure::OtherRefused(path.to_owned())),
    }
}

/// Whether all rows of a file have a reason.
fn is_of_an_import(path: &Path, format: Format) -> bool {
    let names: Option<Vec<String>> = match format {
        Format::Csv => csv::Reader::from_path(path).ok().and_then(|mut csv| {
            let names = csv.headers().ok()?.iter().map(str::to_owned);
            Some(names.collect())
        }),
        Format::Jsonl => File::open(path).ok().and_then(|file| {
            let first = BufReader::new(file).lines().next()?.ok()?;
            let object: Map<String, Value> = serde_json::from_str(&first).ok()?;
            Some(object.keys().cloned().collect())
        }),
        _ => File::open(path).ok().and_then(|file| {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).ok()?;
            let fields = builder.schema().fields().iter();
            Some(fields.map(|field| field.name().clone()).collect())
        }),
    };
    names.is_some_and(|names| names.iter().any(|name| name == REASON))
}

/// Writes rows with their reasons. The file is replaced whole.
pub(super) fn write(
    to: &Path,
    table: &Table,
    reasons: &BTreeMap<usize, String>,
) -> Result<(), Failure> {
    resume::replace(to, |file| match table.format {
        Format::Csv => csv_rows(file, table, reasons),
        Format::Jsonl => json_lines(file, table, reasons),
        _ => parquet_rows(file, table, reasons),
    })
}

/// The cells as they stand in the file, those that are not imported among them.
fn csv_rows(
    file: &tempfile::NamedTempFile,
    table: &Table,
    reasons: &BTreeMap<usize, String>,
) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(&table.path)
        .map_err(io::Error::other)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let names = reader.headers().map_err(io::Error::other)?.clone();
    let old = names.iter().position(|name| name == REASON);
    let kept = |record: &csv::StringRecord| -> Vec<String> {
        let cells = record.iter().enumerate();
        let cells = cells.filter(|(place, _)| Some(*place) != old);
        cells.map(|(_, cell)| cell.to_owned()).collect()
    };
    let with = |mut cells: Vec<String>, last: &str| {
        cells.push(last.to_owned());
        cells
    };
    writer
        .write_record(with(kept(&names), REASON))
        .map_err(io::Error::other)?;
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(io::Error::other)?;
        if let Some(reason) = reasons.get(&row) {
            writer
                .write_record(with(kept(&record), reason))
                .map_err(io::Error::other)?;
        }
    }
    writer.flush()
}

fn json_lines(
    file: &tempfile::NamedTempFile,
    table: &Table,
    reasons: &BTreeMap<usize, String>,
) -> io::Result<()> {
    let lines = BufReader::new(File::open(&table.path)?).lines();
    let mut file = io::BufWriter::new(file);
    let lines = lines.filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    for (row, line) in lines.enumerate() {
        let line = line?;
        if let Some(reason) = reasons.get(&row) {
            // The values as they are written.
            let mut object: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&line)?;
            let reason = serde_json::value::to_raw_value(reason)?;
            object.insert(REASON.to_owned(), reason);
            serde_json::to_writer(&mut file, &object)?;
            file.write_all(b"\n")?;
        }
    }
    file.flush()
}

fn parquet_rows(
    file: &tempfile::NamedTempFile,
    table: &Table,
    reasons: &BTreeMap<usize, String>,
) -> io::Result<()> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&table.path)?)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(io::Error::other)?;
    let mut writer = None;
    let mut first = 0;
    for batch in reader {
        let batch = batch.map_err(io::Error::other)?;
        for (row, reason) in reasons.range(first..first + batch.num_rows()) {
            let one = with_reason(&batch.slice(row - first, 1), reason)?;
            let writer = match &mut writer {
                Some(writer) => writer,
                None => {
                    let made =
                        ArrowWriter::try_new(file.as_file().try_clone()?, one.schema(), None);
                    writer.insert(made.map_err(io::Error::other)?)
                }
            };
            writer.write(&one).map_err(io::Error::other)?;
        }
        first += batch.num_rows();
    }
    match writer {
        Some(writer) => writer.close().map(drop).map_err(io::Error::other),
        None => Ok(()),
    }
}

fn with_reason(row: &RecordBatch, reason: &str) -> io::Result<RecordBatch> {
    let schema = row.schema();
    let kept = schema.fields().iter().zip(row.columns());
    let kept = kept.filter(|(field, _)| field.name() != REASON);
    let (mut fields, mut columns): (Vec<Arc<Field>>, Vec<ArrayRef>) = kept
        .map(|(field, column)| (Arc::clone(field), Arc::clone(column)))
        .unzip();
    fields.push(Arc::new(Field::new(REASON, DataType::Utf8, true)));
    columns.push(Arc::new(StringArray::from(vec![reason])));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(io::Error::other)
}
