//! What the proxy tells about itself and about Odoo.

use chrono::NaiveDate;
use odx_runtime::Error;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{PROXY_KEY, Server};

#[tokio::test]
async fn about_is_read_with_and_without_an_envelope() {
    let page = json!({"build": "a1b2", "version": "0.9.0"});
    for body in [json!({"jsonrpc": "2.0", "id": null, "result": page}), page] {
        let server = Server::with_body(body.to_string()).await;
        let about = server.proxy().about().await.unwrap();
        assert_eq!(
            (about.build.as_str(), about.version.as_str()),
            ("a1b2", "0.9.0")
        );
        assert_eq!(server.only_request().await.url.path(), "/_/about");
    }
}

#[tokio::test]
async fn the_licence_is_flat() {
    let page = json!({"licensee": "Acme", "valid_until": "2030-12-31", "is_valid": true});
    let server = Server::with_body(page.to_string()).await;
    let license = server.proxy().license().await.unwrap();
    assert_eq!(license.licensee, "Acme");
    assert_eq!(license.valid_until, NaiveDate::from_ymd_opt(2030, 12, 31));
    assert!(license.is_valid);
}

#[tokio::test]
async fn a_page_that_lacks_something_names_it() {
    let server = Server::with_body(
        json!({"licensee": "Acme", "valid_until": "soon", "is_valid": true}).to_string(),
    )
    .await;
    let error = server.proxy().license().await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedResult(_)), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("a date such as 2030-12-31 as `valid_until`, but `\"soon\"` came"),
        "{error}"
    );
}

#[tokio::test]
async fn the_proxys_own_pages_get_no_key() {
    let server =
        Server::answering(ResponseTemplate::new(200).set_body_string("odoo_success_response 5\n"))
            .await;
    assert_eq!(
        server.proxy().metrics().await.unwrap(),
        "odoo_success_response 5\n"
    );
    let request = server.only_request().await;
    assert_eq!(
        (request.method.as_str(), request.url.path()),
        ("GET", "/_/metrics")
    );
    assert!(request.headers.get("x-api-key").is_none());
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn metrics_that_are_not_there_are_an_error() {
    let server = Server::answering(ResponseTemplate::new(404)).await;
    let error = server.proxy().metrics().await.unwrap_err();
    assert_eq!(error.http_status(), Some(404));
}

#[tokio::test]
async fn the_version_is_asked_without_odoos_key_and_only_once() {
    let server = Server::with_result(
        json!({"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""], "server_serie": "19.0", "protocol_version": 1}),
    )
    .await;
    let odoo = server.session();
    assert_eq!(odoo.version().await.unwrap().major(), 19);
    assert_eq!(odoo.lang("fr_FR").version().await.unwrap().text, "19.0");

    let request = server.only_request().await;
    assert_eq!(request.url.path(), "/api/odoo/version");
    assert_eq!(request.headers["x-api-key"], PROXY_KEY);
    let mut sent = server.sent().await;
    sent["id"].take();
    assert_eq!(sent, json!({"id": null, "url": "https://erp.example.com"}));
}

#[tokio::test]
async fn a_version_that_could_not_be_read_is_asked_again() {
    let server = Server::with_result(json!({"server_version": "?"})).await;
    let odoo = server.session();
    assert!(matches!(
        odoo.version().await,
        Err(Error::UnexpectedResult(_))
    ));
    assert!(odoo.version().await.is_err());
    assert_eq!(server.requests().await.len(), 2);
}

#[tokio::test]
async fn the_version_of_an_odoo_is_known_before_there_is_an_account() {
    let server = Server::with_result(
        json!({"server_version": "saas~18.2+e", "server_version_info": ["saas~18.2", 0]}),
    )
    .await;
    let version = server
        .proxy()
        .odoo_version("https://other.example.com/")
        .await
        .unwrap();
    assert_eq!(
        (version.major(), version.text.as_str()),
        (18, "saas~18.2+e")
    );
    assert_eq!(server.sent().await["url"], "https://other.example.com");
}
