//! The whole way of a user, with the real binaries: `odx proxy`, `odx pull`, `odx generate`, `odx check`, a program over the
//! generated crate; then every readable record of every model through its generated record.

use std::fs;
use std::path::Path;
use std::process::Command;

use odx_driver::{Driver, Page};
use odx_live::{Live, instance};
use odx_runtime::{Call, OdxProxy, Session};
use serde_json::json;

use crate::odx::Proxy;

const ROWS: u32 = 200;

/// A view that declares an integer and sends fractions; this is how a user sets that right.
const CONFIG: &str = "[[field]]\nmatch = \"odx.probe.report.average\"\ntype = \"float\"\n";

const NOT_ALLOWED: &str = "You are not allowed to access";

/// The models that Odoo 14 may refuse to read, and why.
const REFUSED_BY_14: [(&str, &str); 7] = [
    // Abstract models, which it lists among the others, and models without access rules.
    (ANY, "No group currently allows this operation"),
    // For users of what is off.
    (ANY, "Technical/Analytic Accounting"),
    (ANY, "Technical/Show Full Accounting Features"),
    // Abstract models with access rules.
    ("calendar.alarm_manager", NO_TABLE),
    ("publisher_warranty.contract", NO_TABLE),
    ("res.users.apikeys.show", NO_TABLE),
    // Mails about records that the administrator may not read.
    ("mail.mail", "security restrictions"),
];

const ANY: &str = "";

const NO_TABLE: &str = "does not exist";

/// The models that Odoo 19 may refuse to read, and why.
const REFUSED_BY_19: [(&str, &str); 11] = [
    // For users of analytic accounting, which is off.
    ("account.accrued.orders.wizard", NOT_ALLOWED),
    ("account.analytic.applicability", NOT_ALLOWED),
    ("account.analytic.plan", NOT_ALLOWED),
    ("account.automatic.entry.wizard", NOT_ALLOWED),
    // Without access rules: nobody may read them.
    ("auth.totp.rate.limit.log", NOT_ALLOWED),
    ("bus.bus", NOT_ALLOWED),
    ("crm.iap.lead.helpers", NOT_ALLOWED),
    ("ir.model.inherit", NOT_ALLOWED),
    // Not by a search.
    ("account.code.mapping", "cannot be accessed directly"),
    ("account.root", "Filter on the Account or its Display Name"),
    // A field without a column in the view.
    ("vendor.delay.report", "on_time_rate does not exist"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_readable_record_of_every_model_passes_through_its_record() {
    if !Live::is_asked_for() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-{}", Live::version()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("odx.toml"), CONFIG).unwrap();
    let proxy = Proxy::start();
    let odx = |arguments: &[&str]| proxy.odx(&folder, 0, arguments);
    let runtime = odx_driver::runtime();
    let from_runtime = ["--runtime-path", runtime.to_str().unwrap()];

    let pulled = odx(&["pull"]);
    assert!(!pulled.contains("was not read"), "{pulled}");
    odx(&[&["generate"], &from_runtime[..]].concat());
    odx(&[&["check"], &from_runtime[..]].concat());
    odx(&["check", "--live"]);

    let models = folder.join("models");
    // What the models of all series link with is compiled once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drivers");
    let sources = [("main.rs", include_str!("../../program/main.rs"))];
    let program = odx_driver::build(
        &format!("program-{}", Live::version()),
        &models,
        &["client"],
        &sources,
        &folder.join("program"),
        &target,
    );
    let printed = proxy.run(0, &mut Command::new(program));
    assert_eq!(printed, "Set: first, second\n");

    let odoo = OdxProxy::new(&proxy.url, Proxy::KEY)
        .unwrap()
        .session(instance("ODX_ODOO_USER_ID", "ODX_ODOO_API_KEY"));
    let name = format!("driver-{}", Live::version());
    let driver = Driver::build(&name, &models, &folder.join("driver"), &target);
    let (mut pages, mut refused) = (Vec::new(), Vec::new());
    for (model, fields) in driver.records() {
        match read(&odoo, &model, fields).await {
            Ok(rows) => pages.push(Page { model, rows }),
            Err(why) if may_be_refused(&model, &why) => {}
            Err(why) => refused.push(format!("{model}: {why}")),
        }
    }
    assert_eq!(refused, Vec::<String>::new());
    let read = pages.len();
    let expected = if Live::version() == 14 { 340 } else { 400 };
    assert!(read > expected, "{read} models");
    let report = driver.round_trip(pages);
    eprintln!(
        "{read} models read, {} rows, {} values",
        report.rows, report.values
    );
    assert_eq!(report.problems, Vec::<String>::new());
}

fn may_be_refused(model: &str, why: &str) -> bool {
    let refused: &[(&str, &str)] = match Live::version() {
        14 => &REFUSED_BY_14,
        _ => &REFUSED_BY_19,
    };
    refused
        .iter()
        .any(|(refused, reason)| [model, ANY].contains(refused) && why.contains(reason))
}

/// The rows as they came, or what Odoo said against it.
async fn read(odoo: &Session, model: &str, fields: Vec<String>) -> Result<Vec<u8>, String> {
    let call = Call::new(model.to_owned(), "search_read")
        .arg(Vec::<i64>::new())
        .kwarg("fields", fields)
        .kwarg("limit", ROWS)
        .kwarg("context", json!({"active_test": false}));
    let reply = odoo
        .execute(call)
        .await
        .map_err(|error| error.to_string())?;
    let rows = reply.raw().map_err(|error| error.to_string())?;
    Ok(rows.expect("a list of rows").to_vec())
}
