//! Files of each form: written part by part, and put together at the end.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions};
use odx_runtime::arrow::arrow_schema::ArrowError;
use odx_runtime::arrow::{RecordBatch, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::format::Format;
use super::{cells, last_id};
use crate::failure::Failure;

/// How much of a Parquet file is held in memory before a group of its rows is written.
const GROUP: usize = 16 << 20;

/// The part that is being written, and what is known of all.
pub(super) struct Files {
    format: Format,
    schema: SchemaRef,
    /// Where it is written.
    path: PathBuf,
    open: Option<Part>,
}

/// A part of the file, or a file of the folder.
struct Part {
    writer: Writer,
    records: usize,
    last_id: i64,
}

/// A part that is written whole, and not yet kept.
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) records: usize,
    pub(super) last_id: i64,
}

enum Writer {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Jsonl(BufWriter<File>),
    Arrow(Box<FileWriter<BufWriter<File>>>),
    Parquet(Box<ArrowWriter<File>>),
}

impl Files {
    pub(super) fn new(format: Format, schema: SchemaRef, path: PathBuf) -> Self {
        Self {
            format,
            schema,
            path,
            open: None,
        }
    }

    /// The records of the part that is being written.
    pub(super) fn records(&self) -> usize {
        self.open.as_ref().map_or(0, |part| part.records)
    }

    /// Adds records to the part.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        self.begin()?;
        if let Some(part) = &mut self.open {
            part.writer
                .write(batch)
                .map_err(Failure::io("write", &self.path))?;
            part.records += batch.num_rows();
            part.last_id = last_id(batch);
        }
        Ok(())
    }

    /// Begins a part, if there is none.
    pub(super) fn begin(&mut self) -> Result<(), Failure> {
        if self.open.is_some() {
            return Ok(());
        }
        let writer = File::create(&self.path).and_then(|file| self.writer(file, true));
        self.open = Some(Part {
            writer: writer.map_err(Failure::io("write", &self.path))?,
            records: 0,
            last_id: 0,
        });
        Ok(())
    }

    fn writer(&self, file: File, has_head: bool) -> io::Result<Writer> {
        let schema = Arc::clone(&self.schema);
        Ok(match self.format {
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(BufWriter::new(file));
                if has_head {
                    csv.write_record(cells::names(&self.schema))
                        .map_err(io::Error::other)?;
                }
                Writer::Csv(Box::new(csv))
            }
            Format::Jsonl => Writer::Jsonl(BufWriter::new(file)),
            Format::Arrow => Writer::Arrow(Box::new(ipc(file, &schema).map_err(of_arrow)?)),
            Format::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .build();
                let parquet = ArrowWriter::try_new(file, schema, Some(properties));
                Writer::Parquet(Box::new(parquet.map_err(of_parquet)?))
            }
        })
    }

    /// Ends the part, if there is one.
    pub(super) fn finish(&mut self) -> Result<Option<Written>, Failure> {
        let Some(part) = self.open.take() else {
            return Ok(None);
        };
        let file = part.writer.finish();
        file.and_then(|file| file.sync_all())
            .map_err(Failure::io("write", &self.path))?;
        Ok(Some(Written {
            path: self.path.clone(),
            records: part.records,
            last_id: part.last_id,
        }))
    }

    /// Puts the parts together in one file.
    pub(super) fn join(&self, parts: &[PathBuf], whole: &Path) -> Result<(), Failure> {
        let file = File::create(whole).map_err(Failure::io("write", whole))?;
        let joined = match self.format {
            Format::Csv => self.join_csv(parts, file),
            Format::Jsonl => join_lines(parts, file),
            Format::Arrow => self.join_arrow(parts, file),
            Format::Parquet => self.join_parquet(parts, file),
        };
        let file = joined.map_err(Failure::io("write", whole))?;
        file.sync_all().map_err(Failure::io("write", whole))
    }

    /// The names stand before the first part only.
    fn join_csv(&self, parts: &[PathBuf], file: File) -> io::Result<File> {
        let mut whole = self.writer(file, true)?;
        if let Writer::Csv(whole) = &mut whole {
            for part in parts {
                let mut records = csv::Reader::from_path(part).map_err(io::Error::other)?;
                for record in records.byte_records() {
                    let record = record.map_err(io::Error::other)?;
                    whole.write_byte_record(&record).map_err(io::Error::other)?;
                }
            }
        }
        whole.finish()
    }

    fn join_arrow(&self, parts: &[PathBuf], file: File) -> io::Result<File> {
        let mut whole = ipc(file, &self.schema).map_err(of_arrow)?;
        for part in parts {
            let batches = FileReader::try_new(File::open(part)?, None).map_err(of_arrow)?;
            for batch in batches {
                whole.write(&batch.map_err(of_arrow)?).map_err(of_arrow)?;
            }
        }
        whole
            .into_inner()
            .map_err(of_arrow)?
            .into_inner()
            .map_err(Into::into)
    }

    /// Groups of rows are copied as they are.
    fn join_parquet(&self, parts: &[PathBuf], file: File) -> io::Result<File> {
        let Some(first) = parts.first() else {
            return self.writer(file, true)?.finish();
        };
        let first = ParquetMetaDataReader::new()
            .parse_and_finish(&File::open(first)?)
            .map_err(of_parquet)?;
        let first = first.file_metadata();
        let properties = WriterProperties::builder()
            .set_key_value_metadata(first.key_value_metadata().cloned())
            .build();
        let schema = first.schema_descr().root_schema_ptr();
        let mut whole =
            SerializedFileWriter::new(file, schema, properties.into()).map_err(of_parquet)?;
        for part in parts {
            copy_groups(part, &mut whole)?;
        }
        whole.into_inner().map_err(of_parquet)
    }
}

