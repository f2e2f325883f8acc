//! JSON-2, `/json/2/<model>/<method>`, from Odoo 19 on: an API key, named arguments, HTTP statuses, no envelope.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method as HttpMethod, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use odx_facts::{Level, Method, Series};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{Called, Form, Head, Login, Odoo, Road, behaviour, pages};
use crate::body;
use crate::odoo::{Answer, Database, OdooError};

/// The route, as Odoo's messages name it.
const ROUTE: &str = "/json/2/<__model__>/<__method__>";

pub(super) fn routes() -> Router<Odoo> {
    Router::new().route("/json/2/{*method}", any(called))
}

async fn called(State(odoo): State<Odoo>, request: Request) -> Response {
    let series = odoo.database().series;
    if !behaviour::HAS_JSON_2.holds(series) {
        return odoo.unknown_route(request).await;
    }
    let head = Head::of(Road::Json2, &request);
    if !odoo.finds(head.headers.get("x-odoo-database")) {
        return odoo.refused(pages::no_database());
    }
    let mut form = Json2 { series };
    let path = head.uri.path().strip_prefix("/json/2/").unwrap_or_default();
    let (HttpMethod::POST, Some((model, method))) =
        (request.method().clone(), path.split_once('/'))
    else {
        return odoo.refused(form.raised(&wrong_route(), None));
    };
    if method.contains('/') {
        return odoo.refused(form.raised(&wrong_route(), None));
    }
    if !body::is_json(&head.headers) {
        return odoo.refused(pages::wrong_content_type(series, ROUTE, "json2"));
    }
    let (model, method) = (model.to_owned(), method.to_owned());
    let key = bearer(head.headers.get(header::AUTHORIZATION));
    let sent = match has_length(&head.headers) {
        true => match odoo.shared.bodies.whole(request).await {
            Ok((body, _held)) => body,
            Err(refused) => return odoo.refused(refused),
        },
        // Odoo reads so many bytes as the head announces: of a chunked body, none.
        false => bytes::Bytes::new(),
    };
    let named = odoo.database().sign_in_by_key(key.as_ref());
    let called = named.and_then(|user| {
        let arguments = read(&sent)?;
        named_call(&odoo.database(), user, model, method, arguments)
    });
    match called {
        Ok(called) => odoo.run(&head, called, &mut form).await,
        Err(error) => odoo.refused(form.raised(&error, None)),
    }
}

fn wrong_route() -> OdooError {
    let text = "Did you mean POST /json/2/<model>/<method>?";
    OdooError::http("NotFound", 404, text)
}

fn bearer(header: Option<&HeaderValue>) -> Option<SecretString> {
    let (scheme, key) = header?.to_str().ok()?.split_once(' ')?;
    let key = SecretString::from(key.trim());
    scheme.eq_ignore_ascii_case("bearer").then_some(key)
}

fn has_length(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length != "0")
}

/// The named arguments of a body; what is no object stands for none.
fn read(body: &[u8]) -> Result<Map<String, Value>, OdooError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let read = serde_json::from_slice(body).map_err(|error| {
        let text = format!("could not parse the body as json: {error}");
        OdooError::http("BadRequest", 400, text)
    })?;
    Ok(match read {
        Value::Object(arguments) => arguments,
        _ => Map::new(),
    })
}

