//! A large export: its memory, what engines read in it, and how long it takes beside a loop in Python.
//!
//! `ODX_EXPORT_ROWS` says how many records there are, and `ODX_PYTHON` names a Python that has duckdb, polars, pyarrow,
//! orjson and requests; without it, what they would say is left out, which is said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Segments, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::{Value, json};

/// How many there are unless told.
const ROWS: u64 = 20_000;

/// The most memory that an export may take, in kB.
const MOST: u64 = 150_000;

const PARTNERS: u64 = 17;

fn rows() -> u64 {
    let told = std::env::var("ODX_EXPORT_ROWS").ok();
    told.map_or(ROWS, |rows| rows.parse().expect("a number of records"))
}

/// The amount of a record, in cents.
fn cents(id: u64) -> u64 {
    id * 37 % 100_000
}

/// A line as Odoo would send it.
fn line(row: &mut String, id: u64) {
    let (partner, cents) = (id % PARTNERS + 1, cents(id));
    let state = ["draft", "sale", "done"][(id % 3) as usize];
    let _ = write!(
        row,
        r#"{{"id":{id},"name":"Line {id} of an order, as long as such texts are","amount":{}.{:02},"partner_id":[{partner},"Partner {partner}"],"state":"{state}","date":"2026-{:02}-{:02} 12:00:00"}}"#,
        cents / 100,
        cents % 100,
        id % 12 + 1,
        id % 28 + 1,
    );
}

/// A server of JSON-2 whose records are made up.
async fn answer(
    State(rows): State<u64>,
    Segments((_, method)): Segments<(String, String)>,
    body: Bytes,
) -> impl IntoResponse {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = match method.as_str() {
        "fields_get" => json!({
            "id": {"type": "integer", "store": true},
            "name": {"type": "char", "store": true},
            "amount": {"type": "monetary", "store": true},
            "partner_id": {"type": "many2one", "store": true, "relation": "res.partner"},
            "state": {"type": "selection", "store": true, "selection": [["draft", "Draft"], ["sale", "Sale"], ["done", "Done"]]},
            "date": {"type": "datetime", "store": true},
            "write_date": {"type": "datetime", "store": true},
        })
        .to_string(),
        "search_count" => rows.to_string(),
        "context_get" => json!({"uid": 2, "lang": "en_US", "tz": "UTC"}).to_string(),
        "search" | "search_read" => {
            let (first, last) = range(&asked["domain"], rows);
            let limit = asked["limit"].as_u64().unwrap_or(u64::MAX);
            let mut list = String::from("[");
            for id in (first..=last).take(usize::try_from(limit).unwrap_or(usize::MAX)) {
                if list.len() > 1 {
                    list.push(',');
                }
                match method.as_str() {
                    "search" => list += &id.to_string(),
                    _ => line(&mut list, id),
                }
            }
            list + "]"
        }
        other => panic!("{other} of {asked}"),
    };
    ([(CONTENT_TYPE, "application/json")], answer)
}

/// The first and the last of the ids that a domain on them finds.
fn range(domain: &Value, rows: u64) -> (u64, u64) {
    let (mut first, mut last) = (1, rows);
    for condition in domain.as_array().into_iter().flatten() {
        let number = condition[2].as_u64().unwrap_or_default();
        match condition[1].as_str() {
            Some(">") => first = number + 1,
            Some(">=") => first = number,
            Some("=") => (first, last) = (number, number.min(rows)),
            other => panic!("{other:?}"),
        }
    }
    (first, last)
}

