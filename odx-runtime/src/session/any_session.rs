//! The trait that async and blocking sessions share.

use std::pin::Pin;

use futures_core::Stream;

use super::Session;
use crate::Error;

/// A boxed future of a result.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A boxed stream of results.
pub type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;

/// A session, async or blocking.
///
/// Everything that talks to Odoo is written once, as async work over [`session`](Self::session); the kind of session
/// decides what the caller gets: a future and a stream, or a result and an iterator.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session with Odoo: one is made by `Odoo::from_env()?.await?`, or by `Odoo::connect(url).api_key(key).await?`",
    label = "not a session with Odoo",
    note = "`OdxProxy::new(url, key)?.session(instance)` makes one of a proxy, and the same names under `blocking` one that blocks"
)]
pub trait AnySession: Clone + Send + Sync + 'static {
    /// What a call gives: a future of a result, or the result.
    type Answer<'a, T: Send + 'a>
    where
        Self: 'a;

    /// What a call of many rows gives: a stream or an iterator of results.
    type Rows<T: Send + 'static>;

    /// The session that does the work.
    fn session(&self) -> &Session;

    /// Runs the work of a call.
    fn answer<'a, T, W>(&'a self, work: W) -> Self::Answer<'a, T>
    where
        T: Send + 'a,
        W: Future<Output = Result<T, Error>> + Send + 'a;

    /// Runs the work of a call of many rows.
    fn rows<T, S>(&self, stream: S) -> Self::Rows<T>
    where
        T: Send + 'static,
        S: Stream<Item = Result<T, Error>> + Send + 'static;
}

impl AnySession for Session {
    type Answer<'a, T: Send + 'a> = BoxFuture<'a, T>;
    type Rows<T: Send + 'static> = BoxStream<T>;

    fn session(&self) -> &Session {
        self
    }

    fn answer<'a, T, W>(&'a self, work: W) -> BoxFuture<'a, T>
    where
        T: Send + 'a,
        W: Future<Output = Result<T, Error>> + Send + 'a,
    {
        Box::pin(work)
    }

    fn rows<T, S>(&self, stream: S) -> BoxStream<T>
    where
        T: Send + 'static,
        S: Stream<Item = Result<T, Error>> + Send + 'static,
    {
        Box::pin(stream)
    }
}
