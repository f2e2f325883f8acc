//! A folder whose files are replaced together: all of them, or none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Where new files are written before they are moved into place; inside the folder, so that a move is a rename.
const STAGING: &str = ".odx-staging";

/// What became of the files of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or whose bytes changed.
    pub written: Vec<PathBuf>,
    /// Files that nothing stands behind any more.
    pub removed: Vec<PathBuf>,
    /// How many files were right already and were not touched.
    pub unchanged: usize,
}

impl Written {
    /// Whether the folder was right already.
    pub fn is_unchanged(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

/// The folder's new content, by path below it, and the files of its old content that go if they are not in the new.
pub(crate) struct Replacement<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) files: BTreeMap<&'a Path, &'a [u8]>,
    pub(crate) stale: BTreeSet<PathBuf>,
}

struct Change<'a> {
    path: PathBuf,
    new: &'a [u8],
    old: Option<Vec<u8>>,
    staged: PathBuf,
}

impl Replacement<'_> {
    /// Writes what differs. On an error every file is as it was.
    pub(crate) fn apply(self) -> Result<Written, Error> {
        let (changes, unchanged) = self.changes()?;
        let mut removed = Vec::new();
        if !changes.is_empty() {
            let staging = self.dir.join(STAGING);
            let replaced = stage(&staging, &changes).and_then(|()| move_into_place(&changes));
            // The outcome is decided; what is left of the staging folder is removed by the next run at the latest.
            let _ = fs::remove_dir_all(&staging);
            replaced?;
        }
        for path in &self.stale {
            let path = self.dir.join(path);
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            removed.push(path);
        }
        Ok(Written {
            written: changes.into_iter().map(|change| change.path).collect(),
            removed,
            unchanged,
        })
    }

    fn changes(&self) -> Result<(Vec<Change<'_>>, usize), Error> {
        let mut changes = Vec::new();
        for (index, (path, new)) in self.files.iter().enumerate() {
            let path = self.dir.join(path);
            let old = read_file(&path)?;
            if old.as_deref() == Some(*new) {
                continue;
            }
            changes.push(Change {
                path,
                new,
                old,
                staged: self.dir.join(STAGING).join(index.to_string()),
            });
        }
        let unchanged = self.files.len() - changes.len();
        Ok((changes, unchanged))
    }
}

/// The bytes of a file, or `None` if there is none. Anything else in its place is an error.
pub(crate) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(_) if path.is_dir() => Err(Error::WrongKind {
            path: path.to_owned(),
            found: "a folder",
            wanted: "a file",
        }),
        Err(error) => Err(Error::io("read", path)(error).or_file_in_the_way(path)),
    }
}

