//! The sandbox's database as a series had it: the schema and the ids that calls told, the values that the tables hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use odx_sandbox::{Database, Default, ModelOptions, User};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::compare::is_moment;
use crate::recording::{Call, RecordingError, SUITES, Series};
use crate::unknowable::Known;

/// The API key of every user.
pub(crate) const KEY: &str = "recorded";

/// The user who recorded, and who may everything.
pub(crate) const ADMINISTRATOR: i64 = 2;

/// The language in which labels were recorded.
pub(crate) const SOURCE_LANGUAGE: &str = "en_US";

/// When the sandbox's calls of suites happen: later than all that was recorded, and told apart from it.
pub(crate) const MOMENT: &str = "2999-12-31 23:59:59";

/// The company in which the state was read.
const READER_COMPANY: &str = "1";

/// What stands for the bytes of every file, of which was recorded that they are there: those of the probe addon's one.
pub(crate) const FILE: &str = "AAECAwQF/w==";

/// The company-dependent values that Odoo's own addons call by a label instead of their field.
const LABELLED: &[(&str, &str)] = &[
    ("Cost Method Property", "property_cost_method"),
    ("Followup Trust Property", "trust"),
    ("Valuation Property", "property_valuation"),
];

/// What no call tells of a model: its order, what a search by name looks at, and which of its relations are joined.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("15.0", include_str!("../models/15.0.json")),
    ("16.0", include_str!("../models/16.0.json")),
    ("17.0", include_str!("../models/17.0.json")),
    ("18.0", include_str!("../models/18.0.json")),
];

/// A line of the file `sql`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Table(Table),
    Relation(Relation),
}

