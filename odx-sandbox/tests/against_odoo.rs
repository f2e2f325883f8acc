//! The same records and the same domains, asked of a real Odoo, 14 to 19, and of the sandbox.
//!
//! Skipped unless `ODX_LIVE=1`, as all live tests are. They need a running Odoo: `ODX_ODOO_URL`, `ODX_ODOO_DB`,
//! `ODX_ODOO_USER_ID` and `ODX_ODOO_API_KEY`, which `tests/odoo/odoo start` sets. `ODX_DOMAINS` sets how many domains
//! are asked (500), `ODX_SEED` which.

mod support;

use std::collections::BTreeMap;

use odx_facts::{Feature, Series, Since};
use odx_sandbox::{Backend, Database, ModelOptions, Options, Server, User};
use serde_json::{Map, Value, json};
use support::Client;
use tokio::sync::{Mutex, MutexGuard};

/// The version of the real Odoo, 19 where the environment does not say it. Only the domains are asked of an older one.
fn version() -> u16 {
    std::env::var("ODX_ODOO_VERSION").map_or(19, |version| version.parse().unwrap())
}

fn holds(fact: Since) -> bool {
    fact.holds(Series::new(version(), 0))
}

/// What follows is an error of the database where its fact does not hold, unless another condition spares Odoo the search.
///
/// `=?` of a translated text.
const TRANSLATED_EQUAL_IF_SET: Since = Since::from(18);

/// A list of an id and `False` of a one2many.
const ONE2MANY_IN_LIST_WITH_UNSET: Since = Since::from(19);

/// A list of several values of a part of a date; parts of dates are older, see `Feature::DATE_PART`.
const DATE_PART_IN_LIST: Since = Since::from(19);

/// The models that Odoo 14 searches by their names and nothing else.
const NAMED_BY_14: &[&str] = &[
    "odx.probe",
    "odx.probe.kind",
    "odx.probe.line",
    "odx.probe.tag",
    "product.category",
    "project.project",
    "res.company",
    "uom.uom",
];

/// What a search by name looks at.
fn names_of(model: &str) -> &'static [&'static str] {
    match MODELS.iter().find(|(known, _)| *known == model) {
        Some((_, names)) if version() >= 19 || NAMED_BY_14.contains(&model) => names,
        _ => &[],
    }
}

/// What is copied, with the `_rec_names_search` of Odoo 19 that no call tells.
const MODELS: &[(&str, &[&str])] = &[
    ("odx.probe", &["name"]),
    ("odx.probe.kind", &["name"]),
    ("odx.probe.line", &["name"]),
    ("odx.probe.tag", &["name"]),
    ("product.category", &["complete_name"]),
    ("product.product", &[]),
    ("product.template", &[]),
    ("project.project", &["name"]),
    ("project.task", &["name"]),
    ("res.company", &["name"]),
    ("res.country", &["name", "code"]),
    ("res.country.state", &[]),
    ("res.currency", &["name", "full_name"]),
    ("res.lang", &["name", "code", "iso_code"]),
    (
        "res.partner",
        &["complete_name", "email", "ref", "vat", "company_registry"],
    ),
    ("res.partner.category", &["name"]),
    ("res.users", &["name"]),
    (
        "sale.order",
        &["name", "client_order_ref", "partner_id.name"],
    ),
    ("sale.order.line", &[]),
    ("uom.uom", &["name"]),
];

/// The models that domains are asked of.
const ASKED: &[&str] = &[
    "odx.probe",
    "product.category",
    "product.product",
    "project.task",
    "res.country",
    "res.partner",
    "sale.order",
    "sale.order.line",
];

struct Copied {
    schema: BTreeMap<String, Map<String, Value>>,
    records: BTreeMap<String, Vec<Map<String, Value>>>,
    orders: BTreeMap<String, String>,
    defaults: BTreeMap<String, Map<String, Value>>,
}

/// The turn of one test, since one must not see what another writes; `None`, said on stderr, where the environment does
/// not ask for these tests.
async fn turn() -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::const_new(());
    if std::env::var_os("ODX_LIVE").is_none_or(|value| value != "1") {
        eprintln!(
            "skipped: set ODX_LIVE=1 and the ODX_ODOO_ variables (`tests/odoo/odoo start`) to run it"
        );
        return None;
    }
    Some(TURN.lock().await)
}

/// The same for what only an Odoo 19 is asked.
async fn turn_of_19() -> Option<MutexGuard<'static, ()>> {
    if version() != 19 {
        eprintln!(
            "skipped: it is about Odoo 19, the real one is Odoo {}",
            version()
        );
        return None;
    }
    turn().await
}

impl Copied {
    /// Those of the ids that were there when the records were copied.
    fn known(&self, model: &str, ids: Value) -> Value {
        let is_known = |id: &Value| self.records[model].iter().any(|record| record["id"] == *id);
        match ids {
            Value::Array(ids) => ids.into_iter().filter(is_known).collect(),
            other => other,
        }
    }
}

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; it names the Odoo to compare with"))
}

async fn odoo() -> Client {
    let url = variable("ODX_ODOO_URL");
    let options = Options::default().allowed_upstream(url.parse().unwrap());
    let server = Server::start(Backend::Odoo, options).await.unwrap();
    let instance = json!({
        "url": url,
        "db": variable("ODX_ODOO_DB"),
        "user_id": variable("ODX_ODOO_USER_ID").parse::<i64>().unwrap(),
        "api_key": variable("ODX_ODOO_API_KEY"),
    });
    Client::of(server, instance)
}