fn stage(staging: &Path, changes: &[Change<'_>]) -> Result<(), Error> {
    if staging.exists() {
        fs::remove_dir_all(staging).map_err(Error::io("remove", staging))?;
    }
    create_dir(staging)?;
    for change in changes {
        fs::write(&change.staged, change.new).map_err(Error::io("write", &change.staged))?;
        create_dir(
            change
                .path
                .parent()
                .expect("BUG: the path was joined to a folder"),
        )?;
    }
    Ok(())
}

fn move_into_place(changes: &[Change<'_>]) -> Result<(), Error> {
    for (done, change) in changes.iter().enumerate() {
        if let Err(error) = fs::rename(&change.staged, &change.path) {
            changes[..done].iter().for_each(put_back);
            return Err(Error::io("write", &change.path)(error));
        }
    }
    Ok(())
}

/// The error that led here is the one to report, so a failure to put a file back is not.
fn put_back(change: &Change<'_>) {
    let _ = match &change.old {
        Some(old) => fs::write(&change.path, old),
        None => fs::remove_file(&change.path),
    };
}

fn create_dir(dir: &Path) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(|error| Error::io("create", dir)(error).or_file_in_the_way(dir))
}

impl Error {
    /// Names the file that stands where one of the folders above `path` (or `path` itself) should be.
    fn or_file_in_the_way(self, path: &Path) -> Self {
        match path.ancestors().find(|ancestor| ancestor.is_file()) {
            Some(file) => Self::WrongKind {
                path: file.to_owned(),
                found: "a file",
                wanted: "a folder",
            },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(dir: &Path, files: &[(&str, &str)], stale: &[&str]) -> Result<Written, Error> {
        Replacement {
            dir,
            files: files
                .iter()
                .map(|(path, text)| (Path::new(*path), text.as_bytes()))
                .collect(),
            stale: stale.iter().map(PathBuf::from).collect(),
        }
        .apply()
    }

    fn listing(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_files_whose_bytes_change_are_written() {
        let dir = tempfile::tempdir().expect("a folder");
        let first = replace(dir.path(), &[("a", "1"), ("sub/b", "2")], &[]).expect("written");
        assert_eq!((first.written.len(), first.unchanged), (2, 0));
        let second = replace(dir.path(), &[("a", "1"), ("sub/b", "3")], &[]).expect("written");
        assert_eq!(second.written, [dir.path().join("sub/b")]);
        let third = replace(dir.path(), &[("a", "1"), ("sub/b", "3")], &[]).expect("written");
        assert!(third.is_unchanged());
        assert_eq!(listing(dir.path()), ["a", "sub"]);
    }

    #[test]
    fn stale_files_go_after_the_new_ones_stand() {
        let dir = tempfile::tempdir().expect("a folder");
        replace(dir.path(), &[("old", "1")], &[]).expect("written");
        let written = replace(dir.path(), &[("new", "1")], &["old"]).expect("written");
        assert_eq!(written.removed, [dir.path().join("old")]);
        assert_eq!(listing(dir.path()), ["new"]);
    }

    #[test]
    fn a_folder_where_a_file_should_be_leaves_everything_as_it_was() {
        let dir = tempfile::tempdir().expect("a folder");
        replace(dir.path(), &[("a", "old")], &[]).expect("written");
        fs::create_dir(dir.path().join("b")).expect("a folder");
        let error =
            replace(dir.path(), &[("a", "new"), ("b", "new")], &["a"]).expect_err("b is a folder");
        assert!(
            matches!(
                error,
                Error::WrongKind {
                    found: "a folder",
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(
            fs::read_to_string(dir.path().join("a")).expect("a file"),
            "old"
        );
        assert_eq!(listing(dir.path()), ["a", "b"]);
    }

    #[test]
    fn a_file_where_a_folder_should_be_leaves_everything_as_it_was() {
        let dir = tempfile::tempdir().expect("a folder");
        replace(dir.path(), &[("a", "old"), ("sub", "a file")], &[]).expect("written");
        let error =
            replace(dir.path(), &[("a", "new"), ("sub/b", "new")], &[]).expect_err("sub is a file");
        assert!(
            matches!(
                error,
                Error::WrongKind {
                    found: "a file",
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(
            fs::read_to_string(dir.path().join("a")).expect("a file"),
            "old"
        );
        assert_eq!(listing(dir.path()), ["a", "sub"]);
    }

    #[test]
    fn the_folder_itself_may_be_a_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("file");
        fs::write(&file, "x").expect("a file");
        let error = replace(&file, &[("a", "1")], &[]).expect_err("not a folder");
        assert!(
            error
                .to_string()
                .contains("is a file, but a folder belongs there"),
            "{error}"
        );
    }

    #[test]
    fn a_move_that_fails_half_way_puts_the_first_files_back() {
        let dir = tempfile::tempdir().expect("a folder");
        let change = |name: &str, old: Option<&str>, new: &'static str| Change {
            path: dir.path().join(name),
            new: new.as_bytes(),
            old: old.map(|old| old.as_bytes().to_vec()),
            staged: dir.path().join(format!("{name}.staged")),
        };
        let changes = [
            change("a", Some("old"), "new"),
            change("b", None, "new"),
            change("c", None, "new"),
        ];
        fs::write(dir.path().join("a"), "old").expect("a file");
        for change in &changes[..2] {
            fs::write(&change.staged, change.new).expect("a file");
        }
        move_into_place(&changes).expect_err("c was never staged");
        assert_eq!(
            fs::read_to_string(dir.path().join("a")).expect("a file"),
            "old"
        );
        assert!(!dir.path().join("b").exists());
    }
}
