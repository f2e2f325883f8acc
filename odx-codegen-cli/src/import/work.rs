//! What was settled of an import so far, beside its file: what a run that is killed leaves, and the next one goes on with.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{
    self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _,
};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::resume::{self, Origin};

/// What is imported: a run goes on with what another one of the same began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) model: String,
    pub(super) context: Value,
    /// The content of the file, as a hash.
    pub(super) content: u64,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Wanted(Wanted),
    Refused { row: usize, reason: String },
    Imported { row: usize },
}

/// The file of what was settled. It is unlocked when it is closed.
pub(super) struct Work {
    path: PathBuf,
    file: BufWriter<File>,
    /// The rows that are imported, and those that were refused with the reason.
    pub(super) settled: BTreeMap<usize, Option<String>>,
}

impl Work {
    /// The file beside the imported one, with what an earlier run of the same left in it.
    pub(super) fn open(of: &Path, wanted: &Wanted, restart: bool) -> Result<Self, Failure> {
        let path = resume::beside(of, ".importing");
        let failed = |error| Failure::io("write", &path)(error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        resume::lock(&file, &path, Failure::Importing)?;
        let (earlier, settled, end) = read(&file).map_err(failed)?;
        let is_empty = file.metadata().map_err(failed)?.len() == 0;
        // Its first line is written at once: what does not begin with one is somebody else's.
        if earlier.is_none() && !is_empty {
            return Err(Failure::NoSettled(path));
        }
        let goes_on = earlier.as_ref() == Some(wanted);
        if !goes_on && !restart && !settled.is_empty() {
            return Err(Failure::OtherImport(path));
        }
        let keep = goes_on && !restart;
        // A line that a kill cut off is written over.
        file.set_len(if keep { end } else { 0 }).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut work = Self {
            file: BufWriter::new(file),
            settled: if keep { settled } else { BTreeMap::new() },
            path: path.clone(),
        };
        if !keep {
            work.add(&Line::Wanted(wanted.clone()))?;
            work.flush()?;
        }
        Ok(work)
    }

    /// Keeps what came of a row.
    pub(super) fn settle(&mut self, row: usize, reason: Option<String>) -> Result<(), Failure> {
        self.add(&match &reason {
            Some(reason) => Line::Refused {
                row,
                reason: reason.clone(),
            },
            None => Line::Imported { row },
        })?;
        self.settled.insert(row, reason);
        Ok(())
    }

    fn add(&mut self, line: &Line) -> Result<(), Failure> {
        let written = serde_json::to_writer(&mut self.file, line).map_err(io::Error::from);
        written
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(Failure::io("write", &self.path))
    }

    /// What was kept is in the file: a process that is killed loses none of it.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.file.flush().map_err(Failure::io("write", &self.path))
    }

    /// All is done.
    pub(super) fn end(self) -> Result<(), Failure> {
        let Self { path, file, .. } = self;
        let removed = fs::remove_file(&path);
        drop(file);
        removed.map_err(Failure::io("remove", &path))
    }
}

type Earlier = (Option<Wanted>, BTreeMap<usize, Option<String>>, u64);

/// The whole lines of a file, and where they end.
fn read(file: &File) -> io::Result<Earlier> {
    let (mut wanted, mut settled, mut end) = (None, BTreeMap::new(), 0);
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Line::Wanted(it)) => wanted = Some(it),
            Ok(Line::Refused { row, reason }) => {
                settled.insert(row, Some(reason));
            }
            Ok(Line::Imported { row }) => {
                settled.insert(row, None);
            }
            Err(_) => break,
        }
        end += length as u64;
    }
    Ok((wanted, settled, end))
}

/// A hash of what a file holds.
pub(super) fn hash(path: &Path) -> Result<u64, Failure> {
    let hashed = (|| {
        let mut file = File::open(path)?;
        let (mut hasher, mut part) = (DefaultHasher::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut part)? {
                0 => return Ok(hasher.finish()),
                length => hasher.write(&part[..length]),
            }
        }
    })();
    hashed.map_err(Failure::io("read", path))
}
