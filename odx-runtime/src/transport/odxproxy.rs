//! ODXProxy: Odoo behind a proxy that has a key of its own, and version 1 of its protocol, Odoo's `execute_kw`.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    address::Address,
    envelope::RpcError,
    fault,
    request::{Request, Response, Template},
    road::{Answer, Ask, Opening, Road},
    rpc::{Rpc, read_version},
};
use odx_facts::PROXY_ACTIONS;

use crate::{
    Error, SecretString,
    error::{CallSite, ProxyError},
    secret::Secrets,
    session::{Call, OdooInstance, Positional, Reply, ServerVersion},
};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const REQUEST_TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout");

/// Where the proxy is, and the key to it.
pub(super) struct Endpoint {
    base: Address,
    key: SecretString,
    key_header: HeaderValue,
}

impl Endpoint {
    pub(super) fn new(url: &str, key: SecretString) -> Result<Self, Error> {
        let base = Address::new("the proxy", url)?;
        Ok(Self {
            base,
            key_header: key_header(&key)?,
            key,
        })
    }

    pub(super) fn site(&self) -> CallSite {
        self.base.site(&self.secrets(None))
    }

    /// An Odoo behind the proxy.
    pub(super) fn site_of(&self, instance: &OdooInstance) -> CallSite {
        let secrets = self.secrets(Some(instance));
        let odoo = secrets.scrub(instance.host());
        CallSite::new(format!("{odoo} through {}", self.base.server()))
    }

    pub(super) fn secrets(&self, instance: Option<&OdooInstance>) -> Secrets {
        let key = Some(self.key.expose_secret());
        let odoo = instance.map(|instance| instance.api_key().expose_secret());
        Secrets::new(
            key.into_iter()
                .chain(odoo)
                .chain(instance.and_then(OdooInstance::userinfo))
                .chain(instance.and_then(OdooInstance::url_password)),
        )
    }

    /// A request without a key, for the proxy's own pages.
    pub(super) fn get(&self, path: &str) -> Request {
        Request::get(self.base.at(path))
    }

    pub(super) fn version(&self, odoo_url: &str, ask: Ask<'_>) -> Result<Request, Error> {
        self.ask_version("/api/odoo/version", odoo_url, ask)
    }

    /// The same over version 2, which only Odoo 19 and on answer.
    pub(super) fn version_over_v2(
        &self,
        odoo_url: &str,
        site: &CallSite,
    ) -> Result<Request, Error> {
        let ask = Ask {
            site,
            timeout: None,
            series: None,
        };
        self.ask_version("/v2/odoo/version", odoo_url, ask)
    }

    fn ask_version(&self, path: &str, url: &str, ask: Ask<'_>) -> Result<Request, Error> {
        let id = ask.request_id();
        post(&self.template(path), &AskVersion { id, url }, ask)
    }

    /// What a request to that path begins as.
    fn template(&self, path: &str) -> Template {
        Template::new(self.base.at(path)).header(API_KEY, self.key_header.clone())
    }
}

fn post(to: &Template, body: &impl Serialize, ask: Ask<'_>) -> Result<Request, Error> {
    let request = to.request().json(body)?;
    // A second begun counts as one: none at all would be the proxy's own limit, which is longer.
    let seconds = ask
        .timeout
        .map(|timeout| timeout.as_millis().div_ceil(1_000));
    let seconds = seconds.map(|seconds| u64::try_from(seconds).unwrap_or(u64::MAX));
    Ok(match seconds {
        None | Some(0) => request,
        Some(seconds) => request.header(REQUEST_TIMEOUT, seconds.into()),
    })
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

/// What the proxy takes where it gets no limit.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(15);

/// So that the proxy's own answer comes first.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// A version of the proxy's protocol. In all else they are one road.
pub(super) trait Protocol: Send + Sync + 'static {
    const NAME: &'static str;

    /// Where calls go.
    const PATH: &'static str;

    /// Whether calls are made as the user of the instance; else as the user of the key.
    const NAMES_USER: bool;

    /// As [`Road::needs_series`].
    const NEEDS_SERIES: bool;

    /// The body of a call.
    fn body<'a>(
        call: &'a Call,
        instance: Instance<'a>,
        ask: Ask<'a>,
    ) -> Result<impl Serialize, Error>;

    /// A result as it was asked for.
    fn result(reply: Reply, call: &Call) -> Reply;
}

/// The road through a proxy to one Odoo database.
pub(super) struct ThroughProxy<P> {
    endpoint: Arc<Endpoint>,
    /// What each call begins as.
    execute: Template,
    instance: OdooInstance,
    site: CallSite,
    rpc: Rpc,
    protocol: PhantomData<P>,
}

impl<P: Protocol> ThroughProxy<P> {
    pub(super) fn new(endpoint: Arc<Endpoint>, instance: OdooInstance) -> Self {
        let user_id = P::NAMES_USER.then(|| instance.user_id());
        Self {
            site: endpoint.site_of(&instance),
            execute: endpoint.template(P::PATH),
            rpc: rpc(endpoint.secrets(Some(&instance)), user_id),
            endpoint,
            instance,
            protocol: PhantomData,
        }
    }
}

impl<P: Protocol> Road for ThroughProxy<P> {
    type Login = ();

