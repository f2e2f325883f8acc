//! A connection: a protocol and an HTTP client.

use std::time::Duration;

use tracing::{Instrument, Span, field};
use uuid::Uuid;

use super::{
    Frame, Protocol, RetryPolicy,
    http::{Asked, Http, Request},
    versions::VersionCell,
};
use crate::{
    Error,
    error::CallSite,
    session::{BoxFuture, Call, CallOptions, Connection, Reply, ServerVersion},
};

/// The limits that hold for all calls of one client.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// The limit for the server's own work, where the call sets none. `None` leaves it to the server.
    pub(super) timeout: Option<Duration>,
    /// How much longer the local limit is.
    pub(super) grace: Duration,
    pub(super) retry: RetryPolicy,
}

impl Limits {
    /// What the proxy takes where it gets no limit.
    const SERVER_DEFAULT: Duration = Duration::from_secs(15);

    /// The limit that the server is told, if any.
    pub(super) fn upstream(&self, timeout: Option<Duration>) -> Option<Duration> {
        timeout
            .filter(|timeout| !timeout.is_zero())
            .or(self.timeout)
    }

    /// The limit that holds here.
    pub(super) fn local(&self, upstream: Option<Duration>) -> Duration {
        upstream
            .unwrap_or(Self::SERVER_DEFAULT)
            .saturating_add(self.grace)
    }
}

pub(super) struct HttpConnection<P> {
    protocol: P,
    http: Http,
    limits: Limits,
    version: VersionCell,
}

impl<P: Protocol> HttpConnection<P> {
    /// A connection; `version` is shared by all connections with the same Odoo.
    pub(super) fn new(protocol: P, http: Http, limits: Limits, version: VersionCell) -> Self {
        Self {
            protocol,
            http,
            limits,
            version,
        }
    }

    /// Sends what `request` makes, until it succeeds or must not be sent again.
    async fn exchange(
        &self,
        site: CallSite,
        options: &CallOptions,
        request: impl FnOnce(&P, Frame<'_>) -> Result<Request, Error>,
    ) -> Result<Reply, Error> {
        let request_id = options
            .request_id
            .clone()
            .unwrap_or_else(|| Uuid::new_v4().to_string());
        let span = span::<P>(&site, &request_id);
        let upstream = self.limits.upstream(options.timeout);
        let request = request(
            &self.protocol,
            Frame {
                request_id: &request_id,
                timeout: upstream,
            },
        )?;
        let site = site.with_request_id(request_id);
        self.attempts(request, self.limits.local(upstream), site)
            .instrument(span)
            .await
    }

    async fn attempts(
        &self,
        request: Request,
        limit: Duration,
        site: CallSite,
    ) -> Result<Reply, Error> {
        let mut retries = 0;
        loop {
            let error = match self.attempt(request.clone(), limit, &site).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let Some(delay) = self.limits.retry.delay(retries, &error, &site) else {
                return Err(error);
            };
            retries += 1;
            tracing::debug!(retries, ?delay, "the call failed and is sent again");
            tokio::time::sleep(delay).await;
        }
    }

    async fn attempt(
        &self,
        request: Request,
        limit: Duration,
        site: &CallSite,
    ) -> Result<Reply, Error> {
        let asked = Asked {
            site,
            secrets: self.protocol.secrets(),
        };
        let response = self.http.send(request, limit, asked).await?;
        Span::current().record("http.status", response.status);
        self.protocol.reply(response, site.clone())
    }
}

impl<P: Protocol> Connection for HttpConnection<P> {
    fn protocol(&self) -> &'static str {
        P::NAME
    }

    fn execute<'a>(&'a self, call: &'a Call, options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        let site = self.protocol.site().with_call(call.model(), call.method());
        Box::pin(self.exchange(site, options, |protocol, frame| {
            protocol.execute(call, frame)
        }))
    }

    fn known_series(&self) -> Option<odx_facts::Series> {
        self.version.get().map(ServerVersion::series)
    }

    fn version<'a>(&'a self, options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        let ask = || async {
            let site = self.protocol.site().with_operation("version");
            let reply = self
                .exchange(site, options, |protocol, frame| protocol.version(frame))
                .await?;
            let version = self.protocol.read_version(&reply)?;
            if let Some(known) = version.taken_for() {
                tracing::warn!(
                    "odx was not run on Odoo {}: it is taken for Odoo {known}",
                    version.series()
                );
            }
            Ok(version)
        };
        Box::pin(async move { self.version.get_or_try_init(ask).await.cloned() })
    }
}

/// The span of a call: what it calls, never with what.
fn span<P: Protocol>(site: &CallSite, request_id: &str) -> Span {
    tracing::debug_span!(
        "odoo",
        protocol = P::NAME,
        server = site.server(),
        model = site.model(),
        method = site.method(),
        request_id,
        http.status = field::Empty,
    )
}