/// A call by named arguments, `ids` and `context` among them, as the positions and keywords that the method has.
pub(super) fn named_call(
    database: &Database,
    user: i64,
    model: String,
    method: String,
    mut arguments: Map<String, Value>,
) -> Result<Called, OdooError> {
    let refused = |text: String| Err(OdooError::http("UnprocessableEntity", 422, text));
    if !database.has(&model, &method) {
        let advice = database.advice_on(&model);
        let text = format!("the model '{model}' does not exist{advice}");
        return Err(OdooError::http("NotFound", 404, text));
    }
    database.look_up(&model, &method).map_err(|error| {
        match error.name() == "builtins.AttributeError" {
            true => OdooError::http("NotFound", 404, error.message()),
            false => error,
        }
    })?;
    let ids = match arguments.remove("ids") {
        None | Some(Value::Null) => Value::Array(Vec::new()),
        Some(ids) => ids,
    };
    let context = match arguments.remove("context") {
        None | Some(Value::Null) => None,
        Some(context @ Value::Object(_)) => Some(context),
        Some(_) => return Err(OdooError::value("the context is no mapping")),
    };
    let known = Method::of(&model, &method);
    let on_records = known.is_none_or(|known| known.level == Level::Records);
    if !on_records && ids.as_array().is_none_or(|ids| !ids.is_empty()) {
        return refused(format!("cannot call {model}.{method} with ids"));
    }
    if let Some(parameters) = known.and_then(|known| known.parameters_in(database.series)) {
        let unknown = |name: &&String| !parameters.names.contains(&name.as_str());
        if let Some(name) = arguments.keys().find(unknown) {
            return refused(format!("got an unexpected keyword argument '{name}'"));
        }
        let required = &parameters.names[..parameters.required];
        if let Some(name) = required.iter().find(|name| !arguments.contains_key(**name)) {
            return refused(format!("missing a required argument: '{name}'"));
        }
    }
    let mut args = Vec::new();
    if on_records {
        args.push(ids);
    }
    if method == CREATE.0 {
        // By keyword, `execute_kw` does not take it. One record is a list of one.
        args.push(match arguments.remove(CREATE.1).unwrap_or_default() {
            Value::Object(one) => Value::Array(vec![Value::Object(one)]),
            list => list,
        });
    }
    arguments.extend(context.map(|context| ("context".to_owned(), context)));
    Ok(Called {
        login: Login::Known(user),
        model,
        method,
        args,
        kwargs: arguments,
    })
}

/// The method that gives a recordset, which is always a list of ids here, and the parameter that says how many.
const CREATE: (&str, &str) = ("create", "vals_list");

impl Database {
    /// The user that a bearer key belongs to, in the words of JSON-2 where there is none.
    pub(super) fn sign_in_by_key(&self, key: Option<&SecretString>) -> Result<i64, OdooError> {
        let Some(key) = key else {
            let text = "User not authenticated, use an API Key with a Bearer Authorization header.";
            return Err(OdooError::http("Unauthorized", 401, text));
        };
        match self.user_by_key(key.expose_secret()) {
            Some(user) => Ok(user.id()),
            None => Err(OdooError::http("Unauthorized", 401, "Invalid apikey")),
        }
    }
}

/// The HTTP status of an exception.
pub(super) fn status_of(error: &OdooError) -> u16 {
    match error.name() {
        "odoo.exceptions.AccessDenied" | "odoo.exceptions.AccessError" => 403,
        "odoo.exceptions.MissingError" => 404,
        "odoo.exceptions.LockError" => 409,
        "odoo.exceptions.UserError" | "odoo.exceptions.ValidationError" => 422,
        _ => error.http_status().unwrap_or(500),
    }
}

/// Tells results as they are, and exceptions by a status.
#[derive(Debug)]
struct Json2 {
    series: Series,
}

impl Json2 {
    fn json(&self, status: StatusCode, text: String) -> Response {
        let kind = pages::json_type(self.series);
        (status, [(header::CONTENT_TYPE, kind)], text).into_response()
    }
}

impl Form for Json2 {
    fn done(&self, answer: Answer) -> Response {
        let text = serde_json::to_string(&answer).expect("BUG: an answer has JSON");
        self.json(StatusCode::OK, text)
    }

    fn raised(&self, error: &OdooError, code: Option<i64>) -> Response {
        let asked = code.and_then(|code| u16::try_from(code).ok());
        let status = asked.unwrap_or_else(|| status_of(error));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.json(status, error.data().to_string());
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer ");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }

    fn written(&self, text: String) -> Response {
        self.json(StatusCode::OK, text)
    }

    fn cut_off(&self) -> Response {
        self.json(StatusCode::OK, "[{\"id\":1,".to_owned())
    }
}
