//! The road of the web client: a login that gives a cookie, and calls that need it. With it, what a browser asks before it
//! logs in: versions and databases.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use odx_facts::Series;
use serde_json::{Map, Value, json};

use super::envelope::Envelope;
use super::sessions::{Used, new_id};
use super::{Called, Form, Head, Login, Odoo, Road, behaviour, jsonrpc, pages};
use crate::odoo::{Answer, Database, OdooError, User};

/// The route of calls; a path behind it is not looked at.
pub(super) const CALL: &str = "/web/dataset/call_kw";

pub(super) fn routes() -> Router<Odoo> {
    Router::new()
        .route("/web/session/authenticate", any(authenticate))
        .route("/web/session/get_session_info", any(info))
        .route("/web/session/check", any(check))
        .route("/web/session/destroy", any(destroy))
        .route(CALL, any(call))
        .route("/web/dataset/call_kw/{*path}", any(call))
        .route("/web/webclient/version_info", any(version_info))
        .route("/web/database/list", any(databases))
        .route("/web/version", any(version))
        .route("/json/version", any(version))
        .route("/web/health", any(health))
}

async fn authenticate(State(odoo): State<Odoo>, request: Request) -> Response {
    let head = Head::of(Road::WebSession, &request);
    let (envelope, params) = match jsonrpc::read(&odoo, "/web/session/authenticate", request).await
    {
        Ok(read) => read,
        Err(refusal) => return odoo.refused(refusal),
    };
    let series = odoo.database().series;
    let logged_in = odoo.web_login(&params);
    let id = match &logged_in {
        Ok(Some(user)) => odoo.shared.sessions.open(*user, id_length(series)),
        // The session of somebody who is not logged in, which opens nothing.
        _ => new_id(id_length(series)),
    };
    let answer = logged_in.map(|user| match user {
        None if behaviour::SECOND_FACTOR_TELLS_NOTHING.holds(series) => json!({"uid": null}),
        user => odoo.session_info(user, &head.headers),
    });
    let sets_cookie = answer.is_ok() || behaviour::EVERY_ANSWER_SETS_THE_COOKIE.holds(series);
    let response = odoo.told(&envelope, answer.map(Answer::from));
    match sets_cookie {
        true => with_cookie(response, series, &id),
        false => response,
    }
}

/// The id that a session has.
fn id_length(series: Series) -> usize {
    match behaviour::SESSION_IDS_ARE_LONG.holds(series) {
        true => 84,
        false => 40,
    }
}

fn with_cookie(mut response: Response, series: Series, id: &str) -> Response {
    let age = match behaviour::SESSIONS_LAST_A_WEEK.holds(series) {
        true => 604_800,
        false => 7_776_000,
    };
    let cookie = format!("session_id={id}; Max-Age={age}; HttpOnly; Path=/");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The session id in a request's cookies.
pub(super) fn session_id(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix("session_id="))
}

async fn call(State(odoo): State<Odoo>, request: Request) -> Response {
    let head = Head::of(Road::WebSession, &request);
    let read = jsonrpc::read(&odoo, CALL, request).await;
    let series = odoo.database().series;
    let (mut envelope, params) = match read {
        Ok(read) => read,
        Err(refusal) => return odoo.refused(refusal),
    };
    let used = match odoo.session(&head.headers, &envelope) {
        Ok(used) => used,
        Err(refusal) => return odoo.refused(*refusal),
    };
    let method = params["method"].as_str().unwrap_or_default();
    let unknown = params["model"]
        .as_str()
        .filter(|model| !odoo.database().has(model, method));
    let advice = unknown.map(|model| odoo.database().advice_on(model));
    let advice = advice.unwrap_or_default();
    let response = match (unknown, called(series, used.user, &params)) {
        (Some(_), _) if behaviour::UNKNOWN_MODEL_IS_NOT_FOUND.holds(series) => {
            odoo.refused(envelope.not_found(series, &advice))
        }
        (Some(model), Ok(_)) => {
            let error = OdooError::new("builtins.KeyError", format!("{model}{advice}"));
            odoo.refused(envelope.raised(&error, None))
        }
        (_, Ok(called)) => odoo.run(&head, called, &mut envelope).await,
        (_, Err(error)) => odoo.refused(envelope.raised(&error, None)),
    };
    odoo.kept(response, &head.headers, used)
}

/// The call that the parameters of `call_kw(model, method, args, kwargs)` hold: all four are mandatory.
fn called(series: Series, user: i64, params: &Value) -> Result<Called, OdooError> {
    let names = ["model", "method", "args", "kwargs"];
    require(series, "DataSet", "call_kw", params, &names)?;
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
    let (Value::Array(args), Value::Object(kwargs)) = (&params["args"], &params["kwargs"]) else {
        let text = "args must be a list, and kwargs a mapping";
        return Err(OdooError::type_error(text));
    };
    Ok(Called {
        login: Login::Known(user),
        model: text("model"),
        method: text("method"),
        args: args.clone(),
        kwargs: kwargs.clone(),
    })
}

