use std::time::Duration;

use odx_live::{
    Live,
    models::{OdxProbe, OdxProbeSecret},
    variable,
};
use odx_runtime::{Error, Id, Model, OdooError, OdooInstance, OdxProxy, Session, all};

async fn raised(odoo: &Session, method: &'static str) -> Error {
    let probe = OdxProbe::search(all())
        .first(odoo)
        .await
        .unwrap()
        .expect("a probe")
        .id;
    OdxProbe::call(odoo, method)
        .ids([probe])
        .send::<()>()
        .await
        .unwrap_err()
}

async fn count(odoo: &Session) -> Error {
    OdxProbe::search(all()).count(odoo).await.unwrap_err()
}

/// How an error of Odoo is told.
type Is = fn(&OdooError) -> bool;

#[tokio::test]
async fn each_error_that_odoo_raises_is_told_apart() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let cases: [(&str, &str, Is); 7] = [
        ("raise_user_error", "A user error", |error| {
            error.is_user_error()
        }),
        ("raise_validation_error", "A validation error", |error| {
            error.is_validation()
        }),
        (
            "raise_unique_violation",
            "The code must be unique",
            |error| error.is_validation(),
        ),
        ("raise_access_error", "An access error", |error| {
            error.is_access()
        }),
        ("raise_missing_error", "999999999", |error| {
            error.is_missing_record()
        }),
        ("raise_redirect_warning", "A redirect warning", |error| {
            error.class == "odoo.exceptions.RedirectWarning"
        }),
        ("raise_zero_division", "", |error| {
            error.class == "builtins.ZeroDivisionError"
        }),
    ];
    for (method, message, is) in cases {
        let error = raised(&odoo, method).await;
        assert!(error.odoo().is_some_and(is), "{method}: {error:?}");
        let text = error.to_string();
        assert!(
            text.contains(message) || text.replace(',', "").contains(message),
            "{method}: {text}"
        );
    }
}

#[tokio::test]
async fn the_limited_user_may_not_read_the_secret() {
    let Some(live) = Live::start().await else {
        return;
    };
    let error = OdxProbeSecret::search(all())
        .fetch(&live.limited())
        .await
        .unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_access()),
        "{error:?}"
    );
    assert!(
        !OdxProbeSecret::search(all())
            .fetch(&live.session())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_wrong_key_of_odoo_or_of_the_proxy_is_told_apart() {
    let Some(live) = Live::start().await else {
        return;
    };
    let [url, database] = ["ODX_ODOO_URL", "ODX_ODOO_DB"].map(variable);
    let error = count(&live.proxy.session(OdooInstance::new(
        &url,
        &database,
        2,
        "hunter2-the-wrong-key",
    )))
    .await;
    assert!(error.is_access_denied(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));

    let stranger = OdxProxy::new(live.server.url(), "wrong").unwrap();
    let error = count(&stranger.session(OdooInstance::new(&url, &database, 2, "x"))).await;
    assert!(matches!(error, Error::ProxyKey(_)), "{error:?}");
}

#[tokio::test]
async fn a_wrong_database_is_an_error_of_odoo() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.proxy.session(OdooInstance::new(
        variable("ODX_ODOO_URL"),
        "nowhere",
        2,
        "x",
    ));
    let error = count(&odoo).await;
    assert!(
        error.odoo().is_some() && error.to_string().contains("nowhere"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_method_that_takes_too_long_is_given_up() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session().timeout(Duration::from_secs(1));
    let error = OdxProbe::call(&odoo, "sleep")
        .arg(5)
        .send::<i64>()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UpstreamTimeout(_)), "{error:?}");
}

#[tokio::test]
async fn a_record_that_never_was_is_named_as_missing() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let nobody = Id::new(999_999_999);
    assert_eq!(
        OdxProbe::read(&odoo, [nobody]).await.unwrap().missing,
        [nobody]
    );
}
