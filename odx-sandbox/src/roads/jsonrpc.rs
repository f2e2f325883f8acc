//! `/jsonrpc`, of all series so far: `{service, method, args}` in an envelope, credentials in every call.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use odx_facts::Series;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::envelope::{Envelope, Sender};
use super::{Called, Form, Head, Login, Odoo, Road, behaviour, pages, web};
use crate::metrics::Outcome;
use crate::odoo::{Answer, OdooError};

pub(super) fn routes() -> Router<Odoo> {
    Router::new().route("/jsonrpc", any(called))
}

async fn called(State(odoo): State<Odoo>, request: Request) -> Response {
    let head = Head::of(Road::JsonRpc, &request);
    let (mut envelope, params) = match read(&odoo, "/jsonrpc", request).await {
        Ok(read) => read,
        Err(refusal) => return odoo.refused(refusal),
    };
    let series = odoo.database().series;
    match Service::read(series, params) {
        Ok(Service {
            service,
            method,
            args,
        }) if service == "object" => match object(series, &method, args) {
            Ok(call) => odoo.run(&head, call, &mut envelope).await,
            Err(error) => odoo.refused(envelope.raised(&error, None)),
        },
        Ok(Service {
            service,
            method,
            args,
        }) => {
            let answer = odoo.service(&service, &method, &args);
            odoo.told(&envelope, answer)
        }
        Err(error) => odoo.refused(envelope.raised(&error, None)),
    }
}

/// The envelope and the parameters of a request to a route of type `json`.
pub(super) async fn read(
    odoo: &Odoo,
    route: &str,
    request: Request,
) -> Result<(Envelope, Value), Response> {
    let sender = odoo.sender();
    let series = odoo.database().series;
    if request.method() != Method::POST || !is_json_rpc(request.headers()) {
        let kind = match behaviour::WRONG_CONTENT_TYPE_IS_415.holds(series) {
            true => "jsonrpc",
            false => "json",
        };
        return Err(pages::wrong_content_type(series, route, kind));
    }
    let body = odoo.shared.bodies.whole(request).await;
    let (body, _held) = body.map_err(IntoResponse::into_response)?;
    let request: Value = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) if is_looked_at_twice(series, route) => {
            let error = OdooError::new("json.decoder.JSONDecodeError", error.to_string());
            return Err(unread(sender).raised(&error, None));
        }
        Err(_) => return Err(no_json(sender, series, &body)),
    };
    let Value::Object(mut request) = request else {
        return Err(no_call(series));
    };
    let id = request.remove("id").unwrap_or_default();
    let envelope = Envelope {
        id: to_raw_value(&id).expect("BUG: a value has JSON"),
        sender,
    };
    Ok((envelope, request.remove("params").unwrap_or(json!({}))))
}

/// Whether the content type is one of JSON-RPC.
fn is_json_rpc(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE);
    let essence = named.and_then(|named| named.to_str().ok()?.split(';').next());
    essence.is_some_and(|essence| {
        ["application/json", "application/json-rpc"].contains(&essence.trim())
    })
}

/// The envelope that answers what could not be read.
fn unread(sender: Sender) -> Envelope {
    Envelope {
        id: RawValue::NULL.to_owned(),
        sender,
    }
}

/// Whether the route reads the call to know whether it only reads.
fn is_looked_at_twice(series: Series, route: &str) -> bool {
    route == web::CALL && behaviour::UNKNOWN_MODEL_IS_NOT_FOUND.holds(series)
}

fn no_json(sender: Sender, series: Series, body: &[u8]) -> Response {
    if behaviour::BROKEN_JSON_IS_AN_EXCEPTION.holds(series) {
        let text = "400 Bad Request: Invalid JSON data";
        return unread(sender).raised(
            &OdooError::new("werkzeug.exceptions.BadRequest", text),
            None,
        );
    }
    if behaviour::REFUSES_WHAT_IS_NO_CALL.holds(series) {
        return pages::html(StatusCode::BAD_REQUEST, "Invalid JSON data");
    }
    let text = String::from_utf8_lossy(body);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = format!("Invalid JSON data: '{text}'");
    pages::page(series, StatusCode::BAD_REQUEST, Some(&text))
}

fn no_call(series: Series) -> Response {
    match behaviour::REFUSES_WHAT_IS_NO_CALL.holds(series) {
        true => pages::html(StatusCode::BAD_REQUEST, "Invalid JSON-RPC data"),
        false => pages::page(series, StatusCode::INTERNAL_SERVER_ERROR, None),
    }
}

/// What the parameters of `/jsonrpc` hold.
#[derive(Deserialize)]
struct Service {
    service: String,
    method: String,
    args: Vec<Value>,
}

