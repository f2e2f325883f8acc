//! A folder and its successor change places in one call of the system.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::Change;
use super::staging::{Purpose, Staging, is_cache, is_same_file};
use crate::error::Error;

/// A folder that is about to be replaced.
pub(super) struct Swap<'a> {
    /// The output folder.
    pub(super) output: &'a Path,
    /// The folder that holds all that changes, below the output folder.
    pub(super) root: &'a Path,
    /// New files, by path below the root.
    pub(super) changes: Vec<(&'a Path, &'a Change<'a>)>,
    /// The files that odx wrote or writes, by path below the root.
    pub(super) ours: BTreeSet<PathBuf>,
    /// Those of them that stay as they are.
    pub(super) unchanged: BTreeSet<&'a Path>,
}

/// Whether the folder was replaced.
pub(super) enum Swapped {
    Whole,
    /// The system cannot do it here; nothing has changed.
    NotHere,
}

impl Swap<'_> {
    /// Replaces the folder. On an error, which is that of a file that cannot be written, it is as it was.
    pub(super) fn run(&self) -> Result<Swapped, Error> {
        let folder = self.folder();
        let (Some(parent), false) = (folder.parent(), self.is_to_stay()) else {
            return Ok(Swapped::NotHere);
        };
        let purpose = Purpose {
            output: self.output,
            swapped: Some(self.root),
            ours: &self.ours,
        };
        let Ok(mut staging) = Staging::create(parent, &purpose) else {
            return Ok(Swapped::NotHere);
        };
        let tree = staging.tree();
        for (path, change) in &self.changes {
            change.write_to(&tree.join(path))?;
        }
        if !folder.exists() {
            return Ok(match fs::rename(&tree, &folder) {
                Ok(()) => Swapped::Whole,
                Err(_) => Swapped::NotHere,
            });
        }
        let mut caches = Vec::new();
        if self.carry(&tree, Path::new(""), &mut caches).is_err() {
            return Ok(Swapped::NotHere);
        }
        staging.set_removable(false);
        if exchange(&folder, &tree).is_err() {
            staging.set_removable(true);
            return Ok(Swapped::NotHere);
        }
        for cache in &caches {
            // One that was begun anew meanwhile is as good.
            let _ = fs::rename(tree.join(cache), folder.join(cache));
        }
        self.fetch(&tree, Path::new(""))
            .map_err(Error::io("move files from", &tree))?;
        staging.set_removable(true);
        Ok(Swapped::Whole)
    }

    fn folder(&self) -> PathBuf {
        // Joining nothing would leave a separator at the end.
        match self.root.as_os_str().is_empty() {
            true => self.output.to_owned(),
            false => self.output.join(self.root),
        }
    }

    /// Whether the folder is more than the files in it: a link, or where this program runs.
    fn is_to_stay(&self) -> bool {
        let folder = self.folder();
        let is_current = env::current_dir()
            .and_then(fs::canonicalize)
            .map_or(true, |current| current.starts_with(&folder));
        is_current || folder.is_symlink()
    }

    /// Gives everything that stays in the folder a second name in the tree.
    fn carry(&self, tree: &Path, below: &Path, caches: &mut Vec<PathBuf>) -> io::Result<()> {
        let folder = self.folder();
        for entry in fs::read_dir(folder.join(below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let new = tree.join(&path);
            if entry.file_type()?.is_dir() {
                if is_cache(&entry.path()) {
                    caches.push(path);
                    continue;
                }
                if !new.is_dir() {
                    fs::create_dir(&new)?;
                }
                self.carry(tree, &path, caches)?;
            } else if !self.ours.contains(&path) || self.unchanged.contains(path.as_path()) {
                link(&entry, &new)?;
            }
        }
        let old = fs::metadata(folder.join(below))?;
        fs::set_permissions(tree.join(below), old.permissions())
    }

    /// Brings what was saved in the old tree, which others may have written until a moment ago, into the new one.
    fn fetch(&self, old: &Path, below: &Path) -> io::Result<()> {
        let folder = self.folder();
        for entry in fs::read_dir(old.join(below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let now = folder.join(&path);
            if entry.file_type()?.is_dir() {
                if is_cache(&entry.path()) {
                    continue;
                }
                if !now.is_dir() {
                    fs::create_dir(&now)?;
                }
                self.fetch(old, &path)?;
            } else if !self.ours.contains(&path) && !is_same_file(&entry.path(), &now) {
                fs::rename(entry.path(), now)?;
            }
        }
        Ok(())
    }
}

/// A second name, or where there are none a copy.
fn link(entry: &DirEntry, new: &Path) -> io::Result<()> {
    match fs::hard_link(entry.path(), new) {
        Err(_) if entry.file_type()?.is_file() => fs::copy(entry.path(), new).map(|_| ()),
        linked => linked,
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_was_saved_until_the_exchange_is_in_the_new_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let [now, old] = ["models", "old"].map(|name| outer.path().join(name));
        for (path, text) in [
            ("models/ours", "new"),
            ("models/same", "same"),
            ("models/saved", "before"),
            ("old/ours", "old"),
            ("old/saved", "after"),
            ("old/sub/begun", "begun"),
        ] {
            let path = outer.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        fs::hard_link(now.join("same"), old.join("same")).expect("a link");
        let swap = Swap {
            output: &now,
            root: Path::new(""),
            changes: Vec::new(),
            ours: BTreeSet::from(["ours".into()]),
            unchanged: BTreeSet::new(),
        };
        swap.fetch(&old, Path::new("")).expect("fetched");
        let read = |name: &str| fs::read_to_string(now.join(name)).expect("text");
        assert_eq!(
            ["ours", "same", "saved", "sub/begun"].map(read),
            ["new", "same", "after", "begun"]
        );
    }
}