/// Stored fields that a module searches in its own way.
const OWN_SEARCH: &[&str] = &["is_in_selected_section_of_order"];

/// Datetimes with fractions of a second, which a read does not show, and which Odoo rounds off from 19 on.
const FRACTIONS: &[&str] = &["create_date", "write_date", "date_order"];

/// Fields whose value a domain can be tried on without a search method of a module.
fn is_plain(field: &Value) -> bool {
    let flag = |key: &str| field[key] == json!(true);
    let kind = field["type"].as_str().unwrap_or_default();
    flag("store")
        && flag("searchable")
        && !flag("company_dependent")
        && !matches!(
            kind,
            "binary" | "json" | "serialized" | "properties_definition"
        )
}

async fn copy(odoo: &Client) -> Copied {
    let mut copied = Copied {
        schema: BTreeMap::new(),
        records: BTreeMap::new(),
        orders: BTreeMap::new(),
        defaults: BTreeMap::new(),
    };
    let everything = json!({"active_test": false});
    for (model, _) in MODELS {
        let described = odoo.result("fields_get", model, json!([])).await;
        let Value::Object(mut fields) = described else {
            panic!("fields_get of {model}: {described}");
        };
        fields.retain(|name, field| {
            if OWN_SEARCH.contains(&name.as_str()) {
                return false;
            }
            let far = field["relation"].as_str();
            far.is_none_or(|far| MODELS.iter().any(|(model, _)| *model == far))
        });
        // Odoo 14 does not repeat the name.
        for (name, field) in &mut fields {
            field["name"] = json!(name);
        }
        let wanted: Vec<&String> = fields
            .iter()
            .filter(|(_, field)| is_plain(field) || field["type"] == "properties_definition")
            .map(|(name, _)| name)
            .collect();
        let mut request = odoo.body("search", model, json!([[]]));
        request["keyword"] = json!({"context": everything});
        let ids = odoo.send(request).await["result"].take();
        let mut request = odoo.body("read", model, json!([ids, wanted]));
        request["keyword"] = json!({"load": null, "context": everything});
        // Odoo writes NaN, which is no JSON; no domain is tried on a field that has one.
        let rows = odoo
            .text(request)
            .await
            .replace("-Infinity", "NaN")
            .replace("Infinity", "NaN")
            .replace("NaN", "\"NaN\"");
        let rows: Value = serde_json::from_str(&rows).unwrap();
        let is_number = |name: &str, fields: &Map<String, Value>| {
            fields
                .get(name)
                .is_some_and(|field| field["type"] == "float" || field["type"] == "monetary")
        };
        let rows = rows["result"]
            .as_array()
            .unwrap_or_else(|| panic!("{model}: {rows}"));
        for row in rows.iter().filter_map(Value::as_object) {
            for (name, _) in row.iter().filter(|(_, value)| **value == json!("NaN")) {
                if is_number(name, &fields) {
                    fields[name]["searchable"] = json!(false);
                }
            }
        }
        let mut records: Vec<_> = rows.iter().map(|row| record(&fields, row)).collect();
        if version() < 19 {
            unset_numbers(odoo, model, &fields, &mut records).await;
        }
        let names: Vec<&String> = fields.keys().collect();
        let mut request = odoo.body("call_method", model, json!([names]));
        request["fn_name"] = json!("default_get");
        if let Value::Object(defaults) = odoo.send(request).await["result"].take() {
            copied.defaults.insert((*model).to_owned(), defaults);
        }
        copied.records.insert((*model).to_owned(), records);
        copied.schema.insert((*model).to_owned(), fields);
    }
    let models: Vec<&str> = MODELS.iter().map(|(model, _)| *model).collect();
    let described = odoo
        .result(
            "search_read",
            "ir.model",
            json!([[["model", "in", models]], ["model", "order"]]),
        )
        .await;
    for model in described.as_array().into_iter().flatten() {
        let text = |key: &str| model[key].as_str().unwrap_or("id").to_owned();
        copied.orders.insert(text("model"), text("order"));
    }
    copied
}

/// A read shows a number that was never set as 0, which before Odoo 19 is not what a domain finds.
async fn unset_numbers(
    odoo: &Client,
    model: &str,
    fields: &Map<String, Value>,
    records: &mut [Map<String, Value>],
) {
    let numbers = fields.iter().filter(|(name, field)| {
        let kinds = ["integer", "float", "monetary", "many2one_reference"].map(Value::from);
        is_plain(field) && kinds.contains(&field["type"]) && *name != "id"
    });
    for (name, _) in numbers {
        let mut request = odoo.body("search", model, json!([[[name, "=", false]]]));
        request["keyword"] = json!({"context": {"active_test": false}});
        let unset = odoo.send(request).await["result"].take();
        let unset = unset.as_array().expect("ids");
        for record in records
            .iter_mut()
            .filter(|record| unset.contains(&record["id"]))
        {
            record.remove(name);
        }
    }
}

