//! The HTTP server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::compression::CompressionLayer;

use crate::body::{self, Refused};
use crate::budget::Budget;
use crate::connections;
use crate::constant_time_eq;
use crate::fault::{Fault, odoo_error};
use crate::hosts::Hosts;
use crate::metrics::{Metrics, Outcome};
use crate::odoo::{Answer, Database, ObjectCall};
use crate::options::{Backend, Options, StartError};
use crate::protocol::{self, Arguments, Execute, Instance, ProxyError, Version};
use crate::recorder::{self, Recorder, lock};
use crate::upstream::{self, Reply, Upstream};

/// ODXProxy's own limit for a call to Odoo, where the request sets none.
const DEFAULT_UPSTREAM_TIMEOUT: Duration = Duration::from_secs(15);

/// How many calls are remembered in front of an Odoo in memory.
const REMEMBERED_CALLS: usize = 10_000;

struct Shared {
    key: SecretString,
    backend: Running,
    metrics: Metrics,
    recorder: Recorder,
    hosts: Hosts,
    bodies: body::Limits,
}

enum Running {
    Memory(Arc<Mutex<Database>>),
    Odoo(Upstream),
}

/// A running server. It stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Starts a server on the current tokio runtime. It accepts connections when this returns.
    ///
    /// # Errors
    /// The address cannot be listened on, no upstream is allowed, or the client for it cannot be set up.
    pub async fn start(backend: impl Into<Backend>, options: Options) -> Result<Self, StartError> {
        let backend = match backend.into() {
            Backend::Memory(database) => Running::Memory(Arc::new(Mutex::new(*database))),
            Backend::Odoo if options.allowed_upstream.is_none() => {
                return Err(StartError::NoUpstream);
            }
            Backend::Odoo => {
                let upstream = Upstream::new(
                    options.allowed_upstream,
                    options.max_answer,
                    Budget::new(options.max_held),
                );
                Running::Odoo(upstream.map_err(StartError::Client)?)
            }
        };
        let remembered = options.remembered_calls.unwrap_or(match backend {
            Running::Memory(_) => REMEMBERED_CALLS,
            Running::Odoo(_) => 0,
        });
        let requested = options.address;
        let listen = |source| StartError::Listen {
            address: requested,
            source,
        };
        let listener = TcpListener::bind(requested).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let shared = Arc::new(Shared {
            key: options.key.unwrap_or_else(new_key),
            backend,
            metrics: Metrics::default(),
            recorder: Recorder::new(remembered),
            hosts: Hosts::new(options.hosts),
            bodies: body::Limits {
                size: options.max_body,
                time: options.body_timeout,
                budget: Budget::new(options.max_held),
            },
        });
        let limits = connections::Limits {
            connections: options.max_connections,
            silence: options.silence,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(Arc::clone(&shared));
        let task = tokio::spawn(connections::serve(listener, app, limits, async move {
            // Either way the server stops: told to, or dropped.
            let _ = stopped.await;
        }));
        Ok(Self {
            address,
            shared,
            stop: Some(stop),
            task: Some(task),
        })
    }

    /// The base address for clients, such as `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The proxy key.
    pub fn key(&self) -> &SecretString {
        &self.shared.key
    }

    /// The calls received so far, oldest first; see [`Options::remember_calls`].
    pub fn calls(&self) -> Vec<recorder::Call> {
        self.shared.recorder.calls()
    }

    /// Forgets the calls received so far.
    pub fn clear_calls(&self) {
        self.shared.recorder.clear();
    }

    /// Lets the next call go wrong.
    pub fn fail_next(&self, fault: Fault) {
        self.fail("", "", fault, 1);
    }

    /// Lets the next `times` calls of a model's method go wrong; `""` stands for any model or method.
    pub fn fail(&self, model: &str, method: &str, fault: Fault, times: usize) {
        self.shared.recorder.plan(model, method, fault, times);
    }

    /// Looks into or changes the database in memory; `None` if an Odoo stands behind the server.
    pub fn database<T>(&self, look: impl FnOnce(&mut Database) -> T) -> Option<T> {
        match &self.shared.backend {
            Running::Memory(database) => Some(look(&mut lock(database))),
            Running::Odoo(_) => None,
        }
    }

    /// Stops listening and waits for the calls in progress.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            // An error means that the task was aborted or panicked: it has stopped.
            let _ = task.await;
        }
    }

    /// Waits until the server stops, which it does by itself only if its socket breaks.
    pub async fn wait(mut self) {
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

fn new_key() -> SecretString {
    SecretString::from(uuid::Uuid::new_v4().simple().to_string())
}

fn router(shared: Arc<Shared>) -> Router {
    let keyed = Router::new()
        .route("/api/odoo/execute", post(execute))
        .route("/v1/odoo/execute", post(execute))
        .route("/api/odoo/version", post(version))
        .route("/v1/odoo/version", post(version))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            check_key,
        ));
    Router::new()
        .merge(keyed)
        .route("/_/about", get(about))
        .route("/_/license", get(license))
        .route("/_/metrics", get(metrics))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            check_host,
        ))
        .with_state(shared)
}

