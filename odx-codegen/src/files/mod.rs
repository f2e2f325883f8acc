//! A folder whose files are replaced together: all of them, or none.
//!
//! The new files are made ready in a folder of the run's own. Then, where the system has a call for it (Linux, macOS),
//! the smallest folder that holds all that changes is exchanged for its successor, so that a program that is killed
//! leaves the old one or the new one. Everything else that stands in it goes along: by a second name of each file before,
//! and what was saved meanwhile after. Elsewhere the files are moved into place one by one; a run that is killed then
//! leaves a mixture, which readers tell by what `_meta.json` records, and the next run makes whole.

mod lock;
mod staging;
mod swap;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

pub(crate) use lock::FolderLock;

use staging::{Purpose, Staging};
use swap::{Swap, Swapped};

/// What became of the files of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
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
    pub(crate) lock: &'a FolderLock,
    pub(crate) files: BTreeMap<&'a Path, &'a [u8]>,
    pub(crate) stale: BTreeSet<PathBuf>,
    /// Whether the folder is odx's to exchange, and not one that others count on.
    pub(crate) may_swap: bool,
}

struct Change<'a> {
    /// Below the folder.
    relative: &'a Path,
    /// As the user names it.
    path: PathBuf,
    new: &'a [u8],
}

impl Replacement<'_> {
    /// Writes what differs. On an error every file is as it was.
    pub(crate) fn apply(self) -> Result<Written, Error> {
        let folder = self.lock.folder();
        for parent in [folder.parent(), Some(folder)].into_iter().flatten() {
            staging::remove_leftovers(parent, folder);
        }
        let changes = self.changes()?;
        let touched = changes.len() + self.stale.len();
        // One file is replaced whole as it is.
        let may_swap = self.may_swap && touched > 1;
        let is_whole = may_swap && matches!(self.swap(&changes)?, Swapped::Whole);
        if touched > 0 && !is_whole {
            self.replace_one_by_one(&changes)?;
        }
        Ok(Written {
            unchanged: self.files.len() - changes.len(),
            written: changes.into_iter().map(|change| change.path).collect(),
            removed: self.stale.iter().map(|path| self.dir.join(path)).collect(),
        })
    }

    fn changes(&self) -> Result<Vec<Change<'_>>, Error> {
        let mut changes = Vec::new();
        for (relative, new) in &self.files {
            let path = self.dir.join(relative);
            if read_file(&path)?.as_deref() != Some(*new) {
                changes.push(Change {
                    relative,
                    path,
                    new,
                });
            }
        }
        Ok(changes)
    }

    fn swap(&self, changes: &[Change<'_>]) -> Result<Swapped, Error> {
        let changed: BTreeSet<&Path> = changes.iter().map(|change| change.relative).collect();
        let touched = changed.iter().copied();
        let root = shared_folder(touched.chain(self.stale.iter().map(PathBuf::as_path)));
        let in_root = |path: &'_ Path| path.strip_prefix(root).ok().map(Path::to_owned);
        let wanted = self.files.keys().copied();
        let swap = Swap {
            output: self.lock.folder(),
            root,
            changes: (changes.iter())
                .filter_map(|change| Some((change.relative.strip_prefix(root).ok()?, change)))
                .collect(),
            ours: (wanted
                .clone()
                .chain(self.stale.iter().map(PathBuf::as_path)))
            .filter_map(in_root)
            .collect(),
            unchanged: (wanted.filter(|path| !changed.contains(path)))
                .filter_map(|path| path.strip_prefix(root).ok())
                .collect(),
        };
        swap.run()
    }

    fn replace_one_by_one(&self, changes: &[Change<'_>]) -> Result<(), Error> {
        let folder = self.lock.folder();
        create_dir(self.dir)?;
        let purpose = Purpose {
            output: folder,
            swapped: None,
            ours: &BTreeSet::new(),
        };
        let staging =
            Staging::create(folder, &purpose).map_err(Error::io("write into", self.dir))?;
        let moves = Moves {
            tree: staging.tree(),
            changes,
        };
        moves.stage()?;
        moves.put()?;
        for path in &self.stale {
            let path = self.dir.join(path);
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        }
        Ok(())
    }
}

/// The lowest folder that holds all of these files.
fn shared_folder<'a>(files: impl IntoIterator<Item = &'a Path>) -> &'a Path {
    let folders = files.into_iter().filter_map(Path::parent);
    let shared = folders.reduce(|shared, folder| {
        let mut above = shared.ancestors();
        above
            .find(|above| folder.starts_with(above))
            .unwrap_or(Path::new(""))
    });
    shared.unwrap_or(Path::new(""))
}

