//! The pages of the web client that carry files: content, the form for attachments, and reports as PDF.
//!
//! A fault that is planned for them is told by the model and by what they are for: `ir.attachment` and `content` (the model
//! is that of the record), `ir.attachment` and `upload`, `ir.actions.report` and `pdf`.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream;
use odx_facts::{ATTACHMENT, Series};
use serde_json::{Value, json};

use super::sessions::Used;
use super::web::session_id;
use super::{Form, Head, Odoo, Road, behaviour, pages};
use crate::metrics::Outcome;
use crate::odoo::{Answer, Database, File, OdooError, REPORT, User};

pub(super) fn routes() -> Router<Odoo> {
    Router::new()
        .route("/web", get(client))
        .route("/odoo", get(client))
        .route("/web/content/{id}", get(attachment))
        .route("/web/content/{id}/{name}", get(named_attachment))
        .route("/web/content/{model}/{id}/{field}", get(field))
        .route("/web/binary/upload_attachment", post(upload))
        .route("/report/pdf/{name}/{ids}", get(report))
}

/// The page of the web client, which holds the token for forms.
async fn client(State(odoo): State<Odoo>, request: Request) -> Response {
    let series = odoo.database().series;
    let id = session_id(request.headers()).map(str::to_owned);
    let token = id.and_then(|id| odoo.shared.sessions.token(&id));
    match token {
        Some(token) => pages::html(
            StatusCode::OK,
            format!(
                "<!DOCTYPE html>\n<html><head><script type=\"text/javascript\">var odoo = {{ csrf_token: \"{token}\" }};</script>\
                 </head><body></body></html>\n"
            ),
        ),
        None => odoo.refused(pages::to_login(series, "/web/login?redirect=%2Fweb%3F")),
    }
}

async fn attachment(State(odoo): State<Odoo>, Path(id): Path<i64>, request: Request) -> Response {
    odoo.content(request, ATTACHMENT.to_owned(), id, None).await
}

async fn named_attachment(
    State(odoo): State<Odoo>,
    Path((id, _)): Path<(i64, String)>,
    request: Request,
) -> Response {
    odoo.content(request, ATTACHMENT.to_owned(), id, None).await
}

async fn field(
    State(odoo): State<Odoo>,
    Path((model, id, field)): Path<(String, i64, String)>,
    request: Request,
) -> Response {
    odoo.content(request, model, id, Some(field)).await
}

async fn report(
    State(odoo): State<Odoo>,
    Path((name, ids)): Path<(String, String)>,
    request: Request,
) -> Response {
    let ids: Vec<i64> = ids.split(',').filter_map(|id| id.parse().ok()).collect();
    let head = Head::of(Road::WebSession, &request);
    let Some((used, user)) = odoo.user_of(&head.headers) else {
        return odoo.refused(odoo.to_login(&head.uri));
    };
    let arguments = json!({"name": name, "ids": ids});
    let make = move |database: &mut Database| database.report(user, &name, &ids).map(Some);
    odoo.file(head, used, REPORT, "pdf", arguments, make).await
}

async fn upload(State(odoo): State<Odoo>, request: Request) -> Response {
    let head = Head::of(Road::WebSession, &request);
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let (body, _held) = match odoo.shared.bodies.whole(request).await {
        Ok(read) => read,
        Err(refused) => return odoo.refused(refused),
    };
    let series = odoo.database().series;
    let Some((used, user)) = odoo.user_of(&head.headers) else {
        return odoo.refused(odoo.to_login(&head.uri));
    };
    let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
    let parts = kind
        .and_then(boundary)
        .map(|boundary| parts(&body, boundary));
    let parts = parts.unwrap_or_default();
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name)?;
        Some(String::from_utf8_lossy(part.content).into_owned())
    };
    let token = session_id(&head.headers).and_then(|id| odoo.shared.sessions.token(id));
    if token.is_none() || text("csrf_token") != token {
        let text = "Session expired (invalid CSRF token)";
        return odoo.refused(pages::page(series, StatusCode::BAD_REQUEST, Some(text)));
    }
    let Some(file) = parts.iter().find(|part| part.name == "ufile") else {
        return odoo.refused(pages::page(series, StatusCode::BAD_REQUEST, None));
    };
    let model = text("model").unwrap_or_default();
    let id = text("id")
        .and_then(|id| id.parse().ok())
        .unwrap_or_default();
    let name = file.file_name.clone().unwrap_or_default();
    let arguments = json!({"name": name, "size": file.content.len(), "model": model, "id": id});
    let content = file.content.to_vec();
    let make = move |database: &mut Database| {
        let told = match database.upload(user, &name, &content, &model, id) {
            Ok(told) => told,
            Err(_) => json!([{"error": "Something horrible happened"}]),
        };
        Ok(Some(File {
            bytes: told.to_string().into_bytes(),
            kind: "text/html; charset=utf-8".to_owned(),
        }))
    };
    odoo.file(head, used, ATTACHMENT, "upload", arguments, make)
        .await
}

