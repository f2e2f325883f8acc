//! What the variants of [`Error`](super::Error) carry.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use serde_json::Value;

#[cfg(feature = "client")]
use crate::session::Call;
use crate::{error::RequestId, session::Setting};

/// A setting of a connection that is missing, or does not go together with the others or the server.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct SettingError {
    /// Which one to look at.
    pub setting: Setting,
    /// What is wrong and what to do.
    pub message: Box<str>,
}

odx_facts::debug_as_told!(SettingError);

/// Where a call went: the method of which model, on which server, under which request id.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CallSite(
    /// Shared: each layer of a call has it, and what the call gives.
    Arc<Site>,
);

#[derive(Clone, Default, PartialEq, Eq)]
struct Site {
    server: Arc<str>,
    model: Option<Cow<'static, str>>,
    method: Option<Cow<'static, str>>,
    request_id: Option<RequestId>,
    /// Whether it is a page that was read, and no method that Odoo runs.
    is_page: bool,
}

impl CallSite {
    /// A request to `server`, which is a host name, or a text that names more than one.
    pub fn new(server: impl Into<Arc<str>>) -> Self {
        Self(Arc::new(Site {
            server: server.into(),
            ..Site::default()
        }))
    }

    /// The same, for a method of a model.
    pub fn with_call(
        self,
        model: impl Into<Cow<'static, str>>,
        method: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.with(|site| {
            site.model = Some(model.into());
            site.method = Some(method.into());
        })
    }

    /// The same, for an operation that has no model, such as `version`. It is taken to change nothing.
    pub fn with_operation(self, operation: &'static str) -> Self {
        self.with(|site| {
            site.model = None;
            site.method = Some(operation.into());
        })
    }

    /// The same, for a page about a model, such as its documentation. No setting of a session reaches it, and it
    /// changes nothing.
    #[cfg(feature = "client")]
    pub(crate) fn with_page(self, model: impl Into<String>, page: &'static str) -> Self {
        self.with_call(model.into(), page)
            .with(|site| site.is_page = true)
    }

    /// The same, with the id of the request.
    pub fn with_request_id(self, request_id: impl Into<Arc<str>>) -> Self {
        self.identified(RequestId::Known(request_id.into()))
    }

    pub(crate) fn identified(self, request_id: RequestId) -> Self {
        self.with(|site| site.request_id = Some(request_id))
    }

    /// That of a call to the same server.
    #[cfg(feature = "client")]
    pub(crate) fn of_call(&self, call: &Call, request_id: RequestId) -> Self {
        Self(Arc::new(Site {
            server: self.0.server.clone(),
            model: Some(call.model_name()),
            method: Some(call.method_name()),
            request_id: Some(request_id),
            is_page: false,
        }))
    }

    /// Names the server, where none is named yet.
    pub(crate) fn name_server(&mut self, server: &str) {
        if self.0.server.is_empty() {
            Arc::make_mut(&mut self.0).server = server.into();
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Site)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The server, without credentials or path; what a connection of the program's own calls itself.
    pub fn server(&self) -> &str {
        &self.0.server
    }

    /// The model, such as `res.partner`.
    pub fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// The method or the operation, such as `search_read`.
    pub fn method(&self) -> Option<&str> {
        self.0.method.as_deref()
    }

    /// The id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_ref().map(|id| &**id.shared())
    }

    #[cfg(feature = "client")]
    pub(crate) fn shared_request_id(&self) -> Option<&Arc<str>> {
        self.0.request_id.as_ref().map(RequestId::shared)
    }

    /// Whether the method is one of Odoo's that change nothing.
    pub fn is_read_only(&self) -> bool {
        match (&self.0.model, &self.0.method) {
            (Some(model), Some(method)) if !self.0.is_page => {
                odx_facts::is_read_only(model, method)
            }
            _ => true,
        }
    }
}

impl CallSite {
    /// Whether a method of a model was called, which has a time limit and a size that the caller chooses.
    fn is_method(&self) -> bool {
        self.0.model.is_some() && !self.0.is_page
    }
}

impl fmt::Debug for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSite")
            .field("server", &self.0.server)
            .field("model", &self.0.model)
            .field("method", &self.0.method)
            .field("request_id", &self.request_id())
            .field("is_page", &self.0.is_page)
            .finish()
    }
}

/// `res.partner.search_read on proxy.example.com`
impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(model) = &self.0.model {
            write!(f, "{model}.")?;
        }
        match (&self.0.method, &*self.0.server) {
            (Some(method), "") => f.write_str(method),
            (Some(method), server) => write!(f, "{method} on {server}"),
            (None, server) => f.write_str(server),
        }
    }
}

/// The proxy refused a call, or could not pass it on.
#[derive(Clone)]
#[non_exhaustive]
pub struct ProxyError {
    /// The code in the answer, -32000 to -32007, or 0.
    pub code: i64,
    /// The proxy's message.
    pub message: String,
    /// What the proxy added, if anything.
    pub data: Option<Value>,
    /// The HTTP status.
    pub status: u16,
    /// Where the call went.
    pub site: CallSite,
}

impl ProxyError {
    /// What the codes mean that have no variant of their own, and what to do.
    const CODES: &[(i64, &str, &str)] = &[
        (
            -32001,
            "the proxy does not know this action",
            "it may be of an older version than this client",
        ),
        (
            -32002,
            "the proxy found no method name",
            "name the method to call",
        ),
        (
            -32005,
            "the proxy could not read Odoo's answer",
            "see the logs of the proxy and of Odoo",
        ),
        (
            -32007,
            "the proxy refused a name",
            "check the model, the method, the database and the key for odd characters",
        ),
    ];
}

