//! The ODXProxy protocol over real HTTP, in front of the embedded company.

mod support;

use std::io::Read as _;
use std::time::Duration;

use odx_sandbox::{Backend, Fault, OdooError, Options, Server};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::Client;

#[tokio::test]
async fn the_nine_actions_answer_in_an_envelope() {
    let client = Client::start().await;
    let count = client
        .result("search_count", "sale.order", json!([[]]))
        .await;
    assert_eq!(count, json!(60));
    let ids = client
        .result(
            "search",
            "res.country",
            json!([[["code", "in", ["BE", "NL"]]]]),
        )
        .await;
    assert_eq!(ids, json!([1, 2]));
    let fields = client
        .result(
            "fields_get",
            "res.partner",
            json!([["name", "nope"], ["type"]]),
        )
        .await;
    assert_eq!(fields, json!({"name": {"type": "char"}}));
    let id = client
        .result("create", "res.partner", json!([{"name": "New One"}]))
        .await;
    let written = client
        .result(
            "write",
            "res.partner",
            json!([[id], {"email": "one@example.com"}]),
        )
        .await;
    assert_eq!(written, json!(true));
    let found = client
        .result(
            "search_read",
            "res.partner",
            json!([[["email", "=", "one@example.com"]], ["complete_name"]]),
        )
        .await;
    assert_eq!(found, json!([{"id": id, "complete_name": "New One"}]));
    let gone = client.result("unlink", "res.partner", json!([[id]])).await;
    assert_eq!(gone, json!(true));
    let read = client
        .result("read", "res.partner", json!([[id], ["name"]]))
        .await;
    assert_eq!(read, json!([]));
    let copies = client
        .call_method("res.country", "copy", json!([[1]]))
        .await;
    assert!(copies["result"].is_array(), "{copies}");
}

#[tokio::test]
async fn rows_keep_the_order_in_which_fields_were_asked_for() {
    let client = Client::start().await;
    let request = client.body(
        "read",
        "res.country",
        json!([[1], ["name", "code", "id", "currency_id"]]),
    );
    let text = client.text(request).await;
    let expected = r#""result":[{"id":1,"name":"Belgium","code":"BE","currency_id":[1,"EUR"]}]"#;
    assert!(text.contains(expected), "{text}");
}

