//! The rows that are imported, and what of them a real Odoo has.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::time::SystemTime;

use odx_runtime::Session;
use odx_runtime::write::import::{Imported, UntypedImport};
use serde_json::{Value, json};

pub(super) const COLUMNS: [&str; 9] = [
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
pub(super) const BAD: [(&str, &str); 10] = [
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

/// Records that are read at once.
const PAGE: usize = 5_000;

/// The number that a variable of the environment holds.
pub(super) fn number(variable: &str, otherwise: usize) -> usize {
    let text = env::var(variable).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The rows of one run, under an external id of its own.
pub(super) struct Rows {
    pub(super) module: String,
    pub(super) rows: Vec<Vec<String>>,
    /// The bad rows, each with its field.
    pub(super) bad: BTreeMap<usize, Option<&'static str>>,
}

impl Rows {
    /// As many as `ODX_IMPORT_ROWS` says, and their tags, which are in Odoo.
    pub(super) async fn start(odoo: &Session, otherwise: usize) -> Self {
        let count = number("ODX_IMPORT_ROWS", otherwise);
        let rows = Self::new(count, number("ODX_IMPORT_SHARE", SHARE));
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
        rows
    }

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

    pub(super) fn import<'a>(&self, odoo: &'a Session) -> UntypedImport<'a, Session> {
        odoo.import("res.partner", COLUMNS).rows(self.rows.clone())
    }

    /// What is wrong with a field that was told of a bad row. What the database refuses is told without a field by one series,
    /// with it by another.
    pub(super) fn wrongly_told(&self, row: usize, told: Option<&str>) -> Option<String> {
        match self.bad.get(&row) {
            None => Some(format!("row {row} is good, and was refused: {told:?}")),
            Some(Some(field)) if told != Some(field) => {
                Some(format!("row {row}: {told:?}, not {field}"))
            }
            Some(_) => None,
        }
    }

    /// The partners that are there.
    pub(super) async fn found(&self, odoo: &Session) -> Vec<Value> {
        let domain = json!([["ref", "=", self.module]]);
        let fields = json!([
            "name",
            "ref",
            "parent_id",
            "category_id",
            "country_id",
            "type",
            "color",
            "is_company"
        ]);
        records(odoo, "res.partner", domain, fields).await
    }

    /// What is wrong with what Odoo has: the good rows have to be there, each once and as it was given, and nothing else.
    pub(super) async fn wrong(&self, odoo: &Session) -> Vec<String> {
        let partners = self.found(odoo).await;
        let domain = json!([
            "|",
            ["module", "=", self.module],
            "&",
            ["module", "=", "base"],
            ["name", "=", "be"]
        ]);
        let named = records(
            odoo,
            "ir.model.data",
            domain,
            json!(["complete_name", "model", "res_id"]),
        )
        .await;
        let names: BTreeMap<(&str, i64), &str> = named
            .iter()
            .map(|one| {
                let text = |key: &str| one[key].as_str().unwrap_or_default();
                let id = one["res_id"].as_i64().unwrap_or_default();
                ((text("model"), id), text("complete_name"))
            })
            .collect();
        let name = |model, id: &Value| {
            let name = id.as_i64().and_then(|id| names.get(&(model, id)).copied());
            name.unwrap_or_default().to_owned()
        };
        let as_row = |partner: &Value| -> Vec<String> {
            let tags = partner["category_id"].as_array().into_iter().flatten();
            let mut tags: Vec<String> = tags.map(|tag| name("res.partner.category", tag)).collect();
            tags.sort();
            let text = |key: &str| partner[key].as_str().unwrap_or_default().to_owned();
            vec![
                name("res.partner", &partner["id"]),
                text("name"),
                text("ref"),
                name("res.partner", &partner["parent_id"][0]),
                tags.join(","),
                name("res.country", &partner["country_id"][0]),
                text("type"),
                partner["color"].to_string(),
                partner["is_company"].to_string(),
            ]
        };
        let mut expected: BTreeSet<&Vec<String>> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(row, _)| !self.bad.contains_key(row))
            .map(|(_, cells)| cells)
            .collect();
        let mut wrong = Vec::new();
        for partner in &partners {
            let row = as_row(partner);
            if !expected.remove(&row) {
                wrong.push(format!(
                    "{row:?} is there, and is no good row or another time"
                ));
            }
        }
        wrong.extend(expected.iter().map(|row| format!("{row:?} is not there")));
        // What has a name, and is no partner of these rows.
        let of_partners = names.keys().filter(|(model, _)| *model == "res.partner");
        if of_partners.clone().count() != partners.len() {
            wrong.push(format!(
                "{} external ids of {} partners",
                of_partners.count(),
                partners.len()
            ));
        }
        wrong
    }

    /// Takes out of Odoo what came there, the children first, a part at a time.
    pub(super) async fn clean(&self, odoo: &Session) {
        let found = self.found(odoo).await;
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
            .arg(json!([["name", "like", self.module]]))
            .send()
            .await
            .unwrap();
        let unlink = odoo.call("res.partner.category", "unlink").ids(tags);
        unlink.send::<bool>().await.unwrap();
    }
}

/// All records of a domain, archived ones, too.
async fn records(odoo: &Session, model: &'static str, domain: Value, fields: Value) -> Vec<Value> {
    let odoo = odoo.with_archived();
    let mut records: Vec<Value> = Vec::new();
    loop {
        let last = records.last().and_then(|record| record["id"].as_i64());
        let mut page = vec![json!(["id", ">", last.unwrap_or_default()])];
        page.extend(domain.as_array().into_iter().flatten().cloned());
        let call = odoo
            .call(model, "search_read")
            .kwarg("domain", page)
            .kwarg("fields", fields.clone())
            .kwarg("order", "id")
            .kwarg("limit", PAGE);
        let page: Vec<Value> = call.send().await.unwrap();
        if page.is_empty() {
            return records;
        }
        records.extend(page);
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
