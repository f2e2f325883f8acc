//! The folder in which new files are made ready, and what killed runs have left of such folders.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fs::{self, DirEntry, Metadata};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const PREFIX: &str = ".odx-staging-";

/// Says in a staging folder that odx made it, and for what.
const MARKER: &str = "made-by-odx.json";

/// Where the files are made ready, below the staging folder.
const TREE: &str = "new";

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Marker {
    /// The output folder's name in the folder above, or nothing where the staging folder stands in the output folder.
    output: String,
    /// What changes places with the tree, as seen from the output folder.
    swapped: String,
    /// What was there before.
    old: Option<u64>,
    /// The files of it that odx wrote.
    ours: BTreeSet<String>,
}

/// A folder of this run alone. It is removed with this value, unless something in it could be somebody else's.
pub(super) struct Staging {
    dir: PathBuf,
    removable: bool,
}

/// What is about to be replaced.
pub(super) struct Purpose<'a> {
    /// The output folder.
    pub(super) output: &'a Path,
    /// The folder that changes places, below the output folder; none where files are moved one by one.
    pub(super) swapped: Option<&'a Path>,
    /// Those of its files that odx wrote or writes.
    pub(super) ours: &'a BTreeSet<PathBuf>,
}

impl Staging {
    /// A new folder in `parent`, which is the output folder or the one above it.
    pub(super) fn create(parent: &Path, purpose: &Purpose<'_>) -> io::Result<Self> {
        let swapped = purpose.swapped.map(|path| purpose.output.join(path));
        let marker = Marker {
            output: seen_from(parent, purpose.output),
            swapped: seen_from(purpose.output, swapped.as_deref().unwrap_or(purpose.output)),
            old: swapped
                .and_then(|path| fs::symlink_metadata(path).ok())
                .and_then(|old| identity(&old)),
            ours: purpose.ours.iter().map(|path| text(path)).collect(),
        };
        let marker = serde_json::to_vec(&marker).map_err(io::Error::other)?;
        let staging = Self {
            dir: create_unique(parent)?,
            removable: true,
        };
        fs::write(staging.dir.join(MARKER), marker)?;
        fs::create_dir(staging.tree())?;
        Ok(staging)
    }

    /// The files that are made ready.
    pub(super) fn tree(&self) -> PathBuf {
        self.dir.join(TREE)
    }

    /// From now on, or again, the tree holds nothing that would be missed.
    pub(super) fn set_removable(&mut self, removable: bool) {
        self.removable = removable;
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.removable {
            remove(&self.dir);
        }
    }
}

/// The marker goes last, so that the next run knows what is left; what cannot be removed does no harm.
fn remove(dir: &Path) {
    let _ = fs::remove_dir_all(dir.join(TREE));
    let _ = fs::remove_file(dir.join(MARKER));
    let _ = fs::remove_dir(dir);
}

/// Makes a folder of a name that nothing had.
fn create_unique(parent: &Path) -> io::Result<PathBuf> {
    loop {
        // Seeded anew by the system each time.
        let random = RandomState::new().build_hasher().finish();
        let dir = parent.join(format!("{PREFIX}{random:016x}"));
        match fs::create_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| dir),
        }
    }
}

/// Removes what killed runs for this output folder have left in `parent`. What is not surely theirs stays.
pub(super) fn remove_leftovers(parent: &Path, output: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let dir = entry.path();
        if is_staging_name(&entry.file_name().to_string_lossy())
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && is_leftover(&dir, &seen_from(parent, output), output)
        {
            remove(&dir);
        }
    }
}

fn is_staging_name(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|random| random.len() == 16 && random.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a run made the folder for this output folder, and nothing is in it that odx did not write.
fn is_leftover(dir: &Path, name: &str, output: &Path) -> bool {
    let names = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let Ok(names) =
        names.map(|entries| entries.iter().map(DirEntry::file_name).collect::<Vec<_>>())
    else {
        return false;
    };
    if !names.iter().all(|name| name == MARKER || name == TREE) {
        return false;
    }
    if !names.iter().any(|name| name == TREE) {
        // Killed before there was anything in it, or after all had gone.
        return true;
    }
    let Ok(marker) = fs::read(dir.join(MARKER)) else {
        return false;
    };
    let Ok(marker) = serde_json::from_slice::<Marker>(&marker) else {
        return false;
    };
    if marker.output != name {
        return false;
    }
    let tree = dir.join(TREE);
    let Ok(found) = fs::symlink_metadata(&tree) else {
        return false;
    };
    let was_swapped = marker.old.is_some() && identity(&found) == marker.old;
    // Before, all that is in it was written by the run, or has another name where it came from.
    !was_swapped || holds_nothing_else(&tree, Path::new(""), &marker, output)
}

/// Whether each file of an old tree is one of ours, or stands in the new one too.
fn holds_nothing_else(tree: &Path, below: &Path, marker: &Marker, output: &Path) -> bool {
    let Ok(entries) = fs::read_dir(tree.join(below)) else {
        return false;
    };
    entries.into_iter().all(|entry| {
        let Ok(entry) = entry else { return false };
        let path = below.join(entry.file_name());
        let now = output.join(&marker.swapped).join(&path);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                is_cache(&entry.path()) || holds_nothing_else(tree, &path, marker, output)
            }
            Ok(_) => marker.ours.contains(&text(&path)) || is_same_file(&entry.path(), &now),
            Err(_) => false,
        }
    })
}

