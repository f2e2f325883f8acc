//! ODXProxy v1: Odoo's `execute_kw` behind a proxy that has a key of its own.

use std::sync::Arc;

use reqwest::{
    Method, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Frame, Protocol,
    envelope::{Envelope, HIDDEN_EXCEPTION, Members, Refusal, RpcError},
    http::{Request, Response, server},
};
use odx_facts::PROXY_ACTIONS;

use crate::{
    Error, SecretString,
    error::{CallSite, NotAnEnvelope, ProxyError},
    secret::Secrets,
    session::{self, Call, OdooInstance, Positional, Reply, ServerVersion},
};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const REQUEST_TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout");

/// Where the proxy is, and the key to it.
pub(super) struct Endpoint {
    base: Url,
    key: SecretString,
    key_header: HeaderValue,
}

impl Endpoint {
    pub(super) fn new(url: &str, key: SecretString) -> Result<Self, Error> {
        let base = Url::parse(url).map_err(|error| {
            Error::configuration(format!("the URL of the proxy cannot be read: {error}"))
        })?;
        let refuse = |why| Err(Error::configuration(format!("the URL of the proxy {why}")));
        if !matches!(base.scheme(), "http" | "https") {
            return refuse("must begin with http:// or https://");
        }
        if !base.username().is_empty() || base.password().is_some() {
            return refuse(
                "must not hold a user or a password; the proxy takes its key apart from the URL",
            );
        }
        if base.query().is_some() || base.fragment().is_some() {
            return refuse("must end with its host, port or path");
        }
        Ok(Self {
            base,
            key_header: key_header(&key)?,
            key,
        })
    }

    pub(super) fn site(&self) -> CallSite {
        CallSite::new(server(&self.base))
    }

    pub(super) fn secrets(&self, instance: Option<&OdooInstance>) -> Secrets {
        let key = Some(self.key.expose_secret());
        let odoo = instance.map(|instance| instance.api_key().expose_secret());
        Secrets::new(
            key.into_iter()
                .chain(odoo)
                .chain(instance.and_then(OdooInstance::userinfo)),
        )
    }

    /// A request without a key, for the proxy's own pages.
    pub(super) fn get(&self, path: &str) -> Request {
        Request {
            method: Method::GET,
            url: self.url(path),
            headers: HeaderMap::new(),
            body: Default::default(),
        }
    }

    pub(super) fn version(&self, odoo_url: &str, frame: Frame<'_>) -> Result<Request, Error> {
        self.post(
            "/api/odoo/version",
            &AskVersion {
                id: frame.request_id,
                url: odoo_url,
            },
            frame,
        )
    }