#[derive(Deserialize)]
struct Table {
    table: String,
    model: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// The table of a many2many, which several fields may share.
#[derive(Deserialize)]
struct Relation {
    /// Model, field and comodel.
    relation: Vec<(String, String, String)>,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

type Row = Map<String, Value>;

impl Series {
    /// The database of the sandbox with what was recorded, answering as this series, and what it cannot know.
    ///
    /// # Errors
    /// A recording that cannot be read, or rows that do not fit the fields.
    pub fn database(&self) -> Result<(Database, Known), RecordingError> {
        let mut told = Told::read(self.lines::<Call>("state")?);
        let recorded = told.schema.keys().cloned().collect();
        let mut suites = Vec::new();
        for suite in SUITES {
            suites.extend(self.calls(suite)?);
        }
        told.add_models(&suites);
        let (mut tables, mut relations) = (HashMap::new(), Vec::new());
        for stored in self.lines("sql")? {
            match stored {
                Stored::Table(table) => {
                    tables.insert(table.table.clone(), table);
                }
                Stored::Relation(relation) => relations.push(relation),
            }
        }
        let mut rows = told.rows(&tables);
        told.link(&relations, &mut rows);
        mark_attachments(&told, &tables, &mut rows);
        translate(&tables, &mut rows);
        let mut defaults = company_values(&told, &tables, &mut rows);
        defaults.extend(told.company_defaults(&rows));
        let mut database = Database::new(told.schema.clone())
            .series(&self.name)
            .at(MOMENT);
        for language in rows.get("res.lang").into_iter().flat_map(BTreeMap::values) {
            if let (Some(Value::Bool(true)), Some(code)) =
                (language.get("active"), language.get("code"))
            {
                database = database.with_language(code.as_str().unwrap_or_default());
            }
        }
        let attributes = ATTRIBUTES.iter().find(|(series, _)| *series == self.name);
        let attributes: BTreeMap<String, ModelOptions> =
            attributes.map_or_else(BTreeMap::new, |(_, text)| {
                serde_json::from_str(text).expect("BUG: the attributes of models can be read")
            });
        let with_rows = rows
            .iter()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(model, _)| model.clone())
            .collect();
        let known = Known::new(told.schema.clone(), recorded, with_rows, attributes.clone());
        for (model, options) in attributes {
            database = database.with_options(&model, options);
        }
        for ((model, field), default) in told_defaults(&suites) {
            database = database.with_default(&model, &field, default);
        }
        for user in told.users(&rows) {
            database = database.with_user(user);
        }
        for (model, field, company, value) in defaults {
            database = database.with_company_default(&model, &field, company, value);
        }
        let known = known.recorded_at(end_of_day(&rows));
        for (model, rows) in rows {
            database = database
                .with_records(&model, rows.into_values())
                .map_err(|source| RecordingError::Rows { model, source })?;
        }
        Ok((database, known))
    }
}

/// The end of the day of the recording: that on which the last row of the probe addon was created. Demo data is of any day.
fn end_of_day(rows: &BTreeMap<String, BTreeMap<i64, Row>>) -> String {
    let rows = rows.get("odx.probe").into_iter().flat_map(BTreeMap::values);
    let days = rows.filter_map(|row| row.get("create_date")?.as_str()?.split(' ').next());
    days.max()
        .map_or_else(|| MOMENT.to_owned(), |day| format!("{day} 23:59:59"))
}

/// The defaults of fields, which only a recorded `default_get` tells. A moment is that of
/// the call, unless somebody rounded it.
fn told_defaults(calls: &[Call]) -> BTreeMap<(String, String), Default> {
    let mut defaults = BTreeMap::new();
    for call in calls {
        let ("default_get", Value::Object(values)) = (call.method.as_str(), &call.result) else {
            continue;
        };
        let asked = call.args.first().and_then(Value::as_array);
        if asked.is_some_and(|asked| asked.contains(&json!("active"))) {
            let field = (call.model.clone(), "active".to_owned());
            defaults.entry(field).or_insert(Default::Nothing);
        }
        for (field, value) in values {
            let field = (call.model.clone(), field.clone());
            let told = match is_moment(value) && !is_full_hour(value) {
                true => Default::Now,
                false => Default::Value(value.clone()),
            };
            match defaults.get(&field) {
                None | Some(Default::Nothing) => {
                    defaults.insert(field, told);
                }
                Some(_) => {}
            }
        }
    }
    defaults
}

fn is_full_hour(moment: &Value) -> bool {
    moment.as_str().is_some_and(|text| text.ends_with(":00:00"))
}

/// A value that was read, as records are given; nothing where it is unset.
pub(crate) fn as_given(kind: &str, value: &Value) -> Option<Value> {
    match (kind, value) {
        ("boolean", value) => Some(value.clone()),
        (_, Value::Bool(false)) => None,
        ("many2one", Value::Array(pair)) => pair.first().cloned(),
        (_, value) => Some(value.clone()),
    }
}

/// What calls told: the fields and the visible rows.
struct Told {
    schema: BTreeMap<String, Map<String, Value>>,
    visible: BTreeMap<String, BTreeMap<i64, Row>>,
}

impl Told {
    fn read(calls: Vec<Call>) -> Self {
        let (mut schema, mut visible) = (BTreeMap::new(), BTreeMap::new());
        for call in calls {
            match (call.method.as_str(), call.result) {
                ("fields_get", Value::Object(fields)) => {
                    schema.insert(call.model, fields);
                }
                ("search_read", Value::Array(rows)) => {
                    let rows = rows.into_iter().filter_map(|row| match row {
                        Value::Object(row) => Some((row.get("id")?.as_i64()?, row)),
                        _ => None,
                    });
                    visible.insert(call.model, rows.collect());
                }
                _ => {}
            }
        }
        Self { schema, visible }
    }

    /// Adds the models of which only the suites asked what fields they have; their rows were not recorded.
    fn add_models(&mut self, calls: &[Call]) {
        for call in calls {
            let context = call.kwargs.get("context").and_then(Value::as_object);
            let lang = context.and_then(|context| context.get("lang"));
            let is_whole = call.args.is_empty() && call.kwargs.keys().all(|key| key == "context");
            let is_plain = lang.is_none_or(|lang| lang == SOURCE_LANGUAGE);
            if let ("fields_get", Value::Object(fields)) = (call.method.as_str(), &call.result)
                && is_whole
                && is_plain
                && call.user == ADMINISTRATOR
            {
                let known = self.schema.entry(call.model.clone());
                known.or_insert_with(|| fields.clone());
            }
        }
    }

    fn field(&self, model: &str, field: &str) -> Option<&Value> {
        self.schema.get(model)?.get(field)
    }

    fn kind(&self, model: &str, field: &str) -> &str {
        self.field(model, field)
            .and_then(|field| field["type"].as_str())
            .unwrap_or_default()
    }

    fn has(&self, model: &str, field: &str, flag: &str) -> bool {
        self.field(model, field)
            .is_some_and(|field| field[flag] == json!(true))
    }

