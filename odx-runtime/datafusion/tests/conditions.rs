//! Random conditions find with their domains what the engine finds without: in the sandbox as each series, and with
//! `ODX_LIVE=1` in the Odoo that the environment names. `ODX_CONDITIONS` sets how many, `ODX_SEED` which.

#[allow(unreachable_pub, dead_code)]
mod support;

use std::sync::Arc;

use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use odx_datafusion::Tables;
use odx_runtime::{Odoo, Session};
use odx_sandbox::Sandbox;
use serde_json::json;
use support::answers::rows;
use support::numbers;
use support::random::Subject;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// A table over Odoo, and its rows in memory.
struct Both {
    name: &'static str,
    odoo: SessionContext,
    memory: SessionContext,
    subject: Subject,
}

impl Both {
    async fn read(odoo: &Session, name: &'static str) -> Self {
        let odoo = tables_of(odoo).await;
        let all = rows(&odoo, &format!("select * from {name}")).await;
        let memory = SessionContext::new();
        let table = MemTable::try_new(all.schema(), vec![vec![all.clone()]]).expect("a table");
        let registered = memory.register_table(name, Arc::new(table));
        registered.expect("registered");
        Self {
            name,
            odoo,
            memory,
            subject: Subject {
                schema: all.schema(),
                rows: all,
            },
        }
    }

    /// Whether both find the same by the condition.
    async fn agree(&self, condition: &str) -> Result<(), String> {
        let name = self.name;
        let sql = format!("select id from {name} where {condition} order by id");
        let wanted = numbers(&self.memory, &sql).await;
        let found = numbers(&self.odoo, &sql).await;
        if found != wanted {
            return Err(format!("{sql}: {found:?}, and in memory {wanted:?}"));
        }
        let sql = format!("select count(*) from {name} where {condition}");
        let count = numbers(&self.odoo, &sql).await;
        if count != [wanted.len() as i64] {
            return Err(format!("{sql}: {count:?}, and in memory {}", wanted.len()));
        }
        let sql = format!("select id from {name} where {condition} limit 3");
        let some = numbers(&self.odoo, &sql).await;
        let are_of_them = some.iter().all(|id| wanted.contains(id));
        if some.len() != wanted.len().min(3) || !are_of_them {
            return Err(format!("{sql}: {some:?}, and in memory {wanted:?}"));
        }
        Ok(())
    }

    /// Whether a domain is sent in place of the condition.
    async fn is_said(&self, condition: &str) -> bool {
        let sql = format!("select id from {} where {condition}", self.name);
        let plan = support::explained(&self.odoo, &sql).await;
        !plan.contains("domain=[],") && !plan.contains("EmptyExec")
    }
}

/// Asks each table conditions.
async fn compare(odoo: &Session, tables: &[&'static str], conditions: u64) {
    let mut random = fastrand::Rng::with_seed(setting("ODX_SEED", 7));
    let mut said = 0;
    for table in tables {
        let mut both = Both::read(odoo, table).await;
        for _ in 0..conditions {
            let condition = both.subject.condition(&mut random, 2);
            if both.agree(&condition).await.is_err() {
                // Somebody else may have written to the table since it was read.
                both = Both::read(odoo, table).await;
                both.agree(&condition).await.expect("the same");
            }
            said += usize::from(both.is_said(&condition).await);
        }
    }
    let asked = tables.len() * conditions as usize;
    assert!(
        said * 10 > asked,
        "{said} of {asked} conditions were said in a domain"
    );
}

async fn tables_of(odoo: &Session) -> SessionContext {
    let tables = Tables::of_server(odoo).await.expect("tables");
    tables.page_size(20).parts(3).engine()
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_find_in_every_series_what_they_mean() {
    for series in ["14.0", "15.0", "16.0", "17.0", "18.0", "19.0"] {
        let sandbox = Sandbox::company().series(series).await.expect("a sandbox");
        for values in [
            json!({"name": "", "email": "", "color": false, "comment": ""}),
            json!({"name": "Zero", "email": false, "color": 0, "active": false}),
            json!({"name": "zeRO 5_%", "email": "ſs@Kk", "color": 5, "ref": "50%"}),
        ] {
            sandbox.make_record("res.partner", values).expect("made");
        }
        let odoo = sandbox.connect().await.expect("a session");
        let tables = ["res_partner", "sale_order", "product_product"];
        compare(&odoo, &tables, setting("ODX_CONDITIONS", 4)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_find_in_a_real_odoo_what_they_mean() {
    if std::env::var_os("ODX_LIVE").is_none() {
        eprintln!("skipped: set ODX_LIVE=1, and where the Odoo is");
        return;
    }
    let odoo = Odoo::from_env()
        .expect("settings")
        .await
        .expect("a session");
    let tables = [
        "res_partner",
        "odx_probe",
        "sale_order",
        "product_template",
        "res_users",
    ];
    compare(&odoo, &tables, setting("ODX_CONDITIONS", 12)).await;
}
