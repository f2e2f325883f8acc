//! A real Odoo behind the proxy: calls of v1 go to `POST {url}/jsonrpc`, of v2 to `POST {url}/json/2/<model>/<method>`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use reqwest::Certificate;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use crate::budget::{Budget, Full, Held};
use crate::options::{Allowed, StartError};
use crate::roads::odxproxy::{Execute, ProxyError};

/// How long an Odoo may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest error to read that Odoo sends with an HTTP status of its own.
const MAX_ERROR: usize = 1 << 20;

/// From this size on, an answer is searched for its members where it holds up nobody else.
const LARGE: usize = 256 * 1024;

/// What an exception means that Odoo hides behind a page, and how to see it.
///
/// Seen on 14.0: a server that finds more than one database answers every exception so, a wrong key and a missing database
/// among them; with `--db-filter '^NAME$'` the same server tells them.
const HIDDEN_EXCEPTION: &str = "Odoo raised an exception and sent a page with HTTP 500 in its place, as Odoo 14 does where its \
    server finds more than one database: limit it to this one (`--db-filter`, or `dbfilter` in its configuration) and the \
    exception is told; without that, it stands in Odoo's log";

/// The HTTP client that talks to Odoo.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    http: reqwest::Client,
    allowed: Allowed,
    /// The largest answer, in bytes after decompression.
    max_answer: usize,
    /// All answers that are held at the same time.
    budget: Budget,
}

/// A request to Odoo that is ready to be sent.
pub(crate) struct Request {
    endpoint: Url,
    /// `None` of a request that has none.
    body: Option<Vec<u8>>,
    headers: HeaderMap,
    form: Form,
}

/// What Odoo puts around a result.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// The envelope of JSON-RPC.
    Envelope,
    /// Nothing: the HTTP status tells a result from an error.
    Bare,
}

/// What Odoo answered, and the room that it takes.
pub(crate) type Answer = (Reply, Held);

/// The envelope that Odoo answered: what is passed on as it came.
///
/// The JSON within is not read, since Odoo writes numbers that JSON does not have (`NaN`, `Infinity`).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// The text of `result`.
    Result(Bytes),
    /// The text of `error`.
    Error(Bytes),
    /// Neither, as after a method that returns `None`.
    Nothing,
}

/// An error of JSON-2 in an envelope, with all that Odoo said of it as it was written.
#[derive(Serialize)]
struct Told<'a> {
    code: u16,
    message: &'a str,
    data: &'a RawValue,
}

/// A call of one of Odoo's services.
#[derive(Serialize)]
struct Rpc<A> {
    jsonrpc: &'static str,
    method: &'static str,
    id: u8,
    params: Params<A>,
}

#[derive(Serialize)]
struct Params<A> {
    service: &'static str,
    method: &'static str,
    args: A,
}

