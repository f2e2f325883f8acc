//! How a server is started, and what stands behind it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::odoo::Database;

/// The largest request by default: Odoo's own limit for an upload is 128 MiB of a file, and few attachments have half of it.
const MAX_REQUEST: usize = 64 << 20;

/// The largest answer of Odoo by default, as much as odx takes by default.
const MAX_ANSWER: usize = 256 << 20;

/// What requests, and what answers, may take together by default.
const MAX_HELD: usize = 1 << 30;

/// How many connections there may be by default. Each takes one or two of a process's open files, mostly 1,024.
const MAX_CONNECTIONS: usize = 256;

/// What stands behind the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Backend {
    /// An Odoo in memory. The `url` of a request's instance is not looked at.
    Memory(Box<Database>),
    /// The Odoo at the `url` of each request's instance, if it is one of the [allowed](Options::allowed_upstream).
    Odoo,
}

/// Which Odoos may be called.
#[derive(Clone, Debug)]
pub(crate) enum Allowed {
    Any,
    These(Vec<Url>),
}

impl Allowed {
    /// Whether an Odoo at that address may be called.
    pub(crate) fn holds(&self, url: &Url) -> bool {
        match self {
            Self::Any => true,
            Self::These(these) => these.iter().any(|allowed| same_place(allowed, url)),
        }
    }

    /// Whether there is one that may be called.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::These(these) if these.is_empty())
    }
}

fn same_place(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
        && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
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
    pub(crate) allowed_upstream: Allowed,
    /// In PEM.
    pub(crate) upstream_roots: Vec<Vec<u8>>,
    pub(crate) hosts: Vec<String>,
    pub(crate) max_body: usize,
    pub(crate) max_answer: usize,
    pub(crate) max_held: usize,
    pub(crate) max_connections: usize,
    pub(crate) silence: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) remembered_calls: Option<usize>,
    pub(crate) trouble: Trouble,
    pub(crate) other_databases: Vec<String>,
}

/// What goes wrong with a proxy on every call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) licence_expired: bool,
    pub(crate) unreachable: bool,
    /// How long each answer is held back.
    pub(crate) slow: Option<Duration>,
}

impl Default for Options {
    /// Loopback, a free port, a new key, no upstream.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            key: None,
            allowed_upstream: Allowed::These(Vec::new()),
            upstream_roots: Vec::new(),
            hosts: Vec::new(),
            max_body: MAX_REQUEST,
            max_answer: MAX_ANSWER,
            max_held: MAX_HELD,
            max_connections: MAX_CONNECTIONS,
            silence: Duration::from_secs(30),
            body_timeout: Duration::from_secs(120),
            remembered_calls: None,
            trouble: Trouble::default(),
            other_databases: Vec::new(),
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

    /// An Odoo that [`Backend::Odoo`] may talk to, beside those named before.
    #[must_use]
    pub fn allowed_upstream(mut self, url: Url) -> Self {
        if let Allowed::These(these) = &mut self.allowed_upstream {
            these.push(url);
        }
        self
    }

    /// Any Odoo, or whatever else listens: whoever has the key then reaches every host that this machine reaches.
    #[must_use]
    pub fn any_upstream(mut self) -> Self {
        self.allowed_upstream = Allowed::Any;
        self
    }

    /// Root certificates in PEM, one or several, that the Odoos of [`Backend::Odoo`] may be signed by, beside the system's.
    #[must_use]
    pub fn upstream_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.upstream_roots.push(pem.into());
        self
    }

    /// A host name that the server answers to, beside `localhost` and the address it listens on. Requests for other
    /// names are refused, since a page in a browser may have given its own name this address (DNS rebinding).
    #[must_use]
    pub fn allowed_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// The largest request body, in bytes. By default 64 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// The largest answer of Odoo that is passed on, in bytes after decompression. By default 256 MiB.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// What all requests that run at a time may hold of memory, in bytes, and what all answers may; the first MiB of
    /// each is not counted. By default 1 GiB. A request beyond it waits, an answer beyond it is refused.
    #[must_use]
    pub fn max_held(mut self, bytes: usize) -> Self {
        self.max_held = bytes;
        self
    }

    /// How many connections there may be at a time. By default 256. Where there are more, those that have been silent
    /// for longest are closed.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How long the head of a request may take, and how long a connection may do nothing. By default 30 s.
    #[must_use]
    pub fn silence(mut self, limit: Duration) -> Self {
        self.silence = limit;
        self
    }

    /// How long the body of a request may take after its head. By default 120 s.
    #[must_use]
    pub fn body_timeout(mut self, limit: Duration) -> Self {
        self.body_timeout = limit;
        self
    }
}

impl Options {
    /// The proxy's licence has expired: every call is answered with 403 / 0, and `/_/license` says so.
    #[must_use]
    pub fn licence_expired(mut self) -> Self {
        self.trouble.licence_expired = true;
        self
    }

    /// The proxy cannot reach Odoo: every call is answered with 502 / -32004.
    #[must_use]
    pub fn unreachable(mut self) -> Self {
        self.trouble.unreachable = true;
        self
    }

    /// The proxy waits so long before each call. One that waits longer than its `x-request-timeout` is answered with
    /// 504 / -32003.
    #[must_use]
    pub fn slow(mut self, delay: Duration) -> Self {
        self.trouble.slow = Some(delay);
        self
    }

    /// A database that the server finds beside the one in memory, as without `--db-filter`. Then a request must name its
    /// database where its road can, and an Odoo 14 answers exceptions of `/jsonrpc` with a page.
    #[must_use]
    pub fn other_database(mut self, name: impl Into<String>) -> Self {
        self.other_databases.push(name.into());
        self
    }

    /// How many calls [`Server::calls`](crate::Server::calls) remembers, arguments included. Left alone, it is
    /// 10,000 in front of [`Backend::Memory`], and none in front of a real Odoo, whose data is nobody else's.
    #[must_use]
    pub fn remember_calls(mut self, limit: usize) -> Self {
        self.remembered_calls = Some(limit);
        self
    }
}

/// Why a server did not start.
#[derive(thiserror::Error)]
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
    /// [`Backend::Odoo`] without an Odoo that may be called.
    #[error(
        "no Odoo may be called: name it with `allowed_upstream`, or allow any with `any_upstream`"
    )]
    NoUpstream,
    /// What was given as [root certificates](Options::upstream_root_certificates) holds none.
    #[error("what was given as root certificates for Odoo holds no certificate in PEM")]
    NoCertificate,
    /// The HTTP client for the upstream cannot be set up.
    #[error("cannot set up the HTTP client for Odoo")]
    Client(#[source] reqwest::Error),
}

odx_facts::debug_as_told!(StartError);
