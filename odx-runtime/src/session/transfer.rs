//! Calls and pages whose content is too large for memory.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{BoxFuture, BoxStream, Call, CallOptions, Reply};
use crate::Error;

/// Where pieces of content go. Whoever reads them may have stopped.
pub(crate) type Pieces = mpsc::Sender<Bytes>;

/// Content on its way out.
pub struct Outgoing {
    /// The content, which gives as many bytes as are announced, or fails.
    pub(crate) pieces: BoxStream<Bytes>,
    /// How many bytes.
    pub(crate) size: u64,
}

/// Content that can be sent, once or more often.
pub trait Source: Send {
    /// The content from its start; `None` where it was sent already and cannot be had again.
    fn open(&mut self) -> Option<BoxFuture<'static, Outgoing>>;
}

/// A page of Odoo's web client.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path, such as `/web/content/7`.
    pub(crate) path: String,
    /// The parameters in its address.
    pub(crate) query: Vec<(&'static str, String)>,
    /// What it is asked for, for errors: a model and what stands in the place of a method.
    pub(crate) model: String,
    pub(crate) purpose: &'static str,
}

/// A file in a form, as a browser sends it.
#[derive(Clone, Debug)]
pub struct Form {
    /// The fields beside the file.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// The name of the file.
    pub(crate) file_name: String,
}

/// How an answer that is no page told why.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The start of the page as text, without tags and secrets.
    pub(crate) text: String,
    /// The error as any road tells it.
    pub(crate) error: Error,
}

/// A connection that sends and takes content in pieces.
pub trait Transfers: Send + Sync {
    /// Sends a call with content, as base64, in the place of a mark.
    fn send<'a>(
        &'a self,
        call: &'a Call,
        mark: &'a str,
        content: &'a mut dyn Source,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Reply>;

    /// Sends a call whose answer holds content as base64. The mark takes its place in the reply, unless it is short.
    fn receive<'a>(
        &'a self,
        call: &'a Call,
        mark: &'a str,
        into: &'a mpsc::Sender<Bytes>,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Reply>;

    /// Whether there is a login of the web client, to which pages are shown.
    fn has_pages(&self) -> bool;

    /// Takes the content of a page.
    fn page<'a>(
        &'a self,
        page: &'a Page,
        into: &'a mpsc::Sender<Bytes>,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Result<(), Refusal>>;

    /// Sends a form with a file to a page. `None` where the web client shows this user no form.
    fn post<'a>(
        &'a self,
        page: &'a Page,
        form: &'a Form,
        content: &'a mut dyn Source,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Option<Result<Vec<u8>, Refusal>>>;
}
