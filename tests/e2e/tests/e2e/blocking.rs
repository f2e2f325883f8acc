//! The blocking face of a session, wherever it is used.
//!
//! The server runs on a thread of its own: a call that blocks the test's thread does not block it.

use std::thread;
use std::time::Duration;

use odx_e2e::{
    furniture_maker,
    models::*,
    roads::{Given, roads},
};
use odx_runtime::{Call, Error, Id, Model, Session, blocking, values};
use odx_sandbox::{Fault, Options, Server};
use serde_json::json;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// The furniture maker's server, on a thread that ends when this is dropped.
struct Apart {
    server: &'static Server,
    given: Given,
    stop: Option<oneshot::Sender<()>>,
}

impl Apart {
    fn start() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, server) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let options = Options::default().key("the-proxy-key");
                let server = Server::start(furniture_maker(), options).await.unwrap();
                // It ends with its runtime.
                started.send(&*Box::leak(Box::new(server))).unwrap();
                let _ = stopped.await;
            });
        });
        let server = server.recv().unwrap();
        Self {
            given: Given::of(server, "the-proxy-key"),
            server,
            stop: Some(stop),
        }
    }

    fn odoo(&self, road: &'static str) -> blocking::Session {
        let given = self.given.clone();
        // Connecting blocks, too.
        match road {
            "rpc2" => outside(async move { given.session(road).await.unwrap() }).into(),
            road => given.connect(road).blocking().unwrap(),
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// Runs what is async outside of all runtimes.
fn outside<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let run = || runtime::Runtime::new().unwrap().block_on(work);
    thread::scope(|scope| scope.spawn(run).join().unwrap())
}

fn rounds(odoo: &blocking::Session) -> Result<(), Error> {
    assert_eq!(SaleOrder::all().count(odoo)?, 60);
    let rows = SaleOrder::all().page_size(25).stream(odoo);
    assert_eq!(rows.collect::<Result<Vec<_>, _>>()?.len(), 60);
    let ids = SaleOrder::all().select(|o| (o.id,));
    assert_eq!(ids.fetch(odoo)?.len(), 60);
    let groups = SaleOrder::group_by(|o| (o.state,));
    assert!(!groups.fetch(odoo)?.is_empty());

    let id = ResPartner::create(odoo, values!(ResPartner { name: "Acme" }))?;
    let phone = ResPartner::values().set(ResPartner::F.phone, "+32 2");
    ResPartner::write(odoo, [id], phone)?;
    let acme = ResPartner::read(odoo, [id])?.all()?.remove(0);
    assert_eq!(acme.phone.as_deref(), Some("+32 2"));
    assert!(!ResPartner::name_search(odoo, "Acme")?.is_empty());
    ResPartner::unlink(odoo, [id])?;
    assert!(ResPartner::exists(odoo, [id])?.is_empty());

    let belgium = odoo.xml_id::<ResCountry>("base.be")?;
    assert_eq!(belgium.record_id(), 1);
    let fields = odoo.fields_get::<SaleOrder>()?;
    assert!(fields.get(SaleOrder::F.name).is_some());
    assert_eq!(odoo.version()?.major(), 19);
    assert_eq!(odoo.known_series(), Some(19.into()));

    let error = SaleOrder::call(odoo, "no_such_method").ids([Id::new(1)]);
    let error = error.send::<()>().unwrap_err();
    assert!(error.odoo().is_some(), "{error:?}");
    Ok(())
}

fn count(odoo: &blocking::Session) -> u64 {
    SaleOrder::all().count(odoo).unwrap()
}

/// Fails where the work does not end.
fn ends(what: &str, work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = std::sync::mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    let waited = is_done.recv_timeout(Duration::from_secs(60));
    match waited {
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("{what} does not end"),
        _ => worker.join().unwrap_or_else(|_| panic!("{what} panicked")),
    }
}

fn one_thread() -> runtime::Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[tokio::main]
async fn in_main(odoo: &blocking::Session) {
    rounds(odoo).unwrap();
    let odoo = odoo.clone();
    let spawned = tokio::spawn(async move { count(&odoo) });
    assert_eq!(spawned.await.unwrap(), 60);
}

#[tokio::main(flavor = "current_thread")]
async fn in_main_of_one_thread(odoo: &blocking::Session) {
    rounds(odoo).unwrap();
    let odoo = odoo.clone();
    let spawned = tokio::spawn(async move { count(&odoo) });
    assert_eq!(spawned.await.unwrap(), 60);
}

#[test]
fn every_verb_works_over_every_road_in_a_plain_thread_and_in_mains_of_both_kinds() {
    ends("a round of all verbs", || {
        let apart = Apart::start();
        for road in roads() {
            let odoo = apart.odoo(road);
            rounds(&odoo).unwrap_or_else(|error| panic!("{road}: {error}"));
            if road != "rpc2" {
                let version = apart.given.connect(road).server_version_blocking();
                assert_eq!(version.unwrap().major(), 19);
                assert_eq!(odoo.identity().unwrap().road, odoo.protocol());
            }
            in_main(&odoo);
            in_main_of_one_thread(&odoo);
        }
    });
}

/// Those with a login, those without one, and one that asks for the series first.
const ROADS: [&str; 4] = ["web", "xmlrpc", "json2", "odxproxy-v1"];

#[test]
fn many_threads_share_one_session_over_its_login_and_its_end() {
    ends("many threads", || {
        let apart = Apart::start();
        for road in ROADS {
            let odoo = apart.odoo(road);
            for _ in 0..3 {
                apart.server.expire_sessions();
                thread::scope(|scope| {
                    for _ in 0..24 {
                        scope.spawn(|| assert_eq!(count(&odoo), 60));
                    }
                });
            }
        }
        // The connecting one, and one for each end.
        assert_eq!(apart.server.requests("/web/session/authenticate"), 4);
    });
}

#[test]
fn it_works_in_threads_for_blocking_work_in_local_sets_and_in_many_tasks() {
    ends("tasks of all kinds", || {
        let apart = Apart::start();
        for road in ROADS {
            let odoo = apart.odoo(road);
            runtime::Runtime::new().unwrap().block_on(async {
                let mut tasks = tokio::task::JoinSet::new();
                for _ in 0..8 {
                    let [one, other] = [odoo.clone(), odoo.clone()];
                    tasks.spawn_blocking(move || count(&one));
                    tasks.spawn(async move { count(&other) });
                }
                while let Some(counted) = tasks.join_next().await {
                    assert_eq!(counted.unwrap(), 60);
                }
                let odoo = odoo.clone();
                tokio::task::block_in_place(move || rounds(&odoo).unwrap());
            });
            let runtime = one_thread();
            LocalSet::new().block_on(&runtime, async {
                rounds(&odoo).unwrap();
                let odoo = odoo.clone();
                let local = tokio::task::spawn_local(async move { count(&odoo) });
                assert_eq!(local.await.unwrap(), 60);
            });
        }
    });
}

#[test]
fn it_is_dropped_in_async_code_at_any_time() {
    ends("a drop", || {
        let apart = Apart::start();
        for road in ROADS {
            for runtime in [one_thread(), runtime::Runtime::new().unwrap()] {
                runtime.block_on(async {
                    let odoo = apart.odoo(road);
                    let mut rows = SaleOrder::all().page_size(5).stream(&odoo);
                    assert!(rows.next().unwrap().is_ok());
                    // The next page is on its way.
                    drop(rows);
                    let rows = SaleOrder::all().stream(&odoo);
                    drop(odoo);
                    tokio::spawn(async move { drop(rows) }).await.unwrap();
                });
            }
        }
    });
}

/// Makes a call when it is dropped.
struct Farewell(blocking::Session);

impl Drop for Farewell {
    fn drop(&mut self) {
        assert_eq!(count(&self.0), 60);
    }
}

#[test]
fn it_outlives_runtimes_and_works_while_they_end() {
    ends("the end of a runtime", || {
        let apart = Apart::start();
        for road in ROADS {
            let given = apart.given.clone();
            for _ in 0..3 {
                // The async session is connected in a runtime that ends, its face goes on.
                let runtime = runtime::Runtime::new().unwrap();
                let session = runtime.block_on(given.session(road)).unwrap();
                let odoo = session.blocking();
                let waiting = Farewell(odoo.clone());
                runtime.spawn(async move {
                    let _waiting = waiting;
                    std::future::pending::<()>().await;
                });
                let working = odoo.clone();
                let working = runtime.spawn_blocking(move || count(&working));
                drop(runtime);
                drop(working);
                assert_eq!(count(&odoo), 60);

                let runtime = one_thread();
                let waiting = Farewell(odoo.clone());
                runtime.spawn(async move {
                    let _waiting = waiting;
                    std::future::pending::<()>().await;
                });
                runtime.block_on(tokio::task::yield_now());
                runtime.shutdown_background();
                assert_eq!(count(&odoo), 60);
            }
        }
    });
}

/// A call that is on its way in a runtime of one thread, while the same thread blocks.
fn blocks_meanwhile(odoo: &Session, meanwhile: impl FnOnce()) {
    one_thread().block_on(async {
        let async_call = {
            let odoo = odoo.clone();
            let search = Call::new("sale.order", "search_count").arg(json!([]));
            tokio::spawn(async move { odoo.execute(search).await?.to::<i64>() })
        };
        // It begins, and waits for its answer.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        meanwhile();
        assert_eq!(async_call.await.unwrap().unwrap(), 60);
    });
}

#[test]
fn a_call_on_its_way_on_the_same_thread_holds_nothing_that_a_blocking_one_needs() {
    ends("a call beside another one", || {
        let apart = Apart::start();
        for road in ROADS {
            // While the series is asked and the login is made.
            let session = outside(apart.given.session(road)).unwrap();
            let odoo = session.blocking();
            blocks_meanwhile(&session, || assert_eq!(count(&odoo), 60));
            // While a login is renewed.
            apart.server.expire_sessions();
            let slow = Fault::Delay(Duration::from_millis(20));
            apart.server.fail("sale.order", "search_count", slow, 1);
            blocks_meanwhile(&session, || assert_eq!(count(&odoo), 60));
        }
    });
}

#[test]
fn a_login_that_the_same_thread_is_making_is_not_waited_for() {
    use odx_runtime::transport::{HttpClient, XmlRpc};
    ends("a call beside a login", || {
        let apart = Apart::start();
        let given = &apart.given;
        for _ in 0..3 {
            // Nothing is asked before the first call.
            let road = XmlRpc::with_login(
                &given.url,
                &given.database,
                &given.login,
                given.key.as_str(),
            );
            let session = HttpClient::new().unwrap().session(road.unwrap());
            let odoo = session.blocking();
            blocks_meanwhile(&session, || assert_eq!(count(&odoo), 60));
        }
    });
}

#[test]
fn a_version_that_the_same_thread_is_asking_is_not_waited_for() {
    ends("a call beside a question for the version", || {
        let apart = Apart::start();
        let proxy = odx_runtime::OdxProxy::new(&apart.given.proxy, "the-proxy-key").unwrap();
        let instance = |url: &str| {
            let given = &apart.given;
            odx_runtime::OdooInstance::new(url, &given.database, given.user_id, given.key.as_str())
        };
        for url in ["http://one.invalid", "http://two.invalid"] {
            let session = proxy.session_v2(instance(url));
            let odoo = session.blocking();
            blocks_meanwhile(&session, || {
                assert_eq!(count(&odoo), 60);
                assert_eq!(odoo.version().unwrap().major(), 19);
            });
        }
    });
}

#[test]
fn where_calls_of_the_same_thread_take_all_connections_a_blocking_one_gives_up() {
    ends("a call without a connection", || {
        let apart = Apart::start();
        let given = &apart.given;
        let proxy = odx_runtime::OdxProxy::builder(&given.proxy, "the-proxy-key");
        let proxy = proxy
            .max_connections(1)
            .timeout_grace(Duration::ZERO)
            .build()
            .unwrap();
        let session = proxy.session_for(
            "http://odoo.invalid",
            &given.database,
            given.user_id,
            given.key.as_str(),
        );
        let odoo = session.blocking().timeout(Duration::from_millis(300));
        // The call that is on its way has not been answered yet when the other one begins.
        let slow = Fault::Delay(Duration::from_millis(500));
        apart.server.fail("sale.order", "search_count", slow, 1);
        blocks_meanwhile(&session, || {
            let error = SaleOrder::all().count(&odoo).unwrap_err();
            assert!(matches!(error, Error::Usage(_)), "{error:?}");
            assert!(error.to_string().contains("`max_connections`"), "{error}");
        });
        assert_eq!(count(&odoo), 60);
    });
}
