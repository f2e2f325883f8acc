//! The server that answers as the Odoo did that was recorded.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::RecordingError;
use super::body::Body;
use super::call::Asked;
use super::folder::{self, Answer, Exchange};
use super::recorder::{database_of, key, path_of, serve};
use super::scrub::{Pseudonyms, SECRET, Secrets};
use crate::recorder::lock;

const MAX_BODY: usize = 256 << 20;

/// The answers to one request that are still to come.
struct Left {
    answers: std::vec::IntoIter<Answer>,
    last: Option<Answer>,
    read_only: bool,
}

impl Left {
    fn next(&mut self) -> Option<Answer> {
        match self.answers.next() {
            Some(answer) => {
                self.last = Some(answer.clone());
                Some(answer)
            }
            // Who asks once more what changes nothing is answered as before.
            None => self.last.clone().filter(|_| self.read_only),
        }
    }
}

struct Shared {
    left: Mutex<HashMap<String, Left>>,
    pseudonyms: Pseudonyms,
    missed: Mutex<Vec<String>>,
}

/// A running server on the loopback address that answers what was recorded, in the order in which it was, and nothing else.
pub struct Player {
    address: SocketAddr,
    settings: BTreeMap<String, String>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for Player {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Player");
        shown
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Player {
    /// Starts it on a free port, with the recording of a folder.
    ///
    /// # Errors
    /// [`RecordingError`].
    pub async fn start(dir: &Path) -> Result<Self, RecordingError> {
        let (meta, exchanges) = folder::read_folder(dir)?;
        let rules = meta.rules();
        let pseudonyms = Pseudonyms::new(meta.salt, rules, meta.pseudonyms);
        let left = exchanges.into_iter().map(answers).collect();
        let shared = Arc::new(Shared {
            left: Mutex::new(left),
            pseudonyms,
            missed: Mutex::default(),
        });
        let app = Router::new().fallback(play).with_state(Arc::clone(&shared));
        let (address, task) = serve(app).await?;
        Ok(Self {
            address,
            settings: meta.settings,
            shared,
            task,
        })
    }

    /// Where the program finds what it takes for its Odoo.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables that the program was recorded with.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// What was asked and had not been recorded.
    pub fn missed(&self) -> Vec<String> {
        lock(&self.shared.missed).clone()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answers(exchange: Exchange) -> (String, Left) {
    let request = Body::of_value(&exchange.request);
    let compared = Secrets::new(Vec::new()).compared(&exchange.path, &request);
    let database = exchange.database.as_deref();
    let key = key(&exchange.method, &exchange.path, database, &compared);
    let left = Left {
        answers: exchange.answers.into_iter(),
        last: None,
        read_only: exchange.read_only,
    };
    (key, left)
}

async fn play(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = path_of(&request);
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let asked = Body::read(&body);
    let id = match &asked {
        Body::Json(json) => json["id"].clone(),
        _ => Value::Null,
    };
    let mut recognised = asked.clone();
    let mut secrets = Secrets::new(Vec::new());
    secrets.learn_from_headers(&head.headers);
    secrets.learn_from_body(&asked);
    let path = secrets.scrubbed(&path);
    secrets.scrub(&mut recognised);
    shared.pseudonyms.recognise(&mut recognised);
    let compared = secrets.compared(&path, &recognised);
    let database = database_of(&head.headers);
    let key = key(head.method.as_str(), &path, database.as_deref(), &compared);
    let answer = lock(&shared.left).get_mut(&key).and_then(Left::next);
    match answer {
        Some(answer) => told(answer, &id),
        None => {
            let text = not_recorded(&path, &asked, &compared);
            lock(&shared.missed).push(text.clone());
            refused(&path, &asked, &id, &text)
        }
    }
}

fn told(answer: Answer, id: &Value) -> Response {
    let mut body = Body::of_value(&answer.body);
    if let Body::Json(Value::Object(envelope)) = &mut body
        && envelope.contains_key("jsonrpc")
    {
        envelope.insert("id".to_owned(), id.clone());
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, body.to_bytes()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(kind) = HeaderValue::from_str(&answer.content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if answer.cookie {
        let cookie = format!("session_id={SECRET}; Path=/; HttpOnly");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// What was asked, and what to do.
fn not_recorded(path: &str, asked: &Body, compared: &Body) -> String {
    const SHOWN: usize = 400;
    let what = match Asked::of(path, asked) {
        Some(asked) => format!("{}.{}", asked.model, asked.method),
        None => path.to_owned(),
    };
    let said: String = compared
        .to_value()
        .to_string()
        .chars()
        .take(SHOWN)
        .collect();
    format!(
        "not recorded, or not so often: {what} as {said}; `odx record` with the same command makes the recording anew"
    )
}

/// The error in the form of the road.
fn refused(path: &str, asked: &Body, id: &Value, text: &str) -> Response {
    const CLASS: &str = "odx.NotRecorded";
    let data =
        json!({"name": CLASS, "message": text, "arguments": [text], "context": {}, "debug": ""});
    let json = |status: StatusCode, value: Value| (status, axum::Json(value)).into_response();
    match asked {
        Body::Xml(_) => {
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            let xml = format!(
                "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n\
                 <value><int>1</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>{text}</string></value>\n\
                 </member>\n</struct></value>\n</fault>\n</methodResponse>\n"
            );
            ([(header::CONTENT_TYPE, "text/xml")], xml).into_response()
        }
        _ if path.starts_with("/json/2/") => json(StatusCode::INTERNAL_SERVER_ERROR, data),
        Body::Json(_) => json(
            StatusCode::OK,
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": 200, "message": "Odoo Server Error", "data": data}}),
        ),
        Body::Text(_) => (StatusCode::NOT_FOUND, text.to_owned()).into_response(),
    }
}
