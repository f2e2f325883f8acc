//! What a client keeps of the Odoo servers that it talks to, by their URL.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::OnceCell;

use super::{
    limiter::{Limiter, Pace, Turn},
    standing,
};
use crate::{Error, error::CallSite, session::ServerVersion};

/// One Odoo.
#[derive(Debug)]
pub(super) struct Server {
    /// Its version, once it has been asked.
    pub(super) version: OnceCell<ServerVersion>,
    /// Whether version 2 of ODXProxy's protocol leads to it, once that has been asked.
    pub(super) has_proxy_v2: OnceCell<bool>,
    pub(super) limiter: Limiter,
}

impl Server {
    /// A turn among the calls to this Odoo. Where their pace is not limited, each has its turn.
    ///
    /// # Errors
    /// As [`standing::place`].
    pub(super) async fn turn(&self, limit: Duration, site: &CallSite) -> Result<Turn, Error> {
        standing::place(pin!(self.limiter.turn()), limit, site).await
    }

    /// The version, asked by `ask` where it is not known yet.
    pub(super) async fn version_or(
        &self,
        ask: impl Future<Output = Result<ServerVersion, Error>>,
    ) -> Result<ServerVersion, Error> {
        let asked = async {
            let version = ask.await?;
            if let Some(known) = version.taken_for() {
                tracing::warn!(
                    "odx was not run on Odoo {}: it is taken for Odoo {known}",
                    version.series()
                );
            }
            Ok(version)
        };
        standing::once(&self.version, pin!(asked)).await
    }
}

/// One entry a server, so that what one session has asked all know: those that a web service makes for each request, too.
#[derive(Debug)]
pub(super) struct Servers {
    pace: Pace,
    servers: Mutex<HashMap<String, Arc<Server>>>,
}

impl Servers {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            pace,
            servers: Mutex::default(),
        }
    }

    /// The Odoo at `url`.
    pub(super) fn of(&self, url: &str) -> Arc<Server> {
        // Poisoned or not, the map is whole: nothing that can panic happens under the lock.
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = servers.get(url) {
            return known.clone();
        }
        let server = Arc::new(Server {
            version: OnceCell::new(),
            has_proxy_v2: OnceCell::new(),
            limiter: Limiter::new(self.pace),
        });
        servers.insert(url.to_owned(), server.clone());
        server
    }
}