impl Change<'_> {
    /// Writes the new content to another place. What fails is told of the place it is for.
    fn write_to(&self, place: &Path) -> Result<(), Error> {
        let parent = place.parent().map_or(Ok(()), fs::create_dir_all);
        let written = parent.and_then(|()| fs::write(place, self.new));
        written.map_err(Error::io("write", &self.path))
    }
}

/// Files that are moved into place one by one.
struct Moves<'a> {
    tree: PathBuf,
    changes: &'a [Change<'a>],
}

impl Moves<'_> {
    fn stage(&self) -> Result<(), Error> {
        for (index, change) in self.changes.iter().enumerate() {
            change.write_to(&self.staged(index))?;
            keep(&change.path, &self.kept(index)).map_err(Error::io("keep", &change.path))?;
        }
        Ok(())
    }

    fn put(&self) -> Result<(), Error> {
        for change in self.changes {
            let parent = change.path.parent();
            create_dir(parent.expect("BUG: the path was joined to a folder"))?;
        }
        for (index, change) in self.changes.iter().enumerate() {
            if let Err(error) = fs::rename(self.staged(index), &change.path) {
                (0..index).for_each(|done| self.put_back(done));
                return Err(Error::io("write", &change.path)(error));
            }
        }
        Ok(())
    }

    /// The error that led here is the one to report, so a failure to put a file back is not.
    fn put_back(&self, index: usize) {
        let path = &self.changes[index].path;
        let _ = match self.kept(index) {
            kept if kept.exists() => fs::rename(kept, path),
            _ => fs::remove_file(path),
        };
    }

    fn staged(&self, index: usize) -> PathBuf {
        self.tree.join(index.to_string())
    }

    fn kept(&self, index: usize) -> PathBuf {
        self.tree.join(format!("{index}.old"))
    }
}

/// A second name for a file, if it is there, or a copy where the file system has no second names.
fn keep(path: &Path, kept: &Path) -> io::Result<()> {
    match fs::hard_link(path, kept) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => fs::copy(path, kept).map(|_| ()),
        linked => linked,
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
        Err(error) => Err(read_error(path, error)),
    }
}

