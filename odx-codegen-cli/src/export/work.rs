//! The folder in which an export is made, beside the file that it will be: what a run that is killed leaves, and the next one
//! goes on with.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use arrow_ipc::reader::FileReader;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::Int32Type;
use serde::{Deserialize, Serialize};

use super::Wanted;
use super::files::{Files, Written};
use super::format::Format;
use crate::failure::Failure;
use crate::resume;

/// What is exported, and how far it came.
const STATE: &str = "export.json";

/// The file that no two runs have open.
const LOCK: &str = "lock";

/// Where what is finished stands until it takes its place, and what stood there before.
const WHOLE: &str = "whole";
const REPLACED: &str = "replaced";

#[derive(Serialize, Deserialize)]
struct State {
    wanted: Wanted,
    /// Of a folder: the last id of each file but the last.
    bounds: Option<Vec<i64>>,
    parts: Vec<Kept>,
}

/// A part that is written.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    number: usize,
    name: String,
    records: usize,
    last_id: i64,
    /// The length of its file: one that was cut since would be missed by nobody.
    bytes: u64,
}

impl Kept {
    /// # Errors
    /// [`Failure::PartChanged`] where the file in the folder is not as long as it was written.
    fn check(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(&self.name);
        match fs::metadata(&path) {
            Ok(file) if file.len() == self.bytes => Ok(()),
            _ => Err(Failure::PartChanged(path)),
        }
    }
}

/// The ids of a file of the folder.
#[derive(Clone, Copy)]
pub(super) struct Range {
    /// Which file it is, from 1 on.
    pub(super) number: usize,
    /// They are greater than this one, if there is one.
    pub(super) after: Option<i64>,
    /// They are not greater than this one, if there is one.
    pub(super) up_to: Option<i64>,
}

impl Range {
    /// Whether there is no other.
    pub(super) fn is_all(self) -> bool {
        self.after.is_none() && self.up_to.is_none()
    }
}

/// The folder of an export.
pub(super) struct Work {
    /// Where the export will stand.
    to: PathBuf,
    folder: PathBuf,
    state: State,
    /// It is unlocked when it is closed.
    _lock: File,
}

impl Work {
    /// The folder of an export, with what an earlier run of the same left in it.
    pub(super) fn open(to: &Path, wanted: Wanted, restart: bool) -> Result<Self, Failure> {
        let folder = resume::beside(to, ".part");
        refuse_strangers(to, wanted.is_folder)?;
        refuse_a_strangers_folder(&folder)?;
        resume::check_folder(to)?;
        if !folder.is_dir() {
            fs::create_dir(&folder).map_err(Failure::io("make", &folder))?;
        }
        let path = folder.join(LOCK);
        let lock = File::create(&path).map_err(Failure::io("write", &path))?;
        resume::lock(&lock, &path, Failure::Exporting)?;
        bring_back(to, &folder)?;
        take_back(&folder)?;
        let mut state = State {
            wanted,
            bounds: None,
            parts: Vec::new(),
        };
        if restart {
            // Before anything new is written: the disk may be full of it.
            clear(&folder)?;
        }
        if let Some(earlier) = read_state(&folder.join(STATE))? {
            if earlier.wanted != state.wanted && !earlier.parts.is_empty() {
                return Err(Failure::OtherExport(folder));
            }
            if earlier.wanted == state.wanted {
                earlier
                    .parts
                    .iter()
                    .try_for_each(|part| part.check(&folder))?;
                state.bounds = earlier.bounds;
                state.parts = earlier.parts;
            }
        }
        let work = Self {
            to: to.to_owned(),
            folder,
            state,
            _lock: lock,
        };
        work.write_state()?;
        Ok(work)
    }

    /// How many records the parts have.
    pub(super) fn records(&self) -> usize {
        self.state.parts.iter().map(|part| part.records).sum()
    }

    /// The last id of the last part.
    pub(super) fn last_id(&self) -> Option<i64> {
        self.state.parts.last().map(|part| part.last_id)
    }

    /// Where a part is written.
    pub(super) fn unfinished(&self, number: usize) -> PathBuf {
        self.folder.join(format!("unfinished-{number:06}"))
    }

    /// Whether it is known where the files of a folder begin and end.
    pub(super) fn is_split(&self) -> bool {
        self.state.bounds.is_some()
    }

    /// Notes where they end.
    pub(super) fn split(&mut self, bounds: Vec<i64>) -> Result<(), Failure> {
        self.state.bounds = Some(bounds);
        self.write_state()
    }