impl Upstream {
    /// A client for the Odoos that are allowed, with root certificates in PEM beside the system's.
    pub(crate) fn new(
        allowed: Allowed,
        max_answer: usize,
        budget: Budget,
        roots: &[Vec<u8>],
    ) -> Result<Self, StartError> {
        let mut certificates = Vec::new();
        for pem in roots {
            let found = Certificate::from_pem_bundle(pem).map_err(StartError::Client)?;
            if found.is_empty() {
                return Err(StartError::NoCertificate);
            }
            certificates.extend(found);
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_merge(certificates)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(StartError::Client)?;
        Ok(Self {
            http,
            allowed,
            max_answer,
            budget,
        })
    }

    /// `object.execute_kw`.
    pub(crate) fn execute(
        &self,
        request: &Execute<'_>,
        method: &str,
    ) -> Result<Request, ProxyError> {
        let instance = &request.odoo_instance;
        let args = (
            &instance.db,
            instance.user_id,
            instance.api_key.expose_secret(),
            &request.model_id,
            method,
            request.params(),
            request.keyword(),
        );
        self.request(&instance.url, "object", "execute_kw", args)
    }

    /// `common.version`.
    pub(crate) fn version(&self, url: &str) -> Result<Request, ProxyError> {
        self.request(url, "common", "version", [(); 0])
    }

    fn request(
        &self,
        url: &str,
        service: &'static str,
        method: &'static str,
        args: impl Serialize,
    ) -> Result<Request, ProxyError> {
        let endpoint = self.endpoint(url, "jsonrpc")?;
        let rpc = Rpc {
            jsonrpc: "2.0",
            method: "call",
            id: 1,
            params: Params {
                service,
                method,
                args,
            },
        };
        let body = serde_json::to_vec(&rpc).expect("BUG: texts and numbers have JSON");
        Ok(Request {
            endpoint,
            body: Some(body),
            headers: HeaderMap::new(),
            form: Form::Envelope,
        })
    }

    /// A call of JSON-2. The arguments are passed on as they were written.
    pub(crate) fn named(
        &self,
        url: &str,
        database: &str,
        key: &SecretString,
        (model, method): (&str, &str),
        kwargs: &str,
    ) -> Result<Request, ProxyError> {
        let value = |member, text: &str| {
            HeaderValue::from_str(text).map_err(|_| ProxyError::Identifier(member))
        };
        let mut bearer = value(
            "odoo_instance.api_key",
            &format!("Bearer {}", key.expose_secret()),
        )?;
        bearer.set_sensitive(true);
        let headers = [
            (header::AUTHORIZATION, bearer),
            (
                HeaderName::from_static("x-odoo-database"),
                value("odoo_instance.db", database)?,
            ),
        ];
        Ok(Request {
            endpoint: self.endpoint(url, &format!("json/2/{model}/{method}"))?,
            body: Some(kwargs.as_bytes().to_vec()),
            headers: headers.into_iter().collect(),
            form: Form::Bare,
        })
    }

    /// `GET {url}/json/version`, which Odoo has from 19 on.
    pub(crate) fn short_version(&self, url: &str) -> Result<Request, ProxyError> {
        Ok(Request {
            endpoint: self.endpoint(url, "json/version")?,
            body: None,
            headers: HeaderMap::new(),
            form: Form::Bare,
        })
    }

    /// Sends a request and waits for Odoo's answer, for so long in all. `held` is the request's room.
    pub(crate) async fn send(
        &self,
        request: Request,
        held: Held,
        timeout: Duration,
    ) -> Result<Answer, ProxyError> {
        tokio::time::timeout(timeout, self.exchange(request, held))
            .await
            .map_err(|_| ProxyError::Timeout)?
    }

    async fn exchange(&self, request: Request, held: Held) -> Result<Answer, ProxyError> {
        let asked = match request.body {
            Some(body) => self
                .http
                .post(request.endpoint)
                .header(header::CONTENT_TYPE, "application/json")
                .body(body),
            None => self.http.get(request.endpoint),
        };
        let sent = asked.headers(request.headers);
        let response = sent.send().await.map_err(failed)?;
        // Who waits for room holds none.
        drop(held);
        if request.form == Form::Bare {
            return self.bare(response).await;
        }
        if response.status().is_success() {
            let (body, held) = read(response, self.max_answer, &self.budget).await?;
            let reply = reply(body).await.ok_or(ProxyError::Undecodable)?;
            return Ok((reply, held));
        }
        let error = refusal(response, &self.budget).await?;
        Ok((Reply::Error(error), Held::default()))
    }

    /// What JSON-2 answered. A page with 404 is sent where there is none of it or no such database; Odoo 18 redirects to its
    /// page to log in.
    async fn bare(&self, response: reqwest::Response) -> Result<Answer, ProxyError> {
        let status = response.status();
        let is_json = has_type(&response, "application/json");
        if !is_json && (status == StatusCode::NOT_FOUND || status.is_redirection()) {
            return Err(ProxyError::NoJson2);
        }
        if status.is_success() {
            if !is_json {
                return Err(ProxyError::Undecodable);
            }
            let (body, held) = read(response, self.max_answer, &self.budget).await?;
            return Ok((Reply::Result(body), held));
        }
        let code = status.as_u16();
        if is_json {
            let (body, _held) = read(response, MAX_ERROR, &self.budget).await?;
            if let Ok(data) = serde_json::from_slice::<&RawValue>(&body) {
                let told: Value = serde_json::from_str(data.get()).unwrap_or_default();
                let message = told["message"].as_str().unwrap_or("Odoo Server Error");
                let error = Told {
                    code,
                    message,
                    data,
                };
                let error = serde_json::to_string(&error).expect("BUG: an error has JSON");
                return Ok((Reply::Error(error.into()), Held::default()));
            }
        }
        let error = json!({"code": code, "message": format!("Odoo answered HTTP {code}")});
        Ok((Reply::Error(error.to_string().into()), Held::default()))
    }

    fn endpoint(&self, url: &str, path: &str) -> Result<Url, ProxyError> {
        let unusable = || ProxyError::Unreachable("the Odoo address is not usable".to_owned());
        let url = Url::parse(url).map_err(|_| unusable())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(unusable());
        }
        if !self.allowed.holds(&url) {
            return Err(ProxyError::Unreachable(
                "this proxy may not call the Odoo at that address: start it with this address in ODX_ODOO_URL or after \
                 --allow-odoo"
                    .to_owned(),
            ));
        }
        let path = format!("{}/{path}", url.path().trim_end_matches('/'));
        let mut endpoint = url;
        endpoint.set_path(&path);
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        Ok(endpoint)
    }
}

