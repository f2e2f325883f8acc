//! The roads that calls come in by, a file each: what a request holds, and how what came of it is told.
//!
//! What they share stands here: a call as it was understood ([`Called`]), the one place that runs it ([`Shared::run`]), and
//! what a road has to be able to say ([`Form`]). Each answers as the series of the database does; what was recorded of real
//! servers of 14 to 19 stands beside the code.

pub(crate) mod behaviour;
pub(crate) mod envelope;
mod files;
mod json2;
mod jsonrpc;
pub(crate) mod odxproxy;
mod odxproxy_v2;
mod pages;
mod rpc2;
pub(crate) mod sessions;
mod web;
pub(crate) mod xml;
mod xmlrpc;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::body;
use crate::fault;
use crate::metrics::Outcome;
use crate::odoo::{Answer, Database, ObjectCall, OdooError};
use crate::recorder::lock;
use crate::server::{Running, Shared};
use envelope::Sender;
use odxproxy::ProxyError;

/// A way to call Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Road {
    /// ODXProxy v1: `/api/odoo/..` and `/v1/odoo/..`.
    OdxProxy,
    /// ODXProxy v2: `/v2/odoo/..`.
    OdxProxyV2,
    /// `/json/2/<model>/<method>`.
    Json2,
    /// `/jsonrpc`.
    JsonRpc,
    /// `/web/dataset/call_kw`, in a session.
    WebSession,
    /// `/xmlrpc/2/object`, or `/xmlrpc/object`.
    XmlRpc,
    /// `/RPC2`, which no release of Odoo has.
    Rpc2,
}

/// The routes of all roads that lead to what stands behind the server.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let proxy = odxproxy::routes(shared).merge(odxproxy_v2::routes(shared));
    let Running::Memory(database) = &shared.backend else {
        return proxy;
    };
    let odoo = Odoo {
        shared: Arc::clone(shared),
        database: Arc::clone(database),
    };
    let roads = Router::new()
        .merge(json2::routes())
        .merge(jsonrpc::routes())
        .merge(web::routes())
        .merge(files::routes())
        .merge(xmlrpc::routes())
        .merge(rpc2::routes())
        .fallback(unknown_route);
    proxy.merge(roads.with_state(odoo))
}

/// A call as it was understood.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) login: Login,
    pub(crate) model: String,
    pub(crate) method: String,
    pub(crate) args: Vec<Value>,
    pub(crate) kwargs: Map<String, Value>,
}

/// Who calls.
#[derive(Debug)]
pub(crate) enum Login {
    /// A user id with a key or a password, which is still to be looked at; no id is Python's `False`.
    Secret {
        database: String,
        user: Option<i64>,
        secret: SecretString,
    },
    /// A user who has signed in.
    Known(i64),
}

/// The head of a request.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) road: Road,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl Head {
    pub(crate) fn of(road: Road, request: &Request) -> Self {
        Self {
            road,
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        }
    }
}

/// The positional and the keyword arguments of a method.
pub(crate) type Arguments = (Vec<Value>, Map<String, Value>);

impl Called {
    /// Runs the call on the database in memory.
    pub(crate) async fn run(
        self,
        database: &Arc<Mutex<Database>>,
        form: &dyn Form,
    ) -> (Outcome, Response) {
        let database = Arc::clone(database);
        let run = move || {
            let mut database = lock(&database);
            match &self.login {
                Login::Secret {
                    database: name,
                    user,
                    secret,
                } => database.execute_kw(ObjectCall {
                    database: name,
                    user: user.unwrap_or_default(),
                    key: secret.expose_secret(),
                    model: &self.model,
                    method: &self.method,
                    args: self.args,
                    kwargs: self.kwargs,
                }),
                Login::Known(user) => {
                    let user = database.user(*user).cloned();
                    let user = user.ok_or_else(OdooError::access_denied)?;
                    database.execute_as(user, &self.model, &self.method, self.args, self.kwargs)
                }
            }
        };
        // The evaluation is plain computing: it must not hold up other connections.
        match tokio::task::spawn_blocking(run).await {
            Ok(Ok(answer)) => (Outcome::Success, form.done(answer)),
            Ok(Err(error)) => (Outcome::OdooError, form.raised(&error, None)),
            Err(_) => (Outcome::ProxyError, form.between(&ProxyError::Undecodable)),
        }
    }
}

