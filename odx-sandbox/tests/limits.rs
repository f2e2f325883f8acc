//! What a server takes from strangers and from an Odoo gone wrong: connections, heads, bodies, names, answers.

mod support;

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use odx_sandbox::{Backend, Fault, Options, Server, StartError, company};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Long enough for anything here that does not hang.
const PATIENCE: Duration = Duration::from_secs(60);

async fn client(options: Options) -> Client {
    let server = Server::start(company().unwrap(), options).await.unwrap();
    Client::of(server, Client::company_instance())
}

/// A connection over which this was sent.
async fn connection(client: &Client, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(client.server.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// All that comes until the server closes the connection.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    // A reset is an end, too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&text).into_owned()
}

const HALF_A_HEAD: &str = "GET /_/about HTTP/1.1\r\nHost: localhost\r\nX-Half: ";

#[tokio::test]
async fn half_sent_heads_shut_nobody_out() {
    let an_hour = Duration::from_secs(3_600);
    let options = Options::default().max_connections(8).silence(an_hour);
    let client = client(options).await;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(connection(&client, HALF_A_HEAD).await);
    }
    let about = client.http.get(client.url("/_/about")).timeout(PATIENCE);
    assert_eq!(about.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_connection_that_sends_nothing_more_is_closed() {
    let options = Options::default().silence(Duration::from_millis(200));
    let client = client(options).await;
    // Nothing, half a head, half of HTTP/2's first words, and a whole request with nothing after it.
    for sent in [
        "",
        HALF_A_HEAD,
        "PRI * HTT",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /_/about HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        until_closed(connection(&client, sent).await).await;
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_given_up() {
    let options = Options::default().silence(Duration::from_millis(300));
    let client = client(options).await;
    let (mut reading, mut writing) = connection(&client, HALF_A_HEAD).await.into_split();
    // Never silent for as long as that, and never at the end of its head.
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut text = Vec::new();
    let closed = reading.read_to_end(&mut text);
    let closed = tokio::time::timeout(Duration::from_secs(20), closed).await;
    assert!(closed.is_ok(), "the server reads on for ever");
    dripping.abort();
}

#[tokio::test]
async fn a_call_that_takes_long_keeps_its_connection() {
    let options = Options::default()
        .silence(Duration::from_millis(100))
        .max_connections(1);
    let client = client(options).await;
    client
        .server
        .fail_next(Fault::Delay(Duration::from_secs(2)));
    let count = client
        .result("search_count", "res.company", json!([[]]))
        .await;
    assert_eq!(count, json!(1));
}

#[tokio::test]
async fn stopping_does_not_wait_for_half_sent_heads() {
    let an_hour = Duration::from_secs(3_600);
    let client = client(Options::default().silence(an_hour)).await;
    let held = connection(&client, HALF_A_HEAD).await;
    let Client { server, .. } = client;
    let stopped = tokio::time::timeout(PATIENCE, server.stop()).await;
    assert!(stopped.is_ok());
    drop(held);
}

/// The head of a call with a body of so many bytes.
fn head(client: &Client, length: u64) -> String {
    format!(
        "POST /api/odoo/execute HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
        client.server.key().expose_secret()
    )
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_before_it_comes() {
    let client = client(Options::default().max_body(1_000)).await;
    let answer = until_closed(connection(&client, &head(&client, 1_001)).await).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("larger than 1000 bytes"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_bounded_too() {
    let client = client(Options::default().max_body(1_000)).await;
    let head = head(&client, 0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let sent = format!("{head}{:x}\r\n{}\r\n", 1_001, " ".repeat(1_001));
    let answer = until_closed(connection(&client, &sent).await).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let options = Options::default().body_timeout(Duration::from_millis(200));
    let client = client(options).await;
    let sent = format!("{}{{\"id\":", head(&client, 100));
    let answer = until_closed(connection(&client, &sent).await).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_page_under_a_name_of_its_own_reads_nothing() {
    let client = client(Options::default().allowed_host("proxy.example.com")).await;
    let status = async |path: &str, host: &str| {
        let request = client.http.get(client.url(path)).header("host", host);
        request.send().await.unwrap().status()
    };
    let port = client.server.address().port();
    for path in ["/_/about", "/_/license", "/_/metrics", "/nothing"] {
        for host in ["evil.example", "localhost.evil.example:3000", "192.0.2.1"] {
            let refused = StatusCode::MISDIRECTED_REQUEST;
            assert_eq!(status(path, host).await, refused, "{path} {host}");
        }
    }
    for host in [
        "localhost".to_owned(),
        format!("127.0.0.1:{port}"),
        "Proxy.example.com:8443".to_owned(),
    ] {
        assert_eq!(status("/_/about", &host).await, 200, "{host}");
    }
    let two_names = "GET /_/about HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answer = until_closed(connection(&client, two_names).await).await;
    assert!(!answer.contains("odx-sandbox"), "{answer}");
    let no_name = "GET /_/about HTTP/1.0\r\n\r\n";
    let answer = until_closed(connection(&client, no_name).await).await;
    assert!(!answer.contains("odx-sandbox"), "{answer}");
}

/// An Odoo that answers every call with this, whichever its road, and where it listens.
async fn odoo(status: u16, headers: &[(&'static str, &str)], body: Vec<u8>) -> String {
    let status = StatusCode::from_u16(status).unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
        .collect();
    let answer = move |_: axum::body::Bytes| {
        let answer = (status, headers.clone(), body.clone());
        async move { answer }
    };
    let app = Router::new()
        .route("/jsonrpc", post(answer.clone()))
        .route("/json/2/{model}/{method}", post(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn proxy_to(url: &str, options: Options) -> Client {
    let options = options.allowed_upstream(url.parse().unwrap());
    let server = Server::start(Backend::Odoo, options).await.unwrap();
    Client::of(
        server,
        json!({"url": url, "db": "prod", "user_id": 2, "api_key": "secret"}),
    )
}

async fn answer_of(client: &Client) -> (u16, Value) {
    let body = client.body("search", "res.partner", json!([[]]));
    answer_to(client, V1, &body).await
}

const V1: &str = "/api/odoo/execute";
const V2: &str = "/v2/odoo/execute";

/// The answers to a call of either version of the protocol.
async fn answers_of(client: &Client) -> [(u16, Value); 2] {
    let named = named_search(client, &json!([]));
    [answer_of(client).await, answer_to(client, V2, &named).await]
}

/// A search of partners, as the second version of the protocol has it.
fn named_search(client: &Client, domain: &Value) -> Value {
    json!({
        "id": "1",
        "model_id": "res.partner",
        "method": "search",
        "kwargs": {"domain": domain},
        "odoo_instance": client.instance,
    })
}

async fn answer_to(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    let response = client.post(path).json(body).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

fn assert_too_large((status, answer): &(u16, Value), limit: usize) {
    assert_eq!(*status, 500, "{answer}");
    assert_eq!(answer["error"]["code"], -32005);
    let message = answer["error"]["message"].as_str().unwrap();
    let told = format!("larger than {limit} bytes");
    assert!(message.contains(&told), "{message}");
    assert!(message.contains("--max-answer"), "{message}");
    assert_eq!(answer["id"], "1");
}

#[tokio::test]
async fn an_answer_of_odoo_beyond_the_limit_is_told_as_such() {
    let json = [("content-type", "application/json")];
    let compressed = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    let large = format!(r#"{{"result":"{}"}}"#, " ".repeat(20_000)).into_bytes();
    // 1 MB of zeros in 1 kB.
    let bomb = include_bytes!("zeros.gz").to_vec();
    assert!(bomb.len() < 10_000);
    for url in [
        odoo(200, &json, large).await,
        odoo(200, &compressed, bomb).await,
    ] {
        let client = proxy_to(&url, Options::default().max_answer(10_000)).await;
        for answer in answers_of(&client).await {
            assert_too_large(&answer, 10_000);
        }
    }
}

#[tokio::test]
async fn an_error_of_odoo_has_a_limit_of_its_own() {
    const MIB: usize = 1 << 20;
    let json = [("content-type", "application/json")];
    let error = json!({"code": 0, "message": "x".repeat(MIB), "name": "x", "data": {}});
    // As JSON-RPC has it in its envelope, and JSON-2 without one.
    let body = json!({"jsonrpc": "2.0", "id": 1, "error": error, "message": "x"}).to_string();
    let url = odoo(422, &json, body.into()).await;
    let client = proxy_to(&url, Options::default()).await;
    for answer in answers_of(&client).await {
        assert_too_large(&answer, MIB);
    }
}

#[tokio::test]
async fn no_redirect_of_odoo_is_followed_to_where_the_proxy_may_not_call() {
    let elsewhere = odoo(200, &[], br#"{"result":"secrets of a network"}"#.to_vec()).await;
    for status in [302, 307, 308] {
        for path in ["jsonrpc", "json/2/res.partner/search"] {
            let location = format!("{elsewhere}/{path}");
            let url = odoo(status, &[("location", &location)], Vec::new()).await;
            let client = proxy_to(&url, Options::default()).await;
            for (_, answer) in answers_of(&client).await {
                assert!(answer["error"].is_object(), "{status}: {answer}");
                assert!(!answer.to_string().contains("secrets"), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn large_requests_at_the_same_time_have_a_limit_together() {
    const MIB: usize = 1 << 20;
    let client = client(Options::default().max_held(3 * MIB)).await;
    let head = head(&client, 0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    // Three MiB whose end does not come, twice.
    let begun = || async {
        let mut stream = connection(&client, &format!("{head}{:x}\r\n", 4 * MIB)).await;
        // The proxy hangs up on those it has no room for.
        let _ = stream.write_all(&vec![b' '; 3 * MIB]).await;
        until_closed(stream).await
    };
    let answer = tokio::select! {
        answer = begun() => answer,
        answer = begun() => answer,
    };
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("fewer large ones at a time"), "{answer}");
}

#[tokio::test]
async fn the_key_is_looked_at_before_the_body_comes() {
    let client = client(Options::default()).await;
    for path in [V1, V2, "/api/odoo/version", "/v2/odoo/version"] {
        let head = head(&client, 100)
            .replace(V1, path)
            .replace(client.server.key().expose_secret(), "another");
        // Nothing of its body ever comes.
        let answer = until_closed(connection(&client, &head).await).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn large_answers_at_the_same_time_have_a_limit_together() {
    const MIB: usize = 1 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Three MiB whose end does not come.
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
                4 * MIB
            );
            // The proxy hangs up on those it has no room for.
            let sent = stream.write_all(head.as_bytes()).await;
            let _ = sent.and(stream.write_all(&vec![b' '; 3 * MIB]).await);
            held.push(stream);
        }
    });
    let client = proxy_to(&url, Options::default().max_held(3 * MIB)).await;
    let calls = tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            answer = answer_of(&client) => answer,
            answer = answer_of(&client) => answer,
        }
    });
    // One of them is held, and the other is refused at once.
    let (status, answer) = calls.await.expect("an answer");
    assert_eq!(status, 500, "{answer}");
    assert_eq!(answer["error"]["code"], -32005);
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("fewer large calls at a time"), "{message}");
}

#[tokio::test]
async fn an_answer_just_within_the_limit_is_passed_on() {
    let text = r#"{"result":"1234567890"}"#;
    let url = odoo(200, &[], text.into()).await;
    let client = proxy_to(&url, Options::default().max_answer(text.len())).await;
    assert_eq!(answer_of(&client).await.1["result"], "1234567890");
}

#[tokio::test]
async fn an_exception_that_odoo_hides_behind_a_page_is_told_how_to_be_seen() {
    let page = b"<h1>Internal Server Error</h1>".to_vec();
    let url = odoo(500, &[("content-type", "text/html; charset=utf-8")], page).await;
    let (status, answer) = answer_of(&proxy_to(&url, Options::default()).await).await;
    assert_eq!(status, 200);
    assert_eq!(answer["error"]["code"], 500);
    let message = answer["error"]["data"]["message"].as_str().unwrap();
    assert!(message.contains("more than one database"), "{message}");
    assert!(message.contains("--db-filter"), "{message}");
}

#[tokio::test]
async fn an_error_that_odoo_sends_with_a_status_of_its_own_is_passed_on() {
    let error = json!({"code": 404, "message": "404: Not Found", "data": {"name": "x"}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "error": error}).to_string();
    let url = odoo(404, &[("content-type", "application/json")], body.into()).await;
    let (_, answer) = answer_of(&proxy_to(&url, Options::default()).await).await;
    assert_eq!(answer["error"], error);
}

#[tokio::test]
async fn an_odoo_that_was_not_allowed_is_not_called() {
    let url = odoo(200, &[], br#"{"result":1}"#.to_vec()).await;
    let client = proxy_to("http://127.0.0.1:9", Options::default()).await;
    for path in ["/api/odoo/execute", "/api/odoo/version"] {
        let mut body = client.body("search", "res.partner", json!([[]]));
        body["odoo_instance"]["url"] = Value::from(url.as_str());
        body["url"] = Value::from(url.as_str());
        let response = client.post(path).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 502);
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], -32004);
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("--allow-odoo"), "{message}");
    }
}

#[tokio::test]
async fn a_proxy_without_an_odoo_that_may_be_called_does_not_start() {
    let started = Server::start(Backend::Odoo, Options::default()).await;
    assert!(matches!(started, Err(StartError::NoUpstream)));
    let any = Options::default().any_upstream();
    assert!(Server::start(Backend::Odoo, any).await.is_ok());
}

#[tokio::test]
async fn what_is_nested_a_million_deep_is_passed_on_unread_and_refused_in_memory() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let send = async |client: &Client, path: &str| {
        let body = match path {
            V1 => client.body("search", "res.partner", json!("DEEP")),
            _ => named_search(client, &json!("DEEP")),
        };
        let body = body.to_string().replace("\"DEEP\"", &deep);
        let request = client.post(path).body(body);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.send().await.unwrap().status()
    };
    let json = [("content-type", "application/json")];
    let url = odoo(200, &json, br#"{"result":1}"#.to_vec()).await;
    for path in [V1, V2] {
        let passed = send(&proxy_to(&url, Options::default()).await, path).await;
        assert_eq!(passed, 200, "{path}");
        let refused = send(&client(Options::default()).await, path).await;
        assert_eq!(refused, 400, "{path}");
    }
}
