//! The snapshot: a folder with one JSON file a model, and `_meta.json`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::{FolderLock, Replacement, Written, read_file};
use crate::schema::{self, Digests, META_FILE, MetaError, Schema};

const BROKEN: &str = "restore the file, or run `odx pull` again";

const BROKEN_META: &str = "restore the file, or run `odx pull` again; after a merge, take either side of it and delete `files`";

/// How often a folder is read again that was replaced meanwhile.
const MOST_READINGS: usize = 10;

/// Reads a snapshot folder.
///
/// # Errors
///
/// [`Error::NoSnapshot`] where there is no `_meta.json`; [`Error::SnapshotVersion`] for another format;
/// [`Error::Json`] for a file that is broken, with its line; [`Error::SnapshotFile`] for one that is not the one that
/// `_meta.json` records.
pub fn read_snapshot(dir: impl AsRef<Path>) -> Result<Schema, Error> {
    let dir = dir.as_ref();
    let mut meta = read_meta(dir)?;
    for _ in 1..MOST_READINGS {
        let schema = read_models(dir, &meta);
        // Another odx may have written the folder while it was read. Then the digests have changed, too.
        match read_meta(dir) {
            Ok(now) if now != meta => meta = now,
            _ => return schema,
        }
    }
    read_models(dir, &meta)
}

fn read_meta(dir: &Path) -> Result<Vec<u8>, Error> {
    let path = dir.join(META_FILE);
    fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NoSnapshot {
            dir: dir.to_owned(),
        },
        _ => Error::io("read", &path)(error),
    })
}

/// Reads the models that belong to a `_meta.json`.
fn read_models(dir: &Path, meta: &[u8]) -> Result<Schema, Error> {
    let meta_path = dir.join(META_FILE);
    let (meta, digests) = schema::meta_from_json(meta).map_err(|error| match error {
        MetaError::Version(found) => Error::SnapshotVersion {
            path: meta_path.clone(),
            found,
        },
        MetaError::Json(error) => Error::json(&meta_path, BROKEN_META)(error),
    })?;
    let mut schema = Schema::new(meta);
    let mut recorded = Recorded {
        meta: &meta_path,
        digests,
    };
    for file in model_files(dir)? {
        let path = dir.join(&file);
        let json = fs::read(&path).map_err(Error::io("read", &path))?;
        let model = schema::model_from_json(&json).map_err(Error::json(&path, BROKEN))?;
        recorded.check(&file, &path, &json)?;
        if let Some(model) = schema.insert(model) {
            return Err(Error::DuplicateModel {
                path,
                model: model.model,
            });
        }
    }
    recorded.check_rest(dir)?;
    Ok(schema)
}

/// What `_meta.json` says of the files beside it.
struct Recorded<'a> {
    meta: &'a Path,
    /// Those that were not read yet; `None` where it says nothing.
    digests: Option<Digests>,
}

impl Recorded<'_> {
    fn check(&mut self, name: &Path, path: &Path, content: &[u8]) -> Result<(), Error> {
        let Some(digests) = &mut self.digests else {
            return Ok(());
        };
        let digest = name.to_str().and_then(|name| digests.remove(name));
        match digest {
            None => Err(self.differs(path, "was not there when")),
            Some(digest) if digest != schema::digest(content) => {
                Err(self.differs(path, "is not as it was when"))
            }
            Some(_) => Ok(()),
        }
    }

    fn check_rest(&self, dir: &Path) -> Result<(), Error> {
        let missing = self
            .digests
            .as_ref()
            .and_then(|digests| digests.keys().next());
        match missing {
            Some(name) => Err(self.differs(&dir.join(name), "is missing, which was there when")),
            None => Ok(()),
        }
    }

    fn differs(&self, path: &Path, how: &'static str) -> Error {
        Error::SnapshotFile {
            path: path.to_owned(),
            how,
            meta: self.meta.to_owned(),
        }
    }
}

/// Writes a snapshot folder. Only files whose bytes change are touched, files of models that are gone are removed,
/// and on an error the folder is as it was. Waits for another odx that writes there.
///
/// # Errors
///
/// [`Error::NotGenerated`] when the folder holds JSON files but is no snapshot; [`Error::WrongKind`] and
/// [`Error::Io`] when the file system refuses.
pub fn write_snapshot(schema: &Schema, dir: impl AsRef<Path>) -> Result<Written, Error> {
    write_snapshot_when_free(schema, dir, |_| {})
}