impl Writer {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match self {
            Self::Csv(csv) => {
                for row in 0..batch.num_rows() {
                    csv.write_record(cells::texts(batch, row))
                        .map_err(io::Error::other)?;
                }
            }
            Self::Jsonl(lines) => {
                for row in 0..batch.num_rows() {
                    writeln!(lines, "{}", cells::object(batch, row))?;
                }
            }
            Self::Arrow(ipc) => ipc.write(batch).map_err(of_arrow)?,
            Self::Parquet(parquet) => {
                parquet.write(batch).map_err(of_parquet)?;
                if parquet.in_progress_size() > GROUP {
                    parquet.flush().map_err(of_parquet)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> io::Result<File> {
        Ok(match self {
            Self::Csv(csv) => csv.into_inner().map_err(io::Error::other)?.into_inner()?,
            Self::Jsonl(lines) => lines.into_inner()?,
            Self::Arrow(ipc) => ipc.into_inner().map_err(of_arrow)?.into_inner()?,
            Self::Parquet(parquet) => parquet.into_inner().map_err(of_parquet)?,
        })
    }
}

/// Keys that a selection was not known to have are added to its dictionary; none is replaced.
fn ipc(file: File, schema: &SchemaRef) -> Result<FileWriter<BufWriter<File>>, ArrowError> {
    let options = IpcWriteOptions::default().with_dictionary_handling(DictionaryHandling::Delta);
    FileWriter::try_new_with_options(BufWriter::new(file), schema, options)
}

fn join_lines(parts: &[PathBuf], mut file: File) -> io::Result<File> {
    for part in parts {
        io::copy(&mut File::open(part)?, &mut file)?;
    }
    Ok(file)
}

fn copy_groups(part: &Path, whole: &mut SerializedFileWriter<File>) -> io::Result<()> {
    let part = File::open(part)?;
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&part)
        .map_err(of_parquet)?;
    for group in metadata.row_groups() {
        let mut copy = whole.next_row_group().map_err(of_parquet)?;
        for column in group.columns() {
            let close = ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                rows_written: u64::try_from(group.num_rows()).unwrap_or_default(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            copy.append_column(&part, close).map_err(of_parquet)?;
        }
        copy.close().map_err(of_parquet)?;
    }
    Ok(())
}

fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error),
    }
}

fn of_parquet(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
