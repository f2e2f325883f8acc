//! JSON-2

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_PASSWORD, Fault, OdooError, Options, Road, Server,
    TWO_FACTOR_KEY, company,
};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::table::{Case, Expected, LOGIN, ask, server, told};

fn client() -> reqwest::Client {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(none).build().unwrap()
}

fn request(server: &Server, path: &str) -> RequestBuilder {
    client()
        .post(format!("{}/json/2/{path}", server.url()))
        .header("authorization", format!("Bearer {COMPANY_KEY}"))
        .header("x-odoo-database", COMPANY_DATABASE)
}

fn kind(response: &Response) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

/// The status and the JSON of an answer.
async fn sent(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    assert_eq!(kind(&response), "application/json; charset=utf-8");
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn road(server: &Server, case: &Case) -> Expected {
    let (_, key) = LOGIN;
    assert_eq!(key, COMPANY_KEY);
    let path = format!("{}/{}", case.model, case.method);
    let (status, body) = sent(request(server, &path).json(&case.named)).await;
    if status == 200 {
        return match body {
            Value::Null => Expected::Nothing,
            body => Expected::Value(body),
        };
    }
    let told = told(&body, &case.expected);
    let Expected::Raised(raised) = &told else {
        unreachable!()
    };
    assert_eq!(status, raised.status, "{body}");
    let class = match raised.class {
        // There is a status for it.
        "builtins.AttributeError" => "werkzeug.exceptions.NotFound",
        class => class,
    };
    assert_eq!(body["name"], class);
    told
}

#[tokio::test]
async fn calls_are_answered_as_on_19() {
    ask("19.0", road).await;
}

#[tokio::test]
async fn arguments_are_bound_by_name() {
    let server = server("19.0").await;
    let refused = async |path: &str, body: Value| {
        let (status, body) = sent(request(&server, path).json(&body)).await;
        assert_eq!(
            (status, &body["name"]),
            (422, &json!("werkzeug.exceptions.UnprocessableEntity"))
        );
        assert_eq!(body["arguments"], json!([body["message"], 422]));
        body["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused("res.partner/search", json!({"domain": [], "nope": 1})).await,
        "got an unexpected keyword argument 'nope'"
    );
    assert_eq!(
        refused("res.partner/search", json!({})).await,
        "missing a required argument: 'domain'"
    );
    assert_eq!(
        refused("res.partner/search", json!({"domain": [], "ids": [1]})).await,
        "cannot call res.partner.search with ids"
    );
    for (body, expected) in [
        (json!({"vals_list": {"name": "One"}}), 1),
        (json!({"vals_list": [{"name": "A"}, {"name": "B"}]}), 2),
    ] {
        let (_, ids) = sent(request(&server, "res.partner/create").json(&body)).await;
        assert_eq!(ids.as_array().map(Vec::len), Some(expected));
    }
    let (_, none) =
        sent(request(&server, "res.partner/read").json(&json!({"fields": ["name"]}))).await;
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn a_key_and_nothing_else_opens_it() {
    let server = server("19.0").await;
    let url = format!("{}/json/2/sale.order/search_count", server.url());
    let with = |scheme: &str, key: &str| {
        client()
            .post(&url)
            .header("authorization", format!("{scheme} {key}"))
            .json(&json!({"domain": []}))
    };
    for key in [COMPANY_KEY, TWO_FACTOR_KEY] {
        assert_eq!(sent(with("bearer", key)).await, (200, json!(60)));
    }
    for (scheme, key, message) in [
        ("Bearer", "no", "Invalid apikey"),
        ("Bearer", COMPANY_PASSWORD, "Invalid apikey"),
        (
            "Basic",
            COMPANY_KEY,
            "User not authenticated, use an API Key with a Bearer Authorization header.",
        ),
    ] {
        let response = with(scheme, key).send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            (&body["name"], &body["message"]),
            (&json!("werkzeug.exceptions.Unauthorized"), &json!(message))
        );
    }
}

/// The whole answer to a body that is sent in chunks.
async fn chunked(server: &Server, body: &str) -> String {
    let request = format!(
        "POST /json/2/sale.order/search_count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \
         {COMPANY_KEY}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let address = server.address();
    let exchange = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

#[tokio::test]
async fn only_a_body_of_a_known_length_is_read() {
    let server = server("19.0").await;
    let answer = chunked(&server, r#"{"domain": []}"#).await;
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    assert!(
        answer.contains("missing a required argument: 'domain'"),
        "{answer}"
    );
    for body in ["", "null", "[]"] {
        let empty =
            request(&server, "res.users/context_get").header("content-type", "application/json");
        let (status, context) = sent(empty.body(body)).await;
        assert_eq!((status, &context["uid"]), (200, &json!(2)));
    }
    let broken = request(&server, "res.partner/search").header("content-type", "application/json");
    let (status, body) = sent(broken.body("{")).await;
    assert_eq!(
        (status, &body["name"]),
        (400, &json!("werkzeug.exceptions.BadRequest"))
    );
}

#[tokio::test]
async fn what_is_no_call_of_a_database_is_a_page() {
    let server = server("19.0").await;
    let page = async |request: RequestBuilder| {
        let response = request.send().await.unwrap();
        assert_eq!(kind(&response), "text/html; charset=utf-8");
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let url = format!("{}/json/2/sale.order/search_count", server.url());
    let other = client()
        .post(&url)
        .header("x-odoo-database", "nodb")
        .json(&json!({}));
    let (status, text) = page(other).await;
    assert_eq!(status, 404);
    assert!(text.contains("No database is selected"), "{text}");
    let (status, _) = page(request(&server, "sale.order/search_count").body("{}")).await;
    assert_eq!(status, 415);
    let options = Options::default().other_database("other");
    let many = Server::start(company().unwrap(), options).await.unwrap();
    let url = format!("{}/json/2/sale.order/search_count", many.url());
    let unnamed = client()
        .post(&url)
        .bearer_auth(COMPANY_KEY)
        .json(&json!({"domain": []}));
    assert_eq!(page(unnamed).await.0, 404);
    assert_eq!(
        sent(request(&many, "sale.order/search_count").json(&json!({"domain": []}))).await,
        (200, json!(60))
    );
}

#[tokio::test]
async fn older_series_do_not_have_it_and_each_says_so_in_its_own_way() {
    for (series, status, kind_of) in [
        ("18.0", 303, "text/html; charset=utf-8"),
        ("17.0", 404, "text/html; charset=utf-8"),
        ("15.0", 404, "application/json"),
        ("14.0", 404, "application/json"),
    ] {
        let server = server(series).await;
        let request = request(&server, "sale.order/search_count").json(&json!({"domain": []}));
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), kind(&response)),
            (status, kind_of),
            "{series}"
        );
        match status {
            303 => assert_eq!(
                response.headers()["location"],
                "/web/login?redirect=%2Fjson%2F2%2Fsale.order%2Fsearch_count%3F"
            ),
            _ => assert!(response.text().await.unwrap().contains("404")),
        }
    }
}

#[tokio::test]
async fn faults_are_told_by_status_and_calls_are_remembered_without_the_key() {
    let server = server("19.0").await;
    let ask = async || {
        sent(request(&server, "res.partner/read").json(&json!({"ids": [5], "fields": ["name"]})))
            .await
    };
    server.fail_next(Fault::Odoo(OdooError::new(
        "odoo.exceptions.LockError",
        "locked",
    )));
    assert_eq!(ask().await.0, 409);
    server.fail_next(Fault::OdooCode(
        503,
        OdooError::new("builtins.Exception", "x"),
    ));
    assert_eq!(ask().await.0, 503);
    server.fail_next(Fault::MissingResult);
    assert_eq!(ask().await, (200, Value::Null));
    server.fail_next(Fault::Result(json!("anything")));
    assert_eq!(ask().await, (200, json!("anything")));
    let [.., last] = &server.calls()[..] else {
        panic!("no call")
    };
    assert_eq!(last.road, Road::Json2);
    assert_eq!((last.ids, last.params.as_slice()), (1, &[json!([5])][..]));
    assert_eq!(last.keyword["fields"], json!(["name"]));
    assert_eq!(last.header("x-odoo-database"), Some(COMPANY_DATABASE));
    assert_eq!(last.header("authorization"), None);
}
