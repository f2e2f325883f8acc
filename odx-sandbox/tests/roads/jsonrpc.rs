//! `/jsonrpc`

use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Fault, OdooError,
    Options, Road, Server, TWO_FACTOR_KEY, TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD, TWO_FACTOR_USER,
    company,
};
use serde_json::{Value, json};

use crate::table::{Case, Expected, LOGIN, ask, of_envelope, server};

/// What was sent: the status, the content type, and the body.
type Sent = (u16, String, String);

async fn post(server: &Server, content_type: &str, body: impl Into<reqwest::Body>) -> Sent {
    let request = reqwest::Client::new()
        .post(format!("{}/jsonrpc", server.url()))
        .header("content-type", content_type)
        .body(body);
    let response = request.send().await.unwrap();
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (
        response.status().as_u16(),
        kind,
        response.text().await.unwrap(),
    )
}

/// Calls a service, and gives the envelope.
async fn service(server: &Server, service: &str, method: &str, args: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "method": "call", "id": 7,
        "params": {"service": service, "method": method, "args": args}});
    let (status, _, text) = post(server, "application/json", body.to_string()).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn road(server: &Server, case: &Case) -> Expected {
    let (user, key) = LOGIN;
    let args = json!([
        COMPANY_DATABASE,
        user,
        key,
        case.model,
        case.method,
        case.args,
        case.kwargs
    ]);
    let envelope = service(server, "object", "execute_kw", args).await;
    assert_eq!(
        (&envelope["jsonrpc"], &envelope["id"]),
        (&json!("2.0"), &json!(7))
    );
    let said = of_envelope(&envelope, &case.expected);
    match &said {
        Expected::Value(_) => {}
        Expected::Nothing => assert_eq!(envelope, json!({"jsonrpc": "2.0", "id": 7})),
        Expected::Raised(_) => assert_eq!(envelope["error"]["message"], "Odoo Server Error"),
    }
    said
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
async fn the_code_of_errors_and_the_content_type_are_those_of_the_series() {
    for (series, code, kind) in [
        ("14.0", 200, "application/json"),
        ("18.0", 200, "application/json; charset=utf-8"),
        ("19.0", 0, "application/json; charset=utf-8"),
    ] {
        let server = server(series).await;
        let args = json!([
            COMPANY_DATABASE,
            COMPANY_USER,
            COMPANY_KEY,
            "no.model",
            "search",
            [[]]
        ]);
        let body = json!({"id": "a", "params": {"service": "object", "method": "execute_kw", "args": args}});
        let (status, sent, text) = post(&server, "application/json", body.to_string()).await;
        let envelope: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, sent.as_str()), (200, kind));
        assert_eq!(
            (&envelope["id"], &envelope["error"]["code"]),
            (&json!("a"), &json!(code))
        );
        assert_eq!(
            envelope["error"]["data"]["message"],
            "Object no.model doesn't exist"
        );
    }
}

#[tokio::test]
async fn the_common_service_needs_no_user() {
    let server = server("17.0").await;
    let result =
        async |method, args| service(&server, "common", method, args).await["result"].clone();
    let version = result("version", json!([])).await;
    assert_eq!(
        version["server_version_info"],
        json!([17, 0, 0, "final", 0, ""])
    );
    assert_eq!(result("about", json!([])).await, "See http://openerp.com");
    let log_in = async |login, secret| {
        result("authenticate", json!([COMPANY_DATABASE, login, secret, {}])).await
    };
    assert_eq!(log_in(COMPANY_LOGIN, COMPANY_PASSWORD).await, COMPANY_USER);
    assert_eq!(log_in(COMPANY_LOGIN, COMPANY_KEY).await, COMPANY_USER);
    for (login, secret) in [
        (COMPANY_LOGIN, "no"),
        ("nobody", COMPANY_PASSWORD),
        (COMPANY_LOGIN, ""),
    ] {
        assert_eq!(log_in(login, secret).await, false, "{login}");
    }
    assert_eq!(log_in(TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD).await, false);
    assert_eq!(
        log_in(TWO_FACTOR_LOGIN, TWO_FACTOR_KEY).await,
        TWO_FACTOR_USER
    );
    assert_eq!(
        service(&server, "db", "list", json!([])).await["result"],
        json!([COMPANY_DATABASE])
    );
}