async fn version(body: Bytes) -> impl IntoResponse {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let version =
        json!({"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""]});
    let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": version});
    ([(CONTENT_TYPE, "application/json")], answer.to_string())
}

/// Starts the server; its address.
fn serve(rows: u64) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let router = Router::new()
                .route("/web/webclient/version_info", post(version))
                .route("/json/2/{model}/{method}", post(answer))
                .with_state(rows);
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            tell.send(listener.local_addr().expect("an address"))
                .expect("somebody waits");
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    format!("http://{}", told.recv().expect("an address"))
}

/// Waits for a program; the most memory that it had, in kB, where the system tells.
fn peak(mut run: Child) -> Option<u64> {
    let status = format!("/proc/{}/status", run.id());
    let mut most = None;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kb);
        if let Some(status) = run.try_wait().expect("a state") {
            assert!(status.success(), "{status}");
            return most;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn export(url: &str, to: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_odx"));
    command
        .args([
            "export",
            "x.line",
            "--fields",
            "name,amount,partner_id,state,date",
            "--to",
        ])
        .arg(to)
        .envs([
            ("ODX_ODOO_URL", url),
            ("ODX_ODOO_DB", "db"),
            ("ODX_ODOO_API_KEY", "key"),
            ("ODX_ROAD", "json2"),
            ("ODX_ODOO_USER_ID", "2"),
        ])
        .current_dir(to.parent().expect("a folder"))
        .stderr(Stdio::inherit());
    command.spawn().expect("odx starts")
}

/// The Python of the engines.
fn python(arguments: &[&str]) -> Option<Command> {
    let Some(python) = std::env::var_os("ODX_PYTHON") else {
        eprintln!("skipped what DuckDB and Polars say: ODX_PYTHON is not set");
        return None;
    };
    let mut command = Command::new(python);
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines.py"))
        .args(arguments);
    Some(command)
}

/// What an engine found: how many records a partner has, and the sum of their amounts.
type Sums = BTreeMap<i64, (u64, f64)>;

fn sums(rows: &Value) -> Sums {
    let rows = rows.as_array().expect("rows").iter();
    rows.map(|row| {
        let count = row[1].as_u64().expect("a count");
        (
            row[0].as_i64().expect("an id"),
            (count, row[2].as_f64().expect("a sum")),
        )
    })
    .collect()
}

fn assert_same(found: &Sums, expected: &Sums) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (partner, (count, sum)) in expected {
        let (found_count, found_sum) = found[partner];
        assert_eq!(found_count, *count, "{partner}");
        assert!(
            (found_sum - sum).abs() <= 1e-9 * sum.abs().max(1.0),
            "{partner}: {found_sum} and {sum}"
        );
    }
}

#[test]
fn a_large_export_takes_little_memory_and_engines_read_what_odoo_has() {
    let rows = rows();
    let url = serve(rows);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("lines.parquet");
    let began = Instant::now();
    let most = peak(export(&url, &to));
    let by_odx = began.elapsed();
    eprintln!("{rows} records in {by_odx:.1?}, {most:?} kB at most");
    assert!(most.is_none_or(|most| most < MOST), "{most:?} kB");

    let file = to.to_str().expect("a text");
    let Some(mut engines) = python(&["sums", file, "partner_id.id", "amount"]) else {
        return;
    };
    let said = engines.output().expect("Python starts");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let said: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let mut expected = BTreeMap::new();
    for id in 1..=rows {
        let (count, sum): &mut (u64, u64) = expected.entry((id % PARTNERS + 1) as i64).or_default();
        *count += 1;
        *sum += cents(id);
    }
    let expected = expected
        .into_iter()
        .map(|(id, (count, cents))| (id, (count, cents as f64 / 100.0)));
    let expected: Sums = expected.collect();
    assert_same(&sums(&said["duckdb"]), &expected);
    assert_same(&sums(&said["polars"]), &expected);

    let beside = folder.path().join("loop.parquet");
    let mut by_hand =
        python(&["loop", &url, beside.to_str().expect("a text")]).expect("it is there");
    let began = Instant::now();
    assert!(by_hand.status().expect("Python starts").success());
    let by_loop = began.elapsed();
    eprintln!(
        "the loop in Python took {by_loop:.1?}, {:.2} times as long",
        by_loop.as_secs_f64() / by_odx.as_secs_f64()
    );
}
