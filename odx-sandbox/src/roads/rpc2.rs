//! The convention of `/RPC2`: XML-RPC at one address, credentials by HTTP Basic, the database in the query.
//!
//! No release of Odoo has it: it was proposed, and this is a server of the test suite. A method is `MODEL.METHOD`. Its first
//! argument is the subject: nothing, a list of ids, or a mapping with `records` and `context`; positional arguments (a
//! list) and named ones (a mapping) follow, each where there are any. A name without a dot is a function of the server,
//! which needs no database. `None` is `<nil/>`.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method as HttpMethod, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::any;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use odx_facts::{Level, Method, Series};
use serde_json::{Map, Value};

use super::xml::Nil;
use super::xmlrpc::{Faults, Xml, has_numbers_for_keys};
use super::{Called, Form, Head, Login, Odoo, Road, pages};
use crate::odoo::OdooError;

pub(super) fn routes() -> Router<Odoo> {
    Router::new().route("/RPC2", any(called))
}

async fn called(State(odoo): State<Odoo>, request: Request) -> Response {
    let head = Head::of(Road::Rpc2, &request);
    let series = odoo.database().series;
    if *request.method() != HttpMethod::POST {
        return odoo.refused(pages::page(series, StatusCode::METHOD_NOT_ALLOWED, None));
    }
    let mut form = Xml::new(series, Faults::Numbers);
    form.nil = Nil::Written;
    let call = match form.call(&odoo, request).await {
        Ok(call) => call,
        Err(response) => return odoo.refused(response),
    };
    let Some((model, method)) = call.method.rsplit_once('.') else {
        let answer = odoo.service(service_of(&call.method), &call.method, &call.params);
        return odoo.told(&form, answer);
    };
    match database(&head.uri) {
        Some(name) if name == odoo.database().name => {}
        _ => return odoo.refused(pages::page(series, StatusCode::NOT_FOUND, None)),
    }
    let Some(user) = odoo.basic(&head.headers) else {
        return odoo.refused(unauthorized(series));
    };
    match called_with(user, model, method, call.params) {
        Ok(call) => {
            form.has_numbers_for_keys = has_numbers_for_keys(&call);
            odoo.run(&head, call, &mut form).await
        }
        Err(error) => odoo.refused(form.raised(&error, None)),
    }
}

/// The service that a function of the server is of.
fn service_of(function: &str) -> &'static str {
    match function {
        "list" | "db_exist" | "server_version" => "db",
        _ => "common",
    }
}

/// The database that the query names.
fn database(uri: &Uri) -> Option<String> {
    let query = uri.query()?.as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    pairs.find_map(|(name, value)| (name == "db").then(|| value.into_owned()))
}

fn unauthorized(series: Series) -> Response {
    let mut response = pages::page(series, StatusCode::UNAUTHORIZED, Some("Access Denied"));
    let scheme = HeaderValue::from_static("Basic realm=\"Odoo\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
    response
}

/// The call that a subject and arguments are.
fn called_with(
    user: i64,
    model: &str,
    method: &str,
    params: Vec<Value>,
) -> Result<Called, OdooError> {
    let mut params = params.into_iter();
    let Some(subject) = params.next() else {
        return Err(OdooError::lacks_arguments(method, &["subject"]));
    };
    let (records, context) = read_subject(subject)?;
    let (mut args, mut kwargs) = (Vec::new(), Map::new());
    match (params.next(), params.next(), params.next()) {
        (None, ..) => {}
        (Some(Value::Array(positional)), None, _) => args = positional,
        (Some(Value::Object(named)), None, _) => kwargs = named,
        (Some(Value::Array(positional)), Some(Value::Object(named)), None) => {
            (args, kwargs) = (positional, named);
        }
        _ => {
            let text = "a subject is followed by a list of arguments, a mapping of them, or both";
            return Err(OdooError::type_error(text));
        }
    }
    let level = Method::of(model, method).map(|known| known.level);
    if level != Some(Level::Model) {
        args.insert(0, records.into());
    } else if !records.is_empty() {
        return Err(OdooError::type_error(format!(
            "{model}.{method} is not called on records"
        )));
    }
    kwargs.extend(context.map(|context| ("context".to_owned(), context)));
    Ok(Called {
        login: Login::Known(user),
        model: model.to_owned(),
        method: method.to_owned(),
        args,
        kwargs,
    })
}

/// The records and the context of a subject. Keys of a mapping that are not known are left alone.
fn read_subject(subject: Value) -> Result<(Vec<Value>, Option<Value>), OdooError> {
    match subject {
        Value::Array(records) => Ok((records, None)),
        Value::Object(mut members) => {
            let context = members.remove("context");
            match members.remove("records") {
                Some(Value::Array(records)) => Ok((records, context)),
                None | Some(Value::Null | Value::Bool(false)) => Ok((Vec::new(), context)),
                Some(_) => Err(wrong_subject()),
            }
        }
        Value::Null | Value::Bool(false) => Ok((Vec::new(), None)),
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok((Vec::new(), None)),
        Value::String(text) if text.is_empty() => Ok((Vec::new(), None)),
        _ => Err(wrong_subject()),
    }
}

fn wrong_subject() -> OdooError {
    OdooError::type_error("the subject is nothing, a list of ids, or a mapping with `records`")
}

impl Odoo {
    /// The user of HTTP Basic credentials: a login with a password or an API key.
    fn basic(&self, headers: &HeaderMap) -> Option<i64> {
        let (scheme, packed) = headers
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?
            .split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = BASE64_STANDARD.decode(packed.trim()).ok()?;
        let (login, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
        let database = self.database();
        let name = database.name.clone();
        database.log_in(&name, login, secret).ok()?
    }
}
