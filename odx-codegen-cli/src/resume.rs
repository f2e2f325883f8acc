//! What a run that is killed leaves beside a file, and the next one of the same goes on with.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::connect::Live;
use crate::failure::Failure;

/// Who is asked, and as whom: what was begun with one Odoo is not gone on with on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    url: String,
    database: Option<String>,
    user: i64,
}

impl Origin {
    pub(crate) fn of(live: &Live) -> Self {
        let identity = live.odoo.identity();
        Self {
            url: identity
                .map(|identity| place(&identity.url))
                .unwrap_or_default(),
            database: identity.map(|identity| identity.database.clone()),
            user: live.user_id,
        }
    }
}

/// The address without what may be a secret in it.
fn place(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    parsed.map_or_else(String::new, |url| {
        format!("{}{}", url.origin().ascii_serialization(), url.path())
    })
}

/// Where it is left: the name of the file with more behind it.
pub(crate) fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
    name.push(more);
    file.with_file_name(name)
}

/// Locks a file until it is closed, so that no two runs have it.
///
/// # Errors
/// What `taken` makes of the path, where another run has it.
pub(crate) fn lock(file: &File, path: &Path, taken: fn(PathBuf) -> Failure) -> Result<(), Failure> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(taken(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(Failure::io("lock", path)(error)),
    }
}

/// Refuses a file that no folder is there for, before the work is done that it is to hold: a misspelt folder is not made.
pub(crate) fn check_folder(file: &Path) -> Result<(), Failure> {
    let folder = folder_of(file);
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::io("find the folder", folder)(
            io::ErrorKind::NotADirectory.into(),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::NoFolder(folder.to_owned()))
        }
        Err(error) => Err(Failure::io("find the folder", folder)(error)),
    }
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Replaces a file whole, or not at all.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut NamedTempFile) -> io::Result<()>,
) -> Result<(), Failure> {
    let replaced = (|| {
        let mut file = NamedTempFile::new_in(folder_of(path))?;
        write(&mut file)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    })();
    replaced.map_err(Failure::io("write", path))
}
