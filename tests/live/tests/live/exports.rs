//! `odx export`, run as a user does, and what other engines read in its files.
//!
//! `ODX_PYTHON` names a Python with the packages `duckdb` and `polars`. How many records are read is what the Odoo has: with
//! a million orders this is the test of a million.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use odx_live::{Live, models::*};
use odx_runtime::{Model, Session};
use serde_json::{Map, Value, json};

use crate::odx::{Proxy, binary};

/// What an export may take, however many records there are.
const MOST_MEMORY_KB: u64 = 150_000;

/// Runs a command, and tells the most memory that it took, in kB.
const MEASURED: &str = "
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print('memory', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
";

/// A key, and the records and the sum of its group.
type Groups = BTreeMap<String, (u64, f64)>;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("exports-{}", std::process::id()))
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The Python of the engines; it is said where there is none.
fn engines() -> Option<PathBuf> {
    let python = std::env::var_os("ODX_PYTHON").filter(|python| !python.is_empty());
    if python.is_none() {
        eprintln!(
            "skipped: set ODX_PYTHON to a Python with duckdb and polars (`pip install duckdb polars`) to run it"
        );
    }
    python.map(Into::into)
}

fn same(one: &Groups, other: &Groups) -> bool {
    let near = |(a, b): (&(u64, f64), &(u64, f64))| {
        a.0 == b.0 && (a.1 - b.1).abs() <= 1e-9 * a.1.abs().max(1.0)
    };
    one.keys().eq(other.keys()) && one.values().zip(other.values()).all(near)
}

/// What the engines read of the files, each with its name.
fn read(python: &Path, files: &str, key: &str, amount: &str) -> Vec<(String, Groups)> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../odx-codegen-cli/tests/engines.py"
    );
    let output = Command::new(python)
        .args([script, "sums", files, key, amount])
        .output()
        .expect("the Python of ODX_PYTHON starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{files}, {key}: {told}");
    let found: BTreeMap<String, Vec<(Value, u64, f64)>> =
        serde_json::from_slice(&output.stdout).unwrap();
    let groups = found.into_iter().map(|(engine, groups)| {
        let groups = groups.into_iter();
        let groups = groups.map(|(key, records, sum)| (key.to_string(), (records, sum)));
        (engine, groups.collect())
    });
    groups.collect()
}

/// Exports by `odx`, and tells how much memory it took.
fn measured(python: &Path, proxy: &Proxy, arguments: &[&str]) {
    let mut command = Command::new(python);
    command.args(["-c", MEASURED]).arg(binary()).args(arguments);
    let told = proxy.run(0, &mut command);
    let most = told
        .split_whitespace()
        .skip_while(|word| *word != "memory")
        .nth(1);
    // On macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1_024 } else { 1 };
    let most = most.unwrap().parse::<u64>().unwrap() / unit;
    eprintln!("{}: {most} kB at most", arguments[1]);
    assert!(most < MOST_MEMORY_KB, "{most} kB: {told}");
}

async fn orders(odoo: &Session) -> Groups {
    let groups = SaleOrder::all()
        .group_by(|o| o.partner_id)
        .sum(|o| o.amount_total)
        .fetch(odoo)
        .await
        .unwrap();
    let groups = groups.into_iter().map(|group| {
        let partner = group.key.map_or_else(
            || "null".to_owned(),
            |partner| partner.id.record_id().to_string(),
        );
        (partner, (group.count, group.values.0.unwrap_or_default()))
    });
    groups.collect()
}

