//! A connection to a model in memory whose writes are transactions, as Odoo's are: `write_date` is when one began, with its
//! microseconds, and what it wrote is seen when it commits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use odx_runtime::model::{DateTime, Utc};
use odx_runtime::session::{BoxFuture, CallOptions, Connection, ServerVersion};
use odx_runtime::{Call, Error, Reply, Session};
use serde_json::{Map, Value, json};

pub const SECOND: i64 = 1_000_000;

/// 2024-01-01 00:00:00 in microseconds.
pub const START: i64 = 1_704_067_200 * SECOND;

/// A record.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub active: bool,
    /// In microseconds; none where SQL created it.
    pub written: Option<i64>,
    /// An access rule keeps it from the user.
    pub hidden: bool,
}

impl Row {
    pub fn second(&self) -> Option<i64> {
        self.written.map(|written| written.div_euclid(SECOND))
    }
}

type Meanwhile = Box<dyn FnMut(&mut Inner) + Send>;

/// What a transaction does to a record; none deletes it.
type Change = (i64, Option<Row>);

#[derive(Default)]
pub struct Inner {
    pub rows: BTreeMap<i64, Row>,
    pub now: i64,
    /// Transactions that have not committed.
    pub held: Vec<Vec<Change>>,
    pub next_id: i64,
    pub calls: Vec<Call>,
    /// Attributes of fields beside the usual ones.
    pub fields: Map<String, Value>,
    /// What happens before each call.
    pub meanwhile: Option<Meanwhile>,
    /// Ids come as texts.
    pub texts: bool,
    /// No answer has more records than this.
    pub most: Option<usize>,
    /// Hidden records are taken away after the limit.
    pub hides_late: bool,
}

impl Inner {
    /// Writes a record now.
    pub fn put(&mut self, id: i64, name: &str, active: bool) {
        let row = self.row(name, active);
        self.rows.insert(id, row);
        self.next_id = self.next_id.max(id + 1);
    }

    /// A record as a transaction that begins now writes it.
    pub fn row(&self, name: &str, active: bool) -> Row {
        Row {
            name: name.to_owned(),
            active,
            written: Some(self.now),
            hidden: false,
        }
    }

    pub fn commit(&mut self, transaction: usize) {
        for (id, row) in self.held.remove(transaction) {
            match row {
                Some(row) => self.rows.insert(id, row),
                None => self.rows.remove(&id),
            };
        }
    }
}

/// The model.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Inner>>);

impl Ledger {
    pub fn new() -> Self {
        let ledger = Self::default();
        ledger.get().now = START;
        ledger.get().next_id = 1;
        ledger
    }

    pub fn get(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Lets time pass.
    pub fn pass(&self, microseconds: i64) {
        self.get().now += microseconds;
    }

    /// Nobody writes any more, and what was begun is committed.
    pub fn rest(&self) {
        let mut inner = self.get();
        inner.meanwhile = None;
        while !inner.held.is_empty() {
            inner.commit(0);
        }
    }

    pub fn put(&self, id: i64, name: &str) {
        self.get().put(id, name, true);
    }

    pub fn session(&self) -> Session {
        Session::new(Arc::new(self.clone())).for_version((17, 0))
    }

    fn answer(&self, call: &Call) -> Result<Value, Error> {
        let mut inner = self.get();
        if let Some(mut meanwhile) = inner.meanwhile.take() {
            meanwhile(&mut inner);
            inner.meanwhile = Some(meanwhile);
        }
        inner.calls.push(call.clone());
        let context = call.kwargs().get("context");
        if call.method() != "fields_get" {
            assert_eq!(context.map(|c| &c["active_test"]), Some(&json!(false)));
        }
        match call.method() {
            "fields_get" => Ok(inner.described(&call.args()[0])),
            "search" => Ok(inner
                .search(call)
                .into_iter()
                .map(|id| inner.id(id))
                .collect::<Vec<_>>()
                .into()),
            "search_read" => Ok(inner.read(call)),
            other => Err(Error::usage(format!("no method {other}"))),
        }
    }
}

impl Inner {
    fn id(&self, id: i64) -> Value {
        match self.texts {
            true => id.to_string().into(),
            false => id.into(),
        }
    }

