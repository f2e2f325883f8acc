//! A connection to a table in memory, with the ways of real models and of servers that misbehave.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use odx_runtime::error::CallSite;
use odx_runtime::session::{BoxFuture, CallOptions, Connection, ServerVersion};
use odx_runtime::{Call, Error, OdooError, Reply, Session};
use serde_json::{Map, Value, json};

/// The table, and what was asked of it.
#[derive(Clone)]
pub struct Table(Arc<Inner>);

#[derive(Clone)]
struct Record {
    id: Value,
    /// The user may not see it: it is taken away after the limit.
    hidden: bool,
    is_file_of_field: bool,
}

#[derive(Clone, Default)]
struct Ways {
    records: Vec<Record>,
    answers: HashMap<&'static str, Value>,
    shuffles_ties: bool,
    slow_from: Option<usize>,
    fails_from: Option<usize>,
    unreadable: Option<Unreadable>,
    values: HashMap<(i64, &'static str), Value>,
    deleted: Option<(i64, usize)>,
    refuses: bool,
}

/// Whether a field of a record fails the call.
type Unreadable = Arc<dyn Fn(i64, &str) -> bool + Send + Sync>;

struct Inner {
    ways: Ways,
    asked: Mutex<Vec<Call>>,
    in_hand: Mutex<usize>,
}

impl Table {
    pub fn of(ids: impl IntoIterator<Item = i64>) -> Self {
        Self::of_json(ids.into_iter().map(Value::from))
    }

    pub fn of_json(ids: impl IntoIterator<Item = Value>) -> Self {
        let records = ids.into_iter().map(|id| Record {
            id,
            hidden: false,
            is_file_of_field: false,
        });
        Self::with(Ways {
            records: records.collect(),
            ..Ways::default()
        })
    }

    /// A server that answers all calls of a method alike.
    pub fn answering(method: &'static str, result: Value) -> Self {
        Self::of([]).and(method, result)
    }

    fn with(ways: Ways) -> Self {
        Self(Arc::new(Inner {
            ways,
            asked: Mutex::default(),
            in_hand: Mutex::default(),
        }))
    }

    fn changed(&self, change: impl FnOnce(&mut Ways)) -> Self {
        let mut ways = self.0.ways.clone();
        change(&mut ways);
        Self::with(ways)
    }

    pub fn and(self, method: &'static str, result: Value) -> Self {
        self.changed(|ways| {
            ways.answers.insert(method, result);
        })
    }

    pub fn hiding(self, hides: impl Fn(i64) -> bool) -> Self {
        self.changed(|ways| {
            for record in &mut ways.records {
                record.hidden = record.id.as_i64().is_some_and(&hides);
            }
        })
    }

    pub fn with_files_of_fields(self, is_one: impl Fn(i64) -> bool) -> Self {
        self.changed(|ways| {
            for record in &mut ways.records {
                record.is_file_of_field = record.id.as_i64().is_some_and(&is_one);
            }
        })
    }

    /// Records that an order leaves equal come in another order in each call.
    pub fn shuffling_ties(self) -> Self {
        self.changed(|ways| ways.shuffles_ties = true)
    }

    /// The pages from that one on never come.
    pub fn answering_slowly_from(self, page: usize) -> Self {
        self.changed(|ways| ways.slow_from = Some(page))
    }

    /// The pages from that one on are errors.
    pub fn failing_from(self, page: usize) -> Self {
        self.changed(|ways| ways.fails_from = Some(page))
    }

    /// A call that reads one of these fields of one of these records fails.
    pub fn failing(self, fails: impl Fn(i64, &str) -> bool + Send + Sync + 'static) -> Self {
        self.changed(|ways| ways.unreadable = Some(Arc::new(fails)))
    }

    /// A field of a record has another value than the others.
    pub fn with_value(self, id: i64, field: &'static str, value: Value) -> Self {
        self.changed(|ways| {
            ways.values.insert((id, field), value);
        })
    }

