//! Every way to fail, told apart.

use odx_runtime::{Error, Odoo, transport::RoadName};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::{ODOO_KEY, Server, answering, confirm, error_of, read};

fn envelope(status: u16, code: i64, data: Value) -> ResponseTemplate {
    let error = json!({"code": code, "message": "what happened", "data": data});
    ResponseTemplate::new(status)
        .set_body_json(json!({"jsonrpc": "2.0", "id": null, "error": error}))
}

fn odoo_error(code: i64, class: &str, message: &str) -> ResponseTemplate {
    envelope(
        200,
        code,
        json!({"name": class, "message": message, "arguments": [message, 2], "context": {}, "debug": "Traceback ..."}),
    )
}

macro_rules! assert_refusal {
    ($status:literal, $code:literal, $variant:ident) => {{
        let error = error_of(envelope($status, $code, Value::Null)).await;
        assert!(
            matches!(error, Error::$variant(_)),
            "{} {}: {error:?}",
            $status,
            $code
        );
        assert_eq!(error.http_status(), Some($status));
        assert_eq!(error.code(), Some($code));
        assert!(error.request_id().is_some());
        let message = error.to_string();
        assert!(message.contains("what happened"), "{message}");
        assert!(
            message.contains("res.partner.read on erp.example.com through 127.0.0.1:"),
            "{message}"
        );
    }};
}

#[tokio::test]
async fn each_refusal_of_the_proxy_has_its_variant() {
    assert_refusal!(401, -32000, ProxyKey);
    assert_refusal!(400, -32001, Proxy);
    assert_refusal!(400, -32002, Proxy);
    assert_refusal!(504, -32003, UpstreamTimeout);
    assert_refusal!(502, -32004, UpstreamUnreachable);
    assert_refusal!(500, -32005, Proxy);
    assert_refusal!(200, -32006, NoJson2);
    assert_refusal!(400, -32007, Proxy);
    assert_refusal!(418, -32099, Proxy);
}

#[tokio::test]
async fn code_0_is_the_licence_on_403_and_odoo_on_200() {
    assert_refusal!(403, 0, License);
    assert!(matches!(
        error_of(odoo_error(0, "odoo.exceptions.UserError", "no")).await,
        Error::Odoo(_)
    ));
}

#[tokio::test]
async fn the_two_401_are_told_apart() {
    assert_refusal!(401, -32000, ProxyKey);
    let error = error_of(odoo_error(
        401,
        "werkzeug.exceptions.Unauthorized",
        "Invalid apikey",
    ))
    .await;
    assert!(matches!(error, Error::OdooKey(_)), "{error:?}");
    assert!(error.is_access_denied());
    assert!(error.to_string().contains("API key for Odoo"), "{error}");
}

