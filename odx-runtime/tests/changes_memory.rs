//! A million records, followed in constant memory by a process of its own, which is measured.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fmt::Write as _, fs};

use futures_util::TryStreamExt;
use odx_runtime::query::changes::{Cursor, FollowAs};
use odx_runtime::session::{BoxFuture, CallOptions, Connection, ServerVersion};
use odx_runtime::{Call, Error, Model, OdooModel, Reply, Session};
use serde_json::{Value, json};

const RECORDS: u64 = 1_000_000;

const PAGE: u64 = 2_000;

/// What is asked for at once where ids are compared.
const MOST_IDS: u64 = 40_000;

/// Set in the process that follows.
const FOLLOWS: &str = "ODX_TEST_FOLLOWS_A_MILLION";

#[derive(OdooModel)]
#[odoo(name = "res.partner")]
struct Partner {
    name: Option<String>,
}

/// A server that makes up its records. Ids have gaps, and one record in a thousand is gone once it was read.
#[derive(Default)]
struct Endless {
    longest_cursor: AtomicU64,
    is_shorter: std::sync::atomic::AtomicBool,
}

impl Endless {
    fn ids(&self, call: &Call) -> Vec<u64> {
        let (mut first, mut last) = (0, RECORDS * 3);
        for condition in call.args()[0].as_array().unwrap() {
            let number = condition[2].as_u64();
            match (
                condition[0].as_str().unwrap(),
                condition[1].as_str().unwrap(),
            ) {
                ("id", ">") => first = number.unwrap() + 1,
                ("id", "<=") => last = number.unwrap(),
                // These were asked for because they are gone.
                ("id", "in") => return Vec::new(),
                // All were written long ago.
                ("write_date", ">=") => return Vec::new(),
                ("write_date", "!=" | "<=") => {}
                other => panic!("{other:?}"),
            }
        }
        // No page is further away than another: each begins at an id, and no records are counted to find it.
        assert!(!call.kwargs().contains_key("offset"), "a page by offset");
        let limit = call.kwargs().get("limit").and_then(Value::as_u64);
        let ids = (first.max(3).div_ceil(3)..=last / 3).map(|number| number * 3);
        let is_shorter = self.is_shorter.load(Ordering::Relaxed);
        let ids: Vec<u64> = ids
            .filter(|id| !is_shorter || id % 3_000 > 0)
            .take(limit.map_or(usize::MAX, |limit| limit as usize))
            .collect();
        let most = if call.method() == "search" {
            MOST_IDS
        } else {
            PAGE
        };
        assert!(ids.len() as u64 <= most, "{} records at once", ids.len());
        ids
    }

    fn answer(&self, call: &Call) -> String {
        match call.method() {
            "fields_get" => json!({
                "name": {"type": "char", "store": true},
                "active": {"type": "boolean", "store": true},
                "write_date": {"type": "datetime", "store": true},
            })
            .to_string(),
            "search" => json!(self.ids(call)).to_string(),
            "search_read" if call.kwargs()["limit"] == 1 => {
                json!([{"id": 3, "write_date": "2024-02-01 00:00:00"}]).to_string()
            }
            "search_read" => {
                let mut rows = String::new();
                for id in self.ids(call) {
                    let comma = if rows.is_empty() { "[" } else { "," };
                    write!(
                        rows,
                        r#"{comma}{{"id":{id},"name":"of number {id}","active":true,"write_date":"2024-01-01 00:00:00"}}"#
                    )
                    .unwrap();
                }
                if rows.is_empty() {
                    "[]".to_owned()
                } else {
                    rows + "]"
                }
            }
            other => panic!("{other}"),
        }
    }
}

impl Connection for Endless {
    fn protocol(&self) -> &'static str {
        "endless"
    }

    fn execute<'a>(&'a self, call: &'a Call, _options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        Box::pin(async move { Ok(Reply::new(call, self.answer(call))) })
    }

    fn version<'a>(&'a self, _options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        Box::pin(async { Err(Error::usage("it has no version")) })
    }
}

/// The most memory that this process has had, in kB; none where the system does not tell.
fn most_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Follows all records, then what was deleted.
async fn follow() {
    let server = Arc::new(Endless::default());
    let odoo = Session::new(server.clone()).for_version((19, 0));
    let mut cursor = Cursor::start();
    let (mut written, mut deleted) = (0, 0);
    for _ in 0..2 {
        let changes = Partner::changes(cursor.clone()).page_size(PAGE as usize);
        let mut batches = changes.stream_as::<Partner>(&odoo);
        while let Some(batch) = batches.try_next().await.unwrap() {
            written += batch.written.len() as u64;
            deleted += batch.deleted.len() as u64;
            let stored = batch.cursor.to_bytes();
            server
                .longest_cursor
                .fetch_max(stored.len() as u64, Ordering::Relaxed);
            cursor = batch.cursor;
        }
        server.is_shorter.store(true, Ordering::Relaxed);
    }
    assert_eq!((written, deleted), (RECORDS, RECORDS / 1_000));
    let longest = server.longest_cursor.load(Ordering::Relaxed);
    assert!(longest < 2_500_000, "a cursor of {longest} bytes");
}

#[tokio::test]
async fn a_million_records_are_followed_in_less_than_100_mb() {
    if env::var_os(FOLLOWS).is_some() {
        follow().await;
        println!("VmHWM {}", most_memory().unwrap_or_default());
        return;
    }
    let own = env::current_exe().unwrap();
    let done = Command::new(own)
        .args(["--nocapture", "a_million_records_are_followed"])
        .env(FOLLOWS, "1")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&done.stdout);
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{shown}\n{told}");
    let most = shown.lines().find_map(|line| line.split_once("VmHWM "));
    let (_, most) = most.expect("how much memory it has had");
    match most.parse().expect("a number") {
        0 => eprintln!("skipped: this system does not tell how much memory a process has had"),
        most => assert!(most < 100_000_u64, "{most} kB"),
    }
}
