//! The versions of the Odoo servers that a client has asked, by their URL.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use crate::session::ServerVersion;

/// The version of one server, once it has been asked.
pub(super) type VersionCell = Arc<OnceCell<ServerVersion>>;

/// One cell a server, so that what one session has asked all know: those that a web service makes for each request, too.
#[derive(Default)]
pub(super) struct Versions(Mutex<HashMap<String, VersionCell>>);

impl Versions {
    /// The cell of the Odoo at `url`.
    pub(super) fn of(&self, url: &str) -> VersionCell {
        // Poisoned or not, the map is whole: nothing that can panic happens under the lock.
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cells.entry(url.to_owned()).or_default().clone()
    }
}