#[tokio::test]
async fn a_wrong_login_is_told_as_odoo_tells_it() {
    let server = server("19.0").await;
    let class = async |args: Value| {
        let envelope = service(&server, "object", "execute_kw", args).await;
        envelope["error"]["data"]["name"].clone()
    };
    let call = |database, user: Value, secret| {
        json!([database, user, secret, "res.partner", "search_count", [[]]])
    };
    let denied = "odoo.exceptions.AccessDenied";
    for (args, expected) in [
        (call(COMPANY_DATABASE, json!(COMPANY_USER), "no"), denied),
        (call(COMPANY_DATABASE, json!(false), COMPANY_KEY), denied),
        (
            call(
                COMPANY_DATABASE,
                json!(TWO_FACTOR_USER),
                TWO_FACTOR_PASSWORD,
            ),
            denied,
        ),
        (
            call(COMPANY_DATABASE, json!(999), COMPANY_KEY),
            "odoo.exceptions.MissingError",
        ),
        (
            call("nodb", json!(COMPANY_USER), COMPANY_KEY),
            "psycopg2.OperationalError",
        ),
        (json!([COMPANY_DATABASE, 2]), "builtins.ValueError"),
    ] {
        assert_eq!(class(args.clone()).await, expected, "{args}");
    }
    let password = call(COMPANY_DATABASE, json!(COMPANY_USER), COMPANY_PASSWORD);
    assert!(class(password).await.is_null());
    let unknown = service(&server, "nope", "nope", json!([])).await;
    assert_eq!(unknown["error"]["data"]["name"], "builtins.KeyError");
}

#[tokio::test]
async fn a_body_that_is_no_call_is_refused_by_the_series() {
    let json = "application/json";
    for (series, kind, body, status, text) in [
        ("19.0", json, "{", 400, "Invalid JSON data"),
        ("19.0", json, "[]", 400, "Invalid JSON-RPC data"),
        (
            "19.0",
            "text/plain",
            "{}",
            415,
            "<h1>Unsupported Media Type</h1>",
        ),
        (
            "18.0",
            "text/plain",
            "{}",
            400,
            "&#x27;/jsonrpc&#x27; is type=&#x27;json&#x27;",
        ),
        ("16.0", json, "{", 200, "werkzeug.exceptions.BadRequest"),
        ("16.0", json, "[]", 500, "<h1>Internal Server Error</h1>"),
        ("14.0", json, "{", 400, "<p>Invalid JSON data: '{'</p>"),
        ("14.0", json, "[]", 500, "<h1>Internal Server Error</h1>"),
        (
            "14.0",
            "text/plain",
            "{}",
            400,
            "Session expired (invalid CSRF token)",
        ),
    ] {
        let server = server(series).await;
        let (sent, _, page) = post(&server, kind, body).await;
        assert_eq!(sent, status, "{series} {body}");
        assert!(page.contains(text), "{series} {body}: {page}");
    }
}

#[tokio::test]
async fn an_odoo_14_of_more_than_one_database_hides_its_exceptions() {
    for (series, status) in [("14.0", 500), ("15.0", 200), ("19.0", 200)] {
        let options = Options::default().other_database("other");
        let database = company().unwrap().series(series);
        let server = Server::start(database, options).await.unwrap();
        let body = |key| {
            let args = json!([
                COMPANY_DATABASE,
                COMPANY_USER,
                key,
                "sale.order",
                "search_count",
                [[]]
            ]);
            json!({"id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}})
                .to_string()
        };
        let (sent, kind, text) = post(&server, "application/json", body("no")).await;
        assert_eq!(sent, status, "{series}");
        assert_eq!(
            kind.starts_with("text/html"),
            status == 500,
            "{series}: {text}"
        );
        let (sent, _, text) = post(&server, "application/json", body(COMPANY_KEY)).await;
        assert_eq!(
            (sent, text.as_str()),
            (200, r#"{"jsonrpc":"2.0","id":1,"result":60}"#)
        );
    }
}

#[tokio::test]
async fn faults_are_told_in_this_roads_form_and_calls_are_remembered() {
    let server = server("19.0").await;
    let ask = async || {
        let args = json!([
            COMPANY_DATABASE,
            COMPANY_USER,
            COMPANY_KEY,
            "sale.order",
            "search_count",
            [[]]
        ]);
        let body =
            json!({"id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}});
        post(&server, "application/json", body.to_string()).await
    };
    server.fail_next(Fault::UpstreamTimeout);
    let (status, kind, _) = ask().await;
    assert_eq!((status, kind.as_str()), (504, "text/html; charset=utf-8"));
    server.fail_next(Fault::OdooCode(
        100,
        OdooError::new("odoo.http.SessionExpiredException", "x"),
    ));
    assert!(
        ask()
            .await
            .2
            .contains("\"message\":\"Odoo Session Expired\"")
    );
    server.fail_next(Fault::Id(json!("other")));
    assert!(ask().await.2.contains("\"id\":\"other\",\"result\":60"));
    server.fail_next(Fault::MissingResult);
    assert_eq!(ask().await.2, r#"{"jsonrpc":"2.0","id":1}"#);
    let [.., last] = &server.calls()[..] else {
        panic!("no call")
    };
    assert_eq!((last.road, last.path.as_str()), (Road::JsonRpc, "/jsonrpc"));
    assert_eq!((last.params.as_slice(), last.ids), (&[json!([])][..], 0));
    server.fail_next(Fault::Reset);
    let url = format!("{}/jsonrpc", server.url());
    let args = json!([
        COMPANY_DATABASE,
        COMPANY_USER,
        COMPANY_KEY,
        "sale.order",
        "search_count",
        [[]]
    ]);
    let body =
        json!({"id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}});
    let broken = reqwest::Client::new().post(url).json(&body).send().await;
    assert!(broken.is_err(), "{broken:?}");
}