    fn post(&self, path: &str, body: &impl Serialize, frame: Frame<'_>) -> Result<Request, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Error::usage(format!("the call is no JSON: {error}")))?;
        let mut headers = HeaderMap::new();
        headers.insert(API_KEY, self.key_header.clone());
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let seconds = frame.timeout.map_or(0, |timeout| timeout.as_secs());
        if seconds > 0 {
            headers.insert(REQUEST_TIMEOUT, seconds.into());
        }
        Ok(Request {
            method: Method::POST,
            url: self.url(path),
            headers,
            body: body.into(),
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

fn key_header(key: &SecretString) -> Result<HeaderValue, Error> {
    let text = key.expose_secret();
    if text.is_empty() {
        return Err(Error::configuration("the key of the proxy is empty"));
    }
    let mut header = HeaderValue::from_str(text).map_err(|_| {
        Error::configuration("the key of the proxy holds a character that no HTTP header can carry, such as a line end")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// The proxy's protocol of version 1, to one Odoo database.
pub(super) struct OdxProxyV1 {
    endpoint: Arc<Endpoint>,
    instance: OdooInstance,
    secrets: Secrets,
}

impl OdxProxyV1 {
    pub(super) fn new(endpoint: Arc<Endpoint>, instance: OdooInstance) -> Self {
        Self {
            secrets: endpoint.secrets(Some(&instance)),
            endpoint,
            instance,
        }
    }
}

impl Protocol for OdxProxyV1 {
    const NAME: &'static str = "odxproxy-v1";

    fn site(&self) -> CallSite {
        let odoo = self.secrets.scrub(self.instance.host());
        CallSite::new(format!("{odoo} through {}", self.endpoint.site().server()))
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn execute(&self, call: &Call, frame: Frame<'_>) -> Result<Request, Error> {
        // Every other method is reached by the action `call_method`.
        let is_action = PROXY_ACTIONS.contains(&call.method());
        let body = Execute {
            id: frame.request_id,
            action: if is_action {
                call.method()
            } else {
                "call_method"
            },
            model_id: call.model(),
            fn_name: (!is_action).then(|| call.method()),
            params: call.positional(),
            keyword: call.kwargs(),
            odoo_instance: Instance {
                url: self.instance.url(),
                db: self.instance.database(),
                user_id: self.instance.user_id(),
                api_key: self.instance.api_key().expose_secret(),
            },
        };
        self.endpoint.post("/api/odoo/execute", &body, frame)
    }

    fn version(&self, frame: Frame<'_>) -> Result<Request, Error> {
        self.endpoint.version(self.instance.url(), frame)
    }

    fn reply(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        read_reply(response, site, &self.secrets)
    }

    fn read_version(&self, reply: &Reply) -> Result<ServerVersion, Error> {
        read_version(reply, &self.secrets)
    }
}

#[derive(Serialize)]
struct Execute<'a> {
    id: &'a str,
    action: &'a str,
    model_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fn_name: Option<&'a str>,
    params: Positional<'a>,
    keyword: &'a Map<String, Value>,
    odoo_instance: Instance<'a>,
}

#[derive(Serialize)]
struct Instance<'a> {
    url: &'a str,
    db: &'a str,
    user_id: i64,
    api_key: &'a str,
}

#[derive(Serialize)]
struct AskVersion<'a> {
    id: &'a str,
    url: &'a str,
}

/// The result in an answer of the proxy.
pub(super) fn read_reply(
    response: Response,
    site: CallSite,
    secrets: &Secrets,
) -> Result<Reply, Error> {
    let id = site.request_id();
    let (result, tail) = match Envelope::find(&response.body, id, secrets) {
        Ok(Envelope::Error(error)) => return Err(classify(error, response.status, site)),
        Ok(Envelope::Result(result)) if response.status == 200 => (result, None),
        Ok(Envelope::Open(start, members)) if response.status == 200 => {
            let tail = Tail {
                members,
                site: site.clone(),
                secrets: secrets.clone(),
            };
            (Some(start..response.body.len()), Some(Arc::new(tail) as _))
        }
        Ok(_) => return Err(not_an_envelope(&response, site, secrets, None)),
        Err(reason) => return Err(not_an_envelope(&response, site, secrets, reason)),
    };
    let reply = Reply::in_envelope(response.body, result, site, secrets.clone());
    Ok(reply.followed_by(tail).within(response.bounds))
}

fn not_an_envelope(
    response: &Response,
    site: CallSite,
    secrets: &Secrets,
    reason: Refusal,
) -> Error {
    Error::NotAnEnvelope(NotAnEnvelope::of(response, site, secrets, advice).because(reason))
}

/// What the envelope of a large result still has to show.
struct Tail {
    members: Members,
    site: CallSite,
    secrets: Secrets,
}

impl session::Tail for Tail {
    fn check(&self, rest: &[u8]) -> Result<(), Error> {
        let site = self.site.clone();
        match self.members.clone().finish(rest, &self.secrets) {
            Ok(Envelope::Error(error)) => Err(classify(error, 200, site)),
            Ok(_) => Ok(()),
            Err(reason) => {
                let rest = Response::of_body(rest.get(..4096).unwrap_or(rest).to_vec());
                Err(not_an_envelope(&rest, site, &self.secrets, reason))
            }
        }
    }
}

/// What to do about an answer that is not the proxy's.
pub(super) fn advice(response: &Response) -> &'static str {
    match response.status {
        401 | 403 => "something in front of the proxy refused the request",
        404 | 405 => "check the URL of the proxy",
        408 => "the request came too slowly for the proxy, or for something in front of it",
        421 => "the proxy does not answer to the host name in its URL",
        413 => {
            "send less in one call, or raise the size limit of the proxy, or of what is in front of it"
        }
        400 | 415 | 422 => "the proxy could not read the request",
        429 | 502..=504 => "the proxy is overloaded or down, or something in front of it is",
        500 if response.is_html() => HIDDEN_EXCEPTION,
        _ => "see the log of the proxy",
    }
}

/// The version as `common.version` of Odoo tells it.
pub(super) fn read_version(reply: &Reply, secrets: &Secrets) -> Result<ServerVersion, Error> {
    let version = reply.json()?;
    let text = version
        .get("server_version")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let info = version
        .get("server_version_info")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut version =
        ServerVersion::new(text, info).ok_or_else(|| reply.mismatch("an Odoo version"))?;
    // It is shown, and goes into snapshots.
    version.text = secrets.scrub(&version.text).into_owned();
    for part in &mut version.info {
        if let Value::String(text) = part {
            *text = secrets.scrub(text).into_owned();
        }
    }
    Ok(version)
}

/// Whose error it is: by HTTP status, then code, then whether Odoo named an exception.
fn classify(error: RpcError, status: u16, site: CallSite) -> Error {
    if let Some(variant) = refusal(status, error.code) {
        return variant(proxy_error(error, status, site));
    }
    if status != 200 && error.class().is_none() {
        return Error::Proxy(proxy_error(error, status, site));
    }
    let error = error.with_hidden_exception();
    match (error.code, error.class()) {
        (401, _) => Error::OdooKey(error.into_odoo(status, site)),
        (100, _) | (_, Some("odoo.http.SessionExpiredException")) => {
            Error::SessionExpired(error.into_odoo(status, site))
        }
        _ => Error::Odoo(error.into_odoo(status, site)),
    }
}

/// The proxy's own errors. Code 0 is one of Odoo's, too, and 401 means the proxy's key only as an HTTP status.
fn refusal(status: u16, code: i64) -> Option<fn(Box<ProxyError>) -> Error> {
    match (status, code) {
        (401, _) | (_, -32000) => Some(Error::ProxyKey),
        (403, 0) => Some(Error::License),
        (504, _) | (_, -32003) => Some(Error::UpstreamTimeout),
        (502, _) | (_, -32004) => Some(Error::UpstreamUnreachable),
        (_, -32001) => Some(Error::UnknownAction),
        (_, -32002) => Some(Error::MissingFunction),
        (_, -32005) => Some(Error::ProxyInternal),
        (_, -32006) => Some(Error::NoJson2),
        (_, -32007) => Some(Error::BadIdentifier),
        _ => None,
    }
}

fn proxy_error(error: RpcError, status: u16, site: CallSite) -> Box<ProxyError> {
    let message = match error.message.as_str() {
        "" => "no reason given".to_owned(),
        message => message.to_owned(),
    };
    Box::new(ProxyError {
        code: error.code,
        message,
        data: error.data,
        status,
        site,
    })
}
