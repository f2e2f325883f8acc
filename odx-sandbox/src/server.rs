//! The HTTP server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use secrecy::SecretString;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::compression::CompressionLayer;

use crate::body;
use crate::budget::Budget;
use crate::connections;
use crate::fault::Fault;
use crate::hosts::Hosts;
use crate::metrics::{Metrics, Outcome};
use crate::odoo::Database;
use crate::options::{Backend, Options, StartError, Trouble};
use crate::recorder::{self, Recorder, lock};
use crate::roads::{self, Road, envelope, sessions::Sessions};
use crate::upstream::Upstream;

/// How many calls are remembered in front of an Odoo in memory.
const REMEMBERED_CALLS: usize = 10_000;

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) key: SecretString,
    pub(crate) backend: Running,
    pub(crate) metrics: Metrics,
    pub(crate) recorder: Recorder,
    pub(crate) bodies: body::Limits,
    /// Who is logged in on the road of the web client.
    pub(crate) sessions: Sessions,
    /// What goes wrong with the proxy as long as it runs.
    pub(crate) trouble: Trouble,
    /// The databases that the server finds beside the one in memory.
    pub(crate) other_databases: Vec<String>,
    hosts: Hosts,
}

/// What stands behind a running server.
pub(crate) enum Running {
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
                    &options.upstream_roots,
                );
                Running::Odoo(upstream?)
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
            sessions: Sessions::default(),
            trouble: options.trouble,
            other_databases: options.other_databases,
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

    /// How many requests came for that path, whatever became of them, such as `/web/session/authenticate` for logins.
    pub fn requests(&self, path: &str) -> usize {
        self.shared.recorder.requests(path)
    }

    /// The ids of the web client's sessions that are good now.
    pub fn session_ids(&self) -> Vec<String> {
        self.shared.sessions.ids()
    }

    /// Lets the next call go wrong.
    pub fn fail_next(&self, fault: Fault) {
        self.fail("", "", fault, 1);
    }

    /// Lets the next `times` calls of a model's method go wrong; `""` stands for any model or method.
    pub fn fail(&self, model: &str, method: &str, fault: Fault, times: usize) {
        self.shared.recorder.plan(None, model, method, fault, times);
    }

    /// Lets the next `times` calls that come by this road go wrong.
    pub fn fail_over(&self, road: Road, fault: Fault, times: usize) {
        self.shared.recorder.plan(Some(road), "", "", fault, times);
    }

    /// What is still planned to go wrong, by model and method, once for each time.
    pub fn planned_faults(&self) -> Vec<(String, String)> {
        self.shared.recorder.planned()
    }

    /// Lets every call wait so long that nothing else was planned for, until it is set anew; zero ends it.
    pub fn slow(&self, delay: Duration) {
        self.shared.recorder.slow(delay);
    }

    /// Forgets what was planned to go wrong, and how slow calls are.
    pub fn clear_faults(&self) {
        self.shared.recorder.clear_faults();
    }

    /// Gives every session of the web client another id at its next call, as Odoo 19 does every three hours. The ids that
    /// came before are good for two minutes more, or until [`Server::end_grace`].
    pub fn rotate_sessions(&self) {
        self.shared.sessions.rotate();
    }

    /// Lets the session ids go that others took the place of.
    pub fn end_grace(&self) {
        self.shared.sessions.end_grace();
    }

    /// Ends all sessions of the web client.
    pub fn expire_sessions(&self) {
        self.shared.sessions.expire();
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
    Router::new()
        .merge(roads::routes(&shared))
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
    shared.recorder.count(request.uri().path());
    if let Some(refusal) = shared.hosts.refusal(&request) {
        shared.metrics.count(Outcome::ProxyError);
        return refusal;
    }
    next.run(request).await
}

async fn about() -> Response {
    let about = json!({"build": "odx-sandbox", "version": env!("CARGO_PKG_VERSION")});
    envelope::success(RawValue::NULL, Some(about))
}

async fn license(State(shared): State<Arc<Shared>>) -> Response {
    let expired = shared.trouble.licence_expired;
    axum::Json(json!({
        "licensee": "odx sandbox",
        "valid_until": if expired { "2020-12-31" } else { "2099-12-31" },
        "is_valid": !expired,
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
