use std::path::Path;

use odx_codegen::Config;
use odx_codegen::source::live::{Discovery, pull};
use odx_driver::{Driver, Page};
use odx_live::Live;
use odx_runtime::{Call, Session};

const ROWS: u32 = 200;

/// A view that declares an integer and sends fractions; this is how a user sets that right.
const CONFIG: &str = "[[field]]\nmatch = \"odx.probe.report.average\"\ntype = \"float\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn every_readable_record_of_every_model_passes_through_its_record() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let config = Config::parse("", Path::new("odx.toml")).unwrap();
    let pulled = pull(&odoo, live.user(), &config, |_| ()).await.unwrap();
    assert!(pulled.failed.is_empty(), "{:?}", pulled.failed);
    assert!(matches!(pulled.discovery, Discovery::IrModel));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live");
    let driver = Driver::build(
        &odx_driver::models(&pulled.schema, CONFIG),
        &folder.join("driver"),
        &folder.join("target"),
    );
    let mut pages = Vec::new();
    let mut unreadable = Vec::new();
    for (model, fields) in driver.records() {
        match read(&odoo, &model, fields).await {
            Some(rows) => pages.push(Page { model, rows }),
            None => unreadable.push(model),
        }
    }
    let read = pages.len();
    let report = driver.round_trip(pages);
    eprintln!(
        "{read} models read, {} rows, {} values; Odoo refuses {unreadable:?}",
        report.rows, report.values
    );
    assert_eq!(report.problems, Vec::<String>::new());
    // Some models have no table, or may be read by nobody.
    assert!(unreadable.len() * 10 < read, "Odoo refuses {unreadable:?}");
}

/// The rows as they came; `None` where Odoo refuses them.
async fn read(odoo: &Session, model: &str, fields: Vec<String>) -> Option<Vec<u8>> {
    let call = Call::new(model.to_owned(), "search_read")
        .arg(Vec::<i64>::new())
        .kwarg("fields", fields)
        .kwarg("limit", ROWS)
        .kwarg("context", serde_json::json!({"active_test": false}));
    match odoo.execute(call).await {
        Ok(reply) => reply.raw().map(<[u8]>::to_vec),
        Err(error) if error.odoo().is_some() => None,
        Err(error) => panic!("{model}: {error}"),
    }
}
