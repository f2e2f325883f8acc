//! A scheduler and two executors, each a process of its own: queries give what one process gives alone. Against the sandbox,
//! and with `ODX_LIVE=1` against the Odoo that the environment names.

#[allow(unreachable_pub)]
#[path = "../../../odx-runtime/datafusion/tests/support/answers.rs"]
mod answers;
#[allow(unreachable_pub, dead_code)]
#[path = "../../../odx-runtime/datafusion/tests/support/queries.rs"]
mod queries;

use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use answers::{assert_same, rows, texts};
use example_connect::Backend;
use odx_datafusion::Tables;
use odx_runtime::{Odoo, Session};
use odx_sandbox::Server;
use queries::QUERIES;

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a process, and waits until it listens.
fn start(arguments: &[&str], variables: &[(&str, String)], port: u16, says: &Path) -> Process {
    let says = File::create(says).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cluster"));
    command.args(arguments).stdout(says);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let mut process = Process(command.spawn().expect("it runs"));
    let until = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let ended = process.0.try_wait().expect("its state");
        assert_eq!(ended, None, "{arguments:?} ended");
        assert!(Instant::now() < until, "{arguments:?} does not listen");
        thread::sleep(Duration::from_millis(50));
    }
    process
}

/// A port that is free, as is the next.
fn free_ports() -> u16 {
    loop {
        let one = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = one.local_addr().expect("its address").port();
        let next = port.checked_add(1).map(|next| (Ipv4Addr::LOCALHOST, next));
        if next.is_some_and(|next| TcpListener::bind(next).is_ok()) {
            return port;
        }
    }
}

/// How many pages the sandbox was asked for.
fn pages(sandbox: Option<&Backend>) -> usize {
    let server = sandbox.and_then(|backend| backend.sandbox.as_ref());
    let calls = server.map(Server::calls).unwrap_or_default();
    let pages = calls.iter().filter(|call| call.method == "search_read");
    pages.count()
}

async fn tables(odoo: &Session) -> Tables {
    let tables = Tables::of_server(odoo).await.expect("tables");
    // Small pages, so that there is something to share out.
    tables.page_size(10).parts(4)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_executors_give_what_one_process_gives_alone() {
    let sandbox = match env::var("ODX_LIVE").as_deref() {
        Ok("1") => None,
        _ => Some(Backend::sandbox().await.expect("a sandbox")),
    };
    let sandbox = sandbox.as_ref();
    let odoo = match sandbox {
        Some(sandbox) => sandbox.session(),
        None => Odoo::from_env()
            .expect("settings")
            .await
            .expect("a session"),
    };
    let variables = sandbox.map(Backend::variables).unwrap_or_default();

    let folder = tempfile::tempdir().expect("a folder");
    let said = |name: &str| -> PathBuf { folder.path().join(name) };
    let scheduler_port = free_ports();
    let port_of_scheduler = scheduler_port.to_string();
    let scheduler = ["--scheduler-port", &port_of_scheduler, "scheduler"];
    let _scheduler = start(&scheduler, &variables, scheduler_port, &said("scheduler"));
    let executors = ["one", "two"].map(|name| {
        let port = free_ports();
        let (scheduler, own) = (port_of_scheduler.as_str(), port.to_string());
        let executor = ["--scheduler-port", scheduler, "executor", "--port", &own];
        start(&executor, &variables, port, &said(name))
    });

    let alone = tables(&odoo).await.engine();
    let cluster = cluster::client(&odoo, tables(&odoo).await, scheduler_port).await;
    let cluster = cluster.expect("a client");
    for adaptive in [false, true] {
        let set = format!("set ballista.planner.adaptive.enabled = {adaptive}");
        cluster.sql(&set).await.expect("a setting");
        for query in QUERIES {
            let before = pages(sandbox);
            let found = texts(query.sql, &rows(&cluster, query.sql).await);
            let on_cluster = pages(sandbox) - before;
            let wanted = texts(query.sql, &rows(&alone, query.sql).await);
            assert_same(query.sql, &found, &wanted);
            if !adaptive {
                let alone = pages(sandbox) - before - on_cluster;
                assert_eq!(on_cluster, alone, "{}", query.sql);
            }
        }
    }
    drop(executors);
    for name in ["one", "two"] {
        let said = fs::read_to_string(said(name)).expect("what it said");
        assert!(
            said.contains("takes OdooScan: model=sale.order, "),
            "{name} said {said}"
        );
    }
}