/// Refuses parameters that lack some, in the words of Python.
fn require(
    series: Series,
    class: &str,
    function: &str,
    params: &Value,
    names: &[&str],
) -> Result<(), OdooError> {
    let lacks: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| params.get(name).is_none())
        .collect();
    if lacks.is_empty() {
        return Ok(());
    }
    let function = match behaviour::FUNCTIONS_ARE_NAMED_WITH_CLASS.holds(series) {
        true => format!("{class}.{function}"),
        false => function.to_owned(),
    };
    Err(OdooError::lacks_arguments(&function, &lacks))
}

async fn info(State(odoo): State<Odoo>, request: Request) -> Response {
    let headers = request.headers().clone();
    let tell = |odoo: &Odoo, user| odoo.session_info(Some(user), &headers).into();
    in_session(&odoo, "/web/session/get_session_info", request, tell).await
}

async fn check(State(odoo): State<Odoo>, request: Request) -> Response {
    in_session(&odoo, "/web/session/check", request, |_, _| Answer::Nothing).await
}

/// What a session is told.
async fn in_session(
    odoo: &Odoo,
    route: &str,
    request: Request,
    tell: impl FnOnce(&Odoo, i64) -> Answer,
) -> Response {
    let headers = request.headers().clone();
    let (envelope, _) = match jsonrpc::read(odoo, route, request).await {
        Ok(read) => read,
        Err(refusal) => return odoo.refused(refusal),
    };
    match odoo.session(&headers, &envelope) {
        Ok(used) => {
            let answer = tell(odoo, used.user);
            let response = odoo.told(&envelope, Ok(answer));
            odoo.kept(response, &headers, used)
        }
        Err(refusal) => odoo.refused(*refusal),
    }
}

async fn destroy(State(odoo): State<Odoo>, request: Request) -> Response {
    let headers = request.headers().clone();
    let (envelope, _) = match jsonrpc::read(&odoo, "/web/session/destroy", request).await {
        Ok(read) => read,
        Err(refusal) => return odoo.refused(refusal),
    };
    if let Err(refusal) = odoo.session(&headers, &envelope) {
        return odoo.refused(*refusal);
    }
    if let Some(id) = session_id(&headers) {
        odoo.shared.sessions.close(id);
    }
    let series = odoo.database().series;
    let response = odoo.told(&envelope, Ok(Answer::Nothing));
    with_cookie(response, series, &new_id(id_length(series)))
}

async fn version_info(State(odoo): State<Odoo>, request: Request) -> Response {
    match jsonrpc::read(&odoo, "/web/webclient/version_info", request).await {
        Ok((envelope, _)) => {
            let answer = odoo.service("common", "version", &[]);
            odoo.told(&envelope, answer)
        }
        Err(refusal) => odoo.refused(refusal),
    }
}

/// The databases that the server may serve.
async fn databases(State(odoo): State<Odoo>, request: Request) -> Response {
    match jsonrpc::read(&odoo, "/web/database/list", request).await {
        Ok((envelope, _)) => odoo.told(&envelope, Ok(json!(odoo.databases()).into())),
        Err(refusal) => odoo.refused(refusal),
    }
}

async fn version(State(odoo): State<Odoo>, request: Request) -> Response {
    let version = odoo.database().short_version();
    let Some(version) = version.filter(|_| *request.method() == Method::GET) else {
        return odoo.unknown_route(request).await;
    };
    let kind = pages::json_type(odoo.database().series);
    ([(header::CONTENT_TYPE, kind)], version.to_string()).into_response()
}

async fn health(State(odoo): State<Odoo>, request: Request) -> Response {
    let series = odoo.database().series;
    match behaviour::TELLS_ITS_HEALTH.holds(series) && *request.method() == Method::GET {
        true => axum::Json(json!({"status": "pass"})).into_response(),
        false => odoo.unknown_route(request).await,
    }
}

impl Database {
    /// What `/json/version` answers, from 19 on.
    pub(super) fn short_version(&self) -> Option<Value> {
        let mut info = self.version_info();
        behaviour::HAS_JSON_2.holds(self.series).then(|| {
            json!({"version_info": info["server_version_info"].take(), "version": info["server_version"].take()})
        })
    }
}

impl Odoo {
    /// The user that `{db, login, password}` logs in; none where a second factor is wanted.
    ///
    /// API keys are no passwords here.
    fn web_login(&self, params: &Value) -> Result<Option<i64>, OdooError> {
        let database = self.database();
        let series = database.series;
        require(
            series,
            "Session",
            "authenticate",
            params,
            &["db", "login", "password"],
        )?;
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        if text("db") != database.name
            && !self.has_others()
            && behaviour::LOGIN_IS_FILTERED.holds(series)
        {
            return Err(OdooError::access("Database not found."));
        }
        database.open(text("db"))?;
        let user = database.user_by_login(text("login"));
        let user = user
            .filter(|user| user.has_password(text("password")))
            .ok_or_else(OdooError::access_denied)?;
        Ok((!user.has_two_factors()).then_some(user.id()))
    }

