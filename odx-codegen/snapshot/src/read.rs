//! Reading a folder, whatever its files are read as.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::file::{Digests, META_FILE, MetaError, digest, meta_from_json};

/// How often a folder is read again that was replaced meanwhile.
const MOST_READINGS: usize = 10;

/// What a folder holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<T, M> {
    /// Where it was read: `_meta.json`.
    pub meta: T,
    /// The models, in the order of their files' names.
    pub models: Vec<ModelFile<M>>,
}

/// A model, and the file that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile<M> {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub model: M,
}

/// Why a folder was not read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no `_meta.json`.
    #[error("no schema in {}: run `odx pull` first, or name the folder that it wrote", .0.display())]
    NoSnapshot(PathBuf),
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It was written in another format.
    #[error("{}: it is of format_version {found}: take the same version of odx for both, or run `odx pull` again", path.display())]
    Version {
        /// The `_meta.json`.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A file is not what it should be.
    #[error("{}: run `odx pull` again", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A file is not the one that `_meta.json` records.
    #[error(
        "{} {how} {} was written: the snapshot is half written, or was edited or merged; run `odx pull` to write it anew",
        path.display(), meta.display()
    )]
    Differs {
        /// The file.
        path: PathBuf,
        /// In what it differs.
        how: &'static str,
        /// The `_meta.json`.
        meta: PathBuf,
    },
}

odx_facts::debug_as_told!(ReadError);

/// Reads a folder.
///
/// # Errors
/// [`ReadError`], which says what to do.
pub fn read<T: DeserializeOwned, M: DeserializeOwned>(
    dir: impl AsRef<Path>,
) -> Result<Snapshot<T, M>, ReadError> {
    let dir = dir.as_ref();
    let mut meta = read_meta(dir)?;
    for _ in 1..MOST_READINGS {
        let snapshot = read_models(dir, &meta);
        // Another odx may have written the folder while it was read. Then the digests have changed, too.
        match read_meta(dir) {
            Ok(now) if now != meta => meta = now,
            _ => return snapshot,
        }
    }
    read_models(dir, &meta)
}

fn io(path: &Path) -> impl FnOnce(io::Error) -> ReadError {
    move |source| ReadError::Io {
        path: path.to_owned(),
        source,
    }
}

fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> ReadError {
    move |source| ReadError::Json {
        path: path.to_owned(),
        source,
    }
}

fn read_meta(dir: &Path) -> Result<Vec<u8>, ReadError> {
    let path = dir.join(META_FILE);
    fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::NoSnapshot(dir.to_owned()),
        _ => io(&path)(error),
    })
}

/// Reads the models that belong to a `_meta.json`.
fn read_models<T: DeserializeOwned, M: DeserializeOwned>(
    dir: &Path,
    meta: &[u8],
) -> Result<Snapshot<T, M>, ReadError> {
    let meta_path = dir.join(META_FILE);
    let (meta, digests) = meta_from_json(meta).map_err(|error| match error {
        MetaError::Version(found) => ReadError::Version {
            path: meta_path.clone(),
            found,
        },
        MetaError::Json(error) => json(&meta_path)(error),
    })?;
    let mut recorded = Recorded {
        meta: &meta_path,
        digests,
    };
    let mut models = Vec::new();
    for file in model_files(dir)? {
        let path = dir.join(&file);
        let content = fs::read(&path).map_err(io(&path))?;
        let model = serde_json::from_slice(&content).map_err(json(&path))?;
        recorded.check(&file, &path, &content)?;
        models.push(ModelFile { path, model });
    }
    recorded.check_rest(dir)?;
    Ok(Snapshot { meta, models })
}

/// What `_meta.json` says of the files beside it.
struct Recorded<'a> {
    meta: &'a Path,
    /// Those that were not read yet; `None` where it says nothing.
    digests: Option<Digests>,
}

impl Recorded<'_> {
    fn check(&mut self, name: &Path, path: &Path, content: &[u8]) -> Result<(), ReadError> {
        let Some(digests) = &mut self.digests else {
            return Ok(());
        };
        let recorded = name.to_str().and_then(|name| digests.remove(name));
        match recorded {
            None => Err(self.differs(path, "was not there when")),
            Some(recorded) if recorded != digest(content) => {
                Err(self.differs(path, "is not as it was when"))
            }
            Some(_) => Ok(()),
        }
    }

    fn check_rest(&self, dir: &Path) -> Result<(), ReadError> {
        let missing = self
            .digests
            .as_ref()
            .and_then(|digests| digests.keys().next());
        match missing {
            Some(name) => Err(self.differs(&dir.join(name), "is missing, which was there when")),
            None => Ok(()),
        }
    }

    fn differs(&self, path: &Path, how: &'static str) -> ReadError {
        ReadError::Differs {
            path: path.to_owned(),
            how,
            meta: self.meta.to_owned(),
        }
    }
}

/// The names of the models' files of a folder.
///
/// # Errors
/// [`ReadError::Io`].
pub fn model_files(dir: &Path) -> Result<BTreeSet<PathBuf>, ReadError> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(dir).map_err(io(dir))? {
        let entry = entry.map_err(io(dir))?;
        let name = PathBuf::from(entry.file_name());
        let is_model = name
            .extension()
            .is_some_and(|extension| extension == "json")
            && name != Path::new(META_FILE);
        if is_model && entry.path().is_file() {
            files.insert(name);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::file::{meta_to_json, to_json};

    fn write(dir: &Path) {
        let model = to_json(&json!({"model": "thing", "fields": {}}));
        let digests = Digests::from([("thing.json".to_owned(), digest(model.as_bytes()))]);
        fs::write(dir.join("thing.json"), model).expect("written");
        let meta = meta_to_json(
            &json!({"format_version": 1, "odoo_version": "17.0"}),
            digests,
        );
        fs::write(dir.join(META_FILE), meta).expect("written");
    }

    #[test]
    fn a_folder_is_read_as_what_its_reader_wants() {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path());
        let snapshot: Snapshot<Value, Value> = read(dir.path()).expect("a snapshot");
        assert_eq!(snapshot.meta["odoo_version"], "17.0");
        assert_eq!(snapshot.models[0].model["model"], "thing");
        assert_eq!(snapshot.models[0].path, dir.path().join("thing.json"));
    }

    #[test]
    fn a_file_that_was_edited_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path());
        fs::write(dir.path().join("thing.json"), "{}").expect("written");
        let error = read::<Value, Value>(dir.path()).expect_err("edited");
        assert!(
            error
                .to_string()
                .contains("thing.json is not as it was when"),
            "{error}"
        );
    }
}