#[tokio::test]
async fn an_exception_of_odoo_tells_class_message_and_arguments_in_every_version() {
    for code in [0, 200] {
        let error = error_of(odoo_error(
            code,
            "odoo.exceptions.ValidationError",
            "Names must be unique",
        ))
        .await;
        let odoo = error.odoo().expect("an error of Odoo");
        assert_eq!(odoo.class, "odoo.exceptions.ValidationError");
        assert_eq!(odoo.message, "Names must be unique");
        assert_eq!(odoo.arguments, [json!("Names must be unique"), json!(2)]);
        assert_eq!(
            (odoo.model(), odoo.method()),
            (Some("res.partner"), Some("read"))
        );
        assert_eq!(odoo.debug(), Some("Traceback ..."));
        assert!(odoo.is_validation() && odoo.is_user_error() && !odoo.is_access());
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_traceback_stands_in_no_message() {
    let error = error_of(odoo_error(0, "builtins.ValueError", "Invalid field")).await;
    assert!(!format!("{error} {error:?}").contains("Traceback"));
}

#[tokio::test]
async fn helpers_name_what_odoo_refused() {
    let denied = error_of(odoo_error(
        0,
        "odoo.exceptions.AccessDenied",
        "Access Denied",
    ))
    .await;
    assert!(denied.is_access_denied());
    let access = error_of(odoo_error(0, "odoo.exceptions.AccessError", "You may not")).await;
    assert!(access.odoo().unwrap().is_access() && !access.is_access_denied());
    let missing = error_of(odoo_error(0, "odoo.exceptions.MissingError", "Gone")).await;
    assert!(missing.odoo().unwrap().is_missing_record());
    let conflict = error_of(odoo_error(
        0,
        "psycopg2.errors.SerializationFailure",
        "could not serialize",
    ))
    .await;
    assert!(conflict.is_retryable());
}

#[tokio::test]
async fn an_expired_session_is_known_by_code_and_by_class() {
    let by_code = error_of(envelope(200, 100, Value::Null)).await;
    assert!(matches!(by_code, Error::SessionExpired(_)), "{by_code:?}");
    let by_class = error_of(odoo_error(
        0,
        "odoo.http.SessionExpiredException",
        "expired",
    ))
    .await;
    assert!(matches!(by_class, Error::SessionExpired(_)), "{by_class:?}");
}

#[tokio::test]
async fn an_error_of_odoo_without_data_keeps_its_message() {
    let error = error_of(envelope(200, 200, Value::Null)).await;
    let odoo = error.odoo().expect("an error of Odoo");
    assert_eq!(
        (odoo.class.as_str(), odoo.message.as_str()),
        ("", "what happened")
    );
}

#[tokio::test]
async fn an_exception_that_odoo_hides_behind_a_page_is_told_how_to_be_seen() {
    let page = ResponseTemplate::new(500).set_body_raw("<h1>Internal Server Error", "text/html");
    let as_page = error_of(page).await;
    assert!(matches!(as_page, Error::NotAnEnvelope(_)), "{as_page:?}");
    // The proxy passes no page on: what sent it is another server.
    assert!(as_page.to_string().contains("no ODXProxy"), "{as_page}");
    let as_code = error_of(envelope(200, 500, Value::Null)).await;
    assert!(matches!(as_code, Error::Odoo(_)), "{as_code:?}");
    let message = as_code.to_string();
    assert!(message.contains("more than one database"), "{message}");
    assert!(message.contains("dbfilter"), "{message}");
    // An exception that is told needs no such advice.
    let data = json!({"name": "builtins.ValueError", "message": "no", "arguments": []});
    let told = error_of(envelope(200, 500, data)).await.to_string();
    assert!(!told.contains("dbfilter"), "{told}");
}

#[tokio::test]
async fn without_a_proxy_an_exception_behind_a_page_is_told_how_to_be_seen_too() {
    let server = MockServer::start().await;
    let answer = |request: &wiremock::Request| match request.url.path() {
        "/jsonrpc" => ResponseTemplate::new(500).set_body_raw("<h1>Oh", "text/html"),
        _ => {
            let version = json!({"server_version": "14.0", "server_version_info": [14, 0, 0, "final", 0, ""]});
            let body = json!({"jsonrpc": "2.0", "id": "1", "result": version}).to_string();
            let body = answering(request, body.as_bytes());
            ResponseTemplate::new(200).set_body_raw(body, "application/json")
        }
    };
    Mock::given(matchers::any())
        .respond_with(answer)
        .mount(&server)
        .await;
    let odoo = Odoo::connect(server.uri()).database("prod").user_id(2);
    let odoo = odoo.api_key(ODOO_KEY).road(RoadName::JsonRpc);
    let error = odoo.await.unwrap_err();
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error:?}");
    assert!(error.to_string().contains("dbfilter"), "{error}");
}

#[tokio::test]
async fn odoos_own_status_passed_on_is_still_odoos_error() {
    let data = json!({"name": "odoo.exceptions.AccessError", "message": "no", "arguments": []});
    let error = error_of(envelope(404, 404, data)).await;
    assert!(matches!(error, Error::Odoo(_)), "{error:?}");
    assert_eq!(error.http_status(), Some(404));
}

#[tokio::test]
async fn plain_text_422_is_a_malformed_request_and_not_odoos() {
    let body = "Failed to deserialize the JSON body into the target type: missing field `id`";
    let error = error_of(ResponseTemplate::new(422).set_body_string(body)).await;
    let Error::NotAnEnvelope(found) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (found.status, found.content_type.as_deref()),
        (422, Some("text/plain"))
    );
    assert_eq!(found.excerpt, body);
    assert!(
        error
            .to_string()
            .contains("the proxy could not read the request"),
        "{error}"
    );
}

#[tokio::test]
async fn an_html_page_is_shown_by_its_start() {
    let page = format!("<html>{}</html>", "é".repeat(2_000));
    let error = error_of(ResponseTemplate::new(404).set_body_raw(page, "text/html")).await;
    let Error::NotAnEnvelope(found) = &error else {
        panic!("{error:?}")
    };
    assert!(found.excerpt.starts_with("<html>") && found.excerpt.len() <= 512 + "…".len());
    assert!(
        error.to_string().contains("check the URL of the proxy"),
        "{error}"
    );
}

#[tokio::test]
async fn a_timeout_upstream_may_be_retried_only_by_calls_that_change_nothing() {
    let server = Server::answering(envelope(504, -32003, Value::Null)).await;
    assert!(
        server
            .session()
            .execute(read())
            .await
            .unwrap_err()
            .is_retryable()
    );
    assert!(
        !server
            .session()
            .execute(confirm())
            .await
            .unwrap_err()
            .is_retryable()
    );
}

#[tokio::test]
async fn the_callers_request_id_stands_in_the_error() {
    let server = Server::answering(envelope(502, -32004, Value::Null)).await;
    let error = server
        .session()
        .request_id("order-7")
        .execute(confirm())
        .await
        .unwrap_err();
    assert_eq!(error.request_id(), Some("order-7"));
}
