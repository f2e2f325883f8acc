//! ODXProxy v1: `/api/odoo/..`, or `/v1/odoo/..`, whose requests hold the instance and the method by position.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use odx_facts::PROXY_ACTIONS;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::envelope::{self, Envelope, Sender, failure};
use super::{Arguments, Called, Head, Login, Road};
use crate::body::{self, Refused};
use crate::constant_time_eq;
use crate::fault;
use crate::metrics::Outcome;
use crate::odoo::Database;
use crate::options::Trouble;
use crate::recorder::lock;
use crate::server::{Running, Shared};
use crate::upstream::{self, Reply, Upstream};

/// ODXProxy's own limit for a call to Odoo, where the request sets none.
const DEFAULT_UPSTREAM_TIMEOUT: Duration = Duration::from_secs(15);

pub(super) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/odoo/execute", post(execute))
        .route("/v1/odoo/execute", post(execute))
        .route("/api/odoo/version", post(version))
        .route("/v1/odoo/version", post(version))
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            check_key,
        ))
}

/// Refuses requests without the proxy's key.
pub(super) async fn check_key(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let sent = request
        .headers()
        .get("x-api-key")
        .and_then(|key| key.to_str().ok());
    let fits = sent.is_some_and(|key| constant_time_eq(key, shared.key.expose_secret()));
    if !fits {
        shared.metrics.count(Outcome::ProxyError);
        return ProxyError::Unauthorized.respond(RawValue::NULL);
    }
    next.run(request).await
}

/// The upstream timeout a request asks for: whole seconds; anything else is the default.
pub(super) fn upstream_timeout(headers: &HeaderMap) -> Duration {
    headers
        .get("x-request-timeout")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .filter(|seconds| *seconds > 0)
        .map_or(DEFAULT_UPSTREAM_TIMEOUT, Duration::from_secs)
}

async fn execute(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    counted(&shared, executed(&shared, request).await)
}

/// What came of a call, once it is counted.
pub(super) fn counted(shared: &Shared, executed: Result<(Outcome, Response), Refused>) -> Response {
    let refused = |refused: Refused| (Outcome::ProxyError, refused.into_response());
    let (outcome, response) = executed.unwrap_or_else(refused);
    shared.metrics.count(outcome);
    response
}

async fn executed(shared: &Shared, request: Request) -> Result<(Outcome, Response), Refused> {
    let head = Head::of(Road::OdxProxy, &request);
    let (body, held) = shared.bodies.take(request).await?;
    let request = Execute::read(&body)?;
    let refused = |error: ProxyError, id: &RawValue| Ok((Outcome::ProxyError, error.respond(id)));
    let method = match request.method() {
        Ok(method) => method.to_owned(),
        Err(error) => return refused(error, request.id),
    };
    let timeout = upstream_timeout(&head.headers);
    if let Err(error) = shared.trouble.strike(timeout).await {
        return refused(error, request.id);
    }
    tracing::debug!(action = request.action(), model = %request.model_id, method, "call");
    shared
        .recorder
        .remember(&head, &request.model_id, &method, || request.arguments())?;
    let mut form = Envelope {
        id: request.id.to_owned(),
        sender: Sender::Proxy {
            code: error_code(shared),
        },
    };
    let fault = shared
        .recorder
        .take_fault(Road::OdxProxy, &request.model_id, &method);
    if let Some(fault) = &fault
        && let Some(response) = fault.strike(&mut form, Some(timeout)).await
    {
        return Ok((Outcome::ProxyError, response));
    }
    match &shared.backend {
        Running::Memory(database) => {
            let (args, kwargs) = request.arguments()?;
            let instance = request.odoo_instance;
            let called = Called {
                login: Login::Secret {
                    database: instance.db,
                    user: Some(instance.user_id),
                    secret: instance.api_key,
                },
                model: request.model_id,
                method,
                args,
                kwargs,
            };
            let (outcome, answer) = called.run(database, &form).await;
            Ok((outcome, fault::sent(fault.as_ref(), answer)))
        }
        Running::Odoo(upstream) => {
            let request = match upstream.execute(&request, &method) {
                Ok(request) => request,
                Err(error) => return refused(error, &form.id),
            };
            // It stands in the request to Odoo now, and may be large.
            drop(body);
            let answer = upstream.send(request, held, timeout).await;
            let (outcome, answer) = passed_on(answer, &form.id);
            Ok((outcome, fault::sent(fault.as_ref(), answer)))
        }
    }
}

