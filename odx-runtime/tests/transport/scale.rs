//! What many sessions and busy servers do to calls: one pace for an Odoo, a server that asks for patience, transactions in each
//! other's way, gateways that give up.

use std::time::{Duration, Instant};

use odx_runtime::{Call, Error, OdooInstance, RetryPolicy, error::Cause};
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::{ODOO_KEY, Server, instance};

fn read() -> Call {
    Call::new("res.partner", "search_count").arg(json!([]))
}

fn create() -> Call {
    Call::new("res.partner", "create").arg(json!({"name": "Acme"}))
}

const SOON: RetryPolicy = RetryPolicy::times(3).first_delay(Duration::from_millis(1));

/// Why a call of a client that may send calls again failed, and how often it was sent.
async fn failed(server: &Server, call: Call) -> (Error, usize) {
    let proxy = server.builder().retry(SOON).build().unwrap();
    let error = proxy.session(instance()).execute(call).await.unwrap_err();
    (error, server.requests().await.len())
}

fn conflict() -> Value {
    let data = json!({
        "name": "psycopg2.errors.SerializationFailure",
        "message": "could not serialize access due to concurrent update",
    });
    json!({"id": "1", "error": {"code": 0, "message": "Odoo Server Error", "data": data}})
}

#[tokio::test]
async fn all_sessions_of_a_client_with_an_odoo_keep_one_pace() {
    let server = Server::with_result(json!(7)).await;
    let proxy = server.builder().max_calls_per_second(10.0).build().unwrap();
    let of_user = |user| {
        let instance = OdooInstance::new("https://erp.example.com", "prod", user, ODOO_KEY);
        proxy.session(instance)
    };
    let began = Instant::now();
    let calls = [2, 3, 2, 3].map(|user| {
        let odoo = of_user(user);
        async move { odoo.execute(read()).await.unwrap().integer().unwrap() }
    });
    assert_eq!(futures_util::future::join_all(calls).await, [7; 4]);
    assert!(began.elapsed() >= Duration::from_millis(300));

    // Another Odoo has a pace of its own.
    let other = OdooInstance::new("https://other.example.com", "prod", 2, ODOO_KEY);
    let odoo = proxy.session(other);
    let _next_of_the_first = tokio::time::timeout(Duration::ZERO, of_user(2).execute(read())).await;
    odoo.execute(read()).await.unwrap().integer().unwrap();
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it_from_reads_and_tells_it_of_writes() {
    let busy = || ResponseTemplate::new(429).insert_header("retry-after", "1");
    let server = Server::with_result(json!(7)).await;
    Mock::given(matchers::any())
        .respond_with(busy())
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server.0)
        .await;
    let proxy = server.builder().retry(SOON).build().unwrap();
    let began = Instant::now();
    let reply = proxy.session(instance()).execute(read()).await.unwrap();
    assert_eq!(reply.integer().unwrap(), 7);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests().await.len(), 2);

    let (error, sent) = failed(&Server::answering(busy()).await, create()).await;
    assert_eq!(
        (sent, error.retry_after()),
        (1, Some(Duration::from_secs(1)))
    );
    assert!(!error.may_have_been_carried_out(), "{error}");
}

#[tokio::test]
async fn a_date_to_wait_for_is_one_of_the_servers_clock() {
    let until = |retry_after: &str| {
        ResponseTemplate::new(503)
            .insert_header("date", "Wed, 21 Oct 2015 07:28:00 GMT")
            .insert_header("retry-after", retry_after)
    };
    for (date, wait) in [
        ("Wed, 21 Oct 2015 07:28:30 GMT", Some(30)),
        ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
        ("soon", None),
    ] {
        let (error, _) = failed(&Server::answering(until(date)).await, create()).await;
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs), "{date}");
    }
}

#[tokio::test]
async fn a_conflict_of_transactions_is_typed_and_sent_again_only_where_nothing_is_written() {
    let server = Server::with_body(conflict().to_string()).await;
    let (error, sent) = failed(&server, create()).await;
    assert_eq!(
        error.odoo().map(|refused| refused.cause()),
        Some(Cause::Conflict)
    );
    assert_eq!(sent, 1, "the program knows what it read before");
    assert!(
        error.is_retryable() && !error.may_have_been_carried_out(),
        "Odoo rolled back"
    );

    let server = Server::with_body(conflict().to_string()).await;
    assert_eq!(failed(&server, read()).await.1, 4);
}

#[tokio::test]
async fn what_a_gateway_gave_up_may_have_been_carried_out_and_is_not_sent_again() {
    let page =
        || ResponseTemplate::new(504).set_body_raw("<html>Gateway Time-out</html>", "text/html");
    let (error, sent) = failed(&Server::answering(page()).await, create()).await;
    assert_eq!(sent, 1);
    assert!(
        error.may_have_been_carried_out() && !error.is_retryable(),
        "{error}"
    );

    let (error, sent) = failed(&Server::answering(page()).await, read()).await;
    assert_eq!(sent, 4);
    assert!(
        !error.may_have_been_carried_out() && error.is_retryable(),
        "{error}"
    );
}

#[tokio::test]
async fn what_nobody_answered_in_time_may_have_been_carried_out() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    let server = Server::answering(slow).await;
    let proxy = server
        .builder()
        .timeout_grace(Duration::ZERO)
        .timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let odoo = proxy.session(instance());
    let written = odoo.execute(create()).await.unwrap_err();
    assert!(written.is_timeout() && written.may_have_been_carried_out());
    let read = odoo.execute(read()).await.unwrap_err();
    assert!(read.is_timeout() && !read.may_have_been_carried_out());
}