    /// The rows by model and id: those of the table where it was recorded, which has more of them and more in them.
    fn rows(&self, tables: &HashMap<String, Table>) -> BTreeMap<String, BTreeMap<i64, Row>> {
        let by_model: HashMap<&str, &Table> = tables
            .values()
            .map(|table| (table.model.as_str(), table))
            .collect();
        self.schema
            .keys()
            .map(|model| {
                let rows = match by_model.get(model.as_str()) {
                    Some(table) => self.stored_rows(model, table),
                    None => self.read_rows(model),
                };
                (model.clone(), rows)
            })
            .collect()
    }

    fn stored_rows(&self, model: &str, table: &Table) -> BTreeMap<i64, Row> {
        let visible = self.visible.get(model);
        let row = |values: &Vec<Value>| {
            let mut row = Row::new();
            for (column, value) in table.columns.iter().zip(values) {
                if self.field(model, column).is_some() && !value.is_null() {
                    row.insert(column.clone(), self.stored(model, column, value));
                }
            }
            let id = row.get("id")?.as_i64()?;
            // What has no column, or follows from Python.
            let told = visible.and_then(|rows| rows.get(&id));
            for (field, value) in told.into_iter().flatten() {
                let listed = matches!(self.kind(model, field), "one2many" | "many2many");
                if listed || field == "display_name" {
                    row.entry(field.clone()).or_insert_with(|| value.clone());
                }
            }
            Some((id, row))
        };
        table.rows.iter().filter_map(row).collect()
    }

