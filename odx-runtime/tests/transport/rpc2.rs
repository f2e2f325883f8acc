//! The convention of `/RPC2`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use odx_runtime::{
    Call, Error, Session,
    transport::{HttpClient, Rpc2},
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{ODOO_KEY, Server, read, secrets::assert_no_key};

async fn answering(value: &str) -> Server {
    let xml = format!(
        "<?xml version='1.0'?><methodResponse><params><param><value>{value}</value></param></params></methodResponse>"
    );
    Server::answering(ResponseTemplate::new(200).set_body_raw(xml, "text/xml")).await
}

fn session(server: &Server) -> Session {
    let road = Rpc2::new(server.0.uri(), "my db", "admin", ODOO_KEY).unwrap();
    HttpClient::new().unwrap().session(road)
}

/// The request of a call, without what frames its name and its parameters.
async fn sent(call: Call) -> Result<String, Error> {
    let server = answering("<nil/>").await;
    let _ = session(&server).execute(call).await?;
    let body = String::from_utf8(server.only_request().await.body).unwrap();
    let body = body
        .strip_prefix("<?xml version=\"1.0\"?>\n<methodCall><methodName>")
        .and_then(|body| body.strip_suffix("</params></methodCall>\n"))
        .unwrap();
    Ok(body.replace("</methodName><params>", " "))
}

const NOBODY: &str = "<param><value><array><data></data></array></value></param>";
const SEVEN: &str =
    "<param><value><array><data><value><int>7</int></value></data></array></value></param>";
const NAME: &str =
    "<param><value><array><data><value><string>n</string></value></data></array></value></param>";
const LIMIT: &str = "<param><value><struct><member><name>limit</name><value><int>1</int></value></member></struct></value></param>";

#[tokio::test]
async fn credentials_go_by_basic_and_the_database_in_the_query() {
    let server = answering("<array><data/></array>").await;
    let _ = session(&server).execute(read()).await.unwrap();
    let request = server.only_request().await;
    assert_eq!(request.url.path(), "/RPC2");
    assert_eq!(request.url.query(), Some("db=my+db"));
    let basic = BASE64_STANDARD.encode(format!("admin:{ODOO_KEY}"));
    assert_eq!(request.headers["authorization"], format!("Basic {basic}"));
    assert!(!String::from_utf8(request.body).unwrap().contains(ODOO_KEY));
}

#[tokio::test]
async fn the_subject_is_followed_by_what_arguments_there_are() {
    let call = || Call::new("res.partner", "f");
    for (call, parameters) in [
        (call(), NOBODY.to_owned()),
        (call().ids([7]), SEVEN.to_owned()),
        (call().ids([7]).arg("n"), format!("{SEVEN}{NAME}")),
        (call().ids([7]).kwarg("limit", 1), format!("{SEVEN}{LIMIT}")),
        (
            call().ids([7]).arg("n").kwarg("limit", 1),
            format!("{SEVEN}{NAME}{LIMIT}"),
        ),
        (call().ids([0_i64; 0]).arg("n"), format!("{NOBODY}{NAME}")),
    ] {
        assert_eq!(
            sent(call).await.unwrap(),
            format!("res.partner.f {parameters}")
        );
    }
}

#[tokio::test]
async fn a_context_makes_the_subject_a_mapping() {
    let call = Call::new("res.partner", "f")
        .ids([7])
        .kwarg("limit", 1)
        .kwarg("context", json!({"lang": "fr_FR"}));
    let subject = "<param><value><struct>\
        <member><name>context</name><value><struct><member><name>lang</name><value><string>fr_FR</string></value></member></struct></value></member>\
        <member><name>records</name><value><array><data><value><int>7</int></value></data></array></value></member>\
        </struct></value></param>";
    assert_eq!(
        sent(call).await.unwrap(),
        format!("res.partner.f {subject}{LIMIT}")
    );
    for empty in [json!({}), Value::Null] {
        let call = Call::new("res.partner", "f")
            .ids([7])
            .kwarg("context", empty);
        assert_eq!(sent(call).await.unwrap(), format!("res.partner.f {SEVEN}"));
    }
}

#[tokio::test]
async fn the_records_of_a_core_method_may_be_its_first_argument() {
    let read = Call::new("res.partner", "read").arg(json!([7])).arg("n");
    assert_eq!(
        sent(read).await.unwrap(),
        format!("res.partner.read {SEVEN}{NAME}")
    );
    let search = Call::new("res.partner", "search").arg("n");
    assert_eq!(
        sent(search).await.unwrap(),
        format!("res.partner.search {NOBODY}{NAME}")
    );
}

#[tokio::test]
async fn arguments_that_may_be_records_are_not_sent() {
    let refused = sent(Call::new("sale.order", "action_confirm").arg(json!([7]))).await;
    let Err(Error::Usage(message)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        message.contains("sale.order.action_confirm was not sent") && message.contains("ids(..)"),
        "{message}"
    );
}

#[tokio::test]
async fn the_version_is_asked_of_the_server_and_no_database() {
    let server = answering(
        "<struct><member><name>server_version</name><value>19.0</value></member>\
         <member><name>server_version_info</name><value><array><data><value><int>19</int></value><value><int>0</int></value></data></array></value></member></struct>",
    )
    .await;
    let version = session(&server).version().await.unwrap();
    assert_eq!(version.series().to_string(), "19");
    let request = server.only_request().await;
    assert_eq!(request.url.query(), None);
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("<methodName>version</methodName><params></params>"));
}

#[tokio::test]
async fn bytes_stay_base64_whatever_they_are() {
    for base64 in ["aGVsbG8=", "/9j/4AAQ"] {
        let server = answering(&format!("<base64>{base64}</base64>")).await;
        let reply = session(&server).execute(read()).await.unwrap();
        assert_eq!(reply.json().unwrap(), json!(base64));
    }
}

#[tokio::test]
async fn refused_credentials_say_what_to_look_at() {
    let basic = BASE64_STANDARD.encode(format!("admin:{ODOO_KEY}"));
    let page = ResponseTemplate::new(401).set_body_raw(format!("no {basic}"), "text/plain");
    let server = Server::answering(page).await;
    let error = session(&server).execute(read()).await.unwrap_err();
    assert_eq!(error.http_status(), Some(401));
    assert!(error.to_string().contains("check the login"), "{error}");
    assert_no_key(&format!("{error:?} {error}"));
    assert!(
        !format!("{error:?} {error}").contains(&basic[8..20]),
        "{error}"
    );
}

#[tokio::test]
async fn a_login_that_basic_cannot_carry_is_refused() {
    let refused = Rpc2::new("http://localhost", "db", "a:b", ODOO_KEY).unwrap_err();
    assert!(matches!(refused, Error::Configuration(_)), "{refused:?}");
}