impl Odoo {
    async fn content(
        &self,
        request: Request,
        model: String,
        id: i64,
        field: Option<String>,
    ) -> Response {
        let head = Head::of(Road::WebSession, &request);
        let series = self.database().series;
        // Whoever is not logged in sees what is public, which nothing is here.
        let Some((used, user)) = self.user_of(&head.headers) else {
            return self.refused(pages::page(series, StatusCode::NOT_FOUND, None));
        };
        let arguments = json!({"id": id, "field": field});
        let of = model.clone();
        let make = move |database: &mut Database| {
            let file = database.file(user, &model, id, field.as_deref());
            // What may not be seen is not found.
            Ok(file.unwrap_or_default())
        };
        self.file(head, used, &of, "content", arguments, make).await
    }

    /// Who asks, if anybody is logged in.
    fn user_of(&self, headers: &HeaderMap) -> Option<(Used, User)> {
        let used = self.shared.sessions.use_id(session_id(headers)?)?;
        let user = self.database().user(used.user).cloned()?;
        Some((used, user))
    }

    fn to_login(&self, uri: &Uri) -> Response {
        let to = uri.path().replace('/', "%2F");
        pages::to_login(
            self.database().series,
            &format!("/web/login?redirect={to}%3F"),
        )
    }

    /// Remembers the request, lets it go wrong if that was planned, else gives the file.
    async fn file(
        &self,
        head: Head,
        used: Used,
        model: &str,
        purpose: &str,
        arguments: Value,
        make: impl FnOnce(&mut Database) -> Result<Option<File>, OdooError> + Send + 'static,
    ) -> Response {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let arguments = || Ok::<_, Infallible>((Vec::new(), arguments));
        let Ok(()) = self
            .shared
            .recorder
            .remember(&head, model, purpose, arguments);
        let series = self.database().series;
        let database = std::sync::Arc::clone(&self.database);
        let made = move || make(&mut crate::recorder::lock(&database));
        let made = tokio::task::spawn_blocking(made).await;
        let mut form = PageForm {
            series,
            made: made.unwrap_or_else(|_| Err(OdooError::value("the sandbox failed"))),
        };
        let fault = self.shared.recorder.take_fault(head.road, model, purpose);
        if let Some(fault) = fault
            && let Some(response) = fault.strike(&mut form, None).await
        {
            self.shared.metrics.count(Outcome::ProxyError);
            return response;
        }
        let outcome = match form.made {
            Ok(_) => Outcome::Success,
            Err(_) => Outcome::OdooError,
        };
        self.shared.metrics.count(outcome);
        self.kept(form.answer(), &head.headers, used)
    }
}

/// How a page tells what came of a file.
struct PageForm {
    series: Series,
    made: Result<Option<File>, OdooError>,
}

impl PageForm {
    fn answer(self) -> Response {
        match self.made {
            Ok(Some(file)) => given(self.series, file),
            Ok(None) => pages::page(self.series, StatusCode::NOT_FOUND, None),
            Err(error) => raised(self.series, &error),
        }
    }

    fn bytes(&self) -> &[u8] {
        match &self.made {
            Ok(Some(file)) => &file.bytes,
            _ => &[],
        }
    }
}

