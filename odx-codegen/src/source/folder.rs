//! The snapshot: a folder with one JSON file a model, and `_meta.json`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::{Replacement, Written, read_file};
use crate::schema::{self, META_FILE, MetaError, Schema};

const BROKEN: &str = "restore the file, or run `odx pull` again";

/// Reads a snapshot folder.
///
/// # Errors
///
/// [`Error::NoSnapshot`] where there is no `_meta.json`; [`Error::SnapshotVersion`] for another format;
/// [`Error::Json`] for a file that is broken, with its line.
pub fn read_snapshot(dir: impl AsRef<Path>) -> Result<Schema, Error> {
    let dir = dir.as_ref();
    let path = dir.join(META_FILE);
    let json = match fs::read(&path) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NoSnapshot {
                dir: dir.to_owned(),
            });
        }
        Err(error) => return Err(Error::io("read", &path)(error)),
    };
    let meta = schema::meta_from_json(&json).map_err(|error| match error {
        MetaError::Version(found) => Error::SnapshotVersion {
            path: path.clone(),
            found,
        },
        MetaError::Json(error) => Error::json(&path, BROKEN)(error),
    })?;
    let mut schema = Schema::new(meta);
    for file in model_files(dir)? {
        let path = dir.join(file);
        let json = fs::read(&path).map_err(Error::io("read", &path))?;
        let model = schema::model_from_json(&json).map_err(Error::json(&path, BROKEN))?;
        if let Some(model) = schema.insert(model) {
            return Err(Error::DuplicateModel {
                path,
                model: model.model,
            });
        }
    }
    Ok(schema)
}

/// Writes a snapshot folder. Only files whose bytes change are touched, files of models that are gone are removed,
/// and on an error the folder is as it was.
///
/// # Errors
///
/// [`Error::NotGenerated`] when the folder holds JSON files but is no snapshot; [`Error::WrongKind`] and
/// [`Error::Io`] when the file system refuses.
pub fn write_snapshot(schema: &Schema, dir: impl AsRef<Path>) -> Result<Written, Error> {
    let dir = dir.as_ref();
    let mut texts = vec![(PathBuf::from(META_FILE), schema::meta_to_json(&schema.meta))];
    texts.extend(schema.models().map(|model| {
        (
            PathBuf::from(schema::file_name(&model.model)),
            schema::model_to_json(model),
        )
    }));

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
    for (path, _) in &texts {
        stale.remove(path);
    }
    Replacement {
        dir,
        files: texts
            .iter()
            .map(|(path, text)| (path.as_path(), text.as_bytes()))
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
