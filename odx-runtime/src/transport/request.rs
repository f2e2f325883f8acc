//! Requests and responses as values.

use std::fmt;

use bytes::Bytes;
use reqwest::{
    Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;

use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Bounds, Reply},
};

/// A request, made by a [`Road`](super::Road). `Debug` shows neither headers nor body: they hold the keys.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// `GET` of that address.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// `POST` of a body of that type to that address.
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        // With those of the road and those that the client adds.
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(
            reqwest::header::CONTENT_TYPE,
            HeaderValue::from_static(content_type),
        );
        Self {
            method: Method::POST,
            url,
            headers,
            body: body.into(),
        }
    }

    /// `POST` of a value as JSON to that address.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written as JSON.
    pub fn post_json(url: Url, body: &impl Serialize) -> Result<Self, Error> {
        let mut json = Vec::with_capacity(Self::USUAL_BODY);
        serde_json::to_writer(&mut json, body)
            .map_err(|error| Error::usage(format!("the call is no JSON: {error}")))?;
        Ok(Self::post(url, "application/json", json))
    }

    /// Most calls are no larger, in bytes.
    const USUAL_BODY: usize = 1 << 10;

    /// The same with one more header. No library shows its value, as it may be a key.
    #[must_use]
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }
}

impl From<Request> for reqwest::Request {
    fn from(request: Request) -> Self {
        let mut sent = Self::new(request.method, request.url);
        *sent.headers_mut() = request.headers;
        *sent.body_mut() = Some(request.body.into());
        sent
    }
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

/// A response. `Debug` shows neither headers nor body: they may hold what a login gave.
pub struct Response {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The server that a redirect points to.
    pub(super) redirect_to: Option<String>,
    /// The whole body; of an answer that is no success, its start.
    pub(super) body: Vec<u8>,
    /// What reading it may take.
    pub(super) bounds: Bounds,
}

impl Response {
    /// A success with that body, of which a part is shown.
    pub(super) fn of_body(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: HeaderMap::new(),
            redirect_to: None,
            body,
            bounds: Bounds::default(),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first value of a header, if it is a text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        // Among so few, to look at each is faster than to look one up.
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(found, _)| *found == name)?;
        value.to_str().ok()
    }

    /// The body; of an answer that is no success, its start.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// A reply whose result is the whole body, as JSON. What is shown of it shows none of these secrets.
    pub fn into_reply(self, site: CallSite, secrets: &Secrets) -> Reply {
        let whole = Some(0..self.body.len());
        Reply::in_envelope(self.body, whole, site, secrets.clone()).within(self.bounds)
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.header(&reqwest::header::CONTENT_TYPE)
    }

    pub(super) fn is_html(&self) -> bool {
        self.content_type()
            .is_some_and(|kind| kind.trim_start().starts_with("text/html"))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {} ({} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::AUTHORIZATION;

    use super::*;

    #[test]
    fn what_a_road_adds_to_a_request_is_shown_by_no_library() {
        let url = Url::parse("http://erp.example.com").expect("a URL");
        let request = Request::post(url, "text/xml", "hunter2")
            .header(AUTHORIZATION, HeaderValue::from_static("hunter2"));
        let shown = format!("{:?} {request:?}", request.headers);
        assert!(
            shown.contains("text/xml") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
