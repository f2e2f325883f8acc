//! Rows into a file that is replaced whole, or not at all.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use serde::Serialize;
use tempfile::NamedTempFile;

/// Why nothing was exported. The file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Odoo could not be read to the end.
    #[error("reading failed after {rows} rows; export again when the cause is mended")]
    Read {
        /// How many rows had come.
        rows: u64,
        /// What failed.
        source: odx_runtime::Error,
    },
    /// The output took no more rows, on standard output or in the temporary file.
    #[error("writing failed after {rows} rows; see that the output is open and the disk has space")]
    Write {
        /// How many rows had been taken.
        rows: u64,
        /// What failed.
        source: io::Error,
    },
    /// A folder or a device stands where the file should.
    #[error("{} is a folder or a device; name a file, or none for standard output", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// The file cannot stand there.
    #[error("cannot write {}; see that its folder exists and may be written to", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: io::Error,
    },
}

/// Writes rows as JSON Lines, and says how many.
///
/// # Errors
/// When a row cannot be read or written. What was written before stays.
pub async fn write_rows<T: Serialize>(
    rows: impl Stream<Item = Result<T, odx_runtime::Error>>,
    to: impl Write,
) -> Result<u64, ExportError> {
    let mut to = BufWriter::new(to);
    let mut rows = pin!(rows);
    let mut written = 0;
    let read_failed = |rows| move |source| ExportError::Read { rows, source };
    let write_failed = |rows| move |source| ExportError::Write { rows, source };

    while let Some(row) = rows.try_next().await.map_err(read_failed(written))? {
        write_row(&mut to, &row).map_err(write_failed(written))?;
        written += 1;
    }
    to.flush().map_err(write_failed(written))?;
    Ok(written)
}

fn write_row(to: &mut impl Write, row: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, row)?;
    to.write_all(b"\n")
}

/// Writes rows as JSON Lines into a file, and says how many. They go to a temporary file beside it, which takes its
/// place after the last row; a new file is readable by its owner only.
///
/// # Errors
/// When the file cannot be written, or a row cannot be read or written. The file is then as it was.
pub async fn export_to<T: Serialize>(
    path: &Path,
    rows: impl Stream<Item = Result<T, odx_runtime::Error>>,
) -> Result<u64, ExportError> {
    let failed = |source| ExportError::File {
        path: path.to_owned(),
        source,
    };
    let old = existing_file(path)?;
    // A link keeps pointing to the file: what it points to is replaced.
    let target = match old {
        Some(_) => fs::canonicalize(path).map_err(failed)?,
        None => path.to_owned(),
    };
    let temporary = NamedTempFile::new_in(folder_of(&target)).map_err(failed)?;
    let written = write_rows(rows, temporary.as_file()).await?;

    if let Some(old) = old {
        let permissions = temporary.as_file().set_permissions(old.permissions());
        permissions.map_err(failed)?;
    }
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(&target)
        .map_err(|error| failed(error.error))?;
    Ok(written)
}

fn existing_file(path: &Path) -> Result<Option<Metadata>, ExportError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(_) => Err(ExportError::NotAFile {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ExportError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

/// The parent of `lines.jsonl` is the empty path, which names no folder.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