fn read_error(path: &Path, error: io::Error) -> Error {
    Error::io("read", path)(error).or_file_in_the_way(path)
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

    /// In one exchange, and one by one.
    const WAYS: [bool; 2] = [true, false];

    fn replace(
        dir: &Path,
        may_swap: bool,
        files: &[(&str, &str)],
        stale: &[&str],
    ) -> Result<Written, Error> {
        let lock = FolderLock::take(dir, |_| {})?;
        Replacement {
            dir,
            lock: &lock,
            files: files
                .iter()
                .map(|(path, text)| (Path::new(*path), text.as_bytes()))
                .collect(),
            stale: stale.iter().map(PathBuf::from).collect(),
            may_swap,
        }
        .apply()
    }

    /// A folder in a folder of its own, so that what is left beside it is seen.
    struct Place {
        outer: tempfile::TempDir,
        dir: PathBuf,
    }

    impl Place {
        fn new(files: &[(&str, &str)]) -> Self {
            let outer = tempfile::tempdir().expect("a folder");
            let dir = outer.path().join("models");
            replace(&dir, true, files, &[]).expect("written");
            Self { outer, dir }
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.dir.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }

        #[track_caller]
        fn holds(&self, files: &[(&str, &str)]) {
            let mut found = Vec::new();
            collect(&self.dir, Path::new(""), &mut found);
            found.sort();
            let files: Vec<(String, String)> = files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect();
            assert_eq!(found, files);
            let beside = fs::read_dir(self.outer.path()).expect("a folder").count();
            assert_eq!(beside, 1, "nothing is left beside the folder");
        }
    }

    fn collect(dir: &Path, below: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir.join(below)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = below.join(entry.file_name());
            match entry.path().is_dir() {
                true => collect(dir, &path, found),
                false => found.push((
                    path.to_string_lossy().into_owned(),
                    fs::read_to_string(entry.path()).expect("text"),
                )),
            }
        }
    }

    #[test]
    fn only_files_whose_bytes_change_are_written() {
        for may_swap in WAYS {
            let place = Place::new(&[]);
            let first = [("a", "1"), ("c", "1"), ("sub/b", "2")];
            let first = replace(&place.dir, may_swap, &first, &[]).expect("written");
            assert_eq!((first.written.len(), first.unchanged), (3, 0));
            let modified = || fs::metadata(place.dir.join("a")).and_then(|meta| meta.modified());
            let before = modified().expect("a time");
            let second = [("a", "1"), ("c", "2"), ("sub/b", "3")];
            let written = replace(&place.dir, may_swap, &second, &[]).expect("written");
            let changed = [place.dir.join("c"), place.dir.join("sub/b")];
            assert_eq!(
                (written.written.as_slice(), written.unchanged),
                (&changed[..], 1)
            );
            assert_eq!(modified().expect("a time"), before);
            let third = replace(&place.dir, may_swap, &second, &[]).expect("written");
            assert!(third.is_unchanged());
            place.holds(&second);
        }
    }

    #[test]
    fn stale_files_go_when_the_new_ones_come() {
        for may_swap in WAYS {
            let place = Place::new(&[("old", "1")]);
            let written =
                replace(&place.dir, may_swap, &[("new", "1")], &["old"]).expect("written");
            assert_eq!(written.removed, [place.dir.join("old")]);
            place.holds(&[("new", "1")]);
        }
    }

    #[test]
    fn what_else_is_in_the_folder_stays() {
        for may_swap in WAYS {
            let place = Place::new(&[("Cargo.toml", "1"), ("src/lib.rs", "1")]);
            place.write("README.md", "mine");
            place.write("src/deep/er/mine.rs", "mine");
            place.write(
                "target/CACHEDIR.TAG",
                "Signature: 8a477f597d28d172789f06886806bc55\n",
            );
            place.write("target/debug/models", "built");
            let new = [("Cargo.toml", "2"), ("src/lib.rs", "2")];
            replace(&place.dir, may_swap, &new, &[]).expect("written");
            place.holds(&[
                ("Cargo.toml", "2"),
                ("README.md", "mine"),
                ("src/deep/er/mine.rs", "mine"),
                ("src/lib.rs", "2"),
                (
                    "target/CACHEDIR.TAG",
                    "Signature: 8a477f597d28d172789f06886806bc55\n",
                ),
                ("target/debug/models", "built"),
            ]);
        }
    }

    #[test]
    fn a_folder_of_the_name_that_was_used_for_staging_is_left_alone() {
        for may_swap in WAYS {
            let place = Place::new(&[("a", "1"), ("b", "1")]);
            place.write(".odx-staging/mine", "mine");
            replace(&place.dir, may_swap, &[("a", "2"), ("b", "2")], &[]).expect("written");
            place.holds(&[(".odx-staging/mine", "mine"), ("a", "2"), ("b", "2")]);
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_stay_links() {
        let place = Place::new(&[("a", "1"), ("b", "1")]);
        place.write("mine", "mine");
        let link = place.dir.join("link");
        std::os::unix::fs::symlink("mine", &link).expect("a link");
        std::os::unix::fs::symlink("nowhere", place.dir.join("broken")).expect("a link");
        let outer = place.outer.path().join("elsewhere");
        std::os::unix::fs::symlink("models", &outer).expect("a link");
        replace(&outer, true, &[("a", "2"), ("b", "2")], &[]).expect("written");
        assert_eq!(fs::read_link(&link).expect("a link"), Path::new("mine"));
        assert!(place.dir.join("broken").is_symlink() && outer.is_symlink());
        assert_eq!(fs::read_to_string(place.dir.join("a")).expect("text"), "2");
    }

    #[test]
    fn a_folder_where_a_file_should_be_leaves_everything_as_it_was() {
        for may_swap in WAYS {
            let place = Place::new(&[("a", "old")]);
            place.write("b/mine", "mine");
            let new = [("a", "new"), ("b", "new")];
            let error = replace(&place.dir, may_swap, &new, &["a"]).expect_err("b is a folder");
            let Error::WrongKind { found, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(found, "a folder");
            place.holds(&[("a", "old"), ("b/mine", "mine")]);
        }
    }

    #[test]
    fn a_file_where_a_folder_should_be_leaves_everything_as_it_was() {
        for may_swap in WAYS {
            let place = Place::new(&[("a", "old"), ("sub", "a file")]);
            let new = [("a", "new"), ("sub/b", "new")];
            let error = replace(&place.dir, may_swap, &new, &[]).expect_err("sub is a file");
            let Error::WrongKind { found, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(found, "a file");
            place.holds(&[("a", "old"), ("sub", "a file")]);
        }
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_and_everything_is_as_it_was() {
        for may_swap in WAYS {
            let place = Place::new(&[("a", "old"), ("b", "old")]);
            let long = "z".repeat(300);
            let new = [("a", "new"), ("b", "new"), ("sub/c", "new"), (&long, "new")];
            let error = replace(&place.dir, may_swap, &new, &[]).expect_err("too long");
            assert!(error.to_string().contains(&long), "{error}");
            place.holds(&[("a", "old"), ("b", "old")]);
        }
    }

    #[test]
    fn the_folder_itself_may_be_a_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("file");
        fs::write(&file, "x").expect("a file");
        let error = replace(&file, true, &[("a", "1")], &[]).expect_err("not a folder");
        assert!(
            error
                .to_string()
                .contains("is a file, but a folder belongs there"),
            "{error}"
        );
    }

    #[test]
    fn a_move_that_fails_half_way_puts_the_first_files_back() {
        let place = Place::new(&[("a", "old")]);
        let names = ["a", "b", "c"];
        let changes = names.map(|name| Change {
            relative: Path::new(name),
            path: place.dir.join(name),
            new: b"new",
        });
        let tree = tempfile::tempdir().expect("a folder");
        let moves = Moves {
            tree: tree.path().to_owned(),
            changes: &changes,
        };
        moves.stage().expect("staged");
        fs::remove_file(moves.staged(2)).expect("removed");
        moves.put().expect_err("c is not there");
        place.holds(&[("a", "old")]);
    }

    #[test]
    fn the_folder_that_is_exchanged_is_the_smallest_that_holds_all() {
        let shared = |files: &'static [&'static str]| shared_folder(files.iter().map(Path::new));
        assert_eq!(shared(&["src/a", "src/b"]), Path::new("src"));
        assert_eq!(shared(&["src/a", "src/deep/b"]), Path::new("src"));
        assert_eq!(shared(&["src/a", "source/b"]), Path::new(""));
        assert_eq!(shared(&["Cargo.toml", "src/a"]), Path::new(""));
    }
}