    /// A value of a table as records are given.
    fn stored(&self, model: &str, field: &str, value: &Value) -> Value {
        let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| value.clone());
        match (self.kind(model, field), value) {
            ("binary", Value::Bool(true)) => json!(FILE),
            ("serialized" | "json", Value::String(text)) => parsed(text),
            ("float" | "monetary", Value::String(text)) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => json!(number),
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// The rows of a model without a table: what a read gives.
    fn read_rows(&self, model: &str) -> BTreeMap<i64, Row> {
        let convert = |(id, row): (&i64, &Row)| {
            let row = row
                .iter()
                .filter_map(|(field, value)| match self.kind(model, field) {
                    "properties" => None,
                    kind => Some((field.clone(), as_given(kind, value)?)),
                });
            (*id, row.collect())
        };
        let rows = self.visible.get(model).into_iter().flatten();
        rows.map(convert).collect()
    }

    /// Fills the many2many fields from their tables, in which the rows of all companies stand.
    fn link(&self, relations: &[Relation], rows: &mut BTreeMap<String, BTreeMap<i64, Row>>) {
        for relation in relations {
            for (model, field, comodel) in &relation.relation {
                let Some((own, far)) = self.columns(relation, model, field, comodel) else {
                    continue;
                };
                let mut lists: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
                for row in &relation.rows {
                    if let (Some(own), Some(far)) = (row[own].as_i64(), row[far].as_i64()) {
                        lists.entry(own).or_default().insert(far);
                    }
                }
                for (id, row) in rows.get_mut(model).into_iter().flatten() {
                    let ids = lists.remove(id).unwrap_or_default();
                    row.insert(field.clone(), ids.into_iter().collect());
                }
            }
        }
    }

    /// Which column of a relation is the field's own side, and which the other: the ones that say what a read said.
    fn columns(
        &self,
        relation: &Relation,
        model: &str,
        field: &str,
        comodel: &str,
    ) -> Option<(usize, usize)> {
        if self.kind(model, field) != "many2many" {
            return None;
        }
        let width = relation.columns.len();
        let pairs = (0..width).flat_map(|own| (0..width).map(move |far| (own, far)));
        let is_link = |column: usize| relation.columns[column] != "id";
        let told = |id: i64| -> Option<&Vec<Value>> {
            self.visible.get(model)?.get(&id)?.get(field)?.as_array()
        };
        let is_visible = |model: &str, id: i64| {
            self.visible
                .get(model)
                .is_some_and(|rows| rows.contains_key(&id))
        };
        let agreeing = |(own, far): (usize, usize)| {
            let mut count = 0usize;
            for row in &relation.rows {
                let (Some(own), Some(far)) = (row[own].as_i64(), row[far].as_i64()) else {
                    continue;
                };
                if is_visible(model, own) && is_visible(comodel, far) {
                    count += usize::from(told(own).is_some_and(|ids| ids.contains(&json!(far))));
                }
            }
            count
        };
        pairs
            .filter(|(own, far)| own != far && is_link(*own) && is_link(*far))
            .map(|pair| (agreeing(pair), pair))
            .filter(|(count, _)| *count > 0)
            .max_by_key(|(count, pair)| (*count, std::cmp::Reverse(*pair)))
            .map(|(_, pair)| pair)
            .or_else(|| named_columns(relation, model))
    }

    /// What company-dependent fields are on records that have no value of their own, where the tables do not tell: what
    /// was read of these in the company of the reader, and of what is no record also in the others.
    fn company_defaults(
        &self,
        rows: &BTreeMap<String, BTreeMap<i64, Row>>,
    ) -> Vec<(String, String, Option<i64>, Value)> {
        let mut defaults = Vec::new();
        for (model, fields) in &self.schema {
            for (field, description) in fields {
                let is_own = description["company_dependent"] == json!(true)
                    && description["store"] == json!(true)
                    && description.get("related").is_none();
                if !is_own {
                    continue;
                }
                let of_all = self
                    .visible
                    .get(model)
                    .into_iter()
                    .flatten()
                    .filter(|(id, _)| {
                        let kept = rows.get(model).and_then(|rows| rows.get(id));
                        let own = kept.and_then(|row| row.get(field)?.get(READER_COMPANY));
                        own.is_none()
                    })
                    .find_map(|(_, row)| {
                        let is_unset =
                            |value: &&Value| **value == json!(false) || value.as_f64() == Some(0.0);
                        row.get(field).filter(|value| !is_unset(value))
                    });
                match of_all {
                    Some(Value::Array(pair)) => {
                        let id = pair.first().cloned().unwrap_or_default();
                        let company = READER_COMPANY.parse().ok();
                        defaults.push((model.clone(), field.clone(), company, id));
                    }
                    Some(value) => {
                        defaults.push((model.clone(), field.clone(), None, value.clone()));
                    }
                    None => {}
                }
            }
        }
        defaults
    }

    /// The rows that the tables have and the reader did not see: what record rules hide.
    fn hidden(&self, rows: &BTreeMap<String, BTreeMap<i64, Row>>) -> Vec<(String, Vec<i64>)> {
        let unseen = |(model, rows): (&String, &BTreeMap<i64, Row>)| {
            let visible = self.visible.get(model)?;
            let ids = rows.keys().filter(|id| !visible.contains_key(id));
            Some((model.clone(), ids.copied().collect()))
        };
        rows.iter().filter_map(unseen).collect()
    }

    /// Every user there is, in their companies.
    fn users(&self, rows: &BTreeMap<String, BTreeMap<i64, Row>>) -> Vec<User> {
        let mut users = Vec::new();
        for (id, row) in rows.get("res.users").into_iter().flatten() {
            let user = match *id {
                ADMINISTRATOR => User::administrator(*id, KEY),
                id => User::internal(id, KEY),
            };
            let own = row.get("company_id").and_then(Value::as_i64);
            let all = row.get("company_ids").and_then(Value::as_array);
            let others = all.into_iter().flatten().filter_map(Value::as_i64);
            let others = others.filter(|company| Some(*company) != own);
            let mut user = user.companies(own.into_iter().chain(others));
            if *id == ADMINISTRATOR {
                for (model, hidden) in self.hidden(rows) {
                    user = user.hiding(&model, hidden);
                }
            }
            users.push(user);
        }
        users
    }
}

/// The same by name, where no read tells: the own side is called after the model.
fn named_columns(relation: &Relation, model: &str) -> Option<(usize, usize)> {
    let columns = &relation.columns;
    if columns.len() != 2 {
        return None;
    }
    let is_own = |column: &String| model.ends_with(column.trim_end_matches("_id"));
    match (is_own(&columns[0]), is_own(&columns[1])) {
        (true, false) => Some((0, 1)),
        (false, true) => Some((1, 0)),
        _ => None,
    }
}

/// The files that stand in attachments: that they are there, which is all that a condition can ask.
fn mark_attachments(
    told: &Told,
    tables: &HashMap<String, Table>,
    rows: &mut BTreeMap<String, BTreeMap<i64, Row>>,
) {
    for row in named_rows(tables, "ir_attachment") {
        let text = |column: &str| row.get(column).and_then(|value| value.as_str());
        let (Some(model), Some(field)) = (text("res_model"), text("res_field")) else {
            continue;
        };
        let id = row.get("res_id").and_then(|value| value.as_i64());
        if told.has(model, field, "attachment")
            && let Some(record) = id.and_then(|id| rows.get_mut(model)?.get_mut(&id))
        {
            record.insert(field.to_owned(), json!(FILE));
        }
    }
}

/// The translations that before 16 stand in a table of their own: `model,field`, the record, the language.
fn translate(tables: &HashMap<String, Table>, rows: &mut BTreeMap<String, BTreeMap<i64, Row>>) {
    for row in named_rows(tables, "ir_translation") {
        let text = |column: &str| row.get(column).and_then(|value| value.as_str());
        let (Some((model, field)), Some(lang), Some(value)) = (
            text("name").and_then(|name| name.split_once(',')),
            text("lang"),
            text("value"),
        ) else {
            continue;
        };
        let id = row.get("res_id").and_then(|value| value.as_i64());
        let Some(record) = id.and_then(|id| rows.get_mut(model)?.get_mut(&id)) else {
            continue;
        };
        let texts = record.entry(field.to_owned()).or_insert(Value::Null);
        if let Value::String(source) = texts {
            *texts = json!({"en_US": source});
        }
        if let Value::Object(texts) = texts {
            texts.insert(lang.to_owned(), json!(value));
        }
    }
}

/// The company-dependent values that up to 17 stand in a table of their own, and of these the ones for all records.
fn company_values(
    told: &Told,
    tables: &HashMap<String, Table>,
    rows: &mut BTreeMap<String, BTreeMap<i64, Row>>,
) -> Vec<(String, String, Option<i64>, Value)> {
    let properties: Vec<HashMap<&str, &Value>> = named_rows(tables, "ir_property").collect();
    let of_record = |row: &HashMap<&str, &Value>| {
        let (model, id) = row.get("res_id")?.as_str()?.split_once(',')?;
        Some((model.to_owned(), id.parse::<i64>().ok()?))
    };
    let mut models: HashMap<i64, String> = HashMap::new();
    for row in &properties {
        if let (Some((model, _)), Some(field)) = (of_record(row), row["fields_id"].as_i64()) {
            models.insert(field, model);
        }
    }
    let mut defaults = Vec::new();
    for row in &properties {
        let Some(name) = row["name"].as_str() else {
            continue;
        };
        let labelled = LABELLED.iter().find(|(label, _)| *label == name);
        let field = labelled.map_or(name, |(_, field)| field);
        let company = row["company_id"].as_i64();
        let value = property_value(row);
        let Some((model, id)) = of_record(row) else {
            let known = row["fields_id"].as_i64().and_then(|id| models.get(&id));
            let named = told.schema.keys().find(|model| {
                told.has(model, field, "company_dependent")
                    && told
                        .field(model, field)
                        .is_some_and(|field| field.get("related").is_none())
            });
            if let Some(model) = known.or(named) {
                defaults.push((model.clone(), field.to_owned(), company, value));
            }
            continue;
        };
        if told.has(&model, field, "company_dependent")
            && let Some(record) = rows.get_mut(&model).and_then(|rows| rows.get_mut(&id))
        {
            let values = record.entry(field.to_owned()).or_insert_with(|| json!({}));
            let company = company.unwrap_or_default().to_string();
            values[company] = value;
        }
    }
    defaults
}

fn property_value(row: &HashMap<&str, &Value>) -> Value {
    let kind = row["type"].as_str().unwrap_or_default();
    let value = |column: &str| row.get(column).copied().cloned().unwrap_or_default();
    match kind {
        "float" => value("value_float"),
        "integer" => value("value_integer"),
        "boolean" => json!(value("value_integer").as_i64().unwrap_or_default() != 0),
        "many2one" => value("value_reference")
            .as_str()
            .and_then(|text| text.split_once(',')?.1.parse::<i64>().ok())
            .map_or(Value::Null, Value::from),
        "date" | "datetime" => value("value_datetime"),
        _ => value("value_text"),
    }
}

/// The rows of a table by column.
fn named_rows<'a>(
    tables: &'a HashMap<String, Table>,
    name: &str,
) -> impl Iterator<Item = HashMap<&'a str, &'a Value>> {
    tables.get(name).into_iter().flat_map(|table| {
        table.rows.iter().map(|row| {
            let columns = table.columns.iter().map(String::as_str);
            columns.zip(row).collect()
        })
    })
}
