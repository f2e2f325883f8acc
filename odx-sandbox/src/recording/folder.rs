//! The folder: `_recording.json`, and a file a request with the answers to it, in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{RecordingError, Rules};

/// What a folder is known by.
const META: &str = "_recording.json";

/// What was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many requests differ.
    pub requests: usize,
    /// How many answers there are to them.
    pub answers: usize,
    /// How many pseudonyms were given.
    pub pseudonyms: usize,
    /// The rules that met nothing, such as `res.partner.emial`.
    pub unmet: Vec<String>,
}

/// What is known of a recording beside the exchanges.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Meta {
    pub(super) format: u32,
    pub(super) salt: Uuid,
    /// The variables that the program was run with, without what opens something.
    pub(super) settings: BTreeMap<String, String>,
    pub(super) replace: BTreeMap<String, Vec<String>>,
    pub(super) remove: BTreeMap<String, Vec<String>>,
    pub(super) pseudonyms: BTreeSet<String>,
}

impl Meta {
    pub(super) fn rules(&self) -> Rules {
        Rules {
            replace: self.replace.clone(),
            remove: self.remove.clone(),
        }
    }
}

/// A request, and the answers that it got.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    /// The database of the header that JSON-2 names it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) database: Option<String>,
    pub(super) request: Value,
    /// Whether it changes nothing, so that the last answer may be given again.
    pub(super) read_only: bool,
    pub(super) answers: Vec<Answer>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    /// Whether it opened a session.
    #[serde(default)]
    pub(super) cookie: bool,
    pub(super) body: Value,
}

/// The salt of the recording that stands in the folder, so that the same values keep their pseudonyms.
pub(super) fn salt(dir: &Path) -> Result<Uuid, RecordingError> {
    match read_meta(dir) {
        Ok(meta) => Ok(meta.salt),
        Err(RecordingError::None(_)) if is_free(dir)? => Ok(Uuid::new_v4()),
        Err(RecordingError::None(_)) => Err(RecordingError::NotOurs(dir.to_owned())),
        Err(error) => Err(error),
    }
}

fn is_free(dir: &Path) -> Result<bool, RecordingError> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(RecordingError::io("read", dir)(error)),
    }
}

/// Refuses a folder that a recording cannot be written to, before there is one. What it holds stays.
///
/// # Errors
/// [`RecordingError::NotOurs`], [`RecordingError::Broken`] and [`RecordingError::Io`], as [`Recorder::finish`] has them.
///
/// [`Recorder::finish`]: super::Recorder::finish
pub fn check_folder(dir: &Path) -> Result<(), RecordingError> {
    salt(dir)?;
    // The folder is replaced by a new one beside it, and the folders above it are made.
    let above = dir.ancestors().skip(1);
    let mut above = above.filter(|it| it.as_os_str().is_empty() || it.exists());
    let probe = above.next().unwrap_or(dir).join(beside(dir, "new"));
    fs::create_dir(&probe)
        .and_then(|()| fs::remove_dir(&probe))
        .map_err(RecordingError::io("write", dir))
}

/// The name of what stands beside the folder while it is replaced.
fn beside(dir: &Path, what: &str) -> String {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.{what}-{}", std::process::id())
}

fn read_meta(dir: &Path) -> Result<Meta, RecordingError> {
    let path = dir.join(META);
    if !path.is_file() {
        return Err(RecordingError::None(dir.to_owned()));
    }
    read(&path)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, RecordingError> {
    let text = fs::read(path).map_err(RecordingError::io("read", path))?;
    serde_json::from_slice(&text).map_err(|source| RecordingError::Broken {
        path: path.to_owned(),
        source,
    })
}

pub(super) fn read_folder(dir: &Path) -> Result<(Meta, Vec<Exchange>), RecordingError> {
    let meta = read_meta(dir)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).map_err(RecordingError::io("read", dir))? {
        let path = entry.map_err(RecordingError::io("read", dir))?.path();
        let is_exchange = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if is_exchange && !path.ends_with(META) {
            files.push(path);
        }
    }
    files.sort();
    let exchanges = files
        .iter()
        .map(|path| read(path))
        .collect::<Result<_, _>>()?;
    Ok((meta, exchanges))
}

/// The files of a recording, by name.
pub(super) fn files(
    meta: &Meta,
    exchanges: &BTreeMap<String, Exchange>,
) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([(META.to_owned(), text(meta))]);
    for (name, exchange) in exchanges {
        files.insert(format!("{name}.json"), text(exchange));
    }
    files
}

fn text(value: &impl Serialize) -> String {
    let value = json!(value);
    serde_json::to_string_pretty(&value).expect("BUG: JSON has a text") + "\n"
}

/// Replaces the folder as a whole: what goes wrong before the last step leaves it as it was.
pub(super) fn replace(dir: &Path, files: &BTreeMap<String, String>) -> Result<(), RecordingError> {
    let [new, old] = ["new", "old"].map(|what| dir.with_file_name(beside(dir, what)));
    let written = write(&new, files).and_then(|()| {
        if dir.exists() {
            fs::rename(dir, &old).map_err(RecordingError::io("move", dir))?;
        }
        fs::rename(&new, dir).map_err(|error| {
            // Back to what it was; the error that is told is the one that came first.
            let _ = fs::rename(&old, dir);
            RecordingError::io("write", dir)(error)
        })
    });
    for left in [&new, &old] {
        // What is left over is hidden and of no use to anybody.
        let _ = fs::remove_dir_all(left);
    }
    written
}

fn write(dir: &Path, files: &BTreeMap<String, String>) -> Result<(), RecordingError> {
    fs::create_dir_all(dir).map_err(RecordingError::io("create", dir))?;
    for (name, text) in files {
        let path = dir.join(name);
        fs::write(&path, text).map_err(RecordingError::io("write", &path))?;
    }
    Ok(())
}