    fn described(&self, names: &Value) -> Value {
        let mut fields = Map::new();
        for (name, field_type) in [
            ("id", "integer"),
            ("name", "char"),
            ("active", "boolean"),
            ("write_date", "datetime"),
        ] {
            fields.insert(name.into(), json!({"type": field_type, "store": true}));
        }
        for (name, field) in &self.fields {
            match field.is_null() {
                true => fields.remove(name),
                false => fields.insert(name.clone(), field.clone()),
            };
        }
        fields.retain(|name, _| names.as_array().unwrap().contains(&json!(name)));
        fields.into()
    }

    fn search(&self, call: &Call) -> Vec<i64> {
        let domain = call.args()[0].as_array().unwrap();
        assert!(!call.kwargs().contains_key("offset"), "no page by offset");
        let matching = self.rows.iter();
        let mut found: Vec<(i64, &Row)> = matching
            .filter(|(id, row)| {
                (self.hides_late || !row.hidden)
                    && domain.iter().all(|condition| meets(**id, row, condition))
            })
            .map(|(id, row)| (*id, row))
            .collect();
        match call.kwargs().get("order").and_then(Value::as_str) {
            Some("id") => {}
            Some("write_date desc") => found.sort_by_key(|(_, row)| -row.written.unwrap()),
            other => panic!("{other:?}"),
        }
        if let Some(limit) = call.kwargs().get("limit").and_then(Value::as_u64) {
            found.truncate(limit as usize);
        }
        found.truncate(self.most.unwrap_or(usize::MAX));
        found.retain(|(_, row)| !row.hidden);
        found.into_iter().map(|(id, _)| id).collect()
    }

    fn read(&self, call: &Call) -> Value {
        let fields = call.kwargs()["fields"].as_array().unwrap();
        let found = self.search(call).into_iter();
        let rows = found.map(|id| {
            let row = &self.rows[&id];
            let mut json = Map::from_iter([("id".to_owned(), self.id(id))]);
            for field in fields {
                let value = match field.as_str().unwrap() {
                    "id" => continue,
                    "name" => json!(row.name),
                    "active" => json!(row.active),
                    "write_date" => shown(row),
                    _ => json!(false),
                };
                json.insert(field.as_str().unwrap().to_owned(), value);
            }
            Value::from(json)
        });
        rows.collect::<Vec<_>>().into()
    }
}

fn shown(row: &Row) -> Value {
    let Some(second) = row.second() else {
        return json!(false);
    };
    let moment = DateTime::<Utc>::from_timestamp(second, 0).unwrap();
    moment.format("%Y-%m-%d %H:%M:%S").to_string().into()
}

fn moment(value: &Value) -> i64 {
    let moment = format!("{} +0000", value.as_str().unwrap());
    let moment = DateTime::parse_from_str(&moment, "%Y-%m-%d %H:%M:%S %z");
    moment.unwrap().timestamp_micros()
}

fn meets(id: i64, row: &Row, condition: &Value) -> bool {
    let [field, operator, value] = condition.as_array().unwrap().as_slice() else {
        panic!("no condition: {condition}");
    };
    let number = value.as_i64();
    match (field.as_str().unwrap(), operator.as_str().unwrap()) {
        ("id", ">") => Some(id) > number,
        ("id", "<=") => Some(id) <= number,
        ("id", "in") => value.as_array().unwrap().contains(&json!(id)),
        ("name", "!=") => row.name != value.as_str().unwrap(),
        ("write_date", "!=") => row.written.is_some(),
        ("write_date", ">=") => row.written >= Some(moment(value)),
        ("write_date", "<=") => row.written.is_some_and(|written| written <= moment(value)),
        _ => panic!("no such condition here: {condition}"),
    }
}

impl Connection for Ledger {
    fn protocol(&self) -> &'static str {
        "ledger"
    }

    fn execute<'a>(&'a self, call: &'a Call, options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        let call = call.clone().kwarg("context", options.context.clone());
        Box::pin(async move { Ok(Reply::new(&call, self.answer(&call)?.to_string())) })
    }

    fn version<'a>(&'a self, _options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        Box::pin(async { Err(Error::usage("a ledger has no version")) })
    }
}