    /// The files of a folder that are still to be read. Each id is of one of them.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let bounds = self.state.bounds.as_deref().unwrap_or_default();
        let ends = bounds.iter().copied().map(Some).chain([None]);
        let begins = std::iter::once(None).chain(bounds.iter().copied().map(Some));
        let ranges = begins
            .zip(ends)
            .zip(1..)
            .map(|((after, up_to), number)| Range {
                number,
                after,
                up_to,
            });
        let is_kept = |range: &Range| {
            let mut parts = self.state.parts.iter();
            parts.any(|part| part.number == range.number)
        };
        ranges.filter(|range| !is_kept(range)).collect()
    }

    /// The number of the part after the last one.
    pub(super) fn next_number(&self) -> usize {
        self.state.parts.last().map_or(1, |part| part.number + 1)
    }

    /// The keys that a selection's dictionary has in the parts, in their places.
    pub(super) fn keys(&self, column: &str) -> Option<Vec<String>> {
        if self.state.wanted.format != Format::Arrow {
            return None;
        }
        let part = self.parts().pop()?;
        let batches = FileReader::try_new(File::open(part).ok()?, None).ok()?;
        let last = batches.flatten().last()?;
        let column = last
            .column_by_name(column)?
            .as_dictionary_opt::<Int32Type>()?;
        let keys = column.values().as_string_opt::<i32>()?;
        Some(keys.iter().flatten().map(str::to_owned).collect())
    }

    /// Keeps a part that is written whole.
    pub(super) fn keep(&mut self, number: usize, written: Written) -> Result<(), Failure> {
        let name = format!("{number:06}.{}", self.state.wanted.format.ending());
        let path = self.folder.join(&name);
        fs::rename(&written.path, &path).map_err(Failure::io("write", &path))?;
        let file = fs::metadata(&path).map_err(Failure::io("read", &path))?;
        self.state.parts.push(Kept {
            number,
            name,
            records: written.records,
            last_id: written.last_id,
            bytes: file.len(),
        });
        self.write_state()
    }

    /// Puts the export in its place, and removes the folder. How many files it has.
    pub(super) fn publish(self, files: &Files) -> Result<usize, Failure> {
        let parts = self.parts();
        let whole = self.folder.join(WHOLE);
        if !self.state.wanted.is_folder {
            files.join(&parts, &whole)?;
            // With it the next export would go on with the rows of this one, were this killed before the folder is gone.
            remove(&self.folder.join(STATE))?;
            fs::rename(&whole, &self.to).map_err(Failure::io("write", &self.to))?;
            remove(&self.folder)?;
            return Ok(1);
        }
        fs::create_dir_all(&whole).map_err(Failure::io("make", &whole))?;
        for (part, kept) in parts.iter().zip(&self.state.parts) {
            let path = whole.join(&kept.name);
            fs::rename(part, &path).map_err(Failure::io("write", &path))?;
        }
        remove(&self.folder.join(STATE))?;
        bring_back(&self.to, &self.folder)?;
        remove(&self.folder)?;
        Ok(parts.len())
    }

    fn parts(&self) -> Vec<PathBuf> {
        let parts = self.state.parts.iter();
        parts.map(|part| self.folder.join(&part.name)).collect()
    }

    fn write_state(&self) -> Result<(), Failure> {
        resume::replace(&self.folder.join(STATE), |file| {
            serde_json::to_writer(&mut *file, &self.state)?;
            file.write_all(b"\n")
        })
    }
}

/// Without a part there is nothing to go on with.
impl Drop for Work {
    fn drop(&mut self) {
        if self.state.parts.is_empty() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Puts a folder that is whole in its place: what a run that was killed there left undone, too.
fn bring_back(to: &Path, folder: &Path) -> Result<(), Failure> {
    let (whole, replaced) = (folder.join(WHOLE), folder.join(REPLACED));
    // Its state goes when all its files are there.
    if !whole.is_dir() || folder.join(STATE).exists() {
        return Ok(());
    }
    if to.exists() {
        remove(&replaced)?;
        fs::rename(to, &replaced).map_err(Failure::io("replace", to))?;
    }
    fs::rename(&whole, to).map_err(Failure::io("write", to))?;
    remove(&replaced)
}

/// Takes the parts back that a run had brought together when it was killed: those that are left out of the next export must
/// not be published with it.
fn take_back(folder: &Path) -> Result<(), Failure> {
    let whole = folder.join(WHOLE);
    if !whole.is_dir() {
        return remove(&whole);
    }
    for part in fs::read_dir(&whole).map_err(Failure::io("read", &whole))? {
        let part = part.map_err(Failure::io("read", &whole))?;
        let path = folder.join(part.file_name());
        fs::rename(part.path(), &path).map_err(Failure::io("write", &path))?;
    }
    remove(&whole)
}

/// Refuses to work in a folder that no export made: it is removed at the end.
fn refuse_a_strangers_folder(folder: &Path) -> Result<(), Failure> {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut files| files.next().is_none());
    let is_ours = || folder.is_dir() && (folder.join(LOCK).exists() || is_empty());
    match folder.exists() && !is_ours() {
        true => Err(Failure::NoExport(folder.to_owned())),
        false => Ok(()),
    }
}

/// Refuses to replace what is no export.
fn refuse_strangers(to: &Path, is_folder: bool) -> Result<(), Failure> {
    let stranger = match is_folder {
        true => to.exists() && !is_of_exports(to),
        false => to.is_dir(),
    };
    match stranger {
        true => Err(Failure::NoExport(to.to_owned())),
        false => Ok(()),
    }
}

/// Whether a folder holds files that an export names so, and nothing else.
fn is_of_exports(folder: &Path) -> bool {
    let Ok(mut files) = fs::read_dir(folder) else {
        return false;
    };
    files.all(|file| {
        let name = file.map(|file| file.file_name()).unwrap_or_default();
        let name = Path::new(&name);
        let stem = name
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        stem.len() == 6 && stem.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn read_state(path: &Path) -> Result<Option<State>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("read", path)(error)),
    };
    match serde_json::from_str(&text) {
        Ok(state) => Ok(Some(state)),
        Err(_) => Err(Failure::PartChanged(path.to_owned())),
    }
}

/// Removes what an earlier run left, but for the lock.
fn clear(folder: &Path) -> Result<(), Failure> {
    for left in fs::read_dir(folder).map_err(Failure::io("read", folder))? {
        let left = left.map_err(Failure::io("read", folder))?;
        if left.file_name() != LOCK {
            remove(&left.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    let removed = match path.is_dir() {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}
