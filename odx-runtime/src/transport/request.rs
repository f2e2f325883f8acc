//! Requests and responses as values.

use std::fmt;

use bytes::Bytes;
use reqwest::{
    Method, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;

use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Bounds, Reply},
};

/// A request, made by a [`Road`](super::Road). `Debug` shows neither headers nor body: they hold the keys.
pub struct Request(
    /// In one place: it is passed on by each layer of a call.
    Box<reqwest::Request>,
);

impl Request {
    /// `GET` of that address.
    pub fn get(url: Url) -> Self {
        Self(Box::new(reqwest::Request::new(Method::GET, url)))
    }

    /// `POST` of a body of that type to that address.
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut request = reqwest::Request::new(Method::POST, url);
        let content_type = HeaderValue::from_static(content_type);
        request.headers_mut().insert(CONTENT_TYPE, content_type);
        *request.body_mut() = Some(body.into().into());
        Self(Box::new(request))
    }

    /// `POST` of a value as JSON to that address.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written as JSON.
    pub fn post_json(url: Url, body: &impl Serialize) -> Result<Self, Error> {
        Self::post(url, Template::JSON, Bytes::new()).json(body)
    }

    /// The same request of JSON with that value as its body.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written as JSON.
    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let mut json = Vec::with_capacity(Self::USUAL_BODY);
        serde_json::to_writer(&mut json, body)
            .map_err(|error| Error::usage(format!("the call is no JSON: {error}")))?;
        *self.0.body_mut() = Some(json.into());
        Ok(self)
    }

    /// Most calls are no larger, in bytes.
    const USUAL_BODY: usize = 1 << 10;

    /// The same with one more header. No library shows its value, as it may be a key.
    #[must_use]
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.0.headers_mut().insert(name, value);
        self
    }

    /// The same as a form whose body is sent in pieces.
    pub(super) fn form(mut self, content_type: HeaderValue) -> Self {
        *self.0.method_mut() = Method::POST;
        self.0.headers_mut().insert(CONTENT_TYPE, content_type);
        self
    }

    pub(super) fn url(&self) -> &Url {
        self.0.url()
    }

    /// The body, unless another one is sent in its place.
    pub(super) fn body(&self) -> &[u8] {
        let body = self.0.body().and_then(reqwest::Body::as_bytes);
        body.unwrap_or_default()
    }
}

impl Clone for Request {
    fn clone(&self) -> Self {
        let copy = self.0.try_clone();
        Self(Box::new(copy.expect("BUG: its body is bytes")))
    }
}

impl From<Request> for reqwest::Request {
    fn from(request: Request) -> Self {
        *request.0
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, url) = (self.0.method(), self.url());
        write!(f, "{method} {url} ({} bytes)", self.body().len())
    }
}

/// What each `POST` of JSON to one address begins as, made once.
#[derive(Clone)]
pub(super) struct Template {
    url: Url,
    headers: HeaderMap,
}

impl Template {
    const JSON: &'static str = "application/json";

    pub(super) fn new(url: Url) -> Self {
        // Room in the index for those of the road and those that the client adds.
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(Self::JSON));
        Self { url, headers }
    }

    /// The same with one more header, whose value no library shows.
    pub(super) fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// The same, with this behind the path of its address.
    pub(super) fn below<'s>(mut self, path: impl IntoIterator<Item = &'s str>) -> Self {
        self.url
            .path_segments_mut()
            .expect("BUG: an http URL has a path")
            .extend(path);
        self
    }

    /// A request whose body is still to come.
    pub(super) fn request(&self) -> Request {
        let mut request = reqwest::Request::new(Method::POST, self.url.clone());
        *request.headers_mut() = self.headers.clone();
        Request(Box::new(request))
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
        self.header(&CONTENT_TYPE)
    }

    pub(super) fn is_html(&self) -> bool {
        self.content_type()
            .is_some_and(|kind| kind.as_bytes().trim_ascii_start().starts_with(b"text/html"))
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
        let shown = format!("{:?} {request:?}", request.0.headers());
        assert!(
            shown.contains("text/xml") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
