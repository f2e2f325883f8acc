//! The roads that speak XML-RPC, beside the one that does not.

use futures_util::TryStreamExt;
use odx_e2e::{Sandbox, models::*};
use odx_runtime::{
    Error, Model, Session, domain,
    error::Cause,
    transport::{HttpClient, Rpc2, XmlRpc},
    values,
};
use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD};

fn xmlrpc(sandbox: &Sandbox, secret: &str) -> Session {
    let url = sandbox.server.url();
    let road = XmlRpc::with_login(url, COMPANY_DATABASE, COMPANY_LOGIN, secret).unwrap();
    HttpClient::new().unwrap().session(road)
}

fn rpc2(sandbox: &Sandbox, secret: &str) -> Session {
    let road = Rpc2::new(
        sandbox.server.url(),
        COMPANY_DATABASE,
        COMPANY_LOGIN,
        secret,
    )
    .unwrap();
    HttpClient::new().unwrap().session(road)
}

/// Every field of the companies, as text: records are not compared.
async fn companies(odoo: &Session) -> Vec<String> {
    let rows = ResPartner::matching(domain!(ResPartner, is_company == true))
        .stream(odoo)
        .map_ok(|row| format!("{row:?}"))
        .try_collect();
    rows.await.unwrap()
}

#[tokio::test]
async fn rows_are_the_same_over_every_road() {
    let sandbox = Sandbox::start().await;
    let expected = companies(&sandbox.session()).await;
    assert!(expected.len() > 5);
    for secret in [COMPANY_KEY, COMPANY_PASSWORD] {
        for odoo in [xmlrpc(&sandbox, secret), rpc2(&sandbox, secret)] {
            let protocol = odoo.protocol();
            assert_eq!(companies(&odoo).await, expected, "{protocol}");
        }
    }
}

#[tokio::test]
async fn the_version_is_the_same_over_every_road() {
    let sandbox = Sandbox::start().await;
    let expected = sandbox.session().version().await.unwrap();
    for odoo in [xmlrpc(&sandbox, COMPANY_KEY), rpc2(&sandbox, COMPANY_KEY)] {
        assert_eq!(odoo.version().await.unwrap().text, expected.text);
    }
}

#[tokio::test]
async fn a_record_is_created_written_archived_and_deleted() {
    let sandbox = Sandbox::start().await;
    for odoo in [xmlrpc(&sandbox, COMPANY_KEY), rpc2(&sandbox, COMPANY_KEY)] {
        let name = "Müller & Söhne <\"GmbH\">\r\n\t";
        let acme = values!(ResPartner { name: name, .. });
        let id = ResPartner::create(&odoo, acme).await.unwrap();
        let phone = ResPartner::values().set(ResPartner::F.phone, "+32 2");
        ResPartner::write(&odoo, [id], phone).await.unwrap();
        // It answers `None`, which XML-RPC of Odoo tells as a fault.
        let archived = ResPartner::call(&odoo, "action_archive").ids([id]);
        archived.send::<()>().await.unwrap();
        let read = ResPartner::read(&odoo, [id]).await.unwrap().all().unwrap();
        assert_eq!(read[0].name.as_deref(), Some(name), "{}", odoo.protocol());
        assert_eq!(read[0].phone.as_deref(), Some("+32 2"));
        assert!(!read[0].active);
        ResPartner::unlink(&odoo, [id]).await.unwrap();
        let phone = ResPartner::values().set(ResPartner::F.phone, "1");
        let error = ResPartner::write(&odoo, [id], phone).await.unwrap_err();
        assert_eq!(error.odoo().unwrap().cause(), Cause::MissingRecord);
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_says_what_to_look_at() {
    let sandbox = Sandbox::start().await;
    let error = ResPartner::all()
        .count(&xmlrpc(&sandbox, "wrong"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::OdooKey(_)), "{error:?}");
    let error = ResPartner::all()
        .count(&rpc2(&sandbox, "wrong"))
        .await
        .unwrap_err();
    assert_eq!(error.http_status(), Some(401), "{error:?}");
    assert!(error.to_string().contains("check the login"), "{error}");
}
