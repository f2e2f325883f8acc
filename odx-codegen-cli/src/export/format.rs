//! The forms of files.

use std::path::{Path, PathBuf};

use odx_runtime::arrow::SchemaRef;
use serde::{Deserialize, Serialize};

use super::files::Files;
use crate::args::ExportArgs;
use crate::failure::Failure;

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A line of values a record, and one of names before them.
    Csv,
    /// A JSON object a line.
    Jsonl,
    /// Arrow's own, which is also called Feather.
    Arrow,
    /// Parquet, compressed by Snappy.
    Parquet,
}

/// The endings that tell a form.
const ENDINGS: [(&str, Format); 7] = [
    ("csv", Format::Csv),
    ("jsonl", Format::Jsonl),
    ("ndjson", Format::Jsonl),
    ("arrow", Format::Arrow),
    ("feather", Format::Arrow),
    ("parquet", Format::Parquet),
    ("pq", Format::Parquet),
];

impl Format {
    /// The form that was named, else that of the file's ending; a folder is one of Parquet.
    pub(super) fn of(args: &ExportArgs) -> Result<Self, Failure> {
        match Self::of_file(args.of.format, &args.to) {
            Err(_) if args.partition.is_some() => Ok(Self::Parquet),
            format => format,
        }
    }

    /// The form that was named, else that of the file's ending.
    pub(crate) fn of_file(named: Option<Self>, path: &Path) -> Result<Self, Failure> {
        if let Some(format) = named {
            return Ok(format);
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        let known = ENDINGS
            .iter()
            .find(|(known, _)| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(known)));
        match known {
            Some((_, format)) => Ok(*format),
            None => Err(Failure::NoFormat(path.to_owned())),
        }
    }

    /// The ending of its files.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Arrow => "arrow",
            Self::Parquet => "parquet",
        }
    }

    /// What writes its files, each to that place.
    pub(super) fn files(self, schema: SchemaRef, path: PathBuf) -> Files {
        Files::new(self, schema, path)
    }
}
