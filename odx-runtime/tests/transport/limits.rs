//! Time, size, redirects, and giving up.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use odx_runtime::{Error, OdxProxy, error::TransportErrorKind};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{PROXY_KEY, Server, confirm, instance, read};

const SOON: Duration = Duration::from_millis(20);
const LATE: Duration = Duration::from_secs(600);

#[tokio::test]
async fn the_local_limit_holds_where_the_server_keeps_silent() {
    let server = Server::answering(ResponseTemplate::new(200).set_delay(LATE)).await;
    let odoo = server
        .builder()
        .timeout_grace(SOON)
        .build()
        .unwrap()
        .session(instance())
        .timeout(SOON);
    let error = odoo.execute(confirm()).await.unwrap_err();
    let Error::LocalTimeout(timeout) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(timeout.limit, Some(2 * SOON));
    assert!(!error.is_retryable());
    assert!(
        error
            .to_string()
            .contains("no answer within 40ms (sale.order.action_confirm on"),
        "{error}"
    );
}

#[tokio::test]
async fn a_timeout_of_the_programs_own_client_is_a_local_timeout() {
    let server = Server::answering(ResponseTemplate::new(200).set_delay(LATE)).await;
    let client = reqwest::Client::builder().timeout(SOON).build().unwrap();
    let odoo = server
        .builder()
        .client(client)
        .build()
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    let Error::LocalTimeout(timeout) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(timeout.limit, None);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused() {
    let server = Server::with_result(json!("x".repeat(5_000))).await;
    let odoo = server
        .builder()
        .max_response_size(4_096)
        .build()
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    assert!(
        kind(&error) == &TransportErrorKind::TooLarge { limit: 4_096 },
        "{error:?}"
    );
    assert!(error.to_string().contains("max_response_size"), "{error}");
}

#[tokio::test]
async fn the_limit_counts_what_compression_hides() {
    // 1,000,000 zeros, which is about a kilobyte in this form.
    let bomb = gzip_of_zeros();
    assert!(bomb.len() < 4_096);
    let response = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_raw(bomb, "application/json");
    let server = Server::answering(response).await;
    let odoo = server
        .builder()
        .max_response_size(4_096)
        .build()
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    assert!(
        kind(&error) == &TransportErrorKind::TooLarge { limit: 4_096 },
        "{error:?}"
    );
}

#[tokio::test]
async fn an_answer_just_within_the_limit_is_read() {
    let body = r#"{"jsonrpc":"2.0","id":"7","result":true}"#;
    let server = Server::with_body(body).await;
    let odoo = server
        .builder()
        .max_response_size(body.len())
        .build()
        .unwrap()
        .session(instance())
        .request_id("7");
    assert!(odoo.execute(read()).await.unwrap().boolean().unwrap());
}

/// A page that says an error for as long as it is read: its start is enough.
#[tokio::test]
async fn of_an_endless_page_of_an_error_the_start_is_read() {
    const PIECE: usize = 64 << 10;
    const MOST: usize = 64 << 20;
    let (counted, count) = mpsc::channel();
    let address = serve_once(move |connection| {
        connection
            .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n\r\n")
            .unwrap();
        let page = vec![b'x'; PIECE];
        let taken = (0..MOST / PIECE).take_while(|_| connection.write_all(&page).is_ok());
        counted.send(taken.count() * PIECE).unwrap();
    });
    let odoo = OdxProxy::new(format!("http://{address}"), PROXY_KEY)
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    assert!(
        matches!(&error, Error::NotAnEnvelope(page) if page.status == 502),
        "{error:?}"
    );
    // Beside the 8 MiB that are read, the system keeps some that are not.
    let taken = tokio::task::spawn_blocking(move || count.recv().unwrap())
        .await
        .unwrap();
    assert!(taken < MOST, "{taken} bytes");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::with_result(json!(true)).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/api/odoo/execute?token=1", elsewhere.0.uri());
        let server =
            Server::answering(ResponseTemplate::new(status).insert_header("location", location))
                .await;
        let error = server.session().execute(read()).await.unwrap_err();
        let Error::NotAnEnvelope(found) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            found.redirect_to.as_deref(),
            Some(elsewhere.0.address().to_string().as_str())
        );
        assert!(error.to_string().contains("give the final URL"), "{error}");
    }
    assert!(elsewhere.requests().await.is_empty());
}

#[tokio::test]
async fn a_redirect_that_the_programs_own_client_followed_is_told() {
    let elsewhere = Server::with_result(json!(true)).await;
    let location = format!("{}/", elsewhere.0.uri());
    let server =
        Server::answering(ResponseTemplate::new(307).insert_header("location", location)).await;
    let odoo = server
        .builder()
        .client(reqwest::Client::new())
        .build()
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    assert!(
        matches!(kind(&error), TransportErrorKind::Redirected { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("took the keys along"), "{error}");
}

#[tokio::test]
async fn no_server_is_a_failure_to_connect_that_may_be_retried() {
    let odoo = OdxProxy::new(format!("http://{}", free_address()), PROXY_KEY)
        .unwrap()
        .session(instance());
    let error = odoo.execute(confirm()).await.unwrap_err();
    assert_eq!(kind(&error), &TransportErrorKind::Connect);
    assert!(error.is_retryable());
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_leaves_a_write_in_doubt() {
    let address = serve_once(|_connection| {});
    let odoo = OdxProxy::new(format!("http://{address}"), PROXY_KEY)
        .unwrap()
        .session(instance());
    let error = odoo.execute(confirm()).await.unwrap_err();
    assert_eq!(kind(&error), &TransportErrorKind::Request);
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let address = serve_once(|connection| {
        connection
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"jsonrpc\":\"2.0\",")
            .unwrap();
    });
    let odoo = OdxProxy::new(format!("http://{address}"), PROXY_KEY)
        .unwrap()
        .session(instance());
    let error = odoo.execute(read()).await.unwrap_err();
    assert_eq!(kind(&error), &TransportErrorKind::Body);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn dropping_the_future_hangs_up() {
    let (arrived, arrival) = mpsc::channel();
    let (ended, end) = mpsc::channel();
    let address = serve_once(move |connection| {
        arrived.send(()).unwrap();
        let mut rest = Vec::new();
        ended.send(connection.read_to_end(&mut rest)).unwrap();
    });
    let odoo = OdxProxy::new(format!("http://{address}"), PROXY_KEY)
        .unwrap()
        .session(instance());

    let call = tokio::spawn(async move { odoo.execute(confirm()).await.map(drop) });
    tokio::task::spawn_blocking(move || arrival.recv().unwrap())
        .await
        .unwrap();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // The server sees the end of the connection; before that, this waits.
    tokio::task::spawn_blocking(move || end.recv().unwrap())
        .await
        .unwrap()
        .ok();
}

fn kind(error: &Error) -> &TransportErrorKind {
    match error {
        Error::Transport(error) => &error.kind,
        _ => panic!("no failure of the transport: {error:?}"),
    }
}

/// An address at which nobody listens.
fn free_address() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Reads the head of one request, and lets `answer` go on with the connection.
fn serve_once(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut buffer = [0; 4_096];
            let count = connection.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..count]);
        }
        answer(&mut connection);
    });
    address
}

/// 1,000,000 zero bytes in gzip form: one deflate block of repeats.
fn gzip_of_zeros() -> Vec<u8> {
    include_bytes!("zeros.gz").to_vec()
}