async fn rows(odoo: &Session) -> Groups {
    let groups = OdxProbeStream::all()
        .group_by(|s| s.bucket)
        .sum(|s| s.amount)
        .fetch(odoo)
        .await
        .unwrap();
    let groups = groups.into_iter().map(|group| {
        let bucket = json!(group.key).to_string();
        (bucket, (group.count, group.values.0.unwrap_or_default()))
    });
    groups.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_sums_up_in_duckdb_and_polars_to_the_groups_of_odoo() {
    let (Some(live), Some(python)) = (Live::start().await, engines()) else {
        return;
    };
    let odoo = live.session();
    let proxy = Proxy::start();
    let folder = folder("sums");
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();

    let lines = place("rows");
    let of_stream = "export odx.probe.stream --fields name,bucket,amount,active --page-size 2500 --partition id --file-size 5000 --to";
    let arguments: Vec<&str> = of_stream.split(' ').chain([lines.as_str()]).collect();
    measured(&python, &proxy, &arguments);
    let expected = rows(&odoo).await;
    assert!(fs::read_dir(&lines).unwrap().count() > 2);
    for (engine, found) in read(&python, &format!("{lines}/*.parquet"), "bucket", "amount") {
        assert!(same(&found, &expected), "{engine}: {found:?}\n{expected:?}");
    }

    let file = place("orders.parquet");
    let of_orders = "export sale.order --fields name,partner_id,user_id,state,date_order,validity_date,client_order_ref,\
                     amount_untaxed,amount_total,order_line --decimal amount_total=2 --to";
    let arguments: Vec<&str> = of_orders.split(' ').chain([file.as_str()]).collect();
    for attempt in 1.. {
        let before = orders(&odoo).await;
        measured(&python, &proxy, &arguments);
        let expected = orders(&odoo).await;
        // Other tests write orders.
        if !same(&before, &expected) && attempt < 5 {
            continue;
        }
        assert!(expected.len() > 2, "{expected:?}");
        let found = read(&python, &file, "partner_id.id", "amount_total");
        assert_eq!(found.len(), 2);
        for (engine, found) in found {
            assert!(same(&found, &expected), "{engine}: {found:?}\n{expected:?}");
        }
        break;
    }
    fs::remove_dir_all(folder).unwrap();
}

/// The value of a read as JSON Lines have it.
fn as_line(ty: &str, value: &Value) -> Value {
    match (ty, value) {
        ("boolean", value) => value.clone(),
        ("many2one_reference", Value::Number(id)) if id.as_i64() == Some(0) => Value::Null,
        (_, Value::Bool(false)) => Value::Null,
        ("many2one", Value::Array(pair)) => {
            let name = pair[1].as_str().filter(|name| !name.is_empty());
            json!({"id": pair[0], "name": name})
        }
        ("datetime", Value::String(moment)) => format!("{}Z", moment.replace(' ', "T")).into(),
        ("float" | "monetary", Value::Number(number)) => number.as_f64().into(),
        (_, value) => value.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_every_field_type_holds_what_a_read_gives() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let proxy = Proxy::start();
    let folder = folder("types");
    let mut ids = Vec::new();
    for name in ["probe_set", "probe_unset"] {
        let id = odoo.xml_id::<OdxProbe>(&format!("odx_probe.{name}")).await;
        ids.push(id.unwrap().record_id().to_string());
    }
    let domain = format!("[('id', 'in', [{}])]", ids.join(", "));
    // What is not of the database, and files.
    let more = [
        "binary",
        "binary_inline",
        "computed",
        "kind_name",
        "company_char",
        "company_tag_id",
    ];
    let types: Map<String, Value> = odoo
        .call(OdxProbe::NAME, "fields_get")
        .kwarg("attributes", json!(["type", "store"]))
        .send()
        .await
        .unwrap();
    let kept = types.iter().filter(|(name, field)| {
        field["store"] == true && field["type"] != "binary" || more.contains(&name.as_str())
    });
    let fields: Vec<&str> = kept.map(|(name, _)| name.as_str()).collect();
    let told = proxy.odx(
        &folder,
        0,
        &[
            "export",
            "odx.probe",
            "--domain",
            &domain,
            "--fields",
            &fields.join(","),
            "--to",
            "probes.jsonl",
        ],
    );
    assert!(told.contains("exported 2 records"), "{told}");
    // What other companies have is told.
    assert!(told.contains("company_char, company_tag_id"), "{told}");
    let lines = fs::read_to_string(folder.join("probes.jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let plain = fields.iter().filter(|name| {
        !["json", "properties", "properties_definition", "serialized"]
            .contains(&types[**name]["type"].as_str().unwrap())
    });
    let plain: Vec<&str> = plain.copied().collect();
    let read: Vec<Value> = odoo
        .call(OdxProbe::NAME, "search_read")
        .kwarg(
            "domain",
            json!([[
                "id",
                "in",
                ids.iter()
                    .map(|id| id.parse::<i64>().unwrap())
                    .collect::<Vec<_>>()
            ]]),
        )
        .kwarg("fields", json!(plain))
        .kwarg("order", "id")
        .send()
        .await
        .unwrap();
    assert_eq!((lines.len(), read.len()), (2, 2));
    for (line, read) in lines.iter().zip(&read) {
        for name in &plain {
            let ty = types[*name]["type"].as_str().unwrap();
            assert_eq!(line[name], as_line(ty, &read[name]), "{name}, {ty}");
        }
        for name in fields.iter().filter(|name| !plain.contains(name)) {
            if let Value::String(text) = &line[*name] {
                serde_json::from_str::<Value>(text).unwrap();
            } else {
                assert_eq!(line[*name], Value::Null, "{name}");
            }
        }
    }
    for ending in ["csv", "arrow", "parquet"] {
        let file = format!("all.{ending}");
        let told = proxy.odx(
            &folder,
            0,
            &["export", "odx.probe", "--archived", "--to", &file],
        );
        assert!(told.contains("exported "), "{told}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_names_the_field_that_cannot_be_read_and_writes_the_rest_without_it() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let name = "of a live test of exports";
    let failing = OdxProbeFailing::values().set(OdxProbeFailing::F.name, name);
    let failing = OdxProbeFailing::create(&odoo, failing).await.unwrap();
    let proxy = Proxy::start();
    let folder = folder("failing");
    let domain = format!("[('name', '=', '{name}')]");
    let export = |more: &[&str], code| {
        let mut arguments = vec![
            "export",
            "odx.probe.failing",
            "--domain",
            &domain,
            "--to",
            "failing.csv",
        ];
        arguments.extend(more);
        proxy.odx(&folder, code, &arguments)
    };
    let told = export(&["--fields", "name,fails,create_date"], 2);
    assert!(
        told.contains("odx.probe.failing cannot be read with fails"),
        "{told}"
    );
    assert!(told.contains("This field cannot be computed."), "{told}");
    assert!(told.contains("--without fails"), "{told}");
    assert!(!folder.join("failing.csv").exists());
    export(&["--fields", "name,fails", "--without", "fails"], 0);
    let csv = fs::read_to_string(folder.join("failing.csv")).unwrap();
    assert_eq!(csv, format!("id,name\n{},{name}\n", failing.record_id()));
    // What is kept is all that is read unless more is asked for.
    export(&[], 0);
    OdxProbeFailing::unlink(&odoo, [failing]).await.unwrap();
    fs::remove_dir_all(folder).unwrap();
}
