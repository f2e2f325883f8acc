//! How a server is started, and what stands behind it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::SecretString;
use url::Url;

use crate::odoo::Database;

/// What stands behind the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Backend {
    /// An Odoo in memory. The `url` of a request's instance is not looked at.
    Memory(Box<Database>),
    /// The Odoo at the `url` of each request's instance.
    Odoo,
}

impl From<Database> for Backend {
    fn from(database: Database) -> Self {
        Self::Memory(Box::new(database))
    }
}

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) address: SocketAddr,
    pub(crate) key: Option<SecretString>,
    pub(crate) allowed_upstream: Option<Url>,
    pub(crate) max_body: usize,
    pub(crate) remembered_calls: Option<usize>,
}

impl Default for Options {
    /// Loopback, a free port, a new key, any upstream, bodies up to 64 MiB.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            key: None,
            allowed_upstream: None,
            max_body: 64 * 1024 * 1024,
            remembered_calls: None,
        }
    }
}

impl Options {
    /// Where to listen.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The proxy key that requests must send as `x-api-key`.
    #[must_use]
    pub fn key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The only Odoo that [`Backend::Odoo`] may talk to.
    #[must_use]
    pub fn allowed_upstream(mut self, url: Url) -> Self {
        self.allowed_upstream = Some(url);
        self
    }

    /// The largest request body, in bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }
}

impl Options {
    /// How many calls [`Server::calls`](crate::Server::calls) remembers, arguments included. Left alone, it is
    /// 10,000 in front of [`Backend::Memory`], and none in front of a real Odoo, whose data is nobody else's.
    #[must_use]
    pub fn remember_calls(mut self, limit: usize) -> Self {
        self.remembered_calls = Some(limit);
        self
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: choose another port, or stop what uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The HTTP client for the upstream cannot be set up.
    #[error("cannot set up the HTTP client for Odoo")]
    Client(#[source] reqwest::Error),
}