    /// A record that is deleted after so many calls.
    pub fn deleting(self, id: i64, calls: usize) -> Self {
        self.changed(|ways| ways.deleted = Some((id, calls)))
    }

    /// Reads fail for a reason that is no field's and no record's.
    pub fn refusing_reads(self) -> Self {
        self.changed(|ways| ways.refuses = true)
    }

    pub fn session(&self) -> Session {
        Session::new(Arc::new(self.clone()))
    }

    fn asked<T>(&self, what: impl Fn(&Call) -> Option<T>) -> Vec<T> {
        let asked = self.0.asked.lock().unwrap();
        asked.iter().filter_map(what).collect()
    }

    pub fn methods(&self) -> Vec<String> {
        self.asked(|call| Some(call.method().to_owned()))
    }

    pub fn orders(&self) -> Vec<String> {
        self.asked(|call| Some(call.kwargs().get("order")?.as_str()?.to_owned()))
    }

    /// The offsets that were asked for.
    pub fn offsets(&self) -> Vec<Value> {
        self.asked(|call| call.kwargs().get("offset").cloned())
    }

    /// The domain and the limit of each search.
    pub fn searches(&self) -> Vec<(Value, Option<u64>)> {
        self.asked(|call| {
            let limit = call.kwargs().get("limit").and_then(Value::as_u64);
            Some((call.args().first()?.clone(), limit))
        })
    }

    /// The fields of each read.
    pub fn fields(&self) -> Vec<Value> {
        self.asked(|call| match call.method() {
            "read" => call.args().first().cloned(),
            _ => call.kwargs().get("fields").cloned(),
        })
    }

    /// How many calls have no answer yet and are not given up.
    pub fn in_hand(&self) -> usize {
        *self.0.in_hand.lock().unwrap()
    }

    /// Lets tasks come to where they wait.
    pub async fn rest(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    fn answer(&self, call: &Call, pages: usize) -> Result<Value, Error> {
        let ways = &self.0.ways;
        if let Some(result) = ways.answers.get(call.method()) {
            return Ok(result.clone());
        }
        if ways.fails_from.is_some_and(|from| pages >= from) {
            return Err(Error::usage("the page fails"));
        }
        Ok(match call.method() {
            "search" => self.search(call).into(),
            "search_read" => self.rows(self.search(call), &call.kwargs()["fields"])?,
            "search_count" => self.search(call).len().into(),
            "read" => {
                let ids = call.records().unwrap().iter().map(|id| Value::from(*id));
                let there = self.records().into_iter().map(|record| record.id);
                let there: HashSet<Value> = there.collect();
                let ids = ids.filter(|id| there.contains(id));
                self.rows(ids.collect(), &call.args()[0])?
            }
            other => return Err(Error::usage(format!("no method {other}"))),
        })
    }

    fn rows(&self, ids: Vec<Value>, fields: &Value) -> Result<Value, Error> {
        let ways = &self.0.ways;
        if ways.refuses {
            return Err(Error::usage("the server is on fire"));
        }
        let fields = fields
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap());
        let fields: Vec<&str> = fields.collect();
        let mut rows = Vec::new();
        for id in ids {
            let number = id.as_i64().unwrap_or_default();
            let mut row = Map::from_iter([("id".to_owned(), id)]);
            for field in &fields {
                if ways
                    .unreadable
                    .as_ref()
                    .is_some_and(|fails| fails(number, field))
                {
                    let text = format!("record {number} cannot be computed");
                    let error =
                        OdooError::new("builtins.KeyError", text, CallSite::new("this server"));
                    return Err(Error::Odoo(error.into()));
                }
                if *field == "id" {
                    continue;
                }
                let usual = match *field {
                    "name" | "code" => json!("a name"),
                    "is_company" => json!(true),
                    "credit_limit" => json!(1.5),
                    "child_ids" => json!([]),
                    _ => json!(false),
                };
                let own = ways
                    .values
                    .iter()
                    .find(|((id, name), _)| (*id, *name) == (number, field));
                row.insert(
                    (*field).to_owned(),
                    own.map_or(usual, |(_, value)| value.clone()),
                );
            }
            rows.push(row.into());
        }
        Ok(Value::Array(rows))
    }

