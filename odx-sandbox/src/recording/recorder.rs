//! The server between a program and its Odoo.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

use super::body::Body;
use super::call::Asked;
use super::folder::{self, Answer, Exchange, Meta, Summary};
use super::scrub::{Pseudonyms, Secrets};
use super::{Credential, RecordingError, Rules};
use crate::recorder::lock;

/// The largest body that is passed on: as much as the sandbox takes of Odoo.
const MAX_BODY: usize = 256 << 20;

/// What is of one connection, and not of what is passed on.
const HOP: [HeaderName; 8] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    // Bodies pass as they are read and kept.
    header::ACCEPT_ENCODING,
];

/// The Odoo, or the ODXProxy, that is recorded.
#[derive(Clone, Debug)]
pub struct Upstream {
    url: Url,
    root_certificates: Vec<u8>,
}

impl Upstream {
    /// At that address.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            root_certificates: Vec::new(),
        }
    }

    /// With root certificates in PEM to trust beside the system's.
    #[must_use]
    pub fn root_certificates(mut self, pem: Vec<u8>) -> Self {
        self.root_certificates = pem;
        self
    }

    fn client(&self) -> Result<reqwest::Client, RecordingError> {
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .no_brotli()
            .no_deflate();
        let roots = reqwest::Certificate::from_pem_bundle(&self.root_certificates);
        for root in roots.map_err(RecordingError::Client)? {
            client = client.add_root_certificate(root);
        }
        client.build().map_err(RecordingError::Client)
    }
}

/// What passed.
struct Passed {
    method: String,
    path: String,
    database: Option<String>,
    request: Bytes,
    request_headers: HeaderMap,
    status: u16,
    answer_headers: HeaderMap,
    answer: Bytes,
}

struct Shared {
    client: reqwest::Client,
    url: Url,
    passed: Mutex<Vec<Passed>>,
}