/// A server with a database in memory, which is Odoo itself to its clients.
#[derive(Clone)]
struct Odoo {
    shared: Arc<Shared>,
    database: Arc<Mutex<Database>>,
}

impl Odoo {
    /// Remembers a call, lets it go wrong if that was planned, else runs it, and tells what came of it.
    async fn run(&self, head: &Head, called: Called, form: &mut dyn Form) -> Response {
        let Called { model, method, .. } = &called;
        tracing::debug!(road = ?head.road, model, method, "call");
        let arguments = || Ok::<_, Infallible>((called.args.clone(), called.kwargs.clone()));
        let Ok(()) = self
            .shared
            .recorder
            .remember(head, model, method, arguments);
        let fault = self.shared.recorder.take_fault(head.road, model, method);
        if let Some(fault) = &fault
            && let Some(response) = fault.strike(form, None).await
        {
            self.shared.metrics.count(Outcome::ProxyError);
            return response;
        }
        let (outcome, response) = called.run(&self.database, form).await;
        self.shared.metrics.count(outcome);
        fault::sent(fault.as_ref(), response)
    }

    fn database(&self) -> MutexGuard<'_, Database> {
        lock(&self.database)
    }

    /// The series, and whether there is more than one database.
    fn sender(&self) -> Sender {
        Sender::Odoo {
            series: self.database().series,
            many: self.has_others(),
        }
    }

    /// Whether the server finds more than one database.
    fn has_others(&self) -> bool {
        !self.shared.other_databases.is_empty()
    }

    /// The names of all databases, in their order.
    fn databases(&self) -> Vec<String> {
        let mut names = self.shared.other_databases.clone();
        names.push(self.database().name.clone());
        names.sort();
        names
    }

    /// Whether the database can be told from a request with this `X-Odoo-Database`, if it has one.
    fn finds(&self, named: Option<&HeaderValue>) -> bool {
        match named {
            Some(name) => name.as_bytes() == self.database().name.as_bytes(),
            None => !self.has_others(),
        }
    }

    /// The answer where there is no such route.
    async fn unknown_route(&self, request: Request) -> Response {
        let series = self.database().series;
        let path = request.uri().path().to_owned();
        if behaviour::JSON_IS_A_PAGE.holds(series) && path.starts_with("/json/") {
            let to = format!("/web/login?redirect={}%3F", path.replace('/', "%2F"));
            return self.refused(pages::to_login(series, &to));
        }
        let is_call = *request.method() == Method::POST && body::is_json(request.headers());
        if is_call && behaviour::UNKNOWN_ROUTE_IS_AN_ENVELOPE.holds(series) {
            return self.refused(match jsonrpc::read(self, &path, request).await {
                Ok((envelope, _)) => envelope.not_found(series, ""),
                Err(refusal) => refusal,
            });
        }
        self.refused(pages::page(series, StatusCode::NOT_FOUND, None))
    }

    /// The answer to what is refused before there is a call.
    fn refused(&self, response: impl IntoResponse) -> Response {
        self.shared.metrics.count(Outcome::ProxyError);
        response.into_response()
    }
}

async fn unknown_route(State(odoo): State<Odoo>, request: Request) -> Response {
    odoo.unknown_route(request).await
}

/// How a road tells what came of a call.
pub(crate) trait Form: Send + Sync {
    /// The method returned.
    fn done(&self, answer: Answer) -> Response;

    /// The method, or what stands before it, raised; under this code where a test asks for one.
    fn raised(&self, error: &OdooError, code: Option<i64>) -> Response;

    /// A result that is already written, whatever it is.
    fn written(&self, text: String) -> Response;

    /// An answer that breaks off.
    fn cut_off(&self) -> Response;

    /// The server between the client and Odoo answers itself.
    fn between(&self, error: &ProxyError) -> Response {
        pages::gateway(error)
    }

    /// Answers under another id, where answers have one.
    fn answer_to(&mut self, _id: &Value) {}
}