impl Form for PageForm {
    fn done(&self, answer: Answer) -> Response {
        let bytes = match answer {
            Answer::Value(Value::String(text)) => text.into_bytes(),
            Answer::Value(value) => value.to_string().into_bytes(),
            _ => Vec::new(),
        };
        let kind = "application/octet-stream".to_owned();
        given(self.series, File { bytes, kind })
    }

    fn raised(&self, error: &OdooError, _: Option<i64>) -> Response {
        raised(self.series, error)
    }

    fn written(&self, text: String) -> Response {
        self.done(Answer::Value(text.into()))
    }

    /// A body that is shorter than its head says.
    fn cut_off(&self) -> Response {
        let bytes = self.bytes();
        let half = bytes[..bytes.len() / 2].to_vec();
        let pieces = [Ok(half), Err(std::io::Error::other("it breaks off"))];
        let length = HeaderValue::from(bytes.len());
        let body = Body::from_stream(stream::iter(pieces));
        let kind = HeaderValue::from_static("application/octet-stream");
        let head = [
            (header::CONTENT_LENGTH, length),
            (header::CONTENT_TYPE, kind),
        ];
        // Compression would end it in good order.
        let plain = [(
            header::CONTENT_ENCODING,
            HeaderValue::from_static("identity"),
        )];
        (head, plain, body).into_response()
    }
}

fn given(series: Series, file: File) -> Response {
    let tag = match behaviour::TAGS_ARE_QUOTED.holds(series) {
        true => format!("\"{}\"", file.sha1()),
        false => file.sha1(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [(header::CONTENT_TYPE, file.kind), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    (headers, file.bytes).into_response()
}

fn raised(series: Series, error: &OdooError) -> Response {
    let text = error.to_string();
    pages::page(series, StatusCode::INTERNAL_SERVER_ERROR, Some(&text))
}

/// A part of a form.
struct Part<'a> {
    name: String,
    file_name: Option<String>,
    content: &'a [u8],
}

/// What separates the parts of a form of that content type.
fn boundary(kind: &str) -> Option<&str> {
    let (essence, rest) = kind.split_once(';')?;
    let boundary = rest.trim().strip_prefix("boundary=")?;
    (essence.trim() == "multipart/form-data").then(|| boundary.trim_matches('"'))
}

/// The parts of a form.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("\r\n--{boundary}");
    let first = format!("--{boundary}");
    let Some(mut rest) = body.strip_prefix(first.as_bytes()) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(part, mark.as_bytes()) else {
            break;
        };
        let (part, after) = (&part[..end], &part[end + mark.len()..]);
        rest = after;
        let Some(head) = find(part, b"\r\n\r\n") else {
            continue;
        };
        let (head, content) = (String::from_utf8_lossy(&part[..head]), &part[head + 4..]);
        if let Some(name) = parameter(&head, "name=\"") {
            let file_name = parameter(&head, "filename=\"");
            parts.push(Part {
                name,
                file_name,
                content,
            });
        }
    }
    parts
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// The value of a parameter of a header, up to its closing quote; a backslash stands before what is meant as it is.
fn parameter(head: &str, start: &str) -> Option<String> {
    let at = head.find(&format!("; {start}"))? + start.len() + 2;
    let mut value = String::new();
    let mut characters = head[at..].chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(value),
            '\\' => value.extend(characters.next()),
            character => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_part_by_part() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n--B\r\nContent-Disposition: form-data; \
                     name=\"ufile\"; filename=\"a \\\"b\\\".txt\"\r\nContent-Type: text/plain\r\n\r\nhel\r\n\r\nlo\r\n--B--\r\n";
        let kind = "multipart/form-data; boundary=B";
        let parts = parts(body, boundary(kind).expect("a boundary"));
        let [id, file] = parts.as_slice() else {
            panic!("{} parts", parts.len());
        };
        assert_eq!((id.name.as_str(), id.content), ("id", &b"7"[..]));
        assert_eq!(file.file_name.as_deref(), Some("a \"b\".txt"));
        assert_eq!(file.content, b"hel\r\n\r\nlo");
    }
}