/// The same, and calls `waiting` with the folder before it waits for another odx that writes there.
///
/// # Errors
///
/// As [`write_snapshot`].
pub fn write_snapshot_when_free(
    schema: &Schema,
    dir: impl AsRef<Path>,
    waiting: impl FnOnce(&Path),
) -> Result<Written, Error> {
    let dir = dir.as_ref();
    let lock = FolderLock::take(dir, waiting)?;
    let models = schema.models().map(|model| {
        (
            schema::file_name(&model.model),
            schema::model_to_json(model),
        )
    });
    let mut texts: Vec<(String, String)> = models.collect();
    let digests = texts
        .iter()
        .map(|(name, text)| (name.clone(), schema::digest(text.as_bytes())))
        .collect();
    texts.push((
        META_FILE.to_owned(),
        schema::meta_to_json(&schema.meta, digests),
    ));

    let mut stale = match dir.is_dir() {
        true => model_files(dir)?,
        false => BTreeSet::new(),
    };
    if read_file(&dir.join(META_FILE))?.is_none() {
        // Without its meta file this is not a snapshot, and the JSON files in it are somebody else's.
        if let Some(file) = stale.first() {
            return Err(Error::NotGenerated {
                path: dir.join(file),
            });
        }
    }
    for (name, _) in &texts {
        stale.remove(Path::new(name));
    }
    Replacement {
        dir,
        lock: &lock,
        may_swap: true,
        files: texts
            .iter()
            .map(|(name, text)| (Path::new(name), text.as_bytes()))
            .collect(),
        stale,
    }
    .apply()
}

