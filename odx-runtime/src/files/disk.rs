//! A file on disk that takes the place of another one when it is whole.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::runtime::Handle;

use super::FileError;
use crate::Error;

/// A file in the making, beside the one whose place it takes. Dropping it removes it.
pub(super) struct Making {
    path: PathBuf,
    file: NamedTempFile,
}

impl Making {
    pub(super) async fn begin(path: PathBuf) -> Result<Self, Error> {
        let failed = unwritten(path.clone());
        apart(move || {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let mut builder = tempfile::Builder::new();
            let builder = builder.prefix(".odx-").suffix(".part");
            // As any new file: what the umask leaves.
            #[cfg(unix)]
            let builder = {
                use std::os::unix::fs::PermissionsExt as _;
                builder.permissions(std::fs::Permissions::from_mode(0o666))
            };
            let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
            Ok(Self { path, file })
        })
        .await
        .map_err(failed)
    }

    pub(super) async fn write(mut self, piece: Bytes) -> Result<Self, Error> {
        let failed = unwritten(self.path.clone());
        apart(move || {
            self.file.write_all(&piece)?;
            Ok(self)
        })
        .await
        .map_err(failed)
    }

    /// Puts the file in its place.
    pub(super) async fn finish(self) -> Result<(), Error> {
        let Self { path, file } = self;
        let failed = unwritten(path.clone());
        apart(move || {
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        })
        .await
        .map_err(failed)
    }
}

/// Does work that blocks where it holds up nobody. Outside of a tokio runtime it is done here: whatever else needs one says so.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match Handle::try_current() {
        Ok(runtime) => {
            let done = runtime.spawn_blocking(work).await;
            done.map_err(io::Error::other)?
        }
        Err(_) => work(),
    }
}

fn unwritten(path: PathBuf) -> impl FnOnce(io::Error) -> Error {
    move |source| FileError::Write { path, source }.into()
}