    /// The session of a request, or the answer to one without.
    fn session(&self, headers: &HeaderMap, envelope: &Envelope) -> Result<Used, Box<Response>> {
        let used = session_id(headers).and_then(|id| self.shared.sessions.use_id(id));
        used.ok_or_else(|| Box::new(self.no_session(headers, envelope)))
    }

    fn no_session(&self, headers: &HeaderMap, envelope: &Envelope) -> Response {
        let series = self.database().series;
        // What names no database leads to none where there are several.
        if !self.finds(headers.get("x-odoo-database")) {
            return match series {
                series if behaviour::HAS_JSON_2.holds(series) => pages::no_database(),
                series if behaviour::UNKNOWN_ROUTE_IS_AN_ENVELOPE.holds(series) => {
                    envelope.not_found(series, "")
                }
                series => pages::page(series, StatusCode::NOT_FOUND, None),
            };
        }
        let mut envelope = envelope.clone();
        if !behaviour::UNKNOWN_ROUTE_IS_AN_ENVELOPE.holds(series) {
            envelope.answer_to(&Value::Null);
        }
        let expired = OdooError::new("odoo.http.SessionExpiredException", "Session expired");
        envelope.raised(&expired, Some(100))
    }

    /// An answer in a session, with the cookie that keeps it.
    pub(super) fn kept(&self, response: Response, headers: &HeaderMap, used: Used) -> Response {
        let series = self.database().series;
        let always = behaviour::EVERY_ANSWER_SETS_THE_COOKIE.holds(series);
        let old = session_id(headers).filter(|_| always).map(str::to_owned);
        match used.new_id.or(old) {
            Some(id) => with_cookie(response, series, &id),
            None => response,
        }
    }

    /// What a login gives: the members that every series has, and those that clients look at.
    fn session_info(&self, user: Option<i64>, headers: &HeaderMap) -> Value {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let mut database = self.database();
        let series = database.series;
        let known = user.and_then(|user| database.user(user).cloned());
        let is_administrator = known.as_ref().is_some_and(User::is_administrator);
        let record = user
            .and_then(|user| database.record("res.users", user))
            .cloned();
        let of_record = |field: &str| record.as_ref()?.get(field).cloned();
        let partner = of_record("partner_id");
        let name = partner.as_ref().and_then(|partner| {
            database
                .record("res.partner", partner.as_i64()?)?
                .get("name")
                .cloned()
        });
        let mut info = json!({
            "uid": user,
            "is_system": is_administrator,
            "is_admin": is_administrator,
            "user_context": known.as_ref().map_or(json!({}), |user| user_context(&mut database, user)),
            "db": database.name,
            "name": name.unwrap_or(Value::Bool(false)),
            "username": known.as_ref().and_then(|user| database.login_of(user)),
            "partner_id": partner.unwrap_or(Value::Bool(false)),
            "web.base.url": format!("http://{}", host.unwrap_or("localhost")),
            "user_companies": known.as_ref().map(|user| companies(&database, user)),
        });
        let version = database.version_info();
        info["server_version"] = version["server_version"].clone();
        info["server_version_info"] = version["server_version_info"].clone();
        if behaviour::TELLS_WHO_IS_INTERNAL.holds(series) {
            info["is_public"] = false.into();
            info["is_internal_user"] = true.into();
        }
        info
    }
}

fn user_context(database: &mut Database, user: &User) -> Value {
    let context = database.execute_as(
        user.clone(),
        "res.users",
        "context_get",
        Vec::new(),
        Map::new(),
    );
    match context {
        Ok(Answer::Value(context)) => context,
        _ => json!({"uid": user.id()}),
    }
}

/// The companies of a user: before 15, as pairs.
fn companies(database: &Database, user: &User) -> Value {
    let name = |id: i64| {
        let record = database.record("res.company", id);
        record
            .and_then(|record| record.get("name").cloned())
            .unwrap_or_default()
    };
    let ids = user.company_ids();
    let current = ids.first().copied();
    if behaviour::COMPANIES_ARE_BY_ID.holds(database.series) {
        let allowed: Map<String, Value> = ids
            .iter()
            .map(|id| (id.to_string(), json!({"id": id, "name": name(*id)})))
            .collect();
        return json!({"current_company": current, "allowed_companies": allowed});
    }
    let pair = |id: i64| json!([id, name(id)]);
    let allowed: Vec<Value> = ids.iter().map(|id| pair(*id)).collect();
    json!({"current_company": current.map(pair), "allowed_companies": allowed})
}