/// The names of the models' files of a folder.
fn model_files(dir: &Path) -> Result<BTreeSet<PathBuf>, Error> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(dir).map_err(Error::io("read", dir))? {
        let entry = entry.map_err(Error::io("read", dir))?;
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
    use serde_json::json;

    use super::*;
    use crate::schema::Meta;

    fn schema() -> Schema {
        let partner = json!({"name": {"type": "char", "string": "Name", "size": 10}, "kind": {"type": "selection", "selection": [["a", "A"], [2, "B"], [false, ""]]}});
        Schema::from_fields_get(
            [
                ("res.partner".to_owned(), partner),
                ("../Evil".to_owned(), json!({})),
            ],
            &[],
            Meta::default(),
        )
        .0
    }

    #[test]
    fn what_is_written_is_read_back() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&schema(), dir.path()).expect("written");
        assert_eq!(read_snapshot(dir.path()).expect("a snapshot"), schema());
    }

    #[test]
    fn the_same_schema_is_written_once() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(
            write_snapshot(&schema(), dir.path())
                .expect("written")
                .written
                .len(),
            3
        );
        assert!(
            write_snapshot(&schema(), dir.path())
                .expect("written")
                .is_unchanged()
        );
    }

    #[test]
    fn the_file_of_a_model_that_is_gone_is_removed() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&schema(), dir.path()).expect("written");
        let written = write_snapshot(&Schema::default(), dir.path()).expect("written");
        assert_eq!(written.removed.len(), 2);
        assert_eq!(
            read_snapshot(dir.path()).expect("a snapshot"),
            Schema::default()
        );
    }

    #[test]
    fn a_folder_of_other_json_files_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("package.json"), "{}").expect("a file");
        let error = write_snapshot(&schema(), dir.path()).expect_err("not ours");
        assert!(
            error
                .to_string()
                .contains("package.json was not written by odx"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_snapshot_says_what_to_run() {
        let error = read_snapshot("no/such/folder").expect_err("nothing there");
        assert!(
            error
                .to_string()
                .starts_with("no schema in no/such/folder: run `odx pull`"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&schema(), dir.path()).expect("written");
        let path = dir.path().join("res.partner.json");
        fs::write(&path, "{\n  \"model\": 7\n}").expect("a file");
        let error = read_snapshot(dir.path()).expect_err("broken").to_string();
        assert!(error.contains("res.partner.json:2:12: invalid type: integer `7`, expected a string; restore the file"), "{error}");
    }

    /// A snapshot, and the same with another label in each file.
    fn two() -> (Schema, Schema) {
        let labelled = |label: &str| {
            let models = ["a", "b", "c"].map(|model| {
                let field = json!({"name": {"type": "char", "string": label}});
                (model.to_owned(), field)
            });
            Schema::from_fields_get(models, &[], Meta::default()).0
        };
        (labelled("old"), labelled("new"))
    }

    #[test]
    fn a_snapshot_of_which_a_part_is_older_is_noticed_whichever_part_it_is() {
        let (old, new) = two();
        let halves = tempfile::tempdir().expect("a folder");
        let other = tempfile::tempdir().expect("a folder");
        for file in ["a.json", "b.json", "c.json", META_FILE] {
            write_snapshot(&old, other.path()).expect("written");
            write_snapshot(&new, halves.path()).expect("written");
            fs::copy(other.path().join(file), halves.path().join(file)).expect("copied");
            let error = read_snapshot(halves.path()).expect_err("half").to_string();
            assert!(error.contains("is not as it was when"), "{error}");
            fs::remove_file(halves.path().join(file)).expect("removed");
            let error = read_snapshot(halves.path()).expect_err("half").to_string();
            let said = [
                "is missing, which was there when",
                "run `odx pull` first, or name the snapshot's folder",
            ];
            assert!(said.iter().any(|said| error.contains(said)), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_as_recorded_is_named_with_what_to_do() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&two().0, dir.path()).expect("written");
        let path = dir.path().join("b.json");
        let text = fs::read_to_string(&path).expect("text");
        fs::write(&path, text.replace("old", "mine")).expect("a file");
        let error = read_snapshot(dir.path()).expect_err("edited").to_string();
        let (path, meta) = (path.display(), dir.path().join(META_FILE));
        let meta = meta.display();
        assert_eq!(
            error,
            format!(
                "{path} is not as it was when {meta} was written: the snapshot is half written, or was edited or merged; \
                 run `odx pull` to write it anew, or, if it is meant to be like this, delete `files` from {meta}"
            )
        );
    }

    #[test]
    fn a_snapshot_that_is_meant_to_differ_is_read_once_files_is_deleted() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&two().0, dir.path()).expect("written");
        fs::remove_file(dir.path().join("b.json")).expect("removed");
        read_snapshot(dir.path()).expect_err("b is missing");
        let path = dir.path().join(META_FILE);
        let meta = fs::read(&path).expect("a file");
        let mut meta: serde_json::Value = serde_json::from_slice(&meta).expect("JSON");
        meta.as_object_mut().expect("an object").remove("files");
        fs::write(&path, meta.to_string()).expect("a file");
        assert_eq!(read_snapshot(dir.path()).expect("read").models().len(), 2);
        write_snapshot(&two().0, dir.path()).expect("written");
        fs::remove_file(dir.path().join("b.json")).expect("removed");
        read_snapshot(dir.path()).expect_err("it is noticed again");
    }

    #[test]
    fn two_branches_that_changed_different_models_merge_into_a_snapshot() {
        let (old, new) = two();
        let dir = tempfile::tempdir().expect("a folder");
        let meta = |first: &Schema, last: &Schema| {
            let mut merged = first.clone();
            merged.insert(last.model("c").expect("a model").clone());
            write_snapshot(&merged, dir.path()).expect("written");
            fs::read_to_string(dir.path().join(META_FILE)).expect("text")
        };
        let (ours, theirs) = (meta(&new, &old), meta(&old, &new));
        let base = meta(&old, &old);
        // Line by line, as git merges.
        let merged: Vec<&str> = (base.lines().zip(ours.lines().zip(theirs.lines())))
            .map(|(base, (ours, theirs))| if ours == base { theirs } else { ours })
            .collect();
        assert_eq!(merged.join("\n") + "\n", meta(&new, &new));
    }

    #[test]
    fn line_ends_of_another_system_are_no_change() {
        let dir = tempfile::tempdir().expect("a folder");
        write_snapshot(&schema(), dir.path()).expect("written");
        for entry in fs::read_dir(dir.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            fs::write(&path, text.replace('\n', "\r\n")).expect("a file");
        }
        assert_eq!(read_snapshot(dir.path()).expect("a snapshot"), schema());
    }

    #[test]
    fn a_snapshot_of_a_newer_odx_says_so() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join(META_FILE), r#"{"format_version": 3}"#).expect("a file");
        let error = read_snapshot(dir.path()).expect_err("newer").to_string();
        assert!(
            error.contains("format_version 3, this odx reads 1: it was written by a newer odx"),
            "{error}"
        );
    }
}