/// A row as records are given: unset values left out, properties as an object.
fn record(fields: &Map<String, Value>, row: &Value) -> Map<String, Value> {
    let Value::Object(row) = row else {
        panic!("a row that is no object: {row}");
    };
    row.iter()
        .filter(|(name, _)| fields.contains_key(*name))
        .filter(|(name, value)| {
            let kind = fields.get(*name).and_then(|field| field["type"].as_str());
            **value != json!(false) || kind == Some("boolean")
        })
        .map(|(name, value)| {
            let is_properties = fields
                .get(name)
                .is_some_and(|field| field["type"] == "properties");
            let value = if is_properties {
                properties(value)
            } else {
                value.clone()
            };
            (name.clone(), value)
        })
        .collect()
}

fn properties(read: &Value) -> Value {
    let named = read
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|definition| {
            let name = definition["name"].as_str()?;
            // A separator has none, or null, which no domain can name.
            let value = definition.get("value").filter(|value| !value.is_null())?;
            Some((name.to_owned(), value.clone()))
        });
    Value::Object(named.collect())
}

fn sandbox(copied: &Copied) -> Database {
    let mut database = Database::new(copied.schema.clone())
        .series(&format!("{}.0", version()))
        .with_user(User::administrator(2, "key"));
    for (model, _) in MODELS {
        database = database.with_options(
            model,
            ModelOptions {
                order: copied.orders[*model].clone(),
                rec_name: (*model == "product.category").then(|| "complete_name".to_owned()),
                rec_names_search: names_of(model)
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect(),
                ..ModelOptions::default()
            },
        );
    }
    for (model, defaults) in &copied.defaults {
        for (field, value) in defaults {
            let default = odx_sandbox::Default::Value(value.clone());
            database = database.with_default(model, field, default);
        }
    }
    for (model, records) in &copied.records {
        database = database.with_records(model, records.clone()).unwrap();
    }
    database
}