    fn name(&self) -> &'static str {
        P::NAME
    }

    fn odoo_url(&self) -> &str {
        self.instance.url()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.rpc.secrets
    }

    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    fn grace(&self) -> Duration {
        GRACE
    }

    fn needs_series(&self) -> bool {
        P::NEEDS_SERIES
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<()>, Error> {
        Ok(Opening::Login(()))
    }

    fn opened(&self, _: Response, _: CallSite) -> Result<(), Error> {
        Ok(())
    }

    fn request(&self, call: &Call, (): &(), ask: Ask<'_>) -> Result<Request, Error> {
        let body = P::body(call, (&self.instance).into(), ask)?;
        post(&self.execute, &body, ask)
    }

    fn read(&self, response: Response, call: &Call, (): &(), site: CallSite) -> Answer {
        let reply = self.rpc.read(response, site);
        reply.map(|reply| P::result(reply, call)).into()
    }

    /// By version 1, which tells the version of every series.
    fn version(&self, ask: Ask<'_>) -> Result<Request, Error> {
        self.endpoint.version(self.instance.url(), ask)
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.rpc.read(response, site)?, &self.rpc.secrets)
    }
}

/// Version 1: `execute_kw` of every series.
pub(super) struct V1;

impl Protocol for V1 {
    const NAME: &'static str = "odxproxy-v1";
    const PATH: &'static str = "/api/odoo/execute";
    const NAMES_USER: bool = true;
    const NEEDS_SERIES: bool = false;

    fn body<'a>(
        call: &'a Call,
        instance: Instance<'a>,
        ask: Ask<'a>,
    ) -> Result<impl Serialize, Error> {
        // Every other method is reached by the action `call_method`.
        let is_action = PROXY_ACTIONS.contains(&call.method());
        Ok(Execute {
            id: ask.request_id(),
            action: if is_action {
                call.method()
            } else {
                "call_method"
            },
            model_id: call.model(),
            fn_name: (!is_action).then(|| call.method()),
            params: call.positional(),
            keyword: call.kwargs(),
            odoo_instance: instance,
        })
    }

    fn result(reply: Reply, _: &Call) -> Reply {
        reply
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

/// Which Odoo, and as whom. Version 2 does not look at the user's id: the key has a user.
#[derive(Serialize)]
pub(super) struct Instance<'a> {
    url: &'a str,
    db: &'a str,
    user_id: i64,
    api_key: &'a str,
}

impl<'a> From<&'a OdooInstance> for Instance<'a> {
    fn from(instance: &'a OdooInstance) -> Self {
        Self {
            url: instance.url(),
            db: instance.database(),
            user_id: instance.user_id(),
            api_key: instance.api_key().expose_secret(),
        }
    }
}

#[derive(Serialize)]
struct AskVersion<'a> {
    id: &'a str,
    url: &'a str,
}

/// What to do about an answer that is not the proxy's.
pub(super) fn advice(response: &Response) -> &'static str {
    match response.status {
        401 | 403 => "something in front of the proxy refused the request",
        408 => "the request came too slowly for the proxy, or for something in front of it",
        421 => "the proxy does not answer to the host name in its URL",
        413 => {
            "send less in one call, or raise the size limit of the proxy, or of what is in front of it"
        }
        429 | 502..=504 => "the proxy is overloaded or down, or something in front of it is",
        // A proxy answers in JSON or plain text, whatever Odoo sent it.
        _ if response.is_html() => {
            "what answers there is no ODXProxy: check the URL of the proxy, which is another than that of Odoo"
        }
        404 | 405 => "check the URL of the proxy",
        400 | 415 | 422 => "the proxy could not read the request",
        _ => "see the log of the proxy",
    }
}

/// Reads the answers of the proxy, none of which shows these secrets.
pub(super) fn rpc(secrets: Secrets, user_id: Option<i64>) -> Rpc {
    Rpc {
        secrets,
        settings: fault::Settings {
            login: match user_id {
                Some(_) => {
                    "check the user id and the API key for Odoo: the key must be that user's"
                }
                None => {
                    "check the API key for Odoo: a password is not taken here, and a key may have expired"
                }
            },
            database: "check the name of the database",
            user_id,
        },
        classify,
        advice,
    }
}

/// Whose error it is: by HTTP status, then code, then whether Odoo named an exception.
fn classify(error: RpcError, status: u16, site: CallSite, settings: &fault::Settings) -> Error {
    if let Some(variant) = refusal(status, error.code) {
        return variant(proxy_error(error, status, site));
    }
    if status != 200 && error.class().is_none() {
        return Error::Proxy(proxy_error(error, status, site));
    }
    settings.error(error.with_hidden_exception().into_odoo(status, site))
}

/// The proxy's own errors. Code 0 is one of Odoo's, too, and 401 means the proxy's key only as an HTTP status.
fn refusal(status: u16, code: i64) -> Option<fn(Box<ProxyError>) -> Error> {
    match (status, code) {
        (401, _) | (_, -32000) => Some(Error::ProxyKey),
        (403, 0) => Some(Error::License),
        (504, _) | (_, -32003) => Some(Error::UpstreamTimeout),
        (502, _) | (_, -32004) => Some(Error::UpstreamUnreachable),
        (_, -32006) => Some(Error::NoJson2),
        (_, -32099..=-32000) => Some(Error::Proxy),
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
