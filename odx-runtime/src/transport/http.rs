//! Sends requests, within limits of time and size.

use std::{error::Error as StdError, fmt, io, iter, time::Duration};

use bytes::Bytes;
use reqwest::{Method, Url, header};

use crate::{
    Error,
    error::{CallSite, LocalTimeout, TransportError, TransportErrorKind},
};

/// A request as a value. `Debug` shows neither headers nor body: they hold the keys.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: header::HeaderMap,
    pub(super) body: Bytes,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} ({} bytes)",
            self.method,
            self.url,
            self.body.len()
        )
    }
}

/// A response as a value.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    /// The server that a redirect points to.
    pub(super) redirect_to: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Response {
    pub(super) fn is_html(&self) -> bool {
        self.content_type
            .as_deref()
            .is_some_and(|kind| kind.trim_start().starts_with("text/html"))
    }
}

/// An HTTP client with its limits.
#[derive(Clone, Debug)]
pub(super) struct Http {
    pub(super) client: reqwest::Client,
    /// The limit of a response's body in bytes, after decompression.
    pub(super) max_response_size: usize,
}

impl Http {
    /// Sends a request and reads the whole response. `limit` bounds both together.
    pub(super) async fn send(
        &self,
        request: Request,
        limit: Duration,
        site: &CallSite,
    ) -> Result<Response, Error> {
        match tokio::time::timeout(limit, self.exchange(request, site)).await {
            Ok(response) => response,
            Err(_) => Err(local_timeout(Some(limit), site)),
        }
    }

    async fn exchange(&self, request: Request, site: &CallSite) -> Result<Response, Error> {
        let origin = request.url.origin();
        let response = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send()
            .await
            .map_err(|error| failed(TransportErrorKind::Request, error, site))?;
        if response.url().origin() != origin {
            return Err(transport_error(
                TransportErrorKind::Redirected {
                    to: server(response.url()),
                },
                None,
                site,
            ));
        }
        Ok(Response {
            status: response.status().as_u16(),
            content_type: text(&response, &header::CONTENT_TYPE),
            redirect_to: text(&response, &header::LOCATION)
                .and_then(|location| response.url().join(&location).ok())
                .map(|url| server(&url)),
            body: self.body(response, site).await?,
        })
    }

    async fn body(
        &self,
        mut response: reqwest::Response,
        site: &CallSite,
    ) -> Result<Vec<u8>, Error> {
        const FIRST_ALLOCATION: usize = 1 << 20;
        let limit = self.max_response_size;
        let too_large = || transport_error(TransportErrorKind::TooLarge { limit }, None, site);

        let announced = response
            .content_length()
            .map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced > limit {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failed(TransportErrorKind::Body, error, site))?
        {
            if chunk.len() > limit - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The host of a URL, and its port where it is not the usual one.
pub(super) fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn text(response: &reqwest::Response, name: &header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

fn failed(kind: TransportErrorKind, error: reqwest::Error, site: &CallSite) -> Error {
    let kind = if refuses_certificate(&error) {
        TransportErrorKind::Certificate
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        return local_timeout(None, site);
    } else {
        kind
    };
    transport_error(kind, Some(error.without_url()), site)
}

fn refuses_certificate(error: &reqwest::Error) -> bool {
    iter::successors(error.source(), |&cause| cause.source())
        .filter_map(|cause| unwrap_io(cause).downcast_ref())
        .any(|error| matches!(error, rustls::Error::InvalidCertificate(_)))
}

/// What an `io::Error` was made of: it is no link of the chain, its source is the source of what it holds.
fn unwrap_io<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let held = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    held.map_or(error, |held| unwrap_io(held))
}

fn local_timeout(limit: Option<Duration>, site: &CallSite) -> Error {
    Error::LocalTimeout(Box::new(LocalTimeout {
        limit,
        site: site.clone(),
    }))
}

fn transport_error(
    kind: TransportErrorKind,
    source: Option<reqwest::Error>,
    site: &CallSite,
) -> Error {
    Error::Transport(Box::new(TransportError {
        kind,
        site: site.clone(),
        source: source.map(|source| source.into()),
    }))
}
