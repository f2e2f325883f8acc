//! The same requests, sent to a real Odoo, 14 to 19, and to the sandbox as that series: status, content type and the shape
//! of the answer are the same on each road.
//!
//! Skipped unless `ODX_LIVE=1`, as all live tests are. They need a running Odoo: the `ODX_ODOO_` variables that
//! `tests/odoo/odoo start` sets. Nothing is written.

use odx_facts::{NEWEST, Series};
use odx_sandbox::{Options, Server, User, company};
use reqwest::Method;
use serde_json::{Value, json};

/// A real Odoo, and what opens it.
struct Odoo {
    url: String,
    series: Series,
    database: String,
    user: i64,
    key: String,
    login: String,
    password: String,
}

impl Odoo {
    /// The one that the environment names; `None`, said on stderr, where it does not ask for these tests.
    fn of_environment() -> Option<Self> {
        if std::env::var_os("ODX_LIVE").is_none_or(|value| value != "1") {
            eprintln!(
                "skipped: set ODX_LIVE=1 and the ODX_ODOO_ variables (`tests/odoo/odoo start`) to run it"
            );
            return None;
        }
        let variable = |name: &str| std::env::var(name).ok();
        let needed = |name: &str| variable(name).unwrap_or_else(|| panic!("{name} is not set"));
        let series = variable("ODX_ODOO_VERSION").and_then(|version| Series::parse(&version));
        // The administrator of a database with demo data.
        let admin = || "admin".to_owned();
        Some(Self {
            url: needed("ODX_ODOO_URL"),
            series: series.unwrap_or(NEWEST),
            database: needed("ODX_ODOO_DB"),
            user: needed("ODX_ODOO_USER_ID").parse().unwrap(),
            key: needed("ODX_ODOO_API_KEY"),
            login: variable("ODX_ODOO_LOGIN").unwrap_or_else(admin),
            password: variable("ODX_ODOO_PASSWORD").unwrap_or_else(admin),
        })
    }

    /// The sandbox that is opened by the same.
    async fn sandbox(&self) -> Server {
        let user = User::administrator(self.user, self.key.clone())
            .login(self.login.clone())
            .password(self.password.clone());
        let database = company()
            .unwrap()
            .named(self.database.clone())
            .with_user(user)
            .series(&format!("{}.0", self.series));
        Server::start(database, Options::default()).await.unwrap()
    }
}

