//! The road of the web client.

use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Fault, Options,
    Road, Server, TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD, company,
};
use serde_json::{Value, json};

use crate::table::{Case, Expected, ask, of_envelope, server};

/// What was sent: the status, the content type, the session id of the cookie, and the body.
struct Sent {
    status: u16,
    kind: String,
    id: Option<String>,
    text: String,
}

impl Sent {
    fn envelope(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

async fn post(server: &Server, path: &str, id: Option<&str>, params: Value) -> Sent {
    let mut request = reqwest::Client::new()
        .post(format!("{}{path}", server.url()))
        .json(&json!({"jsonrpc": "2.0", "method": "call", "id": 7, "params": params}));
    if let Some(id) = id {
        request = request.header("cookie", format!("other=1; session_id={id}"));
    }
    let response = request.send().await.unwrap();
    let header = |name: &str| {
        let header = response.headers().get(name);
        header.map(|header| header.to_str().unwrap().to_owned())
    };
    let cookie = header("set-cookie");
    let id = cookie.and_then(|cookie| {
        let (pair, rest) = cookie.split_once(';')?;
        assert!(
            rest.contains("HttpOnly") && rest.contains("Max-Age="),
            "{rest}"
        );
        Some(pair.strip_prefix("session_id=")?.to_owned())
    });
    Sent {
        status: response.status().as_u16(),
        kind: header("content-type").unwrap(),
        id,
        text: response.text().await.unwrap(),
    }
}

async fn authenticate(server: &Server, login: &str, password: &str) -> Sent {
    let params = json!({"db": COMPANY_DATABASE, "login": login, "password": password});
    post(server, "/web/session/authenticate", None, params).await
}

async fn log_in(server: &Server) -> String {
    let sent = authenticate(server, COMPANY_LOGIN, COMPANY_PASSWORD).await;
    sent.id.unwrap()
}

const CALL: &str = "/web/dataset/call_kw";

async fn count(server: &Server, id: Option<&str>) -> Sent {
    let params =
        json!({"model": "sale.order", "method": "search_count", "args": [[]], "kwargs": {}});
    post(server, CALL, id, params).await
}

async fn road(server: &Server, case: &Case) -> Expected {
    let id = log_in(server).await;
    let params = json!({"model": case.model, "method": case.method, "args": case.args, "kwargs": case.kwargs});
    let path = format!("{CALL}/{}.{}", case.model, case.method);
    let sent = post(server, &path, Some(&id), params).await;
    assert_eq!(sent.status, 200);
    of_envelope(&sent.envelope(), &case.expected)
}

#[tokio::test]
async fn calls_are_answered_as_on_19() {
    ask("19.0", road).await;
}

#[tokio::test]
async fn calls_are_answered_as_on_14() {
    ask("14.0", road).await;
}

#[tokio::test]
async fn a_login_gives_a_cookie_and_what_there_is_to_tell_of_the_user() {
    for (series, length, company) in [
        ("19.0", 84, json!(1)),
        ("14.0", 40, json!([1, "Linden & Oak"])),
    ] {
        let server = server(series).await;
        let sent = authenticate(&server, COMPANY_LOGIN, COMPANY_PASSWORD).await;
        assert_eq!(sent.id.as_ref().map(String::len), Some(length), "{series}");
        let info = sent.envelope()["result"].clone();
        assert_eq!(info["uid"], COMPANY_USER);
        assert_eq!(
            (&info["db"], &info["username"]),
            (&json!(COMPANY_DATABASE), &json!(COMPANY_LOGIN))
        );
        assert_eq!(info["user_context"]["uid"], COMPANY_USER);
        assert_eq!(
            info["user_companies"]["current_company"], company,
            "{series}"
        );
        assert_eq!(info["is_admin"], true);
        let again = post(
            &server,
            "/web/session/get_session_info",
            sent.id.as_deref(),
            json!({}),
        )
        .await;
        assert_eq!(again.envelope()["result"], info);
    }
}

#[tokio::test]
async fn only_the_right_password_logs_in() {
    let server = server("19.0").await;
    for (login, password) in [
        (COMPANY_LOGIN, "no"),
        (COMPANY_LOGIN, COMPANY_KEY),
        ("nobody", COMPANY_PASSWORD),
    ] {
        let sent = authenticate(&server, login, password).await;
        assert_eq!(
            sent.envelope()["error"]["data"]["name"],
            "odoo.exceptions.AccessDenied"
        );
        assert_eq!(sent.id, None);
    }
    let params = json!({"db": "nodb", "login": COMPANY_LOGIN, "password": COMPANY_PASSWORD});
    let sent = post(&server, "/web/session/authenticate", None, params).await;
    assert_eq!(
        sent.envelope()["error"]["data"]["message"],
        "Database not found."
    );
    let sent = post(
        &server,
        "/web/session/authenticate",
        None,
        json!({"db": COMPANY_DATABASE}),
    )
    .await;
    assert_eq!(
        sent.envelope()["error"]["data"]["message"],
        "Session.authenticate() missing 2 required positional arguments: 'login' and 'password'"
    );
}

#[tokio::test]
async fn a_second_factor_gives_no_session() {
    for (series, members) in [("19.0", 1), ("14.0", 12)] {
        let server = server(series).await;
        let sent = authenticate(&server, TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD).await;
        let info = sent.envelope()["result"].clone();
        assert_eq!(info["uid"], Value::Null);
        assert_eq!(
            info.as_object().map(serde_json::Map::len),
            Some(members),
            "{info}"
        );
        let refused = count(&server, sent.id.as_deref()).await.envelope();
        assert_eq!(refused["error"]["code"], 100);
    }
}

#[tokio::test]
async fn without_a_session_calls_are_refused() {
    for (series, many, status, kind, id) in [
        (
            "19.0",
            false,
            200,
            "application/json; charset=utf-8",
            Value::Null,
        ),
        ("14.0", false, 200, "application/json", json!(7)),
        ("19.0", true, 404, "text/html; charset=utf-8", Value::Null),
        ("14.0", true, 404, "application/json", json!(7)),
    ] {
        let options = match many {
            true => Options::default().other_database("other"),
            false => Options::default(),
        };
        let database = company().unwrap().series(series);
        let server = Server::start(database, options).await.unwrap();
        let logged_in = log_in(&server).await;
        assert_eq!(
            count(&server, Some(&logged_in)).await.envelope()["result"],
            60
        );
        server.expire_sessions();
        for session in [None, Some("0123456789"), Some(logged_in.as_str())] {
            let sent = count(&server, session).await;
            assert_eq!(
                (sent.status, sent.kind.as_str()),
                (status, kind),
                "{series} {many}"
            );
            if kind.starts_with("application/json") {
                let envelope = sent.envelope();
                assert_eq!(envelope["id"], id);
                let error = &envelope["error"];
                let code = if status == 200 { 100 } else { 404 };
                assert_eq!(error["code"], code);
                let name = [
                    "odoo.http.SessionExpiredException",
                    "werkzeug.exceptions.NotFound",
                ];
                assert_eq!(error["data"]["name"], name[usize::from(status == 404)]);
            }
        }
    }
}

#[tokio::test]
async fn a_session_gets_another_id_and_the_old_one_is_good_for_a_while() {
    let server = server("19.0").await;
    let first = log_in(&server).await;
    assert_eq!(count(&server, Some(&first)).await.id, None);
    server.rotate_sessions();
    let sent = count(&server, Some(&first)).await;
    let second = sent.id.clone().expect("another id");
    assert_ne!(second, first);
    for id in [&first, &second] {
        let sent = count(&server, Some(id)).await;
        assert_eq!(
            (sent.envelope()["result"].clone(), sent.id),
            (json!(60), None)
        );
    }
    server.end_grace();
    assert_eq!(
        count(&server, Some(&first)).await.envelope()["error"]["code"],
        100
    );
    assert_eq!(count(&server, Some(&second)).await.envelope()["result"], 60);
}

#[tokio::test]
async fn a_session_ends_when_it_is_destroyed() {
    let server = server("19.0").await;
    let id = log_in(&server).await;
    let sent = post(&server, "/web/session/destroy", Some(&id), json!({})).await;
    assert_eq!(sent.envelope(), json!({"jsonrpc": "2.0", "id": 7}));
    assert_eq!(
        count(&server, Some(&id)).await.envelope()["error"]["code"],
        100
    );
}

#[tokio::test]
async fn all_four_parameters_are_mandatory_and_an_unknown_model_has_no_route() {
    for (series, function, model) in [
        ("19.0", "DataSet.call_kw", "werkzeug.exceptions.NotFound"),
        ("14.0", "call_kw", "builtins.KeyError"),
    ] {
        let server = server(series).await;
        let id = log_in(&server).await;
        let call =
            async |params| post(&server, CALL, Some(&id), params).await.envelope()["error"].clone();
        let error = call(json!({"model": "res.partner", "method": "search", "args": [[]]})).await;
        let text = format!("{function}() missing 1 required positional argument: 'kwargs'");
        assert_eq!(error["data"]["message"], text);
        let unknown = json!({"model": "no.model", "method": "search", "args": [[]], "kwargs": {}});
        assert_eq!(call(unknown).await["data"]["name"], model);
    }
}

#[tokio::test]
async fn versions_databases_and_health_need_no_login() {
    let get = async |server: &Server, path: &str| {
        let response = reqwest::get(format!("{}{path}", server.url()))
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let newest = server("19.0").await;
    for path in ["/web/version", "/json/version"] {
        let (status, text) = get(&newest, path).await;
        let version: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (status, version),
            (
                200,
                json!({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"})
            )
        );
    }
    assert_eq!(
        get(&newest, "/web/health").await,
        (200, r#"{"status":"pass"}"#.to_owned())
    );
    let oldest = server("14.0").await;
    for path in ["/web/version", "/json/version", "/web/health"] {
        assert_eq!(get(&oldest, path).await.0, 404, "{path}");
    }
    for server in [&newest, &oldest] {
        let info = post(server, "/web/webclient/version_info", None, json!({}))
            .await
            .envelope();
        assert_eq!(info["result"]["protocol_version"], 1);
        let names = post(server, "/web/database/list", None, json!({}))
            .await
            .envelope();
        assert_eq!(names["result"], json!([COMPANY_DATABASE]));
    }
}

#[tokio::test]
async fn faults_are_told_in_the_envelope_and_calls_are_remembered_without_the_cookie() {
    let server = server("19.0").await;
    let id = log_in(&server).await;
    server.fail_next(Fault::TruncatedJson);
    let sent = count(&server, Some(&id)).await;
    assert!(serde_json::from_str::<Value>(&sent.text).is_err());
    server.fail_next(Fault::UpstreamUnreachable);
    assert_eq!(count(&server, Some(&id)).await.status, 502);
    let [.., last] = &server.calls()[..] else {
        panic!("no call")
    };
    assert_eq!(
        (last.road, last.method.as_str()),
        (Road::WebSession, "search_count")
    );
    assert_eq!(last.header("cookie"), None);
}
