//! Sends requests, within limits of time and size.

use std::{
    error::Error as StdError,
    fmt, io, iter, mem,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Url, header};
use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    clients::Clients,
    envelope::MOST_OF_AN_ERROR,
    request::{Request, Response},
    standing, tls,
};
use crate::{
    Error,
    error::{CallSite, LocalTimeout, TransportError, TransportErrorKind},
    secret::Secrets,
    session::Bounds,
};

/// Where a request goes, and what must not be shown of the answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) site: &'a CallSite,
    pub(super) secrets: &'a Secrets,
}

/// An HTTP client with its limits.
#[derive(Clone, Debug)]
pub(super) struct Http {
    clients: Clients,
    /// One permit for each request that may be on its way at once.
    connections: Arc<Semaphore>,
    /// The limit of a response's body in bytes, after decompression.
    max_response_size: usize,
    /// What a server on the way knows, and no answer shows.
    hidden: Secrets,
}

impl Http {
    pub(super) fn new(clients: Clients, connections: usize, max_response_size: usize) -> Self {
        let connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            clients,
            connections: Arc::new(Semaphore::new(connections)),
            max_response_size,
            hidden: Secrets::default(),
        }
    }

    /// The same, which hides these in answers that are no success: a result is left as it is.
    pub(super) fn hiding(mut self, hidden: Secrets) -> Self {
        self.hidden = hidden;
        self
    }

    /// The same for answers of this size.
    pub(super) fn for_answers_of(mut self, bytes: usize) -> Self {
        self.max_response_size = self.max_response_size.min(bytes);
        self
    }

    /// Sends a request and reads the whole response. `limit` bounds both together, from when there is a connection to spare.
    ///
    /// The request is boxed, because each future around this one would have a place for it.
    pub(super) async fn send(
        &self,
        request: Box<Request>,
        limit: Duration,
        asked: Asked<'_>,
    ) -> Result<Response, Error> {
        let mut sending = pin!(self.send_in_tokio(request, limit, asked));
        std::future::poll_fn(|context| match Handle::try_current() {
            Ok(_) => sending.as_mut().poll(context),
            Err(_) => std::task::Poll::Ready(Err(outside_tokio())),
        })
        .await
    }

    async fn send_in_tokio(
        &self,
        request: Box<Request>,
        limit: Duration,
        asked: Asked<'_>,
    ) -> Result<Response, Error> {
        let runtime = Handle::try_current().map_err(|_| outside_tokio())?;
        let client = self.clients.of(&runtime)?;
        let connection = self.connections.acquire();
        let connection = standing::place(connection, limit, asked.site).await?;
        let _connection = connection.expect("BUG: nobody closes the semaphore");
        let bounds = Bounds {
            memory: self.max_response_size.saturating_mul(2),
            until: Instant::now().checked_add(limit).map(|end| (end, limit)),
        };
        let sent_to = request.url.clone();
        let answer = client.execute((*request).into());
        match tokio::time::timeout(limit, self.receive(answer, &sent_to, asked)).await {
            Ok(response) => Ok(Response {
                bounds,
                ..response?
            }),
            Err(_) => Err(local_timeout(Some(limit), asked.site)),
        }
    }

    async fn receive(
        &self,
        answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
        sent_to: &Url,
        asked: Asked<'_>,
    ) -> Result<Response, Error> {
        let mut response = answer
            .await
            .map_err(|error| failed(TransportErrorKind::Request, error, asked))?;
        if !have_one_origin(response.url(), sent_to) {
            return Err(transport_error(
                TransportErrorKind::Redirected {
                    to: asked.secrets.scrub(&server(response.url())).into_owned(),
                },
                None,
                asked,
            ));
        }
        let headers = mem::take(response.headers_mut());
        let location = headers.get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        Ok(Response {
            status: response.status().as_u16(),
            redirect_to: location
                .and_then(|location| response.url().join(location).ok())
                .map(|url| server(&url)),
            headers,
            body: self.body(&mut response, asked).await?,
            bounds: Bounds::default(),
        })
    }

    /// The body. What is no success has no result, so that its start is enough.
    async fn body(
        &self,
        response: &mut reqwest::Response,
        asked: Asked<'_>,
    ) -> Result<Vec<u8>, Error> {
        const FIRST_ALLOCATION: usize = 1 << 20;
        let is_success = response.status() == reqwest::StatusCode::OK;
        let limit = match is_success {
            true => self.max_response_size,
            false => self.max_response_size.min(MOST_OF_AN_ERROR),
        };
        let too_large = || transport_error(TransportErrorKind::TooLarge { limit }, None, asked);

        let announced = response
            .content_length()
            .map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced > limit && is_success {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failed(TransportErrorKind::Body, error, asked))?
        {
            if chunk.len() > limit - body.len() {
                match is_success {
                    true => return Err(too_large()),
                    false => break,
                }
            }
            body.extend_from_slice(&chunk);
        }
        match is_success {
            true => Ok(body),
            false => Ok(self.hidden.scrub_bytes(body)),
        }
    }
}

