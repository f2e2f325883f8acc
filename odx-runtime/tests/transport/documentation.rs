//! What Odoo documents of its models, asked of Odoo itself.

use odx_runtime::{Error, OdooInstance, transport::OdooDocumentation};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::{ODOO_KEY, Server};

fn documentation(server: &MockServer) -> OdooDocumentation {
    let instance = OdooInstance::new(server.uri(), "prod", 2, ODOO_KEY);
    OdooDocumentation::new(&instance).unwrap()
}

async fn error_of(response: ResponseTemplate) -> Error {
    let server = Server::answering(response).await;
    documentation(&server.0)
        .model("sale.order")
        .await
        .unwrap_err()
}

fn exception(status: u16, name: &str, message: &str) -> ResponseTemplate {
    let body = json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback"});
    ResponseTemplate::new(status).set_body_json(body)
}

#[tokio::test]
async fn a_document_is_asked_for_with_the_key_and_the_database() {
    let server = Server::with_body(r#"{"methods": {}}"#).await;
    let document = documentation(&server.0).model("sale.order").await.unwrap();
    assert_eq!(document.json().unwrap(), json!({"methods": {}}));

    let request = server.only_request().await;
    assert_eq!(request.url.path(), "/doc-bearer/sale.order.json");
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("authorization"), format!("Bearer {ODOO_KEY}"));
    assert_eq!(header("x-odoo-database"), "prod");
}

#[tokio::test]
async fn a_name_that_is_none_leads_to_no_other_page() {
    let server = Server::with_body("{}").await;
    let _ = documentation(&server.0).model("../web/x?y#z").await;
    let request = server.only_request().await;
    assert_eq!(request.url.path(), "/doc-bearer/..%2Fweb%2Fx%3Fy%23z.json");
}

#[tokio::test]
async fn a_refused_key_and_a_refused_user_are_told_apart() {
    let key = error_of(exception(
        401,
        "werkzeug.exceptions.Unauthorized",
        "Invalid apikey",
    ))
    .await;
    assert!(matches!(key, Error::OdooKey(_)) && key.is_access_denied());
    let user = error_of(exception(
        403,
        "odoo.exceptions.AccessError",
        "This page is only accessible to Technical Documentation users.",
    ))
    .await;
    assert!(user.odoo().unwrap().is_access());
    assert_eq!(user.http_status(), Some(403));
}

#[tokio::test]
async fn a_page_that_is_not_there_is_no_answer_of_the_protocol() {
    let missing = ResponseTemplate::new(404).set_body_raw("<html>", "text/html");
    let error = error_of(missing).await;
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
    let message = error.to_string();
    assert!(message.contains("from version 19 on"), "{message}");
    assert!(!message.contains("proxy"), "{message}");
    let broken = ResponseTemplate::new(200).set_body_raw("{\"methods\": {", "application/json");
    assert!(matches!(error_of(broken).await, Error::NotAnEnvelope(_)));
}

#[tokio::test]
async fn no_message_speaks_of_a_proxy_or_of_a_setting_that_is_not_there() {
    for status in [400, 401, 403, 404, 405, 413, 422, 429, 500, 502, 503, 504] {
        let page = ResponseTemplate::new(status).set_body_raw("<html>", "text/html");
        let message = error_of(page).await.to_string();
        assert!(!message.contains("proxy"), "{status}: {message}");
    }
    let large = ResponseTemplate::new(200).set_body_raw(vec![b' '; 33 << 20], "application/json");
    let error = error_of(large).await;
    assert!(matches!(error, Error::Transport(_)), "{error}");
    let message = error.to_string();
    assert!(!message.contains("max_response_size"), "{message}");
    // A page that is read changes nothing.
    let down = ResponseTemplate::new(503).set_body_raw("<html>", "text/html");
    assert!(error_of(down).await.is_retryable());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_stays() {
    let other = Server::with_body("{}").await;
    let away = ResponseTemplate::new(302).insert_header("location", other.0.uri());
    let error = error_of(away).await;
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
    assert!(other.requests().await.is_empty());
}

#[tokio::test]
async fn the_key_shows_nowhere() {
    let echo = exception(500, "builtins.ValueError", &format!("no {ODOO_KEY}"));
    let error = error_of(echo).await;
    assert!(!format!("{error} {error:?}").contains(ODOO_KEY));
    let server = MockServer::start().await;
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(502).set_body_string(format!("<p>{ODOO_KEY}")))
        .mount(&server)
        .await;
    let documentation = documentation(&server);
    let error = documentation.model("sale.order").await.unwrap_err();
    assert!(!format!("{error} {error:?} {documentation:?}").contains(ODOO_KEY));
}

#[test]
fn a_url_or_a_key_that_cannot_be_used_is_refused_at_once() {
    let refused = |url: &str, key: &str| {
        let instance = OdooInstance::new(url, "prod", 2, key.to_owned());
        OdooDocumentation::new(&instance).unwrap_err().to_string()
    };
    assert!(refused("ftp://odoo", "k").contains("http://"));
    assert!(refused("https://me:secret@odoo", "k").contains("must not hold a user"));
    assert!(!refused("https://me:secret@odoo", "k").contains("secret"));
    assert!(refused("https://odoo", "a\nb").contains("the API key"));
}
