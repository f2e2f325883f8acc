//! Partners with parents and tags, some of them bad, imported into a real Odoo by a program that is killed again and again.
//!
//! `ODX_IMPORT_ROWS` and `ODX_IMPORT_KILLS` make it larger.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::time::{Duration, Instant, SystemTime};

use futures_util::TryStreamExt;
use odx_live::Live;
use odx_runtime::write::import::{Imported, UntypedImport};
use odx_runtime::{RecordId, Session};
use serde_json::{Value, json};

const COLUMNS: [&str; 9] = [
    "id",
    "name",
    "ref",
    "parent_id/id",
    "category_id/id",
    "country_id/id",
    "type",
    "color",
    "is_company",
];

/// Every tenth row is bad, or as many as `ODX_IMPORT_SHARE` says, each in the next of these ways: the field that is told, and what stands in it.
const BAD: [(&str, &str); 10] = [
    ("country_id", "base.no_such_country"),
    ("category_id", "odx_live_import.no_such_tag"),
    ("color", "blue"),
    ("color", "99999999999"),
    ("is_company", "maybe"),
    ("type", "no such type"),
    ("country_id", "base.main_company"),
    ("parent_id", "odx_live_import.nobody"),
    ("id", "not an id"),
    // The database refuses it, and no field is told.
    ("name", ""),
];

const SHARE: usize = 10;

fn number(variable: &str, otherwise: usize) -> usize {
    let text = env::var(variable).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The rows of one run, under an external id of its own.
struct Rows {
    module: String,
    rows: Vec<Vec<String>>,
    /// The bad rows, each with its field.
    bad: BTreeMap<usize, Option<&'static str>>,
}

impl Rows {
    fn new(count: usize, share: usize) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let module = format!("odx_live_import_{}", now.expect("a time").as_micros());
        let mut rows = Vec::with_capacity(count);
        let mut bad = BTreeMap::new();
        for number in 0..count {
            let mut row = good(&module, number);
            // Nobody's parent is bad.
            if number % share == share - 1 {
                let (field, value) = BAD[number / share % BAD.len()];
                let column = COLUMNS
                    .iter()
                    .position(|name| name.split('/').next() == Some(field));
                row[column.expect("a column")] = value.to_owned();
                bad.insert(number, Some(field).filter(|field| *field != "name"));
            }
            rows.push(row);
        }
        Self { module, rows, bad }
    }

    fn import<'a>(&self, odoo: &'a Session) -> UntypedImport<'a, Session> {
        odoo.import("res.partner", COLUMNS).rows(self.rows.clone())
    }

    /// The partners that are there.
    async fn found(&self, odoo: &Session) -> Vec<Value> {
        let odoo = odoo.with_archived();
        let call = odoo
            .call("res.partner", "search_read")
            .arg(json!([["ref", "=", self.module]]))
            .arg(json!(["name", "parent_id", "category_id"]));
        call.send().await.unwrap()
    }
}

/// Every tenth partner is the company of the next nine. A row stands before its parent as often as after it.
fn good(module: &str, number: usize) -> Vec<String> {
    let company = number / 10 * 10 + 5;
    let parent = match number == company {
        true => String::new(),
        false => format!("{module}.partner_{company}"),
    };
    [
        format!("{module}.partner_{number}"),
        format!("Partner {number}"),
        module.to_owned(),
        parent,
        format!(
            "{module}.tag_{},{module}.tag_{}",
            number % 3,
            number % 3 + 1
        ),
        "base.be".to_owned(),
        "contact".to_owned(),
        (number % 10).to_string(),
        (number == company).to_string(),
    ]
    .into()
}

async fn clean(odoo: &Session, rows: &Rows) {
    // Children first, a part at a time.
    let found = rows.found(odoo).await;
    let (children, companies): (Vec<&Value>, Vec<&Value>) = found
        .iter()
        .partition(|partner| partner["parent_id"] != false);
    let ids = |partners: Vec<&Value>| -> Vec<i64> {
        partners
            .iter()
            .filter_map(|partner| partner["id"].as_i64())
            .collect()
    };
    for ids in [ids(children), ids(companies)] {
        for ids in ids.chunks(500) {
            let call = odoo.call("res.partner", "unlink").ids(ids.iter().copied());
            call.send::<bool>().await.unwrap();
        }
    }
    let tags = odoo.call("res.partner.category", "search");
    let tags: Vec<i64> = tags
        .arg(json!([["name", "like", rows.module]]))
        .send()
        .await
        .unwrap();
    let unlink = odoo.call("res.partner.category", "unlink").ids(tags);
    unlink.send::<bool>().await.unwrap();
}

#[tokio::test]
async fn exactly_the_good_rows_are_there_after_many_kills_and_each_bad_one_is_told() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let rows = Rows::new(
        number("ODX_IMPORT_ROWS", 100),
        number("ODX_IMPORT_SHARE", SHARE),
    );
    let tags = (0..4).map(|tag| {
        [
            format!("{}.tag_{tag}", rows.module),
            format!("{} {tag}", rows.module),
        ]
    });
    let tags: Imported = odoo
        .import("res.partner.category", ["id", "name"])
        .rows(tags)
        .send()
        .await
        .unwrap();
    assert!(tags.is_complete(), "{tags:?}");

    let kills = number("ODX_IMPORT_KILLS", 3);
    for kill in 1..=kills {
        let mut settled = rows.import(&odoo).batch_size(20).stream();
        for _ in 0..rows.rows.len() * kill / (kills + 1) {
            settled.try_next().await.unwrap().expect("more rows");
        }
        // Odoo goes on with the call that it is killed in.
        let _ = tokio::time::timeout(Duration::from_millis(30), settled.try_next()).await;
        drop(settled);
        let found = rows.found(&odoo).await.len();
        eprintln!("kill {kill}: {found} partners are there");
    }
    let begun = Instant::now();
    let imported = rows.import(&odoo).batch_size(20).send().await.unwrap();
    eprintln!("{} rows in {:.1?}", rows.rows.len(), begun.elapsed());

    let told: BTreeMap<usize, Option<&str>> = imported
        .refused
        .iter()
        .map(|refused| (refused.row, refused.faults[0].field.as_deref()))
        .collect();
    let found = rows.found(&odoo).await;
    clean(&odoo, &rows).await;
    for refused in imported.refused.iter().take(BAD.len()) {
        eprintln!("{refused}");
    }
    for (row, field) in &rows.bad {
        let told = told
            .get(row)
            .unwrap_or_else(|| panic!("row {row} was not told"));
        // What the database refuses is told without a field by one series, with it by another.
        assert!(
            told == field || field.is_none(),
            "row {row}: {told:?}, not {field:?}"
        );
    }
    assert_eq!(told.len(), rows.bad.len(), "{told:?}");
    assert_eq!(found.len(), rows.rows.len() - rows.bad.len());
    let names: BTreeSet<&str> = found
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    let ids: BTreeSet<RecordId> = imported.ids.iter().flatten().copied().collect();
    assert_eq!((names.len(), ids.len()), (found.len(), found.len()));
    let companies = found.iter().filter(|one| one["parent_id"] == false).count();
    assert_eq!(companies, rows.rows.len().div_ceil(10));
    assert!(
        found
            .iter()
            .all(|one| one["category_id"].as_array().unwrap().len() == 2)
    );
}