impl Service {
    fn read(series: Series, params: Value) -> Result<Self, OdooError> {
        if params.is_null() {
            let text = "'NoneType' object is not iterable";
            return Err(OdooError::type_error(text));
        }
        let lacks: Vec<&str> = ["service", "method", "args"]
            .into_iter()
            .filter(|name| params.get(name).is_none())
            .collect();
        if !lacks.is_empty() {
            let function = match series {
                series if behaviour::COUNTS_ARGUMENTS.holds(series) => "JSONRPC.jsonrpc",
                series if behaviour::FUNCTIONS_ARE_NAMED_WITH_CLASS.holds(series) => "RPC.jsonrpc",
                _ => "jsonrpc",
            };
            return Err(OdooError::lacks_arguments(function, &lacks));
        }
        serde_json::from_value(params).map_err(|error| OdooError::type_error(error.to_string()))
    }
}

/// A call of the object service: `execute_kw(db, uid, password, model, method, args, kwargs)`, or
/// `execute(db, uid, password, model, method, *args)`.
pub(super) fn object(series: Series, method: &str, args: Vec<Value>) -> Result<Called, OdooError> {
    let given = args.len();
    let counts = behaviour::COUNTS_ARGUMENTS.holds(series);
    if counts && given < 5 {
        return Err(OdooError::value(format!(
            "not enough values to unpack (expected at least 5, got {given})"
        )));
    }
    if !counts && given < 3 {
        return Err(OdooError::index());
    }
    if !["execute_kw", "execute"].contains(&method) {
        let text = format!("Method not available {method}");
        return Err(OdooError::new("builtins.NameError", text));
    }
    let mut args = args.into_iter();
    let mut next = || args.next();
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let login = Login::Secret {
        database: text(next()),
        user: next().as_ref().and_then(Value::as_i64),
        secret: SecretString::from(text(next())),
    };
    let model = text(next());
    let name = text(next());
    let (args, kwargs) = match method {
        "execute" => (args.collect(), Map::new()),
        _ => match (args.next(), args.next()) {
            (Some(Value::Array(args)), Some(Value::Object(kwargs))) => (args, kwargs),
            (Some(Value::Array(args)), None | Some(Value::Null)) => (args, Map::new()),
            (None, _) => {
                return Err(OdooError::lacks_arguments("execute_kw", &["args"]));
            }
            _ => {
                let text = "argument after ** must be a mapping";
                return Err(OdooError::type_error(text));
            }
        },
    };
    Ok(Called {
        login,
        model,
        method: name,
        args,
        kwargs,
    })
}

impl Odoo {
    /// Calls the services that need no user: `common` and `db`.
    pub(super) fn service(
        &self,
        service: &str,
        method: &str,
        args: &[Value],
    ) -> Result<Answer, OdooError> {
        let series = self.database().series;
        let unknown = || {
            let text = format!("Method not found: {method}");
            Err(OdooError::new("builtins.Exception", text))
        };
        match service {
            "common" => match method {
                "version" => Ok(self.database().version_info().into()),
                "about" => Ok(self.about(args).into()),
                "login" | "authenticate" => self.log_in(method, args).map(Answer::from),
                _ => unknown(),
            },
            "db" if odx_facts::DATABASE_SERVICE.holds(series) => match method {
                "list" => Ok(json!(self.databases()).into()),
                "server_version" => Ok(self.database().version_info()["server_version"]
                    .take()
                    .into()),
                "db_exist" => {
                    let name = args.first().and_then(Value::as_str);
                    let exists =
                        name.is_some_and(|name| self.databases().iter().any(|one| one == name));
                    Ok(json!(exists).into())
                }
                _ => unknown(),
            },
            _ if behaviour::SERVICES_ARE_A_TABLE.holds(series) => {
                Err(OdooError::new("builtins.KeyError", service))
            }
            _ => {
                let text = "local variable 'dispatch' referenced before assignment";
                Err(OdooError::new("builtins.UnboundLocalError", text))
            }
        }
    }

    fn about(&self, args: &[Value]) -> Value {
        const ABOUT: &str = "See http://openerp.com";
        match args.first() {
            Some(Value::Bool(true)) => {
                json!([ABOUT, self.database().version_info()["server_version"]])
            }
            _ => json!(ABOUT),
        }
    }

    /// `authenticate(db, login, password, user_agent_env)` and `login(db, login, password)`: the user's id, or `false`.
    fn log_in(&self, method: &str, args: &[Value]) -> Result<Value, OdooError> {
        let names: &[&str] = match method {
            "login" => &["db", "login", "password"],
            _ => &["db", "login", "password", "user_agent_env"],
        };
        if args.len() < names.len() {
            let function = format!("exp_{method}");
            return Err(OdooError::lacks_arguments(&function, &names[args.len()..]));
        }
        let text = |at: usize| args[at].as_str().unwrap_or_default();
        let user = self.database().log_in(text(0), text(1), text(2))?;
        Ok(user.map_or(Value::Bool(false), Value::from))
    }

    /// Tells what a service answered.
    pub(super) fn told(&self, form: &dyn Form, answer: Result<Answer, OdooError>) -> Response {
        let (outcome, response) = match answer {
            Ok(answer) => (Outcome::Success, form.done(answer)),
            Err(error) => (Outcome::OdooError, form.raised(&error, None)),
        };
        self.shared.metrics.count(outcome);
        response
    }
}