/// The address may hold a user's own data: only the kind of failure is told.
fn failed(error: reqwest::Error) -> ProxyError {
    if error.is_timeout() {
        ProxyError::Timeout
    } else if error.is_decode() || error.is_body() {
        ProxyError::Undecodable
    } else {
        ProxyError::Unreachable(error.without_url().to_string())
    }
}

/// A body of so many bytes at most, after decompression.
async fn read(
    mut response: reqwest::Response,
    limit: usize,
    budget: &Budget,
) -> Result<(Bytes, Held), ProxyError> {
    const FIRST_ALLOCATION: usize = 1 << 20;
    let too_large = ProxyError::AnswerTooLarge { limit };
    let announced = response
        .content_length()
        .map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > limit {
        return Err(too_large);
    }
    let mut held = budget.wait_for(announced).await;
    let mut body = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if chunk.len() > limit - body.len() {
            return Err(too_large);
        }
        let grown = budget.grow(&mut held, body.len() + chunk.len());
        grown.map_err(|Full| ProxyError::NoRoom)?;
        body.extend_from_slice(&chunk);
    }
    Ok((body.into(), held))
}

/// What an answer holds; `None` if it is no envelope.
async fn reply(body: Bytes) -> Option<Reply> {
    if body.len() < LARGE {
        return Reply::read(&body);
    }
    tokio::task::spawn_blocking(move || Reply::read(&body))
        .await
        .ok()
        .flatten()
}

fn has_type(response: &reqwest::Response, kind: &str) -> bool {
    let named = response.headers().get(header::CONTENT_TYPE);
    named.is_some_and(|named| named.as_bytes().starts_with(kind.as_bytes()))
}

/// The error for an answer with an HTTP status of its own: Odoo's where it sends one, else what the status tells.
async fn refusal(response: reqwest::Response, budget: &Budget) -> Result<Bytes, ProxyError> {
    let status = response.status();
    let is_page = has_type(&response, "text/html");
    if has_type(&response, "application/json")
        && let Some(Reply::Error(error)) = Reply::read(&read(response, MAX_ERROR, budget).await?.0)
    {
        return Ok(error);
    }
    let code = status.as_u16();
    let error = match status {
        StatusCode::INTERNAL_SERVER_ERROR if is_page => json!({
            "code": code,
            "message": HIDDEN_EXCEPTION,
            // Odoo named no exception.
            "data": {"name": "", "message": HIDDEN_EXCEPTION, "arguments": [], "context": {}, "debug": ""},
        }),
        _ => json!({"code": code, "message": format!("Odoo answered HTTP {code}")}),
    };
    Ok(error.to_string().into())
}

