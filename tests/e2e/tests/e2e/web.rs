//! The road of the web client: sessions that end and change while a program works.

use futures_util::future::try_join_all;
use odx_runtime::{Error, Odoo, Session, transport::RoadName};
use odx_sandbox::{COMPANY_DATABASE, COMPANY_LOGIN, COMPANY_PASSWORD, Options, Server, company};
use serde_json::json;

async fn connected(series: &str, options: Options) -> (Server, Session) {
    let database = company().unwrap().series(series);
    let server = Server::start(database, options).await.unwrap();
    let odoo = Odoo::connect(server.url())
        .database(COMPANY_DATABASE)
        .login(COMPANY_LOGIN, COMPANY_PASSWORD)
        .road(RoadName::Web)
        .await
        .unwrap();
    (server, odoo)
}

/// One database, or another one beside it.
fn databases(has_others: bool) -> Options {
    match has_others {
        true => Options::default().other_database("other"),
        false => Options::default(),
    }
}

async fn count(odoo: &Session) -> Result<i64, Error> {
    let counted = odoo.call("sale.order", "search_count").arg(json!([]));
    counted.send().await
}

#[tokio::test]
async fn a_session_that_expired_is_renewed_and_no_call_is_lost() {
    for series in ["14.0", "19.0"] {
        for has_others in [false, true] {
            let (server, odoo) = connected(series, databases(has_others)).await;
            let expected = count(&odoo).await.unwrap();
            server.expire_sessions();
            let found = try_join_all((0..8).map(|_| count(&odoo))).await;
            let found = found.unwrap_or_else(|error| panic!("{series}, {has_others}: {error}"));
            assert_eq!(found, [expected; 8]);
        }
    }
}

/// Where users log in.
const LOGIN: &str = "/web/session/authenticate";

/// So many calls at once, in tasks of their own.
async fn many(odoo: &Session, calls: usize) -> Vec<i64> {
    let spawned = (0..calls).map(|_| {
        let odoo = odoo.clone();
        tokio::spawn(async move { count(&odoo).await })
    });
    let counted = try_join_all(spawned).await.unwrap();
    counted.into_iter().collect::<Result<_, _>>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_new_login_serves_all_calls_that_met_the_end_of_the_session() {
    for series in ["14.0", "17.0", "19.0"] {
        for has_others in [false, true] {
            let (server, odoo) = connected(series, databases(has_others)).await;
            let expected = count(&odoo).await.unwrap();
            assert_eq!(server.requests(LOGIN), 1, "{series}");
            for logins in 2..5 {
                server.expire_sessions();
                assert_eq!(many(&odoo, 48).await, [expected; 48]);
                assert_eq!(server.requests(LOGIN), logins, "{series}, {has_others}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_logged_out_leaves_no_login_behind() {
    for series in ["14.0", "17.0", "19.0"] {
        for has_others in [false, true] {
            let (server, odoo) = connected(series, databases(has_others)).await;
            let expected = count(&odoo).await.unwrap();
            let blocking = odoo.blocking();
            let out = tokio::task::spawn_blocking(move || {
                let counted = blocking.call("sale.order", "search_count").arg(json!([]));
                let counted: i64 = counted.send().unwrap();
                (counted, server.session_ids().len(), server)
            });
            let (counted, sessions, server) = out.await.unwrap();
            // Both faces have one login.
            assert_eq!((counted, sessions), (expected, 1), "{series}");
            odoo.lang("en_US").log_out().await.unwrap();
            assert!(server.session_ids().is_empty(), "{series}, {has_others}");

            // Nothing is left to end, and nothing is asked.
            odoo.log_out().await.unwrap();
            assert_eq!(server.requests(LOGOUT), 1);
            assert_eq!(count(&odoo).await.unwrap(), expected);
            assert_eq!(server.requests(LOGIN), 2, "{series}, {has_others}");

            // One that Odoo has ended already.
            server.expire_sessions();
            odoo.blocking().log_out().unwrap();
            assert_eq!(server.requests(LOGOUT), 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_no_login_on_the_server_has_none_to_end() {
    let server = Server::start(company().unwrap(), Options::default());
    let server = server.await.unwrap();
    let odoo = Odoo::connect(server.url()).login(COMPANY_LOGIN, COMPANY_PASSWORD);
    let odoo = odoo.road(RoadName::JsonRpc).await.unwrap();
    let expected = count(&odoo).await.unwrap();
    odoo.log_out().await.unwrap();
    assert_eq!(server.requests(LOGOUT), 0);
    assert_eq!(count(&odoo).await.unwrap(), expected);
}

/// Where they end it.
const LOGOUT: &str = "/web/session/destroy";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_calls_of_a_session_log_in_once() {
    let server = Server::start(company().unwrap(), Options::default())
        .await
        .unwrap();
    let (url, login) = (server.url(), COMPANY_LOGIN);
    let web = Odoo::connect(url).database(COMPANY_DATABASE);
    let odoo = web
        .login(login, COMPANY_PASSWORD)
        .road(RoadName::Web)
        .await
        .unwrap();
    assert_eq!(many(&odoo, 32).await.len(), 32);
    assert_eq!(server.requests(LOGIN), 1);
}

#[tokio::test]
async fn a_session_that_gets_another_id_goes_on_under_it() {
    let (server, odoo) = connected("19.0", Options::default()).await;
    let expected = count(&odoo).await.unwrap();
    server.rotate_sessions();
    assert_eq!(count(&odoo).await.unwrap(), expected);
    server.end_grace();
    assert_eq!(count(&odoo).await.unwrap(), expected);
}
