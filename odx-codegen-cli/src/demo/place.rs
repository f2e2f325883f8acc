//! The folder of the demo.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::args::DemoArgs;
use crate::failure::Failure;
use crate::settings;

/// A folder that the user named, or a temporary one.
pub(super) struct Place {
    dir: PathBuf,
    /// Deletes the folder when it is dropped.
    temporary: Option<TempDir>,
}

impl Place {
    pub(super) fn new(args: &DemoArgs) -> Result<Self, Failure> {
        let Some(dir) = &args.dir else {
            return Self::temporary(args.keep);
        };
        fs::create_dir_all(dir).map_err(Failure::io("create", dir))?;
        if fs::read_dir(dir)
            .map_err(Failure::io("read", dir))?
            .next()
            .is_some()
        {
            return Err(Failure::DemoDir(dir.clone()));
        }
        Ok(Self {
            dir: settings::real_path(dir)?,
            temporary: None,
        })
    }

    fn temporary(keep: bool) -> Result<Self, Failure> {
        let parent = std::env::temp_dir();
        let dir = tempfile::Builder::new()
            .prefix("odx-demo-")
            .tempdir()
            .map_err(Failure::io("create a folder in", &parent))?;
        let mut place = Self {
            dir: settings::real_path(dir.path())?,
            temporary: Some(dir),
        };
        if keep {
            place.keep();
        }
        Ok(place)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn keep(&mut self) {
        if let Some(dir) = self.temporary.take() {
            let _path = dir.keep();
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }
}