#[tokio::test]
async fn both_paths_lead_to_the_same_call() {
    let client = Client::start().await;
    for path in ["/api/odoo/execute", "/v1/odoo/execute"] {
        let body = client.body("search_count", "res.company", json!([[]]));
        let response = client.post(path).json(&body).send().await.unwrap();
        let envelope: Value = response.json().await.unwrap();
        assert_eq!(
            envelope,
            json!({"jsonrpc": "2.0", "id": "1", "result": 1}),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_proxy_key_is_refused_before_the_body_is_read() {
    let client = Client::start().await;
    for key in ["", "nope", "nope-and-longer-than-the-real-key-is"] {
        let request = client.http.post(client.url("/api/odoo/execute"));
        let response = request
            .header("x-api-key", key)
            .body("{")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], -32000);
        assert_eq!(body["id"], Value::Null);
    }
}

#[tokio::test]
async fn the_proxy_refuses_what_it_cannot_forward() {
    let client = Client::start().await;
    let unknown = client.body("drop_table", "res.partner", json!([]));
    let nameless = client.body("call_method", "res.partner", json!([]));
    for (body, code) in [(unknown, -32001), (nameless, -32002)] {
        let response = client
            .post("/api/odoo/execute")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 400);
        let envelope: Value = response.json().await.unwrap();
        assert_eq!(envelope["error"]["code"], code);
        assert_eq!(envelope["id"], "1");
    }
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_refused_in_plain_text() {
    let client = Client::start().await;
    let post = || client.post("/api/odoo/execute");
    let cases = [
        (post().json(&json!({"id": "1"})), 422, "missing field"),
        (
            post().header("content-type", "application/json").body("{"),
            400,
            "Failed to parse",
        ),
        (post().body("{}"), 415, "application/json"),
    ];
    for (request, status, text) in cases {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        let body = response.text().await.unwrap();
        assert!(body.contains(text), "{body}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let options = Options::default().max_body(1_000);
    let server = Server::start(odx_sandbox::company().unwrap(), options)
        .await
        .unwrap();
    let client = Client::of(server, json!({}));
    let body = client.body("search", "res.partner", json!(["x".repeat(2_000)]));
    let response = client
        .post("/api/odoo/execute")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
}

#[tokio::test]
async fn null_arguments_are_no_arguments() {
    let client = Client::start().await;
    let mut body = client.body("search_read", "res.company", Value::Null);
    body["keyword"] = Value::Null;
    let envelope = client.send(body).await;
    assert_eq!(
        envelope["result"].as_array().map(Vec::len),
        Some(1),
        "{envelope}"
    );
}

#[tokio::test]
async fn errors_of_odoo_come_with_http_200_and_their_data() {
    let client = Client::start().await;
    let error = client
        .error("search", "res.partner", json!([[["nope", "=", 1]]]))
        .await;
    assert_eq!(error["code"], 0);
    assert_eq!(error["message"], "Odoo Server Error");
    assert_eq!(error["data"]["name"], "builtins.ValueError");
    let text = "Invalid field res.partner.nope in condition ('nope', '=', 1)";
    assert_eq!(error["data"]["message"], text);
    assert_eq!(error["data"]["arguments"], json!([text]));
    assert!(
        error["data"]["debug"]
            .as_str()
            .unwrap()
            .starts_with("Traceback")
    );
}

#[tokio::test]
async fn a_method_that_returns_none_has_no_result() {
    let client = Client::start().await;
    let envelope = client
        .call_method("res.partner", "action_archive", json!([[5]]))
        .await;
    assert_eq!(envelope, json!({"jsonrpc": "2.0", "id": "1"}));
    let found = client
        .result("search", "res.partner", json!([[["id", "=", 5]]]))
        .await;
    assert_eq!(found, json!([]));
}

#[tokio::test]
async fn credentials_are_checked_as_odoo_does() {
    let mut client = Client::start().await;
    let instance = client.instance.clone();
    for (key, value, class) in [
        ("api_key", json!("wrong"), "odoo.exceptions.AccessDenied"),
        ("user_id", json!(99), "odoo.exceptions.MissingError"),
        ("db", json!("nodb"), "psycopg2.OperationalError"),
    ] {
        client.instance = instance.clone();
        client.instance[key] = value;
        let error = client.error("search", "res.partner", json!([[]])).await;
        assert_eq!(error["data"]["name"], class);
    }
}

#[tokio::test]
async fn every_fault_can_be_asked_for() {
    let client = Client::start().await;
    let ask = async |fault: Fault| {
        client.server.fail_next(fault);
        let body = client.body("search_count", "res.company", json!([[]]));
        let response = client
            .post("/api/odoo/execute")
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    };
    let access = || OdooError::new("odoo.exceptions.AccessError", "no");
    let cases = [
        (Fault::PlainText422, 422, "Failed to deserialize"),
        (Fault::TruncatedJson, 200, "[{\"id\":1,"),
        (
            Fault::MissingResult,
            200,
            "{\"jsonrpc\":\"2.0\",\"id\":\"1\"}",
        ),
        (Fault::Result(Value::Null), 200, "\"result\":null"),
        (
            Fault::RawResult("[NaN]".to_owned()),
            200,
            "\"result\":[NaN]",
        ),
        (Fault::LicenceExpired, 403, "\"code\":0"),
        (Fault::UpstreamTimeout, 504, "-32003"),
        (Fault::UpstreamUnreachable, 502, "-32004"),
        (Fault::UpstreamUndecodable, 500, "-32005"),
        (Fault::Odoo(access()), 200, "odoo.exceptions.AccessError"),
        (Fault::OdooCode(100, access()), 200, "Odoo Session Expired"),
        (Fault::Id(Value::Null), 200, "\"id\":null,\"result\":1"),
        (Fault::Id(json!(7)), 200, "\"id\":7,\"result\":1"),
        (
            Fault::Redirect("http://elsewhere.invalid/".parse().unwrap()),
            307,
            "",
        ),
        (
            Fault::Raw {
                status: 418,
                content_type: "text/html".to_owned(),
                body: "<p>".to_owned(),
            },
            418,
            "<p>",
        ),
    ];
    for (fault, status, text) in cases {
        let shown = format!("{fault:?}");
        let (got, body) = ask(fault).await;
        assert_eq!(got, status, "{shown}: {body}");
        assert!(body.contains(text), "{shown}: {body}");
    }
    assert_eq!(
        client
            .result("search_count", "res.company", json!([[]]))
            .await,
        json!(1)
    );
}

#[tokio::test]
async fn a_fault_waits_for_its_model_and_method() {
    let client = Client::start().await;
    client
        .server
        .fail("res.partner", "read", Fault::UpstreamUnreachable, 2);
    client
        .result("search_count", "res.partner", json!([[]]))
        .await;
    client
        .result("read", "res.country", json!([[1], ["name"]]))
        .await;
    for _ in 0..2 {
        let error = client
            .error("read", "res.partner", json!([[1], ["name"]]))
            .await;
        assert_eq!(error["code"], -32004);
    }
    client
        .result("read", "res.partner", json!([[1], ["name"]]))
        .await;
}

#[tokio::test]
async fn the_upstream_timeout_of_the_request_counts() {
    let client = Client::start().await;
    client
        .server
        .fail_next(Fault::Delay(Duration::from_secs(60)));
    let body = client.body("search_count", "res.company", json!([[]]));
    let request = client
        .post("/api/odoo/execute")
        .header("x-request-timeout", "1");
    let response = request.json(&body).send().await.unwrap();
    assert_eq!(response.status(), 504);
    let call = client.server.calls().pop().unwrap();
    assert_eq!(call.header("x-request-timeout"), Some("1"));
}

#[tokio::test]
async fn calls_are_remembered_without_secrets() {
    let client = Client::start().await;
    client
        .result("read", "res.partner", json!([[1, 2, 3], ["name"]]))
        .await;
    let calls = client.server.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(
        (call.model.as_str(), call.method.as_str(), call.ids),
        ("res.partner", "read", 3)
    );
    assert_eq!(call.header("content-type"), Some("application/json"));
    let shown = format!("{calls:?} {:?}", client.server);
    let key = client.server.key().expose_secret();
    assert!(
        !shown.contains(key) && !shown.contains("demo-administrator-key"),
        "{shown}"
    );
    client.server.clear_calls();
    assert!(client.server.calls().is_empty());
}

#[tokio::test]
async fn answers_are_compressed_when_asked() {
    let client = Client::start().await;
    let plain = reqwest::Client::builder()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .build()
        .unwrap();
    for encoding in ["gzip", "br"] {
        let body = client.body("fields_get", "res.partner", json!([]));
        let response = plain
            .post(client.url("/api/odoo/execute"))
            .header("x-api-key", client.server.key().expose_secret())
            .header("accept-encoding", encoding)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["content-encoding"], encoding);
        let mut head = [0; 1];
        response
            .bytes()
            .await
            .unwrap()
            .as_ref()
            .read_exact(&mut head)
            .unwrap();
        assert_ne!(head, *b"{");
    }
}

#[tokio::test]
async fn plain_http_2_is_spoken() {
    let client = Client::start().await;
    let http2 = reqwest::Client::builder()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    let response = http2.get(client.url("/_/about")).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
}

#[tokio::test]
async fn the_operations_endpoints_need_no_key() {
    let client = Client::start().await;
    let get = async |path: &str| client.http.get(client.url(path)).send().await.unwrap();
    let about: Value = get("/_/about").await.json().await.unwrap();
    assert_eq!(about["result"]["build"], "odx-sandbox");
    let license: Value = get("/_/license").await.json().await.unwrap();
    assert_eq!(license["is_valid"], true);
    client
        .result("search_count", "res.company", json!([[]]))
        .await;
    client.error("search_count", "no.model", json!([[]])).await;
    let metrics = get("/_/metrics").await.text().await.unwrap();
    for line in [
        "odoo_success_response 1\n",
        "odoo_error_response 1\n",
        "odoo_requests 2\n",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test]
async fn the_version_is_the_one_of_the_database() {
    let database = odx_sandbox::company().unwrap().series("17.0");
    let client = Client::with(database).await;
    let body = json!({"id": "v", "url": "http://odoo.invalid"});
    let response = client
        .post("/api/odoo/version")
        .json(&body)
        .send()
        .await
        .unwrap();
    let envelope: Value = response.json().await.unwrap();
    assert_eq!(envelope["result"]["server_version"], "17.0");
    assert_eq!(
        envelope["result"]["server_version_info"],
        json!([17, 0, 0, "final", 0, ""])
    );
    let error = client
        .error("search", "res.partner", json!([[["nope", "=", 1]]]))
        .await;
    assert_eq!(error["code"], 200);
}

/// A server that answers `/jsonrpc` with `answer`, and where it listens.
async fn odoo_that_answers(answer: &'static str) -> (String, tokio::sync::mpsc::Receiver<Value>) {
    let (sender, received) = tokio::sync::mpsc::channel(10);
    let handler = move |axum::Json(body): axum::Json<Value>| async move {
        sender.send(body).await.unwrap();
        answer
    };
    let app = axum::Router::new().route("/jsonrpc", axum::routing::post(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

async fn proxy_to(url: &str) -> Client {
    let options = Options::default().allowed_upstream(url.parse().unwrap());
    let server = Server::start(Backend::Odoo, options).await.unwrap();
    let instance = json!({"url": url, "db": "prod", "user_id": 2, "api_key": "secret"});
    Client::of(server, instance)
}

#[tokio::test]
async fn a_proxy_in_front_of_odoo_passes_on_what_odoo_says() {
    let (url, mut received) =
        odoo_that_answers(r#"{"jsonrpc": "2.0", "id": 9, "result": [1.10, NaN]}"#).await;
    let client = proxy_to(&url).await;
    let mut body = client.body("read", "res.partner", json!([[1], ["name"]]));
    body["keyword"] = json!({"context": {"lang": "en_US"}});
    let text = client.text(body).await;
    assert_eq!(text, r#"{"jsonrpc":"2.0","id":"1","result":[1.10, NaN]}"#);
    let sent = received.recv().await.unwrap();
    assert_eq!(sent["params"]["service"], "object");
    assert_eq!(sent["params"]["method"], "execute_kw");
    let kwargs = json!({"context": {"lang": "en_US"}});
    let args = json!([
        "prod",
        2,
        "secret",
        "res.partner",
        "read",
        [[1], ["name"]],
        kwargs
    ]);
    assert_eq!(sent["params"]["args"], args);
    assert!(client.server.calls().is_empty());
}

#[tokio::test]
async fn errors_of_a_real_odoo_keep_their_code_and_data() {
    let error = r#"{"jsonrpc":"2.0","id":9,"error":{"code":200,"message":"Odoo Server Error","data":{"name":"x"}}}"#;
    let (url, _received) = odoo_that_answers(error).await;
    let client = proxy_to(&url).await;
    let error = client.error("read", "res.partner", json!([[1]])).await;
    assert_eq!(
        error,
        json!({"code": 200, "message": "Odoo Server Error", "data": {"name": "x"}})
    );
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_told_from_an_odoo_that_is_not_there() {
    let (url, _received) = odoo_that_answers("<html>").await;
    // Nothing listens on the port of a dropped listener.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for (url, status, code) in [(url, 500, "-32005"), (gone, 502, "-32004")] {
        let client = proxy_to(&url).await;
        let body = client.body("search", "res.partner", json!([[]]));
        let response = client.post("/api/odoo/execute").json(&body).send().await;
        let response = response.unwrap();
        assert_eq!(response.status(), status);
        let text = response.text().await.unwrap();
        assert!(text.contains(code) && !text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn the_status_of_an_odoo_that_refuses_becomes_the_code() {
    let (url, _received) = odoo_that_answers("").await;
    let client = proxy_to(&format!("{url}/elsewhere")).await;
    let error = client.error("search", "res.partner", json!([[]])).await;
    assert_eq!(error["code"], 404);
}

#[tokio::test]
async fn a_dropped_server_stops_listening() {
    let client = Client::start().await;
    let url = client.url("/_/about");
    let http = client.http.clone();
    drop(client);
    let mut last = Ok(());
    for _ in 0..100 {
        last = http.get(&url).send().await.map(drop);
        if last.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(last.is_err());
}
