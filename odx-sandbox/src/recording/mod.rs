//! What a real Odoo answered, kept in a folder and answered again: what `odx record` and `odx replay` do.
//!
//! A [`Recorder`] stands between a program and its Odoo, on whichever road, passes everything on and remembers it.
//! [`Recorder::finish`] writes the folder, from which a [`Player`] answers without the Odoo.
//!
//! No key, password, cookie or session id reaches the folder: headers are not kept at all, and what opens something is
//! replaced in bodies. What `odx.toml` names as personal ([`Rules`]) is left out, or replaced by a pseudonym, the same for the
//! same value: its digest with a salt that the folder holds. So who has the folder and guesses a value can see whether the
//! guess is right; what must not even be guessed is left out.

mod body;
mod call;
mod folder;
mod player;
mod recorder;
mod scrub;

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

pub use folder::{Summary, check_folder};
pub use player::Player;
pub use recorder::{Recorder, Upstream};

/// The address that stands for that of an Odoo behind a proxy.
pub const RECORDED_ODOO: &str = "http://recorded-odoo.invalid";

/// The fields that hold what is personal, by model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Texts that become pseudonyms.
    pub replace: BTreeMap<String, Vec<String>>,
    /// Values that are left out of rows: they read as unset, over XML-RPC texts as empty ones.
    pub remove: BTreeMap<String, Vec<String>>,
}

/// What a program signs in with, and what stands in its place.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The key, the password, the login, or the address of the Odoo behind a proxy.
    pub value: SecretString,
    /// What stands in its place: [`RECORDED_ODOO`], or a text that begins with `recorded-`, such as `recorded-api-key`.
    pub placeholder: &'static str,
    /// Whether it opens something, and so may be nowhere, not even as a part of a text.
    pub is_secret: bool,
}

/// Why there is no recording.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The loopback address cannot be listened on.
    #[error("cannot listen on the loopback address")]
    Listen(#[source] std::io::Error),
    /// The HTTP client for the Odoo cannot be set up.
    #[error("cannot set up the HTTP client for Odoo")]
    Client(#[source] reqwest::Error),
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no recording in the folder.
    #[error("no recording in {}: make one by `odx record -- COMMAND`", .0.display())]
    None(PathBuf),
    /// A file of the recording is broken.
    #[error("{} is no file of a recording: restore it, or make the recording anew by `odx record`", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The folder holds something else.
    #[error("{} holds files and no recording: move it away, or name another folder by --dir", .0.display())]
    NotOurs(PathBuf),
    /// No request passed, so the folder was left as it was.
    #[error(
        "no request passed, so {} is as it was: the command asks another address than that in ODX_ODOO_URL or ODX_PROXY_URL, or none", .0.display()
    )]
    NothingPassed(PathBuf),
    /// The recording would have held a secret, so it was not written.
    #[error(
        "nothing was written: the answer to {asked} holds a key or password in a form that is not recognised"
    )]
    Secret {
        /// The request.
        asked: String,
    },
}

odx_facts::debug_as_told!(RecordingError);

impl RecordingError {
    fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
