//! Twenty queries: over the sandbox they give what the same engine gives of the rows in memory, and with `ODX_LIVE=1` over the
//! Odoo that the environment names what its PostgreSQL gives of Odoo's own tables. `explain` shows the domains that went out.

#[allow(unreachable_pub, dead_code)]
mod support;

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use odx_datafusion::Tables;
use odx_runtime::{Odoo, Session};
use odx_sandbox::Sandbox;
use support::answers::{assert_same, rows, sorted, texts};
use support::explained;
use support::queries::QUERIES;

const TABLES: [&str; 7] = [
    "product_category",
    "product_product",
    "product_template",
    "res_country",
    "res_partner",
    "sale_order",
    "sale_order_line",
];

async fn engine(odoo: &Session) -> SessionContext {
    let tables = Tables::of_server(odoo).await.expect("tables");
    tables.page_size(10).parts(3).engine()
}

async fn assert_domains(engine: &SessionContext, is_19: bool) {
    for query in QUERIES {
        let plan = explained(engine, query.sql).await;
        if env::var_os("ODX_SHOW").is_some() {
            for line in plan.lines().filter(|line| line.contains("OdooScan")) {
                println!("{}\n    {}", query.sql, line.trim());
            }
        }
        for domain in query.domains.iter().filter(|_| is_19) {
            assert!(plan.contains(domain), "{domain} is not in\n{plan}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_over_the_sandbox_give_what_its_rows_give() {
    let sandbox = Sandbox::company().await.expect("a sandbox");
    let odoo = sandbox.connect().await.expect("a session");
    let engine = engine(&odoo).await;
    let memory = SessionContext::new();
    for table in TABLES {
        let all = rows(&engine, &format!("select * from {table}")).await;
        let table_of_rows = MemTable::try_new(all.schema(), vec![vec![all]]).expect("a table");
        let registered = memory.register_table(table, Arc::new(table_of_rows));
        registered.expect("registered");
    }
    for query in QUERIES {
        let found = texts(query.sql, &rows(&engine, query.sql).await);
        let wanted = texts(query.sql, &rows(&memory, query.sql).await);
        assert!(!wanted.is_empty(), "{} finds nothing", query.sql);
        assert_same(query.sql, &found, &wanted);
    }
    assert_domains(&engine, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_over_a_real_odoo_give_what_postgresql_gives() {
    if env::var("ODX_LIVE").as_deref() != Ok("1") {
        eprintln!(
            "skipped: set ODX_LIVE=1 and the ODX_ODOO_ variables (`tests/odoo/odoo start`) to run it"
        );
        return;
    }
    let Some(postgres) = postgres() else {
        eprintln!(
            "skipped: ODX_ODOO_ENV names no Odoo that `tests/odoo/odoo` started, so that its database is not known"
        );
        return;
    };
    let odoo = Odoo::from_env()
        .expect("settings")
        .await
        .expect("a session");
    let is_19 = env::var("ODX_ODOO_VERSION").as_deref() == Ok("19");
    let engine = engine(&odoo).await;
    let mut asked = 0;
    for query in QUERIES {
        let own = match query.postgres {
            // Before Odoo 16 translations stand in a table of their own.
            Some(_) if !is_19 => continue,
            Some(own) => own,
            None => query.sql,
        };
        let ask = || sorted(query.sql, of_postgres(&postgres, own));
        let (mut found, mut wanted) = (Vec::new(), ask());
        for _ in 0..10 {
            let before = wanted;
            found = texts(query.sql, &rows(&engine, query.sql).await);
            wanted = ask();
            // Else somebody else wrote meanwhile.
            if before == wanted {
                break;
            }
        }
        assert_same(query.sql, &found, &wanted);
        asked += 1;
    }
    assert!(asked >= 20, "{asked} queries were asked");
    assert_domains(&engine, is_19).await;
}

/// How `psql` reaches the private cluster of the Odoo that `tests/odoo/odoo` started, as its settings say.
fn postgres() -> Option<String> {
    let file = env::var("ODX_ODOO_ENV").ok()?;
    let settings = Path::new(&file).with_file_name("odoo.conf");
    let settings = std::fs::read_to_string(settings).ok()?;
    let value = |name| {
        let mut lines = settings.lines().filter_map(|line| line.split_once(" = "));
        lines.find_map(|(key, value)| (key == name).then_some(value))
    };
    let database = env::var("ODX_ODOO_DB").ok()?;
    let (host, user) = (value("db_host")?, value("db_user")?);
    Some(format!("host={host} user={user} dbname={database}"))
}

fn of_postgres(connection: &str, sql: &str) -> Vec<Vec<String>> {
    let mut psql = Command::new("psql");
    psql.args([connection, "--no-psqlrc", "--tuples-only", "--no-align"]);
    psql.args(["--field-separator", "\u{1f}", "--command", sql]);
    let output = psql.output().expect("psql runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {said}");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines().filter(|line| !line.is_empty());
    let rows = lines.map(|line| line.split('\u{1f}').map(str::to_owned).collect());
    rows.collect()
}
