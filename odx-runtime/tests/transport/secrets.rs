//! Keys show nowhere.

use odx_runtime::{Error, OdooInstance, OdxProxy};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{ODOO_KEY, PROXY_KEY, Server, error_of, instance, read};

/// Fails if a text holds a key.
pub(crate) fn assert_no_key(text: &str) {
    assert!(
        !text.contains(PROXY_KEY) && !text.contains(ODOO_KEY),
        "a key shows in: {text}"
    );
}

/// Every text that an error can give.
pub(crate) fn everything_of(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    if let Some(odoo) = error.odoo() {
        text += &format!(
            " {} {:?} {:?} {}",
            odoo.class,
            odoo.arguments,
            odoo.debug(),
            odoo.message
        );
    }
    text
}

#[tokio::test]
async fn debug_output_of_all_that_holds_keys_shows_none() {
    let server = Server::with_result(json!(true)).await;
    let proxy = server.proxy();
    let odoo = proxy.session(instance());
    assert_no_key(&format!(
        "{proxy:#?} {odoo:#?} {:#?} {:#?}",
        instance(),
        server.builder()
    ));
    let blocking = odx_runtime::blocking::OdxProxy::from(proxy);
    assert_no_key(&format!(
        "{blocking:#?} {:#?}",
        blocking.session(instance())
    ));
}

#[tokio::test]
async fn keys_that_odoo_echoes_are_taken_out() {
    let echo = format!("bad key {ODOO_KEY} of {PROXY_KEY}");
    let data = json!({
        "name": format!("some.{ODOO_KEY}"),
        "message": echo,
        "arguments": [echo, {PROXY_KEY: [ODOO_KEY]}],
        "debug": format!("Traceback: {echo}"),
    });
    for code in [0, 100, 200, 401] {
        let body = json!({"error": {"code": code, "message": echo, "data": data}});
        let error = error_of(ResponseTemplate::new(200).set_body_json(body)).await;
        assert!(
            error
                .odoo()
                .is_some_and(|odoo| odoo.message == "bad key [redacted] of [redacted]"),
            "{error}"
        );
        assert_no_key(&everything_of(&error));
    }
}

#[tokio::test]
async fn keys_that_the_proxy_echoes_are_taken_out() {
    let echo = format!("x-api-key {PROXY_KEY} with {ODOO_KEY}");
    let body =
        json!({"error": {"code": -32000, "message": echo, "data": {"sent": [echo, PROXY_KEY]}}});
    let error = error_of(ResponseTemplate::new(401).set_body_json(body)).await;
    assert!(matches!(error, Error::ProxyKey(_)));
    assert_no_key(&everything_of(&error));
}

#[tokio::test]
async fn keys_in_other_bodies_and_headers_are_taken_out() {
    let response = ResponseTemplate::new(308)
        .insert_header(
            "location",
            format!("https://{ODOO_KEY}.example.com/").as_str(),
        )
        .set_body_raw(
            format!("you sent {PROXY_KEY} {ODOO_KEY}"),
            format!("text/{PROXY_KEY}").as_str(),
        );
    let error = error_of(response).await;
    assert!(matches!(error, Error::NotAnEnvelope(_)));
    assert_no_key(&everything_of(&error));
}

#[tokio::test]
async fn what_the_proxy_and_odoo_tell_about_themselves_shows_no_key() {
    let echo = format!("of {PROXY_KEY}");
    let page = json!({"build": echo, "version": echo, "licensee": echo, "is_valid": true});
    for body in [json!({"result": page}), page] {
        let server = Server::with_body(body.to_string()).await;
        let proxy = server.proxy();
        let about = proxy.about().await.unwrap();
        assert_eq!(about.build, "of [redacted]");
        let license = proxy.license().await.unwrap();
        assert_no_key(&format!("{about:?} {license:?}"));
        let metrics = proxy.metrics().await.unwrap();
        assert_no_key(&metrics);
    }
    let version = json!({
        "server_version": format!("19.0+{ODOO_KEY}"),
        "server_version_info": [19, 0, 0, "final", 0, PROXY_KEY],
    });
    let server = Server::with_result(version).await;
    let version = server.session().version().await.unwrap();
    assert_eq!(version.major(), 19);
    assert_eq!(version.text, "19.0+[redacted]");
    assert_no_key(&format!("{version:?}"));
}

#[tokio::test]
async fn a_password_as_common_as_odoo_hides_no_exception() {
    let data =
        json!({"name": "odoo.exceptions.AccessError", "message": "odoo says no", "arguments": []});
    let server =
        Server::with_body(json!({"error": {"code": 0, "message": "", "data": data}}).to_string())
            .await;
    let odoo = server.proxy().session(OdooInstance::new(
        "https://erp.example.com",
        "prod",
        2,
        "odoo",
    ));
    let error = odoo.execute(read()).await.unwrap_err();
    assert!(error.odoo().unwrap().is_access());
    assert_eq!(error.odoo().unwrap().message, "[redacted] says no");
}

#[tokio::test]
async fn a_failure_to_connect_shows_no_key() {
    let odoo = OdxProxy::new("http://127.0.0.1:1", PROXY_KEY)
        .unwrap()
        .session(instance());
    assert_no_key(&everything_of(&odoo.execute(read()).await.unwrap_err()));
}

#[test]
fn a_proxy_url_with_credentials_is_refused_and_not_shown() {
    let error =
        OdxProxy::new(format!("https://me:{PROXY_KEY}@proxy.example.com"), "k").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("must not hold a user or a password"),
        "{error}"
    );
    assert_no_key(&everything_of(&error));
}

#[test]
fn a_key_that_no_header_can_carry_is_refused_and_not_shown() {
    let error = OdxProxy::new("https://proxy.example.com", format!("{PROXY_KEY}\n")).unwrap_err();
    assert!(matches!(error, Error::Configuration(_)));
    assert_no_key(&everything_of(&error));
}

#[test]
fn urls_and_settings_that_cannot_work_are_refused() {
    for url in [
        "",
        "proxy.example.com",
        "ftp://proxy.example.com",
        "https://proxy.example.com/?a=1",
        "https://",
    ] {
        let error = OdxProxy::new(url, "k").unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{url}: {error}");
    }
    assert!(OdxProxy::new("https://proxy.example.com", "").is_err());
    let builder = || OdxProxy::builder("https://proxy.example.com", "k");
    assert!(
        builder()
            .root_certificate_pem("no certificate")
            .build()
            .is_err()
    );
    let both = builder()
        .client(reqwest::Client::new())
        .http1_only(true)
        .build()
        .unwrap_err();
    assert!(
        both.to_string().contains("set them on that client"),
        "{both}"
    );
}