/// `MESSAGE (res.partner.read on proxy.example.com, HTTP 401, code -32000)`, and what it means where its code tells.
impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::CODES.iter().find(|(code, ..)| *code == self.code);
        if let Some((_, what, _)) = known {
            write!(f, "{what}: ")?;
        }
        write!(
            f,
            "{} ({}, HTTP {}, code {})",
            self.message, self.site, self.status, self.code
        )?;
        match known {
            Some((_, _, advice)) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl StdError for ProxyError {}

odx_facts::debug_as_told!(ProxyError);

/// Nobody answered within the local time limit.
#[derive(Clone)]
#[non_exhaustive]
pub struct LocalTimeout {
    /// The limit, or `None` where it is one of the caller's own HTTP client.
    pub limit: Option<Duration>,
    /// Where the call went.
    pub site: CallSite,
}

impl fmt::Display for LocalTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer")?;
        if let Some(limit) = self.limit {
            write!(f, " within {limit:?}")?;
        }
        write!(f, " ({})", self.site)?;
        match self.site.is_method() {
            true => {
                f.write_str("; Odoo may still be running the call, and `timeout` gives it longer")
            }
            false => Ok(()),
        }
    }
}

impl StdError for LocalTimeout {}

odx_facts::debug_as_told!(LocalTimeout);

/// The network, TLS or HTTP failed.
#[non_exhaustive]
pub struct TransportError {
    /// What failed.
    pub kind: TransportErrorKind,
    /// Where the call went.
    pub site: CallSite,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The step of an exchange that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: the name, the address, the port or TLS. Nothing was sent.
    Connect,
    /// The server's certificate was refused; the sources say why. Nothing was sent.
    Certificate,
    /// The server answered in something else than TLS. Nothing was sent.
    NoTls,
    /// The request could not be sent, or the connection broke before the answer's head came.
    Request,
    /// The answer's body broke off or could not be decompressed.
    Body,
    /// The answer is larger than the client accepts.
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The caller's own HTTP client followed a redirect to another server, and took the keys along.
    Redirected {
        /// The server that got the request.
        to: String,
    },
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let site = &self.site;
        match &self.kind {
            TransportErrorKind::Connect => {
                write!(
                    f,
                    "no connection to the server ({site}); check its URL, that it runs, and its certificate"
                )
            }
            TransportErrorKind::NoTls => write!(
                f,
                "the server speaks no TLS there ({site}): its URL may have to begin with http://, or name another port"
            ),
            TransportErrorKind::Certificate if site.0.is_page => write!(
                f,
                "the server's certificate is refused ({site}); check the host in the URL and the certificate's dates, and \
                 that the system trusts the authority that signed it"
            ),
            TransportErrorKind::Certificate => write!(
                f,
                "the server's certificate is refused ({site}); if an authority of your own signed it, give its root \
                 certificate to `root_certificate_pem` or `root_certificate_file`; else check the host in the URL and the certificate's dates; for \
                 trials on your own machine only, `danger_accept_invalid_certs` takes any certificate"
            ),
            TransportErrorKind::Request => {
                write!(f, "the connection broke before an answer came ({site})")
            }
            TransportErrorKind::Body => write!(
                f,
                "the answer broke off or could not be decompressed ({site})"
            ),
            TransportErrorKind::TooLarge { limit } if !site.is_method() => {
                write!(f, "the answer is larger than {limit} bytes ({site})")
            }
            TransportErrorKind::TooLarge { limit } => write!(
                f,
                "the answer takes more than {limit} bytes ({site}); read fewer rows or fields, or raise `max_response_size`"
            ),
            TransportErrorKind::Redirected { to } => write!(
                f,
                "the HTTP client followed a redirect to {to} and took the keys along ({site}); replace them, and give the \
                 client `redirect::Policy::none()`"
            ),
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

odx_facts::debug_as_told!(TransportError);

/// An answer that is not of the protocol.
#[derive(Clone)]
#[non_exhaustive]
pub struct NotAnEnvelope {
    /// The HTTP status.
    pub status: u16,
    /// The content type, if the answer had one.
    pub content_type: Option<String>,
    /// Where a redirect points: its server only. Redirects are not followed.
    pub redirect_to: Option<String>,
    /// The start of the body, 512 bytes at most, without the keys.
    pub excerpt: String,
    /// How long the server wants to be left alone (`Retry-After`, in seconds).
    pub retry_after: Option<Duration>,
    /// What is wrong with it, where it looks like an answer of the protocol.
    pub(crate) reason: Option<Cow<'static, str>>,
    /// Where the call went.
    pub site: CallSite,
    /// What to do about it, said by the road that was taken.
    pub(crate) advice: &'static str,
}

impl fmt::Display for NotAnEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(content_type) = &self.content_type {
            write!(f, " of type {content_type}")?;
        }
        write!(f, " in place of an answer of the protocol ({})", self.site)?;
        if let Some(server) = &self.redirect_to {
            write!(f, ", redirecting to {server}")?;
        }
        if let Some(reason) = &self.reason {
            write!(f, ", {reason}")?;
        }
        write!(f, "; {}", self.advice)?;
        match self.excerpt.trim() {
            "" => f.write_str("; the body is empty"),
            excerpt => write!(f, "; it starts with: {excerpt}"),
        }
    }
}

impl StdError for NotAnEnvelope {}

odx_facts::debug_as_told!(NotAnEnvelope);

/// The result of a call does not fit the type asked for.
#[derive(Clone, thiserror::Error)]
#[error("the result of {site} does not fit: expected {expected}, but {found} came")]
#[non_exhaustive]
pub struct UnexpectedResult {
    /// What was expected.
    pub expected: String,
    /// What came, cut short.
    pub found: String,
    /// Where the call went.
    pub site: CallSite,
}

odx_facts::debug_as_told!(UnexpectedResult);
