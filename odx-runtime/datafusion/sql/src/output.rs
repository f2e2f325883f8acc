//! Rows on standard output, errors on standard error. No terminal acts on what a server sent.

use std::error::Error;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use arrow::util::pretty::pretty_format_batches_with_schema;
use arrow::{csv, json};
use datafusion::physical_plan::SendableRecordBatchStream;
use futures_util::TryStreamExt;

use crate::Failure;
use crate::args::Format;

/// Prints the rows.
pub(crate) async fn rows(
    format: Format,
    schema: &Schema,
    mut rows: SendableRecordBatchStream,
) -> Result<(), Failure> {
    let mut out = Printed(io::stdout());
    match format {
        Format::Table => {
            let schema = rows.schema();
            let rows: Vec<RecordBatch> = rows.try_collect().await?;
            let table = pretty_format_batches_with_schema(schema, &rows)?;
            // Cells are texts of a server, and a table is for reading, wherever it goes.
            let table = printable(&table.to_string());
            done(writeln!(out.0, "{table}"))?;
        }
        Format::Csv => {
            let mut writer = csv::Writer::new(out);
            // The names, where there is no row.
            let none = RecordBatch::new_empty(schema.clone().into());
            done(writer.write(&flat(&none)?))?;
            while let Some(batch) = rows.try_next().await? {
                done(writer.write(&flat(&batch)?))?;
            }
        }
        Format::Json => {
            let builder = json::WriterBuilder::new().with_explicit_nulls(true);
            let mut writer = builder.build::<_, json::writer::JsonArray>(out);
            while let Some(batch) = rows.try_next().await? {
                done(writer.write(&batch))?;
            }
            done(writer.finish())?;
            out = writer.into_inner();
            done(writeln!(out))?;
        }
    }
    Ok(())
}

/// The batch with texts in place of lists, which CSV does not have.
fn flat(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.schema().fields().clone();
    let columns = columns.iter().zip(batch.columns());
    let columns = columns.map(|(field, column)| {
        if !field.data_type().is_nested() {
            return Ok((field.name().clone(), Arc::clone(column)));
        }
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(column, &options)?;
        let texts = (0..column.len()).map(|row| {
            let is_set = column.is_valid(row);
            is_set.then(|| formatter.value(row).to_string())
        });
        let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
        Ok((field.name().clone(), texts))
    });
    let columns = columns.collect::<Result<Vec<_>, ArrowError>>()?;
    // Two columns of a query may have one name.
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(name, column.data_type().clone(), true))
        .collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows)
}

/// `odx sql .. | head` closes our output, which is no failure.
fn done<E: Error + 'static>(written: Result<(), E>) -> Result<(), Failure> {
    let Err(error) = written else {
        return Ok(());
    };
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        let error_of_io = error.downcast_ref::<io::Error>();
        if error_of_io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) {
            std::process::exit(0);
        }
        cause = error.source();
    }
    Err(error.into())
}

/// Standard output, where a terminal gets no signs that it would act upon.
struct Printed(io::Stdout);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.0.is_terminal() {
            return self.0.write(bytes);
        }
        self.0
            .write_all(printable(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn printable(text: &str) -> String {
    let is_kept = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t');
    let letters = text.chars().map(|letter| match is_kept(letter) {
        true => letter,
        false => '\u{fffd}',
    });
    letters.collect()
}

/// An error with what brought it about, each once.
pub(crate) fn error(error: &(dyn Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    // When even that is closed, there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {}", printable(&text));
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_terminal_is_told_nothing_by_a_cell() {
        assert_eq!(
            printable("a\u{1b}[2Jb\u{9b}1m\nc"),
            "a\u{fffd}[2Jb\u{fffd}1m\nc"
        );
    }
}
