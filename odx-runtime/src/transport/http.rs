//! Sends requests, within limits of time and size.

use std::{
    error::Error as StdError,
    fmt, io, iter, mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use reqwest::{
    StatusCode, Url,
    header::{self, HeaderMap},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{
    clients::Clients,
    envelope::MOST_OF_AN_ERROR,
    request::{Request, Response},
    standing,
    streamed::{Progress, Streamed},
    tls,
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
    /// The work is boxed, because each future around this one would have a place for it: what is larger than a kilobyte, no
    /// allocator has at hand.
    pub(super) fn send<'a>(
        &'a self,
        request: Request,
        limit: Duration,
        asked: Asked<'a>,
    ) -> impl Future<Output = Result<Box<Response>, Error>> {
        InTokio(Box::pin(self.send_in_tokio(request, limit, asked)))
    }

    /// Sends a request, with this body in place of its own if there is one, and reads the head of the response. `limit` bounds
    /// each step: that a piece of the body is taken, that the head comes, and that a piece of the response does.
    pub(super) async fn open(
        &self,
        request: Request,
        body: Option<Streamed>,
        limit: Duration,
        asked: Asked<'_>,
    ) -> Result<Incoming, Error> {
        InTokio(pin!(self.open_in_tokio(request, body, limit, asked))).await
    }

    /// The client of the runtime that this is called in.
    fn client(&self) -> Result<reqwest::Client, Error> {
        let runtime = Handle::try_current().map_err(|_| outside_tokio())?;
        self.clients.of(&runtime)
    }

    async fn open_in_tokio(
        &self,
        request: Request,
        body: Option<Streamed>,
        limit: Duration,
        asked: Asked<'_>,
    ) -> Result<Incoming, Error> {
        let client = self.client()?;
        let connection = self.connections.clone().acquire_owned();
        let connection = standing::place(pin!(connection), limit, asked.site).await?;
        let connection = connection.expect("BUG: nobody closes the semaphore");
        let sent_to = request.url().clone();
        let mut request: reqwest::Request = request.into();
        let progress = body.as_ref().map(|body| body.progress.clone());
        if let Some(body) = body {
            *request.body_mut() = Some(reqwest::Body::wrap(body));
        }
        let mut answer = pin!(client.execute(request));
        let answer = loop {
            let before = progress.as_ref().map(Progress::steps);
            match tokio::time::timeout(limit, answer.as_mut()).await {
                Ok(answer) => break answer,
                Err(_) if progress.as_ref().map(Progress::steps) != before => {}
                Err(_) => return Err(local_timeout(Some(limit), asked.site)),
            }
        };
        let mut response = match (answer, progress.and_then(|progress| progress.failure())) {
            // What is sent could not be read, which broke the connection.
            (_, Some(failure)) => return Err(failure),
            (Ok(response), None) => response,
            (Err(error), None) => return Err(failed(TransportErrorKind::Request, error, asked)),
        };
        refuse_another_server(&response, &sent_to, asked)?;
        Ok(Incoming {
            http: self.clone(),
            head: head(&mut response),
            response,
            limit,
            _connection: connection,
        })
    }

    async fn send_in_tokio(
        &self,
        request: Request,
        limit: Duration,
        asked: Asked<'_>,
    ) -> Result<Box<Response>, Error> {
        let client = self.client()?;
        let _connection = match self.connections.try_acquire() {
            Ok(connection) => connection,
            // Boxed, because each call has a place for it and few need it.
            Err(_) => Box::pin(self.turn(limit, asked.site)).await?,
        };
        let until = Instant::now().checked_add(limit);
        let received = self.receive(&client, request, asked);
        let mut response = match until {
            Some(end) => tokio::time::timeout_at(end, received).await,
            None => Ok(received.await),
        }
        .unwrap_or_else(|_| Err(local_timeout(Some(limit), asked.site)))?;
        response.bounds = Bounds {
            memory: self.max_response_size.saturating_mul(2),
            until: until.map(|end| (end.into_std(), limit)),
        };
        Ok(response)
    }

    /// Waits for a connection to spare.
    async fn turn(&self, limit: Duration, site: &CallSite) -> Result<SemaphorePermit<'_>, Error> {
        let connection = pin!(self.connections.acquire());
        let connection = standing::place(connection, limit, site).await?;
        Ok(connection.expect("BUG: nobody closes the semaphore"))
    }

    async fn receive(
        &self,
        client: &reqwest::Client,
        request: Request,
        asked: Asked<'_>,
    ) -> Result<Box<Response>, Error> {
        let sent_to = self.clients.may_redirect().then(|| request.url().clone());
        let mut response = client
            .execute(request.into())
            .await
            .map_err(|error| failed(TransportErrorKind::Request, error, asked))?;
        if let Some(sent_to) = sent_to {
            refuse_another_server(&response, &sent_to, asked)?;
        }
        let body = self.body(&mut response, asked).await?;
        Ok(Box::new(Response {
            body,
            ..head(&mut response)
        }))
    }

    /// The body. What is no success has no result, so that its start is enough.
    async fn body(
        &self,
        response: &mut reqwest::Response,
        asked: Asked<'_>,
    ) -> Result<Vec<u8>, Error> {
        const FIRST_ALLOCATION: usize = 1 << 20;
        let is_success = response.status() == StatusCode::OK;
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

/// A response whose body has not been read.
pub(super) struct Incoming {
    http: Http,
    response: reqwest::Response,
    pub(super) head: Response,
    limit: Duration,
    _connection: OwnedSemaphorePermit,
}

impl Incoming {
    /// The next piece of the body.
    pub(super) async fn piece(&mut self, asked: Asked<'_>) -> Result<Option<Bytes>, Error> {
        let limit = self.limit;
        InTokio(pin!(async {
            match tokio::time::timeout(limit, self.response.chunk()).await {
                Ok(piece) => piece.map_err(|error| failed(TransportErrorKind::Body, error, asked)),
                Err(_) => Err(local_timeout(Some(limit), asked.site)),
            }
        }))
        .await
    }

    /// The response with its whole body, which must not be larger than the client accepts; of one that is no success, its
    /// start.
    pub(super) async fn whole(mut self, asked: Asked<'_>) -> Result<Response, Error> {
        let limit = self.limit;
        let body = InTokio(pin!(async {
            let body = self.http.body(&mut self.response, asked);
            match tokio::time::timeout(limit, body).await {
                Ok(body) => body,
                Err(_) => Err(local_timeout(Some(limit), asked.site)),
            }
        }))
        .await?;
        Ok(Response { body, ..self.head })
    }

    /// What of an answer is kept in memory may have so many bytes.
    pub(super) fn most_in_memory(&self) -> usize {
        self.http.max_response_size
    }

    /// That more came than is kept in memory.
    pub(super) fn too_large(&self, asked: Asked<'_>) -> Error {
        let limit = self.http.max_response_size;
        transport_error(TransportErrorKind::TooLarge { limit }, None, asked)
    }
}

/// Work that must be polled inside a tokio runtime, and says so where it is not.
struct InTokio<W>(W);

impl<T, W: Future<Output = Result<T, Error>> + Unpin> Future for InTokio<W> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match Handle::try_current() {
            Ok(_) => Pin::new(&mut self.0).poll(context),
            Err(_) => Poll::Ready(Err(outside_tokio())),
        }
    }
}

