//! The HTTP server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::compression::CompressionLayer;

use crate::constant_time_eq;
use crate::fault::{Fault, odoo_error};
use crate::metrics::{Metrics, Outcome};
use crate::odoo::{Answer, Database, ObjectCall};
use crate::options::{Backend, Options, StartError};
use crate::protocol::{self, Execute, ProxyError, Version};
use crate::recorder::{Call, Recorder, lock};
use crate::upstream::{Reply, Upstream};

/// ODXProxy's own limit for a call to Odoo, where the request sets none.
const DEFAULT_UPSTREAM_TIMEOUT: Duration = Duration::from_secs(15);

/// How many calls are remembered in front of an Odoo in memory.
const REMEMBERED_CALLS: usize = 10_000;

struct Shared {
    key: SecretString,
    backend: Running,
    metrics: Metrics,
    recorder: Recorder,
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
    /// The address cannot be listened on, or the client for the upstream cannot be set up.
    pub async fn start(backend: impl Into<Backend>, options: Options) -> Result<Self, StartError> {
        let backend = match backend.into() {
            Backend::Memory(database) => Running::Memory(Arc::new(Mutex::new(*database))),
            Backend::Odoo => {
                Running::Odoo(Upstream::new(options.allowed_upstream).map_err(StartError::Client)?)
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
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(Arc::clone(&shared), options.max_body);
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(async move {
                // Either way the server stops: told to, or dropped.
                let _ = stopped.await;
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "the sandbox server stopped");
            }
        });
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
    pub fn calls(&self) -> Vec<Call> {
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

fn router(shared: Arc<Shared>, max_body: usize) -> Router {
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
        .layer(DefaultBodyLimit::max(max_body))
        .layer(CompressionLayer::new())
        .with_state(shared)
}

async fn check_key(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let sent = request
        .headers()
        .get("x-api-key")
        .and_then(|key| key.to_str().ok());
    let fits = sent.is_some_and(|key| constant_time_eq(key, shared.key.expose_secret()));
    if !fits {
        shared.metrics.count(Outcome::ProxyError);
        return ProxyError::Unauthorized.respond(&Value::Null);
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

async fn execute(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<axum::Json<Execute>, JsonRejection>,
) -> Response {
    let request = match body {
        Ok(axum::Json(request)) => request,
        Err(rejection) => {
            shared.metrics.count(Outcome::ProxyError);
            return rejection.into_response();
        }
    };
    let method = match request.method() {
        Ok(method) => method.to_owned(),
        Err(error) => {
            shared.metrics.count(Outcome::ProxyError);
            return error.respond(&request.id);
        }
    };
    tracing::debug!(action = request.action(), model = %request.model_id, method, "call");
    shared.recorder.remember(&uri, &headers, &request, &method);
    let timeout = upstream_timeout(&headers);
    let mut id = request.id.clone();
    if let Some(fault) = shared.recorder.take_fault(&request.model_id, &method) {
        match &fault {
            Fault::Delay(delay) => {
                tokio::time::sleep((*delay).min(timeout)).await;
                if *delay > timeout {
                    shared.metrics.count(Outcome::ProxyError);
                    return ProxyError::Timeout.respond(&id);
                }
            }
            Fault::Id(other) => id = other.clone(),
            _ => {}
        }
        if let Some(response) = fault.response(&id, error_code(&shared)) {
            shared.metrics.count(Outcome::ProxyError);
            return response;
        }
    }
    let (outcome, response) = match &shared.backend {
        Running::Memory(database) => in_memory(Arc::clone(database), request, method, &id).await,
        Running::Odoo(upstream) => {
            let arguments = request.arguments();
            let reply = upstream
                .execute(
                    &request.odoo_instance,
                    &request.model_id,
                    &method,
                    arguments,
                    timeout,
                )
                .await;
            passed_on(reply, &id)
        }
    };
    shared.metrics.count(outcome);
    response
}

async fn in_memory(
    database: Arc<Mutex<Database>>,
    request: Execute,
    method: String,
    id: &Value,
) -> (Outcome, Response) {
    let run = move || {
        let (args, kwargs) = request.arguments();
        let mut database = lock(&database);
        let answer = database.execute_kw(ObjectCall {
            database: &request.odoo_instance.db,
            user: request.odoo_instance.user_id,
            key: request.odoo_instance.api_key.expose_secret(),
            model: &request.model_id,
            method: &method,
            args,
            kwargs,
        });
        (answer, database.error_code())
    };
    // The evaluation is plain computing: it must not hold up other connections.
    match tokio::task::spawn_blocking(run).await {
        Ok((Ok(Answer::Nothing), _)) => (Outcome::Success, protocol::success::<Value>(id, None)),
        Ok((Ok(answer), _)) => (Outcome::Success, protocol::success(id, Some(answer))),
        Ok((Err(error), code)) => (Outcome::OdooError, odoo_error(id, code, &error)),
        Err(_) => (Outcome::ProxyError, ProxyError::Undecodable.respond(id)),
    }
}

/// Odoo's envelope under the id of the request.
fn passed_on(reply: Result<Reply, ProxyError>, id: &Value) -> (Outcome, Response) {
    match reply {
        Ok(Reply::Result(json)) => (Outcome::Success, protocol::passed_on(id, "result", &json)),
        // Odoo leaves the result of a method that returns None out, which the official clients take for a broken answer.
        Ok(Reply::Nothing) => (Outcome::Success, protocol::passed_on(id, "result", "null")),
        Ok(Reply::Error(json)) => (Outcome::OdooError, protocol::passed_on(id, "error", &json)),
        Err(error) => (Outcome::ProxyError, error.respond(id)),
    }
}

async fn version(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    axum::Json(request): axum::Json<Version>,
) -> Response {
    match &shared.backend {
        Running::Memory(database) => {
            let info = lock(database).version_info();
            protocol::success(&request.id, Some(info))
        }
        Running::Odoo(upstream) => {
            let reply = upstream
                .version(&request.url, upstream_timeout(&headers))
                .await;
            passed_on(reply, &request.id).1
        }
    }
}

async fn about() -> Response {
    let about = json!({"build": "odx-sandbox", "version": env!("CARGO_PKG_VERSION")});
    protocol::success(&Value::Null, Some(about))
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