/// Odoo's envelope under the id of the request.
pub(super) fn passed_on(
    answer: Result<upstream::Answer, ProxyError>,
    id: &RawValue,
) -> (Outcome, Response) {
    let (reply, held) = match answer {
        Ok(answer) => answer,
        Err(error) => return (Outcome::ProxyError, error.respond(id)),
    };
    let (outcome, member, json) = match reply {
        Reply::Result(json) => (Outcome::Success, "result", json),
        // Odoo leaves the result of a method that returns None out, which the official clients take for a broken answer.
        Reply::Nothing => (Outcome::Success, "result", "null".into()),
        Reply::Error(json) => (Outcome::OdooError, "error", json),
    };
    (outcome, envelope::passed_on(id, member, json, held))
}

async fn version(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let known = |database: &Database| Some(database.version_info());
    versioned(&shared, request, known, Upstream::version).await
}

/// The version, as a database in memory knows it, or as an Odoo is asked for it.
pub(super) async fn versioned(
    shared: &Shared,
    request: Request,
    known: impl FnOnce(&Database) -> Option<Value>,
    asked: impl FnOnce(&Upstream, &str) -> Result<upstream::Request, ProxyError>,
) -> Response {
    let timeout = upstream_timeout(request.headers());
    let (body, held) = match shared.bodies.take(request).await {
        Ok(taken) => taken,
        Err(refused) => return refused.into_response(),
    };
    let request: Version<'_> = match body::read(&body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    if let Err(error) = shared.trouble.strike(timeout).await {
        return error.respond(request.id);
    }
    match &shared.backend {
        Running::Memory(database) => match known(&lock(database)) {
            Some(version) => envelope::success(request.id, Some(version)),
            None => ProxyError::NoJson2.respond(request.id),
        },
        Running::Odoo(upstream) => {
            let reply = match asked(upstream, &request.url) {
                Ok(asked) => upstream.send(asked, held, timeout).await,
                Err(error) => Err(error),
            };
            passed_on(reply, request.id).1
        }
    }
}

fn error_code(shared: &Shared) -> i64 {
    match &shared.backend {
        Running::Memory(database) => envelope::error_code(lock(database).series),
        Running::Odoo(_) => 0,
    }
}

impl Trouble {
    /// What every call of the proxy meets.
    pub(super) async fn strike(&self, patience: Duration) -> Result<(), ProxyError> {
        if self.licence_expired {
            return Err(ProxyError::LicenceExpired);
        }
        if let Some(delay) = self.slow {
            tokio::time::sleep(delay.min(patience)).await;
            if delay > patience {
                return Err(ProxyError::Timeout);
            }
        }
        match self.unreachable {
            true => Err(ProxyError::Unreachable("connection refused".to_owned())),
            false => Ok(()),
        }
    }
}

/// The body of `/api/odoo/execute`. What is passed on is not read: arguments of many megabytes cost no more than that.
#[derive(Deserialize)]
pub(crate) struct Execute<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    action: String,
    pub(crate) model_id: String,
    #[serde(default)]
    fn_name: Option<String>,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
    #[serde(default, borrow)]
    keyword: Option<&'a RawValue>,
    pub(crate) odoo_instance: Instance,
}

/// The Odoo instance a request is for.
#[derive(Deserialize)]
pub(crate) struct Instance {
    pub(crate) url: String,
    pub(crate) db: String,
    pub(crate) user_id: i64,
    pub(crate) api_key: SecretString,
}

/// The body of `/api/odoo/version`.
#[derive(Deserialize)]
pub(crate) struct Version<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    pub(crate) url: String,
}

