use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::schema::FORMAT_VERSION;

/// Why a schema was not read or code was not generated. Every message names the place and the next step.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried (`read`, `write`, ...).
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no snapshot in the folder.
    #[error("no schema in {}: run `odx pull` first, or name the snapshot's folder with --schema or [schema] dir", dir.display())]
    NoSnapshot {
        /// The folder.
        dir: PathBuf,
    },
    /// The snapshot was written in another format.
    #[error("{}: format_version {found}, this odx reads {FORMAT_VERSION}: {}", path.display(), version_help(*found))]
    SnapshotVersion {
        /// The `_meta.json`.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A JSON file is not what it should be.
    #[error("{}:{line}:{column}: {message}; {help}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1; 0 where the line is empty.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        help: &'static str,
    },
    /// A file of the snapshot is not the one that its `_meta.json` records.
    #[error(
        "{} {how} {} was written: the snapshot is half written, or was edited or merged; \
         run `odx pull` to write it anew, or, if it is meant to be like this, delete `files` from {}",
        path.display(), meta.display(), meta.display()
    )]
    SnapshotFile {
        /// The file.
        path: PathBuf,
        /// In what it differs.
        how: &'static str,
        /// The `_meta.json`.
        meta: PathBuf,
    },
    /// The snapshot could not be read for another reason.
    #[error(transparent)]
    Snapshot(odx_snapshot::ReadError),
    /// Two files of a snapshot hold the same model.
    #[error("{} and another file both hold `{model}`: remove one, or run `odx pull` again", path.display())]
    DuplicateModel {
        /// The second file.
        path: PathBuf,
        /// The model.
        model: String,
    },
    /// `odx.toml` says something that cannot be understood.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, and what it should be.
        message: String,
    },
    /// The schema and the configuration do not go together; at least one of the diagnostics is an error.
    #[error("the schema and the configuration do not go together, and nothing was written:{}", list(.0))]
    Rejected(Vec<Diagnostic>),
    /// A file that odx did not write stands where it would write one.
    #[error("{} was not written by odx and would be overwritten: move it away, or choose another folder with --out or [output] dir", path.display())]
    NotGenerated {
        /// The file.
        path: PathBuf,
    },
    /// A folder stands where a file should be, or a file where a folder should be.
    #[error("{} is {found}, but {wanted} belongs there: move it away, or choose another folder", path.display())]
    WrongKind {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: &'static str,
        /// What should be.
        wanted: &'static str,
    },
    /// `build` was called outside a build script.
    #[error("{0} is not set: `odx_codegen::build` only works in a build script (build.rs)")]
    NotABuildScript(&'static str),
}

odx_facts::debug_as_told!(Error);

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn json(path: &Path, help: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| {
            let message = error.to_string();
            // serde_json ends its messages with the position, which stands at the front here.
            let bare = message.split(" at line ").next().unwrap_or(&message);
            Self::Json {
                path: path.to_owned(),
                line: error.line(),
                column: error.column(),
                message: bare.to_owned(),
                help,
            }
        }
    }
}

fn version_help(found: u32) -> &'static str {
    if found > FORMAT_VERSION {
        "it was written by a newer odx; install that one, or run `odx pull` with this one"
    } else {
        "run `odx pull` to write it anew"
    }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error());
    errors.map(|error| format!("\n  {error}")).collect()
}