/// Whether the folder says that it can be made again at any time, as cargo's `target` does
/// (the Cache Directory Tagging Specification).
pub(super) fn is_cache(dir: &Path) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    fs::read(dir.join("CACHEDIR.TAG")).is_ok_and(|tag| tag.starts_with(SIGNATURE))
}

/// Whether both are names of one file.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    let identity = |path| fs::symlink_metadata(path).ok().and_then(|m| identity(&m));
    match (identity(a), identity(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// What tells a file from all others of its file system.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<u64> {
    None
}

fn seen_from(dir: &Path, path: &Path) -> String {
    text(path.strip_prefix(dir).unwrap_or(path))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose<'a>(output: &'a Path, ours: &'a BTreeSet<PathBuf>) -> Purpose<'a> {
        Purpose {
            output,
            swapped: Some(Path::new("")),
            ours,
        }
    }

    /// What a killed run leaves.
    fn left(staging: Staging) -> PathBuf {
        let dir = staging.dir.clone();
        std::mem::forget(staging);
        dir
    }

    #[test]
    fn what_a_killed_run_left_is_removed() {
        let outer = tempfile::tempdir().expect("a folder");
        let output = outer.path().join("models");
        fs::create_dir(&output).expect("a folder");
        let ours = BTreeSet::new();
        let staging = Staging::create(outer.path(), &purpose(&output, &ours)).expect("a folder");
        fs::write(staging.tree().join("half"), "").expect("a file");
        let dir = left(staging);
        remove_leftovers(outer.path(), &outer.path().join("other"));
        assert!(dir.exists(), "it was for another folder");
        remove_leftovers(outer.path(), &output);
        assert!(!dir.exists());
    }

    #[test]
    fn a_run_that_was_killed_at_once_leaves_nothing_either() {
        let outer = tempfile::tempdir().expect("a folder");
        let dir = create_unique(outer.path()).expect("a folder");
        remove_leftovers(outer.path(), &outer.path().join("models"));
        assert!(!dir.exists());
    }

    #[test]
    fn a_folder_that_only_looks_like_one_of_ours_stays() {
        let outer = tempfile::tempdir().expect("a folder");
        let output = outer.path().join("models");
        for name in [".odx-staging", ".odx-staging-0123456789abcdef"] {
            fs::create_dir(outer.path().join(name)).expect("a folder");
            fs::write(outer.path().join(name).join("mine"), "mine").expect("a file");
        }
        remove_leftovers(outer.path(), &output);
        assert_eq!(fs::read_dir(outer.path()).expect("a folder").count(), 2);
    }

    #[test]
    #[cfg(unix)]
    fn an_old_tree_with_a_file_of_somebody_else_stays() {
        let outer = tempfile::tempdir().expect("a folder");
        let output = outer.path().join("models");
        fs::create_dir(&output).expect("a folder");
        fs::write(output.join("ours.rs"), "").expect("a file");
        let ours = BTreeSet::from(["ours.rs".into()]);
        let staging = Staging::create(outer.path(), &purpose(&output, &ours)).expect("a folder");
        // As if killed right after the two changed places, and a file was saved right before.
        fs::write(output.join("saved.rs"), "").expect("a file");
        let aside = outer.path().join("aside");
        fs::rename(&output, &aside).expect("moved");
        fs::rename(staging.tree(), &output).expect("moved");
        fs::rename(&aside, staging.tree()).expect("moved");
        let dir = left(staging);
        remove_leftovers(outer.path(), &output);
        assert!(dir.join("new/saved.rs").exists());
        fs::rename(dir.join("new/saved.rs"), output.join("saved.rs")).expect("moved");
        remove_leftovers(outer.path(), &output);
        assert!(!dir.exists());
    }
}
