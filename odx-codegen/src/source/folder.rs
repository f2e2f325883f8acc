//! The snapshot: a folder with one JSON file a model, and `_meta.json`.

use std::collections::BTreeSet;
use std::path::Path;

use odx_snapshot::{META_FILE, ModelFile, ReadError, Snapshot, model_files};

use crate::error::Error;
use crate::files::{FolderLock, Replacement, Written, read_file};
use crate::schema::{Model, Schema};

const BROKEN: &str = "restore the file, or run `odx pull` again";

const BROKEN_META: &str = "restore the file, or run `odx pull` again; after a merge, take either side of it and delete `files`";

/// Reads a snapshot folder.
///
/// # Errors
///
/// [`Error::NoSnapshot`] where there is no `_meta.json`; [`Error::SnapshotVersion`] for another format;
/// [`Error::Json`] for a file that is broken, with its line; [`Error::SnapshotFile`] for one that is not the one that
/// `_meta.json` records.
pub fn read_snapshot(dir: impl AsRef<Path>) -> Result<Schema, Error> {
    let snapshot: Snapshot<_, Model> = odx_snapshot::read(dir).map_err(failed)?;
    let mut schema = Schema::new(snapshot.meta);
    for ModelFile { path, model } in snapshot.models {
        if let Some(model) = schema.insert(model) {
            return Err(Error::DuplicateModel {
                path,
                model: model.model,
            });
        }
    }
    Ok(schema)
}

/// The error in the words of the command line.
fn failed(error: ReadError) -> Error {
    match error {
        ReadError::NoSnapshot(dir) => Error::NoSnapshot { dir },
        ReadError::Io { path, source } => Error::io("read", &path)(source),
        ReadError::Version { path, found } => Error::SnapshotVersion { path, found },
        ReadError::Json { path, source } => {
            let is_meta = path.file_name() == Some(META_FILE.as_ref());
            let help = if is_meta { BROKEN_META } else { BROKEN };
            Error::json(&path, help)(source)
        }
        ReadError::Differs { path, how, meta } => Error::SnapshotFile { path, how, meta },
        other => Error::Snapshot(other),
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
            odx_snapshot::file_name(&model.model),
            odx_snapshot::to_json(model),
        )
    });
    let mut texts: Vec<(String, String)> = models.collect();
    let digests = texts
        .iter()
        .map(|(name, text)| (name.clone(), odx_snapshot::digest(text.as_bytes())))
        .collect();
    texts.push((
        META_FILE.to_owned(),
        odx_snapshot::meta_to_json(&schema.meta, digests),
    ));

    let mut stale = match dir.is_dir() {
        true => model_files(dir).map_err(failed)?,
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

#[cfg(test)]
mod tests {
    use std::fs;

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