/// Whether two URLs of `http` or `https` are of one server.
fn have_one_origin(one: &Url, other: &Url) -> bool {
    let origin = |url| (Url::scheme(url), Url::host_str(url), url.port());
    origin(one) == origin(other)
}

/// The host of a URL, and its port where it is not the usual one.
pub(super) fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cold]
fn outside_tokio() -> Error {
    Error::usage(
        "odx needs a runtime of tokio for its connections: await this in one (`#[tokio::main]`), or use `odx_runtime::blocking`, which needs none",
    )
}

fn failed(kind: TransportErrorKind, error: reqwest::Error, asked: Asked<'_>) -> Error {
    let kind = if has_cause(&error, tls::refuses_certificate) {
        TransportErrorKind::Certificate
    } else if has_cause(&error, tls::is_none) {
        TransportErrorKind::NoTls
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        return local_timeout(None, asked.site);
    } else {
        kind
    };
    transport_error(kind, Some(error.without_url()), asked)
}

fn has_cause(error: &reqwest::Error, is: fn(&(dyn StdError + 'static)) -> bool) -> bool {
    iter::successors(error.source(), |&cause| cause.source()).any(|cause| is(unwrap_io(cause)))
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
    asked: Asked<'_>,
) -> Error {
    Error::Transport(Box::new(TransportError {
        kind,
        site: asked.site.clone(),
        source: source.map(|source| without_secrets(source.into(), asked.secrets)),
    }))
}

type Cause = Box<dyn StdError + Send + Sync>;

/// The causes of an error as they are, or as texts where one of them shows a secret, such as the names in a certificate.
fn without_secrets(error: Cause, secrets: &Secrets) -> Cause {
    let causes: Vec<String> =
        iter::successors(Some(&*error as &(dyn StdError + 'static)), |&cause| {
            cause.source()
        })
        .flat_map(|cause| [cause.to_string(), format!("{cause:?}")])
        .collect();
    if causes.iter().all(|text| secrets.scrub(text) == *text) {
        return error;
    }
    let texts = causes.into_iter().step_by(2);
    let told = texts.rfold(None, |source, text| {
        Some(Box::new(Told {
            text: secrets.scrub(&text).into_owned(),
            source,
        }))
    });
    told.map_or(error, |told| told as Cause)
}

/// What an error said.
#[derive(Debug)]
struct Told {
    text: String,
    source: Option<Box<Told>>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Told {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_causes_of_an_error_show_no_secret() {
        let secrets = Secrets::new(["key-9a1e"]);
        let named = io::Error::other("valid only for key-9a1e.example");
        let told = without_secrets(io::Error::other(named).into(), &secrets);
        assert_eq!(told.to_string(), "valid only for [redacted].example");
        assert!(!format!("{told:?}").contains("key-9a1e"));
        let kept = without_secrets(io::Error::other("reset").into(), &secrets);
        assert!(kept.is::<io::Error>());
    }
}
