//! What is sent for a query, and what a table is.

#[allow(unreachable_pub, dead_code)]
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use datafusion::datasource::MemTable;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use odx_datafusion::{Tables, wire};
use odx_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use support::answers::rows;
use support::{explained, numbers};

struct Asked {
    sandbox: Sandbox,
    engine: SessionContext,
}

impl Asked {
    async fn over(page_size: usize, parts: usize) -> Self {
        let sandbox = Sandbox::company().await.expect("a sandbox");
        let odoo = sandbox.connect().await.expect("a session");
        let tables = Tables::of_server(&odoo).await.expect("tables");
        let engine = tables.page_size(page_size).parts(parts).engine();
        Self { sandbox, engine }
    }

    /// The calls of a method that a query makes, and its numbers.
    async fn calls(&self, sql: &str, method: &str) -> (Vec<i64>, Vec<Value>) {
        self.sandbox.clear_calls();
        let found = numbers(&self.engine, sql).await;
        let calls = self.sandbox.calls().into_iter();
        let calls = calls.filter(|call| call.method == method && call.model != "ir.model");
        let said = calls.map(|call| json!([call.params, call.keyword]));
        (found, said.collect())
    }
}

#[tokio::test]
async fn only_the_columns_that_a_query_names_are_read() {
    let asked = Asked::over(1_000, 1).await;
    let sql =
        "select partner_id from sale_order where partner_id_name like 'A%' or amount_total > 10";
    let (_, calls) = asked.calls(sql, "search_read").await;
    let said = calls[0].to_string();
    assert!(
        said.contains(r#""fields":["amount_total","partner_id"]"#),
        "{said}"
    );
}

#[tokio::test]
async fn a_count_reads_no_record() {
    let asked = Asked::over(5, 4).await;
    let (count, calls) = asked
        .calls(
            "select count(*) from res_partner where active",
            "search_count",
        )
        .await;
    assert_eq!(calls.len(), 1);
    let (_, read) = asked
        .calls(
            "select count(*) from res_partner where active",
            "search_read",
        )
        .await;
    assert!(read.is_empty(), "{read:?}");
    let ids = numbers(&asked.engine, "select id from res_partner where active").await;
    assert_eq!(count, [ids.len() as i64]);
}

#[tokio::test]
async fn a_limit_goes_out_only_where_odoo_finds_what_the_engine_keeps() {
    let asked = Asked::over(1_000, 4).await;
    let (found, calls) = asked
        .calls(
            "select id from res_partner where is_company limit 2",
            "search_read",
        )
        .await;
    assert_eq!(found.len(), 2);
    assert!(calls[0].to_string().contains(r#""limit":2"#), "{calls:?}");
    // `=like` finds more than `like`: of what came first, the engine may keep nothing.
    let sql = "select id from res_partner where name like 'A_%' limit 2";
    let (_, calls) = asked.calls(sql, "search_read").await;
    assert!(
        calls[0].to_string().contains(r#""limit":1000"#),
        "{calls:?}"
    );
}

#[tokio::test]
async fn the_parts_of_a_table_have_each_record_once() {
    let asked = Asked::over(10, 4).await;
    let all: BTreeSet<i64> = asked.sandbox.ids("res.partner").into_iter().collect();
    let (found, calls) = asked
        .calls("select id from res_partner", "search_read")
        .await;
    assert_eq!(found.len(), all.len());
    assert_eq!(
        found.into_iter().collect::<BTreeSet<i64>>(),
        all,
        "archived records, too"
    );
    assert!(
        calls
            .iter()
            .any(|call| call.to_string().contains(r#"["id",">=","#)),
        "{calls:?}"
    );
    let plan = explained(&asked.engine, "select id from res_partner").await;
    assert!(plan.contains("parts from id="), "{plan}");
}

#[tokio::test]
async fn a_page_of_a_table_costs_one_call_and_its_end_another() {
    let asked = Asked::over(10, 1).await;
    let records = asked.sandbox.ids("res.partner").len();
    let (_, pages) = asked
        .calls("select id from res_partner", "search_read")
        .await;
    let (_, ends) = asked.calls("select id from res_partner", "search").await;
    assert_eq!(pages.len(), records / 10 + 1, "{pages:?}");
    assert_eq!(ends.len(), 1, "{ends:?}");
}

#[tokio::test]
async fn a_page_that_fails_fails_the_query() {
    let asked = Asked::over(10, 2).await;
    asked
        .sandbox
        .fail("res.partner", "search_read", Fault::UpstreamUnreachable, 1);
    let frame = asked
        .engine
        .sql("select id from res_partner")
        .await
        .expect("a plan");
    let error = frame.collect().await.expect_err("it failed").to_string();
    assert!(error.contains("cannot read res.partner"), "{error}");
}

#[tokio::test]
async fn a_plan_shows_no_secret_and_no_server() {
    let asked = Asked::over(10, 2).await;
    let frame = asked
        .engine
        .sql("select id from res_partner where active")
        .await
        .expect("a plan");
    let plan = frame.create_physical_plan().await.expect("a plan");
    let shown = format!("{plan:?}");
    assert!(
        !shown.contains(odx_sandbox::COMPANY_KEY) && !shown.contains("127.0.0.1"),
        "{shown}"
    );
}

#[tokio::test]
async fn what_another_process_reads_of_a_plan_gives_the_same_and_names_no_secret() {
    let asked = Asked::over(10, 3).await;
    let sql = "select id, name, partner_id_name, state from sale_order where state = 'sale'";
    let odoo = asked.sandbox.connect().await.expect("a session");
    let table = asked
        .engine
        .table_provider("sale_order")
        .await
        .expect("a table");
    let table = wire::encode_table(table.downcast_ref().expect("a table of Odoo"));
    let table = wire::decode_table(&table, &odoo).expect("the same version");
    let other = SessionContext::new();
    other
        .register_table("sale_order", std::sync::Arc::new(table))
        .expect("registered");
    let frame = other.sql(sql).await.expect("a plan");
    let plan = frame.create_physical_plan().await.expect("a plan");
    let mut scans = Vec::new();
    collect_scans(&plan, &mut scans).expect("parts alone");
    assert!(scans.len() > 1, "{plan:?}");
    let mut batches = Vec::new();
    for scan in &scans {
        let shown = String::from_utf8_lossy(scan).into_owned();
        assert!(
            !shown.contains(odx_sandbox::COMPANY_KEY) && !shown.contains("127.0.0.1"),
            "{shown}"
        );
        // As a process of a cluster reads it that was given this plan alone.
        let scan = wire::decode_scan(scan, &odoo).expect("the same version");
        let found = datafusion::physical_plan::collect(scan, other.task_ctx()).await;
        batches.extend(found.expect("rows"));
    }
    let memory = MemTable::try_new(batches[0].schema(), vec![batches]).expect("a table");
    other
        .register_table("found", std::sync::Arc::new(memory))
        .expect("registered");
    let found = rows(&other, "select * from found order by id").await;
    assert_eq!(
        found,
        rows(&asked.engine, &format!("{sql} order by id")).await
    );
    let another = br#"{"version": "0.0.0", "what": null}"#;
    let error = wire::decode_scan(another, &odoo)
        .expect_err("another version")
        .to_string();
    assert!(error.contains("another version"), "{error}");
}

#[tokio::test]
async fn a_scan_of_several_parts_is_given_to_no_other_process() {
    let asked = Asked::over(10, 4).await;
    let frame = asked.engine.sql("select id from sale_order").await;
    let plan = frame.expect("a plan").create_physical_plan().await;
    let error = collect_scans(&plan.expect("a plan"), &mut Vec::new())
        .expect_err("four parts")
        .to_string();
    assert!(error.contains("a scan of sale.order in 4 parts"), "{error}");
}

fn collect_scans(
    plan: &std::sync::Arc<dyn ExecutionPlan>,
    scans: &mut Vec<Vec<u8>>,
) -> Result<(), odx_datafusion::Error> {
    scans.extend(wire::encode_scan(plan.as_ref())?);
    for child in plan.children() {
        collect_scans(child, scans)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_condition_that_no_record_meets_asks_nothing() {
    let asked = Asked::over(10, 2).await;
    let (found, calls) = asked
        .calls(
            "select id from sale_order where partner_id = -1",
            "search_read",
        )
        .await;
    assert!(found.is_empty() && calls.is_empty(), "{calls:?}");
}

#[tokio::test]
async fn what_costs_more_than_its_column_is_no_column_unless_asked_for() {
    let asked = Asked::over(10, 2).await;
    let names = |rows: arrow::array::RecordBatch| -> Vec<String> {
        let schema = rows.schema();
        let names = schema.fields().iter().map(|field| field.name().clone());
        names.collect()
    };
    let cheap = names(rows(&asked.engine, "select * from product_product limit 1").await);
    // Both are inherited from the template, which stores the one and computes the other.
    assert!(cheap.contains(&"name".to_owned()), "{cheap:?}");
    assert!(!cheap.contains(&"qty_available".to_owned()), "{cheap:?}");
    let odoo = asked.sandbox.connect().await.expect("a session");
    let every = Tables::of_server(&odoo)
        .await
        .expect("tables")
        .with_every_field();
    let every = names(rows(&every.engine(), "select * from product_product limit 0").await);
    assert!(every.contains(&"qty_available".to_owned()), "{every:?}");
}

/// A snapshot of models with one field.
fn snapshot(dir: &Path, models: &[&str]) {
    std::fs::write(dir.join("_meta.json"), r#"{"format_version": 1}"#).expect("written");
    for model in models {
        let fields = json!({"id": {"type": "integer", "store": true, "searchable": true}});
        let text = json!({"model": model, "fields": fields}).to_string();
        std::fs::write(dir.join(format!("{model}.json")), text).expect("written");
    }
}

#[tokio::test]
async fn a_snapshot_names_the_tables() {
    let sandbox = Sandbox::company().await.expect("a sandbox");
    let odoo = sandbox.connect().await.expect("a session");
    let dir = tempfile::tempdir().expect("a folder");
    snapshot(dir.path(), &["sale.order", "a.b_c", "a_b.c"]);
    let engine = Tables::of_snapshot(&odoo, dir.path())
        .await
        .expect("tables")
        .engine();
    let by_dots = numbers(&engine, "select id from \"sale.order\" order by id").await;
    assert_eq!(
        by_dots,
        numbers(&engine, "select id from sale_order order by id").await
    );
    assert!(!by_dots.is_empty());
    let error = engine
        .sql("select id from a_b_c")
        .await
        .expect_err("two models")
        .to_string();
    assert!(error.contains("\"a.b_c\""), "{error}");
    engine
        .sql("select id from res_partner")
        .await
        .expect_err("not in the snapshot");
}
