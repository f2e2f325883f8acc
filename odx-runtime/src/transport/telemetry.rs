//! What `tracing` is told of a call: a span under OpenTelemetry's names, and an event when it has ended. Never with what it calls.
//!
//! The names are those of the semantic conventions 1.45 for RPC, HTTP, servers, databases and errors; what they have no name for
//! begins with `odoo`. Fields that begin with `otel` are what the crate `tracing-opentelemetry` takes out of a span. Numbers are
//! signed, as OpenTelemetry's are: of others that crate makes texts.

use std::{borrow::Cow, fmt, pin::Pin, time::Instant};

use tracing::{Instrument, Span, field};

use super::request::{Request, Response};
use crate::{
    Error,
    error::{CallSite, TransportErrorKind},
};

/// The span of a call.
#[derive(Clone)]
pub(super) struct CallSpan(Span);

impl CallSpan {
    pub(super) fn new(road: &str, site: &CallSite) -> Self {
        let method = Method(site);
        Self(tracing::debug_span!(
            "odoo",
            otel.name = %method,
            otel.kind = "client",
            otel.status_code = field::Empty,
            rpc.system.name = "odoo",
            rpc.method = %method,
            rpc.response.status_code = field::Empty,
            odoo.model = site.model(),
            odoo.road = road,
            odoo.request_id = site.request_id(),
            server.address = field::Empty,
            server.port = field::Empty,
            http.request.body.size = field::Empty,
            http.request.resend_count = field::Empty,
            http.response.body.size = field::Empty,
            http.response.status_code = field::Empty,
            db.response.returned_rows = field::Empty,
            "error.type" = field::Empty,
        ))
    }

    pub(super) fn span(&self) -> &Span {
        &self.0
    }

    /// Does the work of the call in the span, and tells how it ended. It comes pinned: by value it would have two places here.
    pub(super) async fn around<T>(
        &self,
        work: Pin<&mut impl Future<Output = Result<T, Error>>>,
    ) -> Result<T, Error> {
        if self.0.is_disabled() {
            return work.await;
        }
        let began = Instant::now();
        let result = work.instrument(self.0.clone()).await;
        self.ended(began, result.as_ref().err());
        result
    }

    #[cold]
    fn ended(&self, began: Instant, error: Option<&Error>) {
        let took = began.elapsed();
        let Some(error) = error else {
            return tracing::debug!(parent: &self.0, ?took, "answered");
        };
        let kind = error_type(error);
        self.0.record("otel.status_code", "ERROR");
        self.0.record("error.type", &*kind);
        if let Some(code) = error.code() {
            self.0
                .record("rpc.response.status_code", field::display(code));
        }
        tracing::debug!(parent: &self.0, ?took, "failed");
    }

    /// A request goes out; with a body of that size in place of its own, where that is sent in pieces.
    pub(super) fn sends(&self, request: &Request, in_pieces: Option<u64>) {
        if self.0.is_disabled() {
            return;
        }
        self.0.record("server.address", request.url().host_str());
        let port = request.url().port_or_known_default().map(i64::from);
        self.0.record("server.port", port);
        let size = in_pieces.unwrap_or(request.body().len() as u64);
        if size > 0 {
            self.0.record("http.request.body.size", size as i64);
        }
    }

    /// A whole answer came. Its size is that after decompression.
    pub(super) fn received(&self, response: &Response) {
        // `record` searches a name among the fields even so.
        if self.0.is_disabled() {
            return;
        }
        self.answered(response.status);
        let size = response.body.len() as i64;
        self.0.record("http.response.body.size", size);
    }

    /// The head of an answer came.
    pub(super) fn answered(&self, status: u16) {
        let status = i64::from(status);
        self.0.record("http.response.status_code", status);
    }

    /// The call is sent again, for so many times by now.
    pub(super) fn resends(&self, times: u32) {
        self.0.record("http.request.resend_count", i64::from(times));
    }
}

/// `res.partner/search_read`
struct Method<'a>(&'a CallSite);

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(model) = self.0.model() {
            write!(f, "{model}/")?;
        }
        f.write_str(self.0.method().unwrap_or_default())
    }
}

/// One of few names for why a call failed: the class of Odoo's exception, an HTTP status, or a word of odx.
fn error_type(error: &Error) -> Cow<'_, str> {
    if let Some(refused) = error.odoo() {
        return refused.class.as_str().into();
    }
    if error.is_timeout() {
        return "timeout".into();
    }
    match error {
        Error::Transport(error) => match error.kind {
            TransportErrorKind::Connect => "connect",
            TransportErrorKind::Certificate | TransportErrorKind::NoTls => "tls",
            TransportErrorKind::TooLarge { .. } => "too_large",
            TransportErrorKind::Redirected { .. } => "redirected",
            TransportErrorKind::Request | TransportErrorKind::Body => "connection",
        }
        .into(),
        error => match error.http_status() {
            Some(status) => status.to_string().into(),
            None => "_OTHER".into(),
        },
    }
}