/// The head of a response, without its body.
fn head(response: &mut reqwest::Response) -> Response {
    let headers = mem::take(response.headers_mut());
    let redirect_to = match response.status() {
        StatusCode::OK => None,
        _ => redirect_to(&headers, response.url()),
    };
    Response {
        status: response.status().as_u16(),
        redirect_to,
        headers,
        body: Vec::new(),
        bounds: Bounds::default(),
    }
}

/// The server that an answer points to.
#[cold]
fn redirect_to(headers: &HeaderMap, from: &Url) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    from.join(location).ok().map(|url| server(&url))
}

/// Refuses the answer of another server than was asked: a client that the program brought may follow redirects.
fn refuse_another_server(
    response: &reqwest::Response,
    sent_to: &Url,
    asked: Asked<'_>,
) -> Result<(), Error> {
    if have_one_origin(response.url(), sent_to) {
        return Ok(());
    }
    let to = asked.secrets.scrub(&server(response.url())).into_owned();
    let kind = TransportErrorKind::Redirected { to };
    Err(transport_error(kind, None, asked))
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

#[cold]
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
    iter::successors(error.source(), |&cause| cause.source())
        .any(|cause| is(cause) || is(unwrap_io(cause)))
}

/// What an `io::Error` was made of: it is no link of the chain, its source is the source of what it holds.
fn unwrap_io<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let held = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    held.map_or(error, |held| unwrap_io(held))
}

#[cold]
fn local_timeout(limit: Option<Duration>, site: &CallSite) -> Error {
    Error::LocalTimeout(Box::new(LocalTimeout {
        limit,
        site: site.clone(),
    }))
}

#[cold]
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
