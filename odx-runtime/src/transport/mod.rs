//! The way to Odoo over HTTP.
//!
//! One file a protocol: each turns a [`Call`] into a request and a response into a [`Reply`] or an [`Error`], and does
//! no I/O. One HTTP executor sends the requests of them all.

mod clients;
mod connection;
mod documentation;
mod envelope;
mod http;
mod odxproxy;
mod ops;
mod proxy;
mod retry;
mod versions;

use std::time::Duration;

pub use documentation::OdooDocumentation;
pub use ops::{About, License};
pub use proxy::{OdxProxy, OdxProxyBuilder};
pub use retry::RetryPolicy;

use self::http::{Request, Response};
use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Call, Reply, ServerVersion},
};

/// The sans-I/O half of a connection: one protocol, to one Odoo database, as one user.
trait Protocol: Send + Sync + 'static {
    /// Its name, such as `odxproxy-v1`.
    const NAME: &'static str;

    /// Where a request goes, for errors.
    fn site(&self) -> CallSite;

    /// What must not be shown of an answer.
    fn secrets(&self) -> &Secrets;

    /// The request of a call.
    fn execute(&self, call: &Call, frame: Frame<'_>) -> Result<Request, Error>;

    /// The request for the server's version.
    fn version(&self, frame: Frame<'_>) -> Result<Request, Error>;

    /// The result in a response.
    fn reply(&self, response: Response, site: CallSite) -> Result<Reply, Error>;

    /// The version in the reply to [`version`](Self::version).
    fn read_version(&self, reply: &Reply) -> Result<ServerVersion, Error>;
}

/// What frames a request of any kind.
#[derive(Clone, Copy)]
struct Frame<'a> {
    request_id: &'a str,
    timeout: Option<Duration>,
}