impl<'a> Execute<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Refused> {
        let request: Self = body::read(body)?;
        for (member, value, open, expected) in [
            ("params", request.params, '[', "a list"),
            ("keyword", request.keyword, '{', "an object"),
        ] {
            if value.is_some_and(|value| !value.get().starts_with(open)) {
                return Err(Refused::Shape(format!("{member}: expected {expected}")));
            }
        }
        Ok(request)
    }

    /// The Odoo method to call.
    pub(crate) fn method(&self) -> Result<&str, ProxyError> {
        if self.action != "call_method" {
            let known = PROXY_ACTIONS.iter().find(|action| **action == self.action);
            return known
                .copied()
                .ok_or_else(|| ProxyError::UnknownAction(self.action.clone()));
        }
        match self.fn_name.as_deref() {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(ProxyError::MissingFunction),
        }
    }

    pub(crate) fn action(&self) -> &str {
        &self.action
    }

    /// The positional arguments as they were written.
    pub(crate) fn params(&self) -> &'a RawValue {
        self.params.unwrap_or_else(|| raw("[]"))
    }

    /// The keyword arguments as they were written.
    pub(crate) fn keyword(&self) -> &'a RawValue {
        self.keyword.unwrap_or_else(|| raw("{}"))
    }

    /// The arguments, read.
    pub(crate) fn arguments(&self) -> Result<Arguments, Refused> {
        Ok((
            body::read(self.params().get().as_bytes())?,
            body::read(self.keyword().get().as_bytes())?,
        ))
    }
}

fn raw(json: &'static str) -> &'static RawValue {
    serde_json::from_str(json).expect("BUG: this is JSON")
}

/// What the proxy itself answers when it does not pass on an answer of Odoo.
#[derive(Clone, PartialEq, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("Unauthorized: missing or invalid x-api-key")]
    Unauthorized,
    #[error("Unknown action: {0}")]
    UnknownAction(String),
    #[error("fn_name is required for call_method")]
    MissingFunction,
    #[error("Odoo did not answer in time")]
    Timeout,
    #[error("Cannot reach Odoo: {0}")]
    Unreachable(String),
    #[error("Cannot decode the answer of Odoo")]
    Undecodable,
    #[error(
        "The answer of Odoo is larger than {limit} bytes: ask for fewer records or fields at once, or give the proxy a higher limit (`odx proxy --max-answer`)"
    )]
    AnswerTooLarge { limit: usize },
    #[error(
        "Other answers take all the room there is for this answer of Odoo: make fewer large calls at a time, or give the proxy more (`odx proxy --max-memory`)"
    )]
    NoRoom,
    #[error("License expired")]
    LicenceExpired,
    #[error(
        "Odoo has no JSON-2 here: it is older than 19, or there is no such database, or its filter leaves the database out"
    )]
    NoJson2,
    #[error("{0} has a character that it may not have")]
    Identifier(&'static str),
}

odx_facts::debug_as_told!(ProxyError);

impl ProxyError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnknownAction(_) | Self::MissingFunction | Self::Identifier(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::NoJson2 => StatusCode::OK,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) => StatusCode::BAD_GATEWAY,
            Self::Undecodable | Self::AnswerTooLarge { .. } | Self::NoRoom => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::LicenceExpired => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn code(&self) -> i64 {
        match self {
            Self::Unauthorized => -32000,
            Self::UnknownAction(_) => -32001,
            Self::MissingFunction => -32002,
            Self::Timeout => -32003,
            Self::Unreachable(_) => -32004,
            Self::Undecodable | Self::AnswerTooLarge { .. } | Self::NoRoom => -32005,
            Self::LicenceExpired => 0,
            Self::NoJson2 => -32006,
            Self::Identifier(_) => -32007,
        }
    }

    /// The error with the id of its request; the id is `null` where the request was not read.
    pub(crate) fn respond(&self, id: &RawValue) -> Response {
        let error = json!({"code": self.code(), "message": self.to_string()});
        (self.status(), failure(id, &error)).into_response()
    }
}