/// A small generator of pseudo-random numbers (splitmix64), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// What the domains must have among them, by what they show it, and the first version that has it.
const CONSTRUCTS: [(&str, &str, u16); 11] = [
    ("a hop", "_id.", 14),
    ("any", r#","any","#, 17),
    ("not any", r#","not any","#, 17),
    ("child_of", r#","child_of","#, 14),
    ("parent_of", r#","parent_of","#, 14),
    ("a negation", r#""!""#, 14),
    ("an alternative", r#""|""#, 14),
    ("a part of a date", "_number", 18),
    ("a date", r#","202"#, 14),
    ("a pattern", "like", 14),
    ("a property", "properties.", 17),
];

struct Generator<'a> {
    copied: &'a Copied,
    random: Random,
}

impl Generator<'_> {
    fn domain(&mut self, model: &str) -> Value {
        let terms = 1 + self.random.below(3);
        let mut domain = Vec::new();
        for _ in 0..terms {
            domain.extend(self.term(model, 0));
        }
        Value::from(domain)
    }

    fn term(&mut self, model: &str, depth: usize) -> Vec<Value> {
        match self.random.below(8) {
            0 if depth < 3 => [vec![json!("!")], self.term(model, depth + 1)].concat(),
            1 | 2 if depth < 3 => {
                let symbol = *self.random.pick(&["&", "|"]);
                let one = self.term(model, depth + 1);
                let other = self.term(model, depth + 1);
                [vec![json!(symbol)], one, other].concat()
            }
            _ => vec![self.leaf(model, depth)],
        }
    }

    fn leaf(&mut self, model: &str, depth: usize) -> Value {
        let fields = &self.copied.schema[model];
        let names: Vec<&String> = fields
            .iter()
            .filter(|(name, field)| is_plain(field) || name.as_str() == "id")
            .map(|(name, _)| name)
            .filter(|name| version() >= 19 || !FRACTIONS.contains(&name.as_str()))
            .filter(|name| holds(Feature::PROPERTY.since) || fields[*name]["type"] != "properties")
            .collect();
        // Relations, dates and properties have more to go wrong than their number among the fields tells.
        let preferred: &[&str] = match self.random.below(8) {
            0..3 => &["many2one", "one2many", "many2many"],
            3 => &["date", "datetime"],
            4 => &["properties"],
            _ => &[],
        };
        let of_kind: Vec<&String> = names
            .iter()
            .copied()
            .filter(|name| preferred.contains(&fields[*name]["type"].as_str().unwrap_or_default()))
            .collect();
        let names = if of_kind.is_empty() { names } else { of_kind };
        let name = (*self.random.pick(&names)).clone();
        let field = fields[&name].clone();
        let kind = field["type"].as_str().unwrap_or_default();
        match kind {
            "many2one" | "one2many" | "many2many" => self.relation(model, &name, &field, depth),
            // The year 9999 ends in the year 10000 of other timezones, which the sandbox does not know.
            "date" | "datetime"
                if version() >= 18 && self.random.below(4) == 0 && name != "datetime_required" =>
            {
                self.date_part(&name)
            }
            "properties" => self.property(model, &name),
            "boolean" => {
                let operator = *self.random.pick(&["=", "!=", "in", "not in"]);
                let flag = json!(self.random.below(2) == 0);
                let value = if operator.ends_with("in") {
                    json!([flag])
                } else {
                    flag
                };
                json!([name, operator, value])
            }
            _ => {
                let operators = [
                    "=",
                    "!=",
                    "=?",
                    "in",
                    "not in",
                    "<",
                    ">",
                    "<=",
                    ">=",
                    "like",
                    "not like",
                    "ilike",
                    "not ilike",
                    "=like",
                    "=ilike",
                    "not =like",
                    "not =ilike",
                ];
                // A read shows a number that was never set as 0, but only a stored 0 has a text.
                let numeric = matches!(
                    kind,
                    "integer" | "float" | "monetary" | "many2one_reference"
                );
                // The text of a timestamp has microseconds, which a read does not show.
                let usable = if numeric || kind == "datetime" {
                    &operators[..9]
                } else if version() < 19 {
                    &operators[..15]
                } else {
                    &operators
                };
                let mut operator = *self.random.pick(usable);
                let translated = field["translate"] == json!(true);
                if operator == "=?" && translated && !holds(TRANSLATED_EQUAL_IF_SET) {
                    operator = "=";
                }
                self.scalar(model, &name, kind, operator)
            }
        }
    }

    fn scalar(&mut self, model: &str, name: &str, kind: &str, operator: &str) -> Value {
        if operator.ends_with("in") {
            let count = self.random.below(4);
            let values: Vec<Value> = (0..count).map(|_| self.value(model, name, kind)).collect();
            return json!([name, operator, values]);
        }
        let value = self.value(model, name, kind);
        if !operator.ends_with("like") {
            return json!([name, operator, value]);
        }
        let text = match value {
            Value::String(text) => text,
            Value::Bool(_) => String::new(),
            other => other.to_string(),
        };
        let chars: Vec<char> = text.chars().collect();
        let start = self.random.below(chars.len() + 1);
        let end = start + self.random.below(chars.len() - start + 1);
        let part: String = chars[start..end].iter().collect();
        let pattern = match self.random.below(6) {
            0 => format!("{part}%"),
            1 => format!("%{part}"),
            2 => format!("_{part}%"),
            3 => part.to_uppercase(),
            4 => part.replace('%', "\\%"),
            _ => part,
        };
        json!([name, operator, pattern])
    }

    /// A value that some record has, or now and then one that is unset or absent.
    fn value(&mut self, model: &str, name: &str, kind: &str) -> Value {
        let known: Vec<&Value> = self.copied.records[model]
            .iter()
            .filter_map(|record| record.get(name))
            // A year below 1000 is read in a form that no domain takes. Odoo takes "" and false for the same, except
            // where it merges two conditions.
            .filter(|value| {
                let text = value.as_str();
                !text.is_some_and(|text| text.starts_with("1-") || text.is_empty())
            })
            .collect();
        if known.is_empty() || self.random.below(6) == 0 {
            if version() < 19 && matches!(kind, "date" | "datetime") {
                let dates = [json!(false), json!("2026-11-21")];
                return self.random.pick(&dates).clone();
            }
            return match kind {
                "integer" if name == "id" => json!(999_999),
                "integer" | "float" | "monetary" | "many2one_reference" => self
                    .random
                    .pick(&[json!(0), json!(1), json!(false)])
                    .clone(),
                "date" => self
                    .random
                    .pick(&[
                        json!(false),
                        json!("2026-11-21"),
                        json!("today"),
                        json!("-3d"),
                    ])
                    .clone(),
                "datetime" => self
                    .random
                    .pick(&[
                        json!(false),
                        json!("2026-11-21"),
                        json!("2026-11-21 00:00:00"),
                        json!("today +1d"),
                        json!("=monday"),
                    ])
                    .clone(),
                _ => self.random.pick(&[json!(false), json!("a")]).clone(),
            };
        }
        (*self.random.pick(&known)).clone()
    }

    fn relation(&mut self, model: &str, name: &str, field: &Value, depth: usize) -> Value {
        let far = field["relation"].as_str().unwrap_or_default().to_owned();
        let ids: Vec<i64> = self.copied.records[&far]
            .iter()
            .filter_map(|record| record["id"].as_i64())
            .collect();
        let id = if ids.is_empty() {
            1
        } else {
            *self.random.pick(&ids)
        };
        // Odoo 14 never comes to the end of a circle, such as that of a partner's `commercial_partner_id`.
        let ends = version() >= 19 || name == "parent_id";
        if far == model && ends && self.random.below(3) == 0 {
            return self.hierarchy(model, name, id);
        }
        match self.random.below(9) {
            0 => json!([name, "=", false]),
            1 => json!([name, "!=", false]),
            2 => json!([name, "!=", id]),
            3 if holds(ONE2MANY_IN_LIST_WITH_UNSET) || field["type"] != "one2many" => {
                json!([name, "in", [id, false]])
            }
            4 => json!([name, "not in", [id]]),
            5 | 6 if depth < 2 && version() >= 17 => {
                let operator = *self.random.pick(&["any", "not any"]);
                let inner = self.term(&far, depth + 2);
                json!([name, operator, inner])
            }
            7 if depth < 2 => {
                let inner = self.leaf(&far, depth + 2);
                json!([
                    format!("{name}.{}", inner[0].as_str().unwrap()),
                    inner[1],
                    inner[2]
                ])
            }
            8 if has_search(&far) => {
                let operator = *self.random.pick(&["ilike", "not ilike", "like", "="]);
                let names: Vec<&Value> = self.copied.records[&far]
                    .iter()
                    .filter_map(|record| record.get("name"))
                    .collect();
                let value = if names.is_empty() {
                    json!("a")
                } else {
                    (*self.random.pick(&names)).clone()
                };
                json!([name, operator, value])
            }
            _ => json!([name, "=", id]),
        }
    }

    /// Below or above a record that has others below it, if there are any.
    fn hierarchy(&mut self, model: &str, name: &str, other: i64) -> Value {
        let parents: Vec<i64> = self.copied.records[model]
            .iter()
            .filter_map(|record| record.get("parent_id")?.as_i64())
            .collect();
        let id = match parents.is_empty() {
            true => other,
            false => *self.random.pick(&parents),
        };
        json!([name, *self.random.pick(&["child_of", "parent_of"]), id])
    }

    fn date_part(&mut self, name: &str) -> Value {
        // The seconds of create_date and write_date have fractions, which a read does not show.
        let part = *self.random.pick(&[
            "year_number",
            "quarter_number",
            "month_number",
            "iso_week_number",
            "day_of_year",
            "day_of_month",
            "day_of_week",
            "hour_number",
            "minute_number",
        ]);
        let operators = ["=", "!=", "<", ">=", "in", "not in"];
        let usable = if holds(DATE_PART_IN_LIST) {
            &operators[..]
        } else {
            &operators[..4]
        };
        let operator = *self.random.pick(usable);
        let number = self.random.below(13);
        let value = if operator.ends_with("in") {
            json!([number, 11])
        } else {
            json!(number)
        };
        json!([format!("{name}.{part}"), operator, value])
    }

    fn property(&mut self, model: &str, name: &str) -> Value {
        let values: Vec<(String, Value)> = self.copied.records[model]
            .iter()
            .filter_map(|record| record.get(name)?.as_object().cloned())
            .flatten()
            .collect();
        if values.is_empty() {
            return json!(["id", "!=", 999_999]);
        }
        let (property, value) = self.random.pick(&values).clone();
        let path = format!("{name}.{property}");
        let value = match value {
            Value::Array(items) => items.first().cloned().unwrap_or(json!(false)),
            other => other,
        };
        match (self.random.below(4), &value) {
            (0, _) => json!([path, "=", false]),
            (1, _) => json!([path, "!=", false]),
            (2, Value::String(_)) => json!([path, "ilike", value]),
            (_, Value::Array(_)) => json!([path, "=", false]),
            _ => json!([path, *self.random.pick(&["=", "in"]), value]),
        }
    }
}

fn has_search(model: &str) -> bool {
    !names_of(model).is_empty()
}

/// The ids, or the error's class and text.
fn outcome(envelope: &Value) -> Result<Value, String> {
    match envelope.get("result") {
        Some(result) => Ok(result.clone()),
        None => {
            let data = &envelope["error"]["data"];
            Err(format!("{}: {}", data["name"], data["message"]))
        }
    }
}

/// Both sides with the same records, and what was copied.
async fn both() -> (Client, Client, Copied) {
    let odoo = odoo().await;
    let copied = copy(&odoo).await;
    let server = Server::start(sandbox(&copied), Options::default())
        .await
        .unwrap();
    let instance =
        json!({"url": "http://odoo.invalid", "db": "demo", "user_id": 2, "api_key": "key"});
    (odoo, Client::of(server, instance), copied)
}

#[tokio::test]
async fn the_sandbox_finds_what_odoo_finds() {
    let Some(_turn) = turn().await else {
        return;
    };
    let (odoo, sandbox, copied) = both().await;
    let number = |name: &str, default: usize| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap())
    };
    let mut generator = Generator {
        copied: &copied,
        random: Random(u64::try_from(number("ODX_SEED", 1)).unwrap()),
    };
    let (mut differences, mut found, mut failed) = (Vec::new(), 0, 0);
    let asked = number("ODX_DOMAINS", 500);
    let mut constructs = CONSTRUCTS.map(|(name, ..)| (name, 0));
    for turn in 0..asked {
        let model = ASKED[turn % ASKED.len()];
        let domain = generator.domain(model);
        let text = domain.to_string();
        for ((_, count), (_, sign, _)) in constructs.iter_mut().zip(CONSTRUCTS) {
            *count += usize::from(text.contains(sign));
        }
        let mut contexts = vec![
            json!({}),
            json!({"active_test": false}),
            json!({"tz": "Asia/Tokyo"}),
        ];
        let context = contexts.swap_remove(turn % 3);
        let order = if turn % 2 == 0 { "id" } else { "" };
        let ask = async |client: &Client| {
            let mut request = client.body("search", model, json!([domain]));
            request["keyword"] = json!({"context": context, "order": order});
            outcome(&client.send(request).await)
        };
        let real = ask(&odoo).await.map(|ids| copied.known(model, ids));
        let ours = ask(&sandbox).await;
        match &real {
            Ok(ids) if ids != &json!([]) => found += 1,
            Err(_) => failed += 1,
            Ok(_) => {}
        }
        if !agree(&real, &ours) {
            differences.push(format!(
                "{model} {domain} {context}\n  odoo:    {}\n  sandbox: {}",
                shown(&real),
                shown(&ours)
            ));
        }
    }
    println!("of {asked} domains {found} found records and {failed} were refused");
    for ((construct, count), (_, _, since)) in constructs.iter().zip(CONSTRUCTS) {
        println!("{construct}: {count}");
        assert!(*count > 0 || version() < since, "no domain had {construct}");
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// The same ids in the same order; or both refuse, with the same exception.
fn agree(real: &Result<Value, String>, ours: &Result<Value, String>) -> bool {
    match (real, ours) {
        (Ok(real), Ok(ours)) => real == ours,
        (Err(real), Err(ours)) => real.split(':').next() == ours.split(':').next(),
        _ => false,
    }
}

#[tokio::test]
async fn the_sandbox_groups_as_odoo_groups() {
    let Some(_turn) = turn_of_19().await else {
        return;
    };
    let (odoo, sandbox, _) = both().await;
    let calls = [
        (
            "sale.order",
            json!([
                [],
                ["state"],
                ["__count", "amount_total:sum", "date_order:max"]
            ]),
        ),
        (
            "sale.order",
            json!([[], ["partner_id"], ["amount_total:avg", "__count"]]),
        ),
        (
            "sale.order",
            json!([[], ["date_order:month", "state"], ["__count"]]),
        ),
        ("sale.order", json!([[], ["date_order:week"], ["__count"]])),
        (
            "sale.order",
            json!([
                [],
                ["date_order:day"],
                ["amount_untaxed:min", "amount_untaxed:max"]
            ]),
        ),
        (
            "sale.order",
            json!([[], ["date_order:quarter"], ["id:array_agg"]]),
        ),
        (
            "sale.order",
            json!([[], ["date_order:year"], ["user_id:count_distinct"]]),
        ),
        ("sale.order", json!([[], ["date_order:hour"], ["__count"]])),
        (
            "sale.order",
            json!([[], ["date_order:month_number"], ["__count"]]),
        ),
        (
            "sale.order",
            json!([[], ["date_order:day_of_week"], ["__count"]]),
        ),
        (
            "sale.order",
            json!([
                [],
                [],
                ["__count", "amount_total:sum", "user_id:array_agg_distinct"]
            ]),
        ),
        (
            "sale.order",
            json!([[["id", "=", 0]], [], ["__count", "amount_total:sum"]]),
        ),
        (
            "sale.order",
            json!([[["id", "=", 0]], ["state"], ["__count"]]),
        ),
        (
            "sale.order",
            json!([
                [],
                ["partner_id"],
                ["__count"],
                [["__count", ">", 1]],
                0,
                2,
                "__count desc, partner_id"
            ]),
        ),
        (
            "sale.order",
            json!([[], ["partner_id.country_id"], ["__count"]]),
        ),
        (
            "sale.order",
            json!([[], ["partner_id.is_company", "state"], ["__count"]]),
        ),
        ("res.partner", json!([[], ["category_id"], ["__count"]])),
        (
            "res.partner",
            json!([[], ["parent_id"], ["__count", "color:sum"]]),
        ),
        (
            "res.partner",
            json!([[], ["is_company", "country_id"], ["id:max"]]),
        ),
        (
            "res.partner",
            json!([
                [],
                ["type"],
                ["email:count", "name:min"],
                [],
                0,
                null,
                "type desc"
            ]),
        ),
        ("res.partner", json!([[], ["ref"], ["__count"]])),
        (
            "odx.probe",
            json!([[], ["boolean"], ["integer_required:sum", "boolean:bool_or"]]),
        ),
        (
            "odx.probe",
            json!([[], ["date:month"], ["integer_required:sum", "__count"]]),
        ),
        ("odx.probe", json!([[], ["tag_ids"], ["__count"]])),
        (
            "odx.probe",
            json!([[], ["properties.a_selection"], ["__count"]]),
        ),
        ("odx.probe", json!([[], ["date"], ["__count"]])),
        ("odx.probe", json!([[], ["computed"], ["__count"]])),
        ("odx.probe", json!([[], ["name"], ["name:sum"]])),
        ("odx.probe", json!([[], ["name"], ["nope:sum"]])),
        ("odx.probe", json!([[], ["name:month"], ["__count"]])),
    ];
    let legacy = [
        ("sale.order", json!([[], ["amount_total"], ["state"]])),
        (
            "sale.order",
            json!([[], ["amount_total:avg"], ["partner_id", "state"]]),
        ),
        (
            "sale.order",
            json!([
                [["state", "=", "sale"]],
                ["n:count_distinct(partner_id)"],
                ["date_order", "state"],
                0,
                null,
                false,
                false
            ]),
        ),
        (
            "sale.order",
            json!([
                [],
                ["amount_total"],
                ["date_order:month"],
                0,
                2,
                "date_order desc"
            ]),
        ),
        (
            "res.partner",
            json!([
                [],
                ["color"],
                ["country_id"],
                0,
                null,
                "country_id_count desc, country_id"
            ]),
        ),
        ("res.partner", json!([[], [], []])),
        (
            "odx.probe",
            json!([[], ["integer_required:max"], ["date_required"]]),
        ),
    ];
    let formatted = calls.into_iter().map(|call| ("formatted_read_group", call));
    let legacy = legacy.into_iter().map(|call| ("read_group", call));
    let mut differences = Vec::new();
    for (function, (model, params)) in formatted.chain(legacy) {
        for tz in ["", "Asia/Tokyo"] {
            let ask = async |client: &Client| {
                let mut request = client.body("call_method", model, params.clone());
                request["fn_name"] = json!(function);
                request["keyword"] =
                    json!({"context": if tz.is_empty() { json!({}) } else { json!({"tz": tz}) }});
                outcome(&client.send(request).await)
            };
            let (real, ours) = (ask(&odoo).await, ask(&sandbox).await);
            if !agree(&real, &ours) {
                differences.push(format!(
                    "{function} {model} {params} {tz}\n  odoo:    {}\n  sandbox: {}",
                    shown(&real),
                    shown(&ours)
                ));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

fn shown(outcome: &Result<Value, String>) -> String {
    match outcome {
        Ok(value) => value.to_string(),
        Err(error) => error.clone(),
    }
}

/// Values to create a probe with: every type, in and out of its rules.
fn written() -> Vec<(&'static str, Value)> {
    vec![
        ("char", json!("text")),
        ("char", json!("")),
        ("char", json!(5)),
        ("char", json!(false)),
        ("char", json!(null)),
        ("char", json!(true)),
        ("char_sized", json!("longer than sixteen letters")),
        ("char_required", json!("no such field")),
        ("name", json!(false)),
        ("name", json!("")),
        ("text", json!("two\nlines")),
        ("html", json!("<p>bold</p>")),
        ("html", json!("plain")),
        ("integer", json!(12)),
        ("integer", json!("12")),
        ("integer", json!(1.9)),
        ("integer", json!(true)),
        ("integer", json!("abc")),
        ("integer", json!(3_000_000_000_i64)),
        ("integer", json!(false)),
        ("float", json!(1.1)),
        ("float", json!("1.5")),
        ("float", json!("x")),
        ("float", json!(false)),
        ("float_digits", json!(1.0005)),
        ("float_digits", json!(2.3456)),
        ("boolean", json!("false")),
        ("boolean", json!(0)),
        ("boolean", json!(null)),
        ("date", json!("2024-02-29")),
        ("date", json!("2024-02-29 10:00:00")),
        ("date", json!("2023-02-29")),
        ("date", json!("29/02/2024")),
        ("date", json!("")),
        ("datetime", json!("2024-02-29 10:11:12")),
        ("datetime", json!("2024-02-29 10:11")),
        ("datetime", json!("2024-02-29")),
        ("datetime", json!("2024-02-29T10:11:12")),
        ("datetime", json!("2024-02-29 10:11:12Z")),
        ("datetime", json!("2024-02-29 10:11:12.5")),
        ("selection", json!("draft")),
        ("selection", json!("nope")),
        ("selection", json!(5)),
        ("selection", json!("")),
        ("selection", json!(false)),
        ("selection_required", json!(false)),
        ("reference", json!("odx.probe.tag,1")),
        ("reference", json!("odx.probe.tag,0")),
        ("reference", json!("res.country,1")),
        ("reference", json!("nonsense")),
        ("reference", json!(["odx.probe.tag", 1])),
        ("tag_id", json!(1)),
        ("tag_id", json!(0)),
        ("tag_id", json!("")),
        ("tag_id", json!([1, "Red"])),
        ("tag_id", json!(999_999)),
        ("company_id", json!(false)),
        ("res_id", json!(7)),
        ("res_id", json!(false)),
        ("tag_ids", json!([1, 2])),
        ("tag_ids", json!([[6, 0, [2, 1]]])),
        ("tag_ids", json!([[4, 1], [4, 2], [3, 1]])),
        ("tag_ids", json!([[6, 0, [1]], [5]])),
        ("tag_ids", json!([[9, 0, 0]])),
        ("tag_ids", json!([[4, 999_999]])),
        ("tag_ids", json!(5)),
        ("tag_ids", json!(false)),
        (
            "line_ids",
            json!([[0, 0, {"name": "a", "sequence": 20}], [0, "new", {"name": "b", "sequence": 5}]]),
        ),
        ("line_ids", json!([[0, 0, {"sequence": 20}]])),
        ("line_ids", json!([[0, 0, {"nope": 20}]])),
        ("json", json!({"a": [1, null]})),
        ("json", json!([])),
        ("json", json!(true)),
        ("id", json!(5)),
        ("display_name", json!("x")),
        ("kind_name", json!("ignored")),
        ("kind_id", json!(1)),
    ]
}

#[tokio::test]
async fn the_sandbox_writes_what_odoo_writes() {
    let Some(_turn) = turn_of_19().await else {
        return;
    };
    let (odoo, sandbox, _) = both().await;
    let mut differences = Vec::new();
    for (field, value) in written() {
        let mut seen = Vec::new();
        for client in [&odoo, &sandbox] {
            let mut values = json!({"name": "written by a test"});
            values[field] = value.clone();
            seen.push(created_and_read(client, field, values).await);
        }
        let agreed = seen[0]
            .iter()
            .zip(&seen[1])
            .all(|(real, ours)| agree(real, ours));
        if !agreed || seen[0].len() != seen[1].len() {
            let texts = |outcomes: &[Result<Value, String>]| {
                outcomes.iter().map(shown).collect::<Vec<_>>().join(" | ")
            };
            differences.push(format!(
                "{field} {value}\n  odoo:    {}\n  sandbox: {}",
                texts(&seen[0]),
                texts(&seen[1])
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Creates a probe, reads the field, clears it, reads again and deletes the probe: the values read, or the errors.
async fn created_and_read(
    client: &Client,
    field: &str,
    values: Value,
) -> Vec<Result<Value, String>> {
    let ask = async |action: &str, params: Value| {
        outcome(&client.send(client.body(action, "odx.probe", params)).await)
    };
    let id = match ask("create", json!([values])).await {
        Ok(id) => id,
        Err(error) => return vec![Err(error)],
    };
    let read = async || {
        let rows = ask("read", json!([[id], [field]])).await;
        // Ids differ from one database to another, their number and order do not.
        rows.map(|rows| match &rows[0][field] {
            Value::Array(ids) if field == "line_ids" => json!(ids.len()),
            Value::Number(_) if field == "id" => json!("an id"),
            other => other.clone(),
        })
    };
    let mut seen = vec![read().await];
    seen.push(match ask("write", json!([[id], {field: false}])).await {
        Ok(_) => read().await,
        Err(error) => Err(error),
    });
    ask("unlink", json!([[id]]))
        .await
        .expect("the probe can be deleted");
    seen
}

/// A model, its columns and rows.
type Load = (&'static str, Vec<&'static str>, Vec<Vec<&'static str>>);

/// Rows to load one after the other: the model, the columns and the cells. What they make is found by its name.
fn loaded() -> Vec<Load> {
    const ID: &[&str] = &["odx_sandbox.a", "odx_sandbox.b", "odx_sandbox.c"];
    let one = |column, cell| {
        let row = vec![ID[0], "loaded a", cell];
        ("odx.probe", vec!["id", "name", column], vec![row])
    };
    let mut loads = vec![
        one("nope", "x"),
        one("boolean", "maybe"),
        one("boolean", "YES"),
        one("boolean", "no"),
        one("boolean", ""),
        one("selection", "done"),
        one("selection", "To Invoice"),
        one("selection", "DRAFT"),
        one("selection", "nope"),
        one("selection_required", "lOW"),
        one("json", r#"{"a": [1, null]}"#),
        one("json", r#"{"a"#),
        one("serialized", "{}"),
        one("integer", "12"),
        one("integer", "1.5"),
        one("float", "x"),
        one("date", "2024-02-29"),
        one("date", "2024-02-30"),
        one("datetime", "2024-02-29 10:11:12"),
        one("datetime", "2024-02-30 10:11:12"),
        one("char_sized", "longer than sixteen letters"),
        one("tag_id", "no tag of this name"),
        one("tag_id/id", "odx_sandbox.nope"),
        one("tag_id/.id", "999999"),
        one("tag_id/.id", "no id"),
        // A record above itself is an error for users.
        one("parent_id/id", ID[0]),
    ];
    // The row before it is good, and the one after it refers to that by id, by name, or to the bad one.
    for parent in [ID[1], "loaded b", ID[0], ""] {
        let column = match parent.contains(' ') {
            true => "parent_id",
            false => "parent_id/id",
        };
        let own = match column {
            "parent_id" => "loaded a",
            _ => ID[0],
        };
        let rows = vec![
            vec![ID[1], "loaded b", ""],
            vec![ID[0], "loaded a", own],
            vec![ID[2], "loaded c", parent],
        ];
        loads.push(("odx.probe", vec!["id", "name", column], rows));
    }
    if holds(odx_facts::LOAD_CHECKS_MODELS) {
        let row = vec![ID[0], "loaded kind"];
        loads.push(("odx.probe.kind", vec!["id", "name"], vec![row]));
    }
    loads
}

/// What came of the rows: how many records there are, what stands in the last column, and what is told of them.
async fn load(client: &Client, (model, columns, rows): &Load) -> Result<Value, String> {
    let mut body = client.body("call_method", model, json!([columns, rows]));
    body["fn_name"] = "load".into();
    // A datetime is in the zone of the context, or of the user, of whom the sandbox knows none.
    body["keyword"] = json!({"context": {"tz": "Asia/Tokyo"}});
    let envelope = client.send(body).await;
    let mut answer = outcome(&envelope)?;
    let ids = answer["ids"].take();
    let last = columns.last().expect("a column");
    let values = match ids.is_array() && !last.contains("_id") {
        true => client.result("read", model, json!([ids, [last]])).await,
        false => json!([]),
    };
    let values: Vec<&Value> = values.as_array().into_iter().flatten().collect();
    let told = answer["messages"].as_array().into_iter().flatten();
    let told = told.map(|told| {
        let message = told["message"].as_str().unwrap_or_default();
        // The number of the external id, which is another one in each database.
        let message = message.split(" (").next();
        json!([
            told["type"],
            told["rows"],
            told["record"],
            told["field"],
            message
        ])
    });
    Ok(json!({
        "records": ids.as_array().map(Vec::len),
        "values": values.iter().map(|row| &row[*last]).collect::<Vec<_>>(),
        "told": told.collect::<Vec<_>>(),
    }))
}

#[tokio::test]
async fn the_sandbox_loads_what_odoo_loads() {
    let Some(_turn) = turn().await else {
        return;
    };
    let (odoo, sandbox, _) = both().await;
    let mut differences = Vec::new();
    for rows in loaded() {
        let (real, ours) = (load(&odoo, &rows).await, load(&sandbox, &rows).await);
        if !agree(&real, &ours) {
            differences.push(format!(
                "{rows:?}\n  odoo:    {}\n  sandbox: {}",
                shown(&real),
                shown(&ours)
            ));
        }
    }
    let found = json!([[["name", "=like", "loaded %"]]]);
    let made = odoo.result("search", "odx.probe", found).await;
    odoo.result("unlink", "odx.probe", json!([made])).await;
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