/// A request, without its server.
struct Asked {
    what: String,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Asked {
    fn post(what: &str, path: &str, kind: &str, body: impl Into<String>) -> Self {
        Self {
            what: format!("POST {path}: {what}"),
            method: Method::POST,
            path: path.to_owned(),
            headers: vec![("content-type", kind.to_owned())],
            body: Some(body.into()),
        }
    }

    fn get(path: &str) -> Self {
        Self {
            what: format!("GET {path}"),
            method: Method::GET,
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    fn json(what: &str, path: &str, body: &Value) -> Self {
        Self::post(what, path, "application/json", body.to_string())
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    async fn send(&self, client: &reqwest::Client, server: &str) -> Told {
        let mut request = client.request(self.method.clone(), format!("{server}{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            let header = response.headers().get(name);
            header.map(|header| header.to_str().unwrap().to_owned())
        };
        let cookie = header("set-cookie");
        let kind = header("content-type").unwrap_or_default();
        let (status, asks_for) = (response.status().as_u16(), header("www-authenticate"));
        let location = header("location").map(|to| to.replace(server, ""));
        let text = response.text().await.unwrap();
        let body = match kind.split(';').next().unwrap_or_default() {
            "application/json" => of_json(&text),
            "text/xml" => of_xml(&text),
            _ => of_page(&text),
        };
        Told {
            status,
            // Website pages of Odoo have it without the space.
            kind: kind.replace("; ", ";"),
            asks_for: asks_for.map(|scheme| scheme.trim().to_owned()),
            location,
            session: cookie.filter(|cookie| cookie.starts_with("session_id=")),
            body,
        }
    }
}

/// What is compared of an answer.
#[derive(Debug)]
struct Told {
    status: u16,
    kind: String,
    asks_for: Option<String>,
    location: Option<String>,
    session: Option<String>,
    body: Value,
}

/// The kind of a value.
fn kind(value: &Value) -> Value {
    Value::from(match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "mapping",
    })
}

/// A message without what is of one server alone.
fn general(message: &str) -> String {
    match message.find("FATAL:") {
        Some(start) => message[start..].to_owned(),
        // Of a list or a tuple, by how the arguments went through Python.
        None if message.ends_with("index out of range") => "index out of range".to_owned(),
        // The reason in Python's words, or in those of Rust.
        None => message
            .split("as json:")
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

fn of_error(data: &Value) -> Value {
    let members: Vec<&String> = data
        .as_object()
        .into_iter()
        .flat_map(|data| data.keys())
        .collect();
    let message = data["message"].as_str().unwrap_or_default();
    let message = match data["name"].as_str() {
        Some("json.decoder.JSONDecodeError" | "werkzeug.exceptions.BadRequest") => String::new(),
        _ => general(message),
    };
    json!({"members": members, "name": data["name"], "message": message})
}

fn of_json(text: &str) -> Value {
    let body: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let members = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .into_iter()
            .flat_map(|value| value.keys().cloned())
            .collect()
    };
    if body.get("debug").is_some() {
        return json!({"error": of_error(&body)});
    }
    if body.get("jsonrpc").is_none() {
        return json!({"bare": kind(&body), "null": body.is_null()});
    }
    json!({
        "members": members(&body),
        "id": body["id"],
        "result": body.get("result").map(kind),
        "code": body["error"]["code"],
        "message": body["error"]["message"],
        "data": body.get("error").map(|error| of_error(&error["data"])),
        "other": body["error"]["http_status"],
    })
}

/// The document without its values, and the last line of a traceback.
fn of_xml(text: &str) -> Value {
    let start = text.split("<params>").next().unwrap_or_default();
    if let Some((_, fault)) = text.split_once("<fault>") {
        let code = fault.split("</value>").next().unwrap_or_default();
        let code = code.rsplit("<value>").next().unwrap_or_default();
        let last = fault.split("</string></value>").collect::<Vec<_>>();
        let string = last.iter().rev().nth(1).copied().unwrap_or_default();
        let line = string.trim_end().lines().last().unwrap_or_default();
        let line = match line.find("Expat") {
            Some(_) => "ExpatError".to_owned(),
            None => general(line.rsplit("<string>").next().unwrap_or_default()),
        };
        return json!({"code": general(code), "line": line, "declaration": text.lines().next()});
    }
    let first = text.split("<value>").nth(1).unwrap_or_default();
    let kind = first.split('>').next().unwrap_or_default();
    let end = text.split("</params>").nth(1).unwrap_or_default();
    json!({"start": start, "kind": kind, "end": end})
}

/// The title of a page, or a short text.
fn of_page(text: &str) -> Value {
    let title = text
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map(|(title, _)| title.trim());
    match title {
        // The website has pages of its own.
        Some(title) if !title.starts_with(|first: char| first.is_ascii_digit()) => json!("a page"),
        Some(title) if title.starts_with("404") => json!("a page"),
        Some(title) => json!(title),
        None => json!(text.chars().take(40).collect::<String>()),
    }
}

/// Sends every request to both servers, and compares.
async fn compare(odoo: &Odoo, requests: Vec<Asked>) {
    let sandbox = odoo.sandbox().await;
    let none = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(none).build().unwrap();
    let mut differences = Vec::new();
    for asked in &requests {
        let real = asked.send(&client, &odoo.url).await;
        let ours = asked.send(&client, &sandbox.url()).await;
        let same = real.status == ours.status
            && real.kind == ours.kind
            && real.asks_for == ours.asks_for
            && real.location == ours.location
            && real.body == ours.body;
        if !same {
            differences.push(format!(
                "{}\n  Odoo    {real:?}\n  sandbox {ours:?}",
                asked.what
            ));
        }
    }
    assert!(!requests.is_empty());
    assert!(
        differences.is_empty(),
        "{} of {} differ on {}:\n{}",
        differences.len(),
        requests.len(),
        odoo.series,
        differences.join("\n")
    );
}

/// A call that every road makes: what it is, the model, the method, and the arguments by position and by name.
struct Call {
    what: &'static str,
    model: &'static str,
    method: &'static str,
    args: Value,
    named: Value,
}

fn calls() -> Vec<Call> {
    let call = |what, model, method, args, named| Call {
        what,
        model,
        method,
        args,
        named,
    };
    let partner = "res.partner";
    vec![
        call(
            "a number",
            partner,
            "search_count",
            json!([[]]),
            json!({"domain": []}),
        ),
        call(
            "rows",
            partner,
            "search_read",
            json!([[], ["name"], 0, 1]),
            json!({"domain": [], "fields": ["name"], "limit": 1}),
        ),
        call("ids", partner, "search", json!([[]]), json!({"domain": []})),
        call(
            "true",
            partner,
            "write",
            json!([[], {}]),
            json!({"ids": [], "vals": {}}),
        ),
        call(
            "None",
            partner,
            "action_archive",
            json!([[]]),
            json!({"ids": []}),
        ),
        call(
            "no records",
            partner,
            "read",
            json!([[], ["name"]]),
            json!({"fields": ["name"]}),
        ),
        call(
            "an unknown field",
            partner,
            "search_read",
            json!([[], ["nope"]]),
            json!({"domain": [], "fields": ["nope"]}),
        ),
        call(
            "an unknown field in a domain",
            partner,
            "search",
            json!([[["nope", "=", 1]]]),
            json!({"domain": [["nope", "=", 1]]}),
        ),
        call(
            "a missing record",
            partner,
            "write",
            json!([[99_999_999], {"name": "x"}]),
            json!({"ids": [99_999_999], "vals": {"name": "x"}}),
        ),
        call("an unknown method", partner, "nope", json!([[]]), json!({})),
        call(
            "a private method",
            partner,
            "_search",
            json!([[]]),
            json!({"domain": []}),
        ),
        call(
            "an unknown model",
            "no.model",
            "search",
            json!([[]]),
            json!({"domain": []}),
        ),
        call("no ids", partner, "read", json!([]), json!({})),
    ]
}

fn jsonrpc(what: &str, service: &str, method: &str, args: &Value) -> Asked {
    let params = json!({"service": service, "method": method, "args": args});
    Asked::json(
        what,
        "/jsonrpc",
        &json!({"jsonrpc": "2.0", "method": "call", "id": 7, "params": params}),
    )
}

#[tokio::test]
async fn jsonrpc_answers_as_odoo_does() {
    let Some(odoo) = Odoo::of_environment() else {
        return;
    };
    let (database, user, key) = (&odoo.database, odoo.user, &odoo.key);
    let mut requests = Vec::new();
    for call in calls() {
        let args = json!([database, user, key, call.model, call.method, call.args]);
        requests.push(jsonrpc(call.what, "object", "execute_kw", &args));
    }
    let count = |database: &str, user: Value, key: &str| {
        json!([database, user, key, "res.partner", "search_count", [[]]])
    };
    for (what, args) in [
        ("a wrong key", count(database, json!(user), "no")),
        ("an unknown user", count(database, json!(9_999_999), key)),
        ("no user", count(database, json!(false), key)),
        ("an unknown database", count("nodb", json!(user), key)),
        ("the password", count(database, json!(user), &odoo.password)),
        ("too few arguments", json!([database, user])),
    ] {
        requests.push(jsonrpc(what, "object", "execute_kw", &args));
    }
    let (login, password) = (&odoo.login, &odoo.password);
    for (method, args) in [
        ("version", json!([])),
        ("about", json!([])),
        ("about", json!([true])),
        ("authenticate", json!([database, login, password, {}])),
        ("authenticate", json!([database, login, key, {}])),
        ("authenticate", json!([database, login, "no", {}])),
        ("authenticate", json!([database, "nobody", "no", {}])),
        ("authenticate", json!([database, login, password])),
        ("authenticate", json!(["nodb", login, password, {}])),
        ("login", json!([database, login, password])),
        ("nope", json!([])),
    ] {
        requests.push(jsonrpc(
            &format!("common.{method}{args}"),
            "common",
            method,
            &args,
        ));
    }
    requests.push(jsonrpc("an unknown service", "nope", "nope", &json!([])));
    requests.push(jsonrpc(
        "an unknown method of objects",
        "object",
        "nope",
        &json!([database, user, key, "a", "b"]),
    ));
    for (kind, body) in [
        ("application/json", ""),
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "5"),
        ("application/json", "{}"),
        ("application/json; charset=utf-8", "{\"id\": null}"),
        (
            "application/json-rpc",
            "{\"id\": \"a\", \"params\": {\"service\": \"common\", \"method\": \"version\", \"args\": []}}",
        ),
        ("text/plain", "{}"),
        ("application/x-www-form-urlencoded", "a=b"),
    ] {
        requests.push(Asked::post(
            &format!("{kind} {body:?}"),
            "/jsonrpc",
            kind,
            body,
        ));
    }
    compare(&odoo, requests).await;
}

#[tokio::test]
async fn json_2_answers_as_odoo_does() {
    let Some(odoo) = Odoo::of_environment() else {
        return;
    };
    let json2 = |what: &str, path: &str, kind: &str, body: String| {
        Asked::post(what, &format!("/json/2/{path}"), kind, body)
    };
    let opened = |asked: Asked| {
        asked
            .with("authorization", format!("Bearer {}", odoo.key))
            .with("x-odoo-database", odoo.database.clone())
    };
    let json = "application/json";
    let mut requests: Vec<Asked> = calls()
        .iter()
        .map(|call| {
            let path = format!("{}/{}", call.model, call.method);
            opened(json2(call.what, &path, json, call.named.to_string()))
        })
        .collect();
    let count = "res.partner/search_count";
    for (what, path, kind, body) in [
        (
            "an unknown argument",
            "res.partner/search",
            json,
            r#"{"domain": [], "nope": 1}"#,
        ),
        ("a missing argument", "res.partner/search", json, "{}"),
        (
            "a missing argument",
            "res.partner/write",
            json,
            r#"{"ids": [1]}"#,
        ),
        (
            "ids of a model's method",
            "res.partner/search",
            json,
            r#"{"ids": [1], "domain": []}"#,
        ),
        (
            "no ids of a model's method",
            count,
            json,
            r#"{"ids": [], "domain": []}"#,
        ),
        (
            "one id",
            "res.partner/read",
            json,
            r#"{"ids": 1, "fields": ["name"]}"#,
        ),
        (
            "a context of null",
            count,
            json,
            r#"{"domain": [], "context": null}"#,
        ),
        (
            "an unknown language",
            count,
            json,
            r#"{"domain": [], "context": {"lang": "xx_XX"}}"#,
        ),
        ("null", count, json, "null"),
        ("a list", count, json, "[]"),
        ("nothing", count, json, ""),
        ("broken JSON", count, json, "{"),
        ("text", count, "text/plain", "{}"),
        ("another path", "res.partner/search_count/x", json, "{}"),
        ("one name", "res.partner", json, "{}"),
    ] {
        requests.push(opened(json2(what, path, kind, body.to_owned())));
    }
    let domain = || json!({"domain": []}).to_string();
    for (what, scheme) in [
        ("a wrong key", "Bearer no".to_owned()),
        ("the password", format!("Bearer {}", odoo.password)),
        ("another scheme", format!("Basic {}", odoo.key)),
        ("another case", format!("bearer {}", odoo.key)),
    ] {
        requests.push(json2(what, count, json, domain()).with("authorization", scheme));
    }
    requests.push(json2("no key", count, json, domain()));
    let other = json2("an unknown database", count, json, domain());
    requests.push(
        other
            .with("x-odoo-database", "nodb")
            .with("authorization", format!("Bearer {}", odoo.key)),
    );
    let mut get = opened(Asked::get("/json/2/res.partner/search_count"));
    get.headers.push(("content-type", json.to_owned()));
    if odoo.series >= Series::new(16, 0) {
        // Before, a request of that type has to have a body.
        requests.push(get);
    }
    compare(&odoo, requests).await;
}

#[tokio::test]
async fn xml_rpc_answers_as_odoo_does() {
    let Some(odoo) = Odoo::of_environment() else {
        return;
    };
    let (database, user, key) = (&odoo.database, odoo.user, &odoo.key);
    let mut requests = Vec::new();
    let mut ask = |what: &str, path: &str, method: &str, params: &Value| {
        let params: String = params
            .as_array()
            .unwrap()
            .iter()
            .map(|param| format!("<param>{}</param>", xml(param)))
            .collect();
        let body = format!(
            "<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
        );
        requests.push(Asked::post(what, path, "text/xml", body));
    };
    for path in ["/xmlrpc/2/object", "/xmlrpc/object"] {
        for call in calls() {
            let args = json!([database, user, key, call.model, call.method, call.args]);
            ask(call.what, path, "execute_kw", &args);
        }
        for (what, args) in [
            (
                "a wrong key",
                json!([database, user, "no", "res.partner", "search_count", [[]]]),
            ),
            (
                "an unknown user",
                json!([
                    database,
                    9_999_999,
                    key,
                    "res.partner",
                    "search_count",
                    [[]]
                ]),
            ),
            (
                "an unknown database",
                json!(["nodb", user, key, "res.partner", "search_count", [[]]]),
            ),
            (
                "a mapping by id",
                json!([database, user, key, "res.partner", "get_external_id", [[1]]]),
            ),
        ] {
            ask(what, path, "execute_kw", &args);
        }
    }
    for path in ["/xmlrpc/2/common", "/xmlrpc/common"] {
        ask("the version", path, "version", &json!([]));
        ask(
            "a login",
            path,
            "authenticate",
            &json!([database, odoo.login, odoo.password, {}]),
        );
        ask(
            "a wrong login",
            path,
            "authenticate",
            &json!([database, odoo.login, "no", {}]),
        );
        ask(
            "a login without its arguments",
            path,
            "authenticate",
            &json!([database]),
        );
        ask("an unknown method", path, "nope", &json!([]));
    }
    ask("an unknown service", "/xmlrpc/2/nope", "nope", &json!([]));
    for body in ["", "<a", "{}"] {
        requests.push(Asked::post(
            &format!("{body:?}"),
            "/xmlrpc/2/common",
            "text/xml",
            body,
        ));
    }
    requests.push(Asked::get("/xmlrpc/2/common"));
    compare(&odoo, requests).await;
}

fn xml(value: &Value) -> String {
    let inner = match value {
        Value::Array(items) => {
            let items: String = items.iter().map(xml).collect();
            format!("<array><data>{items}</data></array>")
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("<member><name>{name}</name>{}</member>", xml(value)));
            format!("<struct>{}</struct>", members.collect::<String>())
        }
        Value::String(text) => format!("<string>{text}</string>"),
        Value::Bool(flag) => format!("<boolean>{}</boolean>", u8::from(*flag)),
        other => format!("<int>{other}</int>"),
    };
    format!("<value>{inner}</value>")
}

#[tokio::test]
async fn the_road_of_the_web_client_answers_as_odoo_does() {
    let Some(odoo) = Odoo::of_environment() else {
        return;
    };
    let sandbox = odoo.sandbox().await;
    let client = reqwest::Client::new();
    let body =
        |params: &Value| json!({"jsonrpc": "2.0", "method": "call", "id": 7, "params": params});
    let ask = |what: &str, path: &str, params: &Value| Asked::json(what, path, &body(params));
    let authenticate = "/web/session/authenticate";
    let login = |login: &str, password: &str| json!({"db": odoo.database, "login": login, "password": password});
    let right = ask("a login", authenticate, &login(&odoo.login, &odoo.password));
    let call_kw = |call: &Call| {
        let params =
            json!({"model": call.model, "method": call.method, "args": call.args, "kwargs": {}});
        ask(call.what, "/web/dataset/call_kw", &params)
    };
    let mut requests = vec![
        ask("a wrong password", authenticate, &login(&odoo.login, "no")),
        ask("an unknown user", authenticate, &login("nobody", "no")),
        ask("an API key", authenticate, &login(&odoo.login, &odoo.key)),
        ask(
            "an unknown database",
            authenticate,
            &json!({"db": "nodb", "login": "a", "password": "b"}),
        ),
        ask(
            "no password",
            authenticate,
            &json!({"db": odoo.database, "login": "a"}),
        ),
        call_kw(&calls()[0]),
        call_kw(&calls()[0]).with(
            "cookie",
            "session_id=0123456789012345678901234567890123456789",
        ),
        ask("nothing", "/web/webclient/version_info", &json!({})),
        ask("nothing", "/web/database/list", &json!({})),
        Asked::get("/web/version"),
        Asked::get("/json/version"),
        Asked::get("/web/health"),
    ];
    requests.push(right);
    compare(&odoo, requests).await;

    // In a session, which each server has its own of.
    let mut differences = Vec::new();
    let mut sessions = Vec::new();
    for server in [&odoo.url, &sandbox.url()] {
        let right = ask("a login", authenticate, &login(&odoo.login, &odoo.password));
        let told = right.send(&client, server).await;
        let cookie = told.session.expect("a cookie");
        sessions.push((server.clone(), cookie.split(';').next().unwrap().to_owned()));
    }
    let lengths: Vec<usize> = sessions.iter().map(|(_, cookie)| cookie.len()).collect();
    assert_eq!(lengths[0], lengths[1], "{sessions:?}");
    let params =
        json!({"model": "res.partner", "method": "search_count", "args": [[]], "kwargs": {}});
    let mut lacking = Vec::new();
    for name in ["args", "kwargs"] {
        let mut params = params.clone();
        params.as_object_mut().unwrap().remove(name);
        lacking.push(ask(&format!("no {name}"), "/web/dataset/call_kw", &params));
    }
    let mut inside: Vec<Asked> = calls().iter().map(call_kw).collect();
    inside.extend(lacking);
    inside.push(ask(
        "a path",
        "/web/dataset/call_kw/res.partner.search_count",
        &params,
    ));
    inside.push(Asked::post(
        "broken JSON",
        "/web/dataset/call_kw",
        "application/json",
        "{",
    ));
    inside.push(ask(
        "the session",
        "/web/session/get_session_info",
        &json!({}),
    ));
    inside.push(ask("the end", "/web/session/destroy", &json!({})));
    inside.push(call_kw(&calls()[0]));
    for asked in &inside {
        let mut told = Vec::new();
        for (server, cookie) in &sessions {
            let asked = Asked {
                what: asked.what.clone(),
                method: asked.method.clone(),
                path: asked.path.clone(),
                headers: [asked.headers.clone(), vec![("cookie", cookie.clone())]].concat(),
                body: asked.body.clone(),
            };
            told.push(asked.send(&client, server).await);
        }
        let [real, ours] = &told[..] else {
            unreachable!()
        };
        if (real.status, &real.kind, &real.body) != (ours.status, &ours.kind, &ours.body) {
            differences.push(format!(
                "{}\n  Odoo    {real:?}\n  sandbox {ours:?}",
                asked.what
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{}:\n{}",
        odoo.series,
        differences.join("\n")
    );
}
