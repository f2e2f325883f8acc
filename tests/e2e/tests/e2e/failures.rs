use std::time::Duration;

use odx_e2e::{Sandbox, models::*};
use odx_runtime::{Error, Id, Model, OdooInstance, OdxProxy, Session};
use odx_sandbox::{COMPANY_KEY, COMPANY_USER, Fault, OdooError};

async fn count(odoo: &Session) -> Error {
    ResPartner::all().count(odoo).await.unwrap_err()
}

#[tokio::test]
async fn a_wrong_proxy_key_is_the_proxys() {
    let sandbox = Sandbox::start().await;
    let proxy = OdxProxy::new(sandbox.server.url(), "wrong").unwrap();
    let odoo = proxy.session(OdooInstance::new(
        "http://odoo.invalid",
        "demo",
        COMPANY_USER,
        COMPANY_KEY,
    ));
    assert!(matches!(count(&odoo).await, Error::ProxyKey(_)));
}

#[tokio::test]
async fn a_wrong_odoo_key_is_odoos_and_appears_nowhere() {
    let sandbox = Sandbox::start().await;
    let error = count(&sandbox.as_user(COMPANY_USER, "hunter2-the-wrong-key")).await;
    assert!(error.is_access_denied(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_wrong_database_is_told() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.proxy.session(OdooInstance::new(
        "http://odoo.invalid",
        "nowhere",
        COMPANY_USER,
        COMPANY_KEY,
    ));
    let error = count(&odoo).await;
    assert!(
        error
            .to_string()
            .contains("database \"nowhere\" does not exist"),
        "{error}"
    );
}

#[tokio::test]
async fn each_of_odoos_errors_is_told_apart() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    type Is = fn(&odx_runtime::OdooError) -> bool;
    let classes: [(&str, Is); 4] = [
        ("odoo.exceptions.UserError", |error| error.is_user_error()),
        ("odoo.exceptions.ValidationError", |error| {
            error.is_validation()
        }),
        ("odoo.exceptions.AccessError", |error| error.is_access()),
        ("odoo.exceptions.MissingError", |error| {
            error.is_missing_record()
        }),
    ];
    for (class, is) in classes {
        sandbox
            .server
            .fail_next(Fault::Odoo(OdooError::new(class, "this is why")));
        let error = count(&odoo).await;
        assert!(error.odoo().is_some_and(is), "{class}: {error:?}");
        assert!(error.to_string().contains("this is why"), "{error}");
    }
}

#[tokio::test]
async fn who_may_not_read_a_model_is_told_by_odoo() {
    let sandbox = Sandbox::start().await;
    let error = IrModel::all().ids(&sandbox.limited()).await.unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_access()),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_order_that_is_confirmed_twice_is_a_user_error() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let order = SaleOrder::search(|o| o.state.eq(SaleOrderState::Sale))
        .ids(&odoo)
        .await
        .unwrap()[0];
    let error = SaleOrder::call(&odoo, "action_confirm")
        .ids([order])
        .send::<bool>()
        .await
        .unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_user_error()),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_proxys_own_errors_are_told_apart() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let met = async |fault| {
        sandbox.server.fail_next(fault);
        count(&odoo).await
    };
    assert!(matches!(
        met(Fault::LicenceExpired).await,
        Error::License(_)
    ));
    assert!(matches!(
        met(Fault::UpstreamTimeout).await,
        Error::UpstreamTimeout(_)
    ));
    assert!(matches!(
        met(Fault::UpstreamUnreachable).await,
        Error::UpstreamUnreachable(_)
    ));
    assert!(matches!(
        met(Fault::UpstreamUndecodable).await,
        Error::Proxy(_)
    ));
    assert!(matches!(
        met(Fault::PlainText422).await,
        Error::NotAnEnvelope(_)
    ));
}

#[tokio::test]
async fn a_call_over_its_time_is_given_up_by_the_proxy() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session().timeout(Duration::from_secs(1));
    sandbox
        .server
        .fail_next(Fault::Delay(Duration::from_secs(30)));
    assert!(matches!(count(&odoo).await, Error::UpstreamTimeout(_)));
}

#[tokio::test]
async fn a_record_that_is_gone_fails_a_write() {
    let sandbox = Sandbox::start().await;
    let values = ResPartner::values().set(ResPartner::F.phone, "1");
    let error = ResPartner::write(&sandbox.session(), [Id::new(999_999)], values)
        .await
        .unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_missing_record()),
        "{error:?}"
    );
}