impl Reply {
    /// Finds `result` or `error` among the members of a JSON object.
    fn read(body: &Bytes) -> Option<Self> {
        let mut rest = std::str::from_utf8(body)
            .ok()?
            .trim()
            .strip_prefix('{')?
            .strip_suffix('}')?
            .trim_start();
        let mut reply = Self::Nothing;
        while !rest.is_empty() {
            let key_end = value_end(rest)?;
            let key = rest[..key_end].trim_end();
            rest = rest[key_end..].strip_prefix(':')?;
            let end = value_end(rest)?;
            let value = rest[..end].trim();
            match key {
                "\"result\"" => reply = Self::Result(body.slice_ref(value.as_bytes())),
                "\"error\"" if value != "null" => {
                    return Some(Self::Error(body.slice_ref(value.as_bytes())));
                }
                _ => {}
            }
            rest = rest[end..].trim_start_matches(',').trim_start();
        }
        Some(reply)
    }
}

/// Where a key or a value ends: at a colon or a comma outside of strings and brackets, or at the end of the text.
fn value_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b':' | b',' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    (depth == 0 && !in_string).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &'static str) -> Option<Reply> {
        Reply::read(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn a_result_is_passed_on_as_it_was_written() {
        let result = |text: &'static str| Some(Reply::Result(Bytes::from_static(text.as_bytes())));
        assert_eq!(
            reply(r#"{"jsonrpc": "2.0", "id": 1, "result": [{"a": NaN}]}"#),
            result(r#"[{"a": NaN}]"#)
        );
        assert_eq!(
            reply(r#"{"result":"}\"{,:", "id": 1}"#),
            result(r#""}\"{,:""#)
        );
        assert_eq!(reply(r#"{"result": false}"#), result("false"));
        assert_eq!(
            reply(r#"{"jsonrpc": "2.0", "id": 1}"#),
            Some(Reply::Nothing)
        );
        assert_eq!(reply("{}"), Some(Reply::Nothing));
    }

    #[test]
    fn an_error_wins_unless_it_is_null() {
        let error = Bytes::from_static(br#"{"code": 0}"#);
        for text in [
            r#"{"error": {"code": 0}, "result": 1}"#,
            r#"{"result": 1, "error": {"code": 0}}"#,
        ] {
            assert_eq!(reply(text), Some(Reply::Error(error.clone())), "{text}");
        }
        let one = Bytes::from_static(b"1");
        assert_eq!(
            reply(r#"{"error": null, "result": 1}"#),
            Some(Reply::Result(one))
        );
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for text in [
            "",
            "<html></html>",
            "[1]",
            r#"{"result": [1}"#,
            r#"{"result": "a}"#,
            "{]}",
        ] {
            assert_eq!(reply(text), None, "{text}");
        }
        assert_eq!(
            Reply::read(&Bytes::from_static(b"{\"result\": \"\xff\"}")),
            None
        );
    }

    #[test]
    fn only_an_allowed_odoo_is_called() {
        let allowed = ["http://127.0.0.1:8069", "https://erp.example.com/odoo/"];
        let allowed = Allowed::These(allowed.map(|url| url.parse().unwrap()).into());
        let upstream = Upstream::new(allowed, 1_000, Budget::new(1_000), &[]).unwrap();
        for (url, endpoint) in [
            ("http://127.0.0.1:8069/", "http://127.0.0.1:8069/jsonrpc"),
            (
                "https://erp.example.com/odoo",
                "https://erp.example.com/odoo/jsonrpc",
            ),
        ] {
            assert_eq!(
                upstream.endpoint(url, "jsonrpc").unwrap().as_str(),
                endpoint
            );
        }
        for other in [
            "http://127.0.0.1:8070",
            "https://127.0.0.1:8069",
            "http://127.0.0.1:8069/web",
            "https://erp.example.com",
            "http://127.0.0.1:8069@example.com",
            "file:///etc/passwd",
            "odoo",
        ] {
            assert!(upstream.endpoint(other, "jsonrpc").is_err(), "{other}");
        }
    }

    #[test]
    fn without_an_allowed_odoo_none_is_called() {
        let allowed = Allowed::These(Vec::new());
        let upstream = Upstream::new(allowed, 1_000, Budget::new(1_000), &[]).unwrap();
        assert!(
            upstream
                .endpoint("http://127.0.0.1:8069", "jsonrpc")
                .is_err()
        );
    }
}