    /// The records that are there by now.
    fn records(&self) -> Vec<Record> {
        let asked = self.0.asked.lock().unwrap().len();
        let deleted = self.0.ways.deleted.filter(|(_, calls)| asked > *calls);
        let deleted = deleted.map(|(id, _)| id);
        let mut records = self.0.ways.records.clone();
        records.retain(|record| deleted.is_none() || record.id.as_i64() != deleted);
        records
    }

    fn search(&self, call: &Call) -> Vec<Value> {
        let domain = call.args()[0].as_array().unwrap();
        let names = |field: &str| domain.iter().any(|item| item[0] == field);
        let mut found = self.records();
        found.retain(|record| domain.iter().all(|condition| matches(record, condition)));
        if call.model() == "ir.attachment" && !names("id") && !names("res_field") {
            found.retain(|record| !record.is_file_of_field);
        }
        let kwarg = |name| call.kwargs().get(name);
        let order = kwarg("order").and_then(Value::as_str).unwrap_or_default();
        match order.rsplit(", ").next() {
            Some("id") => found.sort_by_key(|record| record.id.as_i64()),
            Some("id desc") => found.sort_by_key(|record| record.id.as_i64().map(|id| -id)),
            _ if self.0.ways.shuffles_ties => {
                let middle = self.0.asked.lock().unwrap().len() % found.len().max(1);
                found.rotate_left(middle);
            }
            _ => {}
        }
        let number = |name| kwarg(name).and_then(Value::as_u64).map(|n| n as usize);
        let (offset, limit) = (number("offset").unwrap_or(0), number("limit"));
        let part = found
            .into_iter()
            .skip(offset)
            .take(limit.unwrap_or(usize::MAX));
        part.filter(|record| !record.hidden)
            .map(|record| record.id)
            .collect()
    }
}

fn matches(record: &Record, condition: &Value) -> bool {
    let [field, operator, value] = condition.as_array().unwrap().as_slice() else {
        panic!("no condition: {condition}");
    };
    let (id, number) = (record.id.as_i64(), value.as_i64());
    match (field.as_str(), operator.as_str().unwrap()) {
        (Some("id"), ">") => id > number,
        (Some("id"), ">=") => id >= number,
        (Some("id"), "<=") => id <= number,
        (Some("id"), "=") => record.id == *value,
        (Some("res_field"), "=") => !record.is_file_of_field,
        (Some("res_field"), "!=" | "not in") => record.is_file_of_field,
        (None, "=") => field == value,
        _ => panic!("no such condition here: {condition}"),
    }
}

/// A call that has no answer yet.
struct InHand<'a>(&'a Table);

impl<'a> InHand<'a> {
    fn new(table: &'a Table) -> Self {
        *table.0.in_hand.lock().unwrap() += 1;
        Self(table)
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        *self.0.0.in_hand.lock().unwrap() -= 1;
    }
}

impl Connection for Table {
    fn protocol(&self) -> &'static str {
        "table"
    }

    fn execute<'a>(&'a self, call: &'a Call, _options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            self.0.asked.lock().unwrap().push(call.clone());
            let asked = self.methods();
            let pages = asked.iter().filter(|method| *method == call.method());
            let pages = pages.count();
            let _in_hand = InHand::new(self);
            if self.0.ways.slow_from.is_some_and(|from| pages >= from) {
                std::future::pending::<()>().await;
            }
            let result = self.answer(call, pages)?;
            Ok(Reply::new(call, result.to_string()))
        })
    }

    fn version<'a>(&'a self, _options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        Box::pin(async { Err(Error::usage("a table has no version")) })
    }
}