async fn check_host(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if let Some(refusal) = shared.hosts.refusal(&request) {
        shared.metrics.count(Outcome::ProxyError);
        return refusal;
    }
    next.run(request).await
}

async fn check_key(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
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
fn upstream_timeout(headers: &HeaderMap) -> Duration {
    headers
        .get("x-request-timeout")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .filter(|seconds| *seconds > 0)
        .map_or(DEFAULT_UPSTREAM_TIMEOUT, Duration::from_secs)
}

async fn execute(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (outcome, response) = match executed(&shared, request).await {
        Ok(answer) => answer,
        Err(refused) => (Outcome::ProxyError, refused.into_response()),
    };
    shared.metrics.count(outcome);
    response
}

async fn executed(shared: &Shared, request: Request) -> Result<(Outcome, Response), Refused> {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let (body, held) = shared.bodies.take(request).await?;
    let request = Execute::read(&body)?;
    let refused = |error: ProxyError, id: &RawValue| Ok((Outcome::ProxyError, error.respond(id)));
    let method = match request.method() {
        Ok(method) => method.to_owned(),
        Err(error) => return refused(error, request.id),
    };
    tracing::debug!(action = request.action(), model = %request.model_id, method, "call");
    shared
        .recorder
        .remember(&uri, &headers, &request, &method)?;
    let timeout = upstream_timeout(&headers);
    let mut id = request.id.to_owned();
    if let Some(fault) = shared.recorder.take_fault(&request.model_id, &method) {
        match &fault {
            Fault::Delay(delay) => {
                tokio::time::sleep((*delay).min(timeout)).await;
                if *delay > timeout {
                    return refused(ProxyError::Timeout, &id);
                }
            }
            Fault::Id(other) => id = to_raw_value(other).expect("BUG: a value has JSON"),
            _ => {}
        }
        if let Some(response) = fault.response(&id, error_code(shared)) {
            return Ok((Outcome::ProxyError, response));
        }
    }
    match &shared.backend {
        Running::Memory(database) => {
            let arguments = request.arguments()?;
            let call = Call {
                instance: request.odoo_instance,
                model: request.model_id,
                method,
                arguments,
            };
            Ok(in_memory(Arc::clone(database), call, &id).await)
        }
        Running::Odoo(upstream) => {
            let request = match upstream.execute(&request, &method) {
                Ok(request) => request,
                Err(error) => return refused(error, &id),
            };
            // It stands in the request to Odoo now, and may be large.
            drop(body);
            Ok(passed_on(upstream.send(request, held, timeout).await, &id))
        }
    }
}

/// A call of a method in memory.
struct Call {
    instance: Instance,
    model: String,
    method: String,
    arguments: Arguments,
}

async fn in_memory(
    database: Arc<Mutex<Database>>,
    call: Call,
    id: &RawValue,
) -> (Outcome, Response) {
    let run = move || {
        let (args, kwargs) = call.arguments;
        let mut database = lock(&database);
        let answer = database.execute_kw(ObjectCall {
            database: &call.instance.db,
            user: call.instance.user_id,
            key: call.instance.api_key.expose_secret(),
            model: &call.model,
            method: &call.method,
            args,
            kwargs,
        });
        (answer, database.error_code())
    };
    // The evaluation is plain computing: it must not hold up other connections.
    match tokio::task::spawn_blocking(run).await {
        Ok((Ok(Answer::Nothing), _)) => (Outcome::Success, protocol::success::<()>(id, None)),
        Ok((Ok(answer), _)) => (Outcome::Success, protocol::success(id, Some(answer))),
        Ok((Err(error), code)) => (Outcome::OdooError, odoo_error(id, code, &error)),
        Err(_) => (Outcome::ProxyError, ProxyError::Undecodable.respond(id)),
    }
}

/// Odoo's envelope under the id of the request.
fn passed_on(answer: Result<upstream::Answer, ProxyError>, id: &RawValue) -> (Outcome, Response) {
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
    (outcome, protocol::passed_on(id, member, json, held))
}

async fn version(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let timeout = upstream_timeout(request.headers());
    let (body, held) = match shared.bodies.take(request).await {
        Ok(taken) => taken,
        Err(refused) => return refused.into_response(),
    };
    let request: Version<'_> = match body::read(&body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    match &shared.backend {
        Running::Memory(database) => {
            let info = lock(database).version_info();
            protocol::success(request.id, Some(info))
        }
        Running::Odoo(upstream) => {
            let reply = match upstream.version(&request.url) {
                Ok(asked) => upstream.send(asked, held, timeout).await,
                Err(error) => Err(error),
            };
            passed_on(reply, request.id).1
        }
    }
}

async fn about() -> Response {
    let about = json!({"build": "odx-sandbox", "version": env!("CARGO_PKG_VERSION")});
    protocol::success(RawValue::NULL, Some(about))
}

async fn license() -> Response {
    axum::Json(json!({
        "licensee": "odx sandbox",
        "valid_until": "2099-12-31",
        "is_valid": true,
    }))
    .into_response()
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        shared.metrics.render(),
    )
        .into_response()
}

fn error_code(shared: &Shared) -> i64 {
    match &shared.backend {
        Running::Memory(database) => lock(database).error_code(),
        Running::Odoo(_) => 0,
    }
}