/// A running server on the loopback address that passes every request on and remembers what was answered.
pub struct Recorder {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Recorder");
        shown
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Recorder {
    /// Starts it on a free port. Nothing is known to it that a program would not send itself.
    ///
    /// # Errors
    /// [`RecordingError::Listen`], [`RecordingError::Client`].
    pub async fn start(upstream: Upstream) -> Result<Self, RecordingError> {
        let shared = Arc::new(Shared {
            client: upstream.client()?,
            url: upstream.url,
            passed: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let (address, task) = serve(app).await?;
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// Where the program finds its Odoo.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes what was recorded, in place of what the folder held, and stops. `credentials` are what the program signed in
    /// with, `settings` what it was run with otherwise.
    ///
    /// # Errors
    /// [`RecordingError`]; the folder is then as it was.
    pub fn finish(
        self,
        dir: &Path,
        rules: &Rules,
        credentials: Vec<Credential>,
        settings: BTreeMap<String, String>,
    ) -> Result<Summary, RecordingError> {
        let salt = folder::salt(dir)?;
        let passed = std::mem::take(&mut *lock(&self.shared.passed));
        if passed.is_empty() {
            return Err(RecordingError::NothingPassed(dir.to_owned()));
        }
        let mut secrets = Secrets::new(credentials);
        let mut pseudonyms = Pseudonyms::new(salt, rules.clone(), BTreeSet::new());
        let read: Vec<(Passed, Body, Body)> = passed
            .into_iter()
            .map(|passed| {
                let request = Body::read(&passed.request);
                let answer = Body::read(&passed.answer);
                (passed, request, answer)
            })
            .collect();
        // All is learnt before anything is replaced: an answer may hold what only a later one tells to be personal.
        for (passed, request, answer) in &read {
            secrets.learn_from_headers(&passed.request_headers);
            secrets.learn_from_headers(&passed.answer_headers);
            secrets.learn_from_body(request);
            if let Some(asked) = Asked::of(&passed.path, request) {
                pseudonyms.learn(&asked, answer);
            }
        }
        let exchanges = exchanges(read, &secrets, &pseudonyms);
        let meta = Meta {
            format: 1,
            salt,
            settings,
            replace: rules.replace.clone(),
            remove: rules.remove.clone(),
            pseudonyms: pseudonyms.given().clone(),
        };
        let files = folder::files(&meta, &exchanges);
        if let Some((name, _)) = files.iter().find(|(_, text)| secrets.are_in(text)) {
            return Err(RecordingError::Secret {
                asked: name.clone(),
            });
        }
        folder::replace(dir, &files)?;
        Ok(Summary {
            requests: exchanges.len(),
            answers: exchanges.values().map(|it| it.answers.len()).sum(),
            pseudonyms: meta.pseudonyms.len(),
            unmet: pseudonyms.unmet(),
        })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves on a free port of the loopback address.
pub(super) async fn serve(app: Router) -> Result<(SocketAddr, JoinHandle<()>), RecordingError> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(free)
        .await
        .map_err(RecordingError::Listen)?;
    let address = listener.local_addr().map_err(RecordingError::Listen)?;
    let task = tokio::spawn(async move {
        // It ends with the process, or when its owner is dropped.
        let _ = axum::serve(listener, app).await;
    });
    Ok((address, task))
}

/// The exchanges by the name of their file.
fn exchanges(
    read: Vec<(Passed, Body, Body)>,
    secrets: &Secrets,
    pseudonyms: &Pseudonyms,
) -> BTreeMap<String, Exchange> {
    let mut exchanges = BTreeMap::new();
    for (passed, mut request, mut answer) in read {
        let asked = Asked::of(&passed.path, &request);
        let path = secrets.scrubbed(&passed.path);
        for body in [&mut request, &mut answer] {
            secrets.scrub(body);
        }
        if let Some(asked) = &asked {
            pseudonyms.remove(asked, &mut answer);
        }
        for body in [&mut request, &mut answer] {
            pseudonyms.replace(body);
        }
        without_id(&path, &mut request);
        without_id(&path, &mut answer);
        let database = passed.database.clone();
        let key = key(
            &passed.method,
            &path,
            database.as_deref(),
            &secrets.compared(&path, &request),
        );
        let header = |name: HeaderName| {
            let value = passed.answer_headers.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let told = Answer {
            status: passed.status,
            content_type: header(header::CONTENT_TYPE).unwrap_or_default(),
            cookie: header(header::SET_COOKIE).is_some_and(|it| it.starts_with("session_id=")),
            body: answer.to_value(),
        };
        let exchange = exchanges.entry(file_name(&path, asked.as_ref(), &key));
        let exchange = exchange.or_insert_with(|| Exchange {
            method: passed.method,
            path,
            database,
            request: request.to_value(),
            read_only: asked
                .is_none_or(|asked| odx_facts::is_read_only(&asked.model, &asked.method)),
            answers: Vec::new(),
        });
        exchange.answers.push(told);
    }
    exchanges
}

/// The id of a request says nothing of it.
fn without_id(path: &str, body: &mut Body) {
    if let Body::Json(serde_json::Value::Object(envelope)) = body
        && !path.starts_with("/json/2/")
        && (envelope.contains_key("jsonrpc") || envelope.contains_key("odoo_instance"))
    {
        envelope.remove("id");
    }
}

/// What requests are compared by.
pub(super) fn key(method: &str, path: &str, database: Option<&str>, compared: &Body) -> String {
    let database = database.unwrap_or_default();
    format!("{method} {path} {database}\n{}", compared.to_value())
}

fn file_name(path: &str, asked: Option<&Asked>, key: &str) -> String {
    let named = match asked {
        Some(asked) => format!("{}.{}", asked.model, asked.method),
        None => path.trim_matches('/').replace('/', "."),
    };
    let plain = |c: char| match c.is_ascii_alphanumeric() || "._-".contains(c) {
        true => c,
        false => '_',
    };
    let named: String = named
        .trim_start_matches('.')
        .chars()
        .map(plain)
        .take(80)
        .collect();
    let digest = Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())
        .simple()
        .to_string();
    format!("{named}-{}", &digest[..12])
}

/// The path with its query.
pub(super) fn path_of(request: &Request) -> String {
    let uri = request.uri();
    uri.path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// The database that a header names.
pub(super) fn database_of(headers: &HeaderMap) -> Option<String> {
    let named = headers.get("x-odoo-database")?;
    named.to_str().ok().map(str::to_owned)
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match passed_on(&shared, request).await {
        Ok(response) => response,
        Err(why) => (StatusCode::BAD_GATEWAY, format!("odx record: {why}")).into_response(),
    }
}

async fn passed_on(shared: &Shared, request: Request) -> Result<Response, String> {
    let path = path_of(&request);
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY)
        .await
        .map_err(|error| error.to_string())?;
    let base = shared.url.as_str().trim_end_matches('/');
    let url = format!("{base}{path}");
    let mut headers = head.headers.clone();
    HOP.iter().for_each(|name| drop(headers.remove(name)));
    let sent = shared
        .client
        .request(head.method.clone(), url)
        .headers(headers);
    // Its text names the address, which is the user's own.
    let answer =
        sent.body(body.clone())
            .send()
            .await
            .map_err(|error| match error.is_connect() {
                true => "Odoo cannot be reached".to_owned(),
                false => error.without_url().to_string(),
            })?;
    let (status, answer_headers) = (answer.status(), answer.headers().clone());
    let content = answer
        .bytes()
        .await
        .map_err(|error| error.without_url().to_string())?;
    let mut response = Response::new(HttpBody::from(content.clone()));
    *response.status_mut() = status;
    *response.headers_mut() = answer_headers.clone();
    for name in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
    ] {
        response.headers_mut().remove(name);
    }
    lock(&shared.passed).push(Passed {
        method: head.method.to_string(),
        path,
        database: database_of(&head.headers),
        request: body,
        request_headers: head.headers,
        status: status.as_u16(),
        answer_headers,
        answer: content,
    });
    Ok(response)
}
