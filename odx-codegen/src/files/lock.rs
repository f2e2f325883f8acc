//! One writer of a folder at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{create_dir, read_error};
use crate::error::Error;

/// The right to write a folder, which no other odx has while this lives.
///
/// A program that is killed gives it back. Where the file system has no locks nobody waits, as cargo does there.
pub(crate) struct FolderLock {
    /// The folder without links and dots; need not exist.
    folder: PathBuf,
    _held: Option<File>,
}

impl FolderLock {
    /// Waits for another odx that writes the folder; `waiting` is called before.
    pub(crate) fn take(dir: &Path, waiting: impl FnOnce(&Path)) -> Result<Self, Error> {
        let folder = real(dir)?;
        let held = open(&folder).and_then(|handle| match handle.try_lock() {
            Ok(()) => Some(handle),
            Err(TryLockError::Error(_)) => None,
            Err(TryLockError::WouldBlock) => {
                waiting(dir);
                wait(&handle).ok().map(|()| handle)
            }
        });
        // The folder may have come to be meanwhile, as a link for one.
        Ok(Self {
            folder: match folder.exists() {
                true => real(dir)?,
                false => folder,
            },
            _held: held,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

fn wait(handle: &File) -> io::Result<()> {
    loop {
        match handle.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            waited => return waited,
        }
    }
}

/// The folder above can be locked where it stands: nothing is left behind, and it stays when the folder is replaced.
#[cfg(unix)]
fn open(folder: &Path) -> Option<File> {
    File::open(folder.parent()?).ok()
}

/// Only files can be locked. It stays, since another may be about to lock it.
#[cfg(not(unix))]
fn open(folder: &Path) -> Option<File> {
    let name = format!(".{}.odx-lock", folder.file_name()?.to_string_lossy());
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    options.open(folder.parent()?.join(name)).ok()
}

/// The path without links and dots. The folders above it are there afterwards.
fn real(dir: &Path) -> Result<PathBuf, Error> {
    let missing = match fs::canonicalize(dir) {
        Ok(real) => return Ok(real),
        Err(error) => error,
    };
    let absolute = std::path::absolute(dir).map_err(Error::io("find", dir))?;
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) if fs::symlink_metadata(&absolute).is_err() => {
            create_dir(parent)?;
            let parent = fs::canonicalize(parent).map_err(Error::io("read", parent))?;
            Ok(parent.join(name))
        }
        _ => Err(read_error(dir, missing)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn the_second_is_told_and_waits_for_the_first() {
        let outer = tempfile::tempdir().expect("a folder");
        let dir = outer.path().join("models");
        let first = FolderLock::take(&dir, |_| panic!("nobody is there")).expect("a lock");
        let (send, received) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let waiting = |folder: &Path| send.send(folder.to_owned()).expect("heard");
                FolderLock::take(&dir, waiting).expect("a lock");
                send.send("locked".into()).expect("heard");
            });
            assert_eq!(received.recv().expect("it waits"), dir);
            assert!(received.try_recv().is_err());
            drop(first);
            assert_eq!(received.recv().expect("it goes on"), Path::new("locked"));
        });
    }

    #[test]
    #[cfg(unix)]
    fn nothing_is_left_of_a_lock() {
        let outer = tempfile::tempdir().expect("a folder");
        FolderLock::take(&outer.path().join("models"), |_| {}).expect("a lock");
        assert_eq!(fs::read_dir(outer.path()).expect("a folder").count(), 0);
    }
}
