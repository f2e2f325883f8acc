//! Blocking sessions, without a runtime and inside one.

use futures_util::stream;
use odx_runtime::{AnySession, Error, blocking};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{Server, instance, read};

/// A server that outlives the runtime of the test's own: it runs in one that is handed back with it.
fn started<F: Future<Output = Server>>(server: F) -> (tokio::runtime::Runtime, Server) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(server);
    (runtime, server)
}

fn session(server: &Server) -> blocking::Session {
    blocking::OdxProxy::from(server.proxy()).session(instance())
}

#[test]
fn a_call_needs_no_runtime() {
    let (_runtime, server) = started(Server::with_result(json!([1, 2])));
    let odoo = session(&server);
    assert_eq!(odoo.execute(read()).unwrap().ids().unwrap(), [1, 2]);
    let ids: Vec<i64> = odoo
        .lang("fr_FR")
        .call("res.partner", "search")
        .arg(json!([]))
        .send()
        .unwrap();
    assert_eq!(ids, [1, 2]);
}

#[test]
fn errors_come_as_results() {
    let (_runtime, server) = started(Server::answering(ResponseTemplate::new(404)));
    assert!(matches!(
        session(&server).execute(read()),
        Err(Error::NotAnEnvelope(_))
    ));
}

#[tokio::test]
async fn a_call_inside_a_runtime_does_not_panic() {
    let (runtime, server) =
        tokio::task::spawn_blocking(|| started(Server::with_result(json!([3]))))
            .await
            .unwrap();
    assert_eq!(
        session(&server).execute(read()).unwrap().ids().unwrap(),
        [3]
    );
    runtime.shutdown_background();
}

#[tokio::test]
async fn many_calls_inside_one_task_outlast_its_budget() {
    let (runtime, server) =
        tokio::task::spawn_blocking(|| started(Server::with_result(json!(true))))
            .await
            .unwrap();
    let odoo = session(&server);
    for _ in 0..300 {
        assert!(odoo.execute(read()).unwrap().boolean().unwrap());
    }
    runtime.shutdown_background();
}

#[test]
fn threads_share_one_session() {
    let (_runtime, server) = started(Server::with_result(json!([4])));
    let odoo = session(&server);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(odoo.execute(read()).unwrap().id().unwrap(), 4));
        }
    });
}

#[test]
fn rows_come_one_by_one_and_end() {
    let (_runtime, server) = started(Server::with_result(json!(true)));
    let odoo = session(&server);
    let rows = stream::iter([Ok(1), Err(Error::usage("no second row")), Ok(3)]);
    let rows: Vec<Result<i32, String>> = odoo
        .rows(rows)
        .map(|row| row.map_err(|error| error.to_string()))
        .collect();
    assert_eq!(rows, [Ok(1), Err("no second row".to_owned()), Ok(3)]);
}

#[test]
fn the_proxys_own_pages_can_be_read() {
    let (_runtime, server) = started(Server::with_body(r#"{"build":"1","version":"0.9.0"}"#));
    let proxy = blocking::OdxProxy::from(server.proxy());
    assert_eq!(proxy.about().unwrap().version, "0.9.0");
}
