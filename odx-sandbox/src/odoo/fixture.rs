//! A small database for the unit tests: one model with a field of every type, and what it links to.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Answer, ObjectCall};
use super::database::{Database, Default, ModelOptions, User};
use super::errors::{OdooError, Result};

/// The database and the user who calls it.
pub(crate) struct Fixture {
    pub(crate) db: Database,
    pub(crate) user: i64,
    pub(crate) context: Value,
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

fn records(value: Value) -> Vec<Map<String, Value>> {
    match value {
        Value::Array(items) => items.into_iter().map(object).collect(),
        other => panic!("not a list: {other}"),
    }
}

fn schema() -> BTreeMap<String, Map<String, Value>> {
    let models = json!({
        "rec": {
            "name": {"type": "char", "string": "Name", "required": true},
            "active": {"type": "boolean", "string": "Active"},
            "short": {"type": "char", "string": "Short", "size": 5},
            "text": {"type": "text", "string": "Text"},
            "number": {"type": "integer", "string": "Number", "aggregator": "sum"},
            "weight": {"type": "float", "string": "Weight", "digits": [10, 2]},
            "flag": {"type": "boolean", "string": "Flag"},
            "day": {"type": "date", "string": "Day"},
            "at": {"type": "datetime", "string": "At"},
            "state": {"type": "selection", "string": "State", "selection": [["a", "A"], ["b", "B"]]},
            "target": {"type": "reference", "string": "Target", "selection": [["tag", "Tag"]]},
            "file": {"type": "binary", "string": "File", "attachment": true},
            "data": {"type": "json", "string": "Data"},
            "res_id": {"type": "many2one_reference", "string": "Resource"},
            "tag_id": {"type": "many2one", "string": "Tag", "relation": "tag"},
            "tag_ids": {"type": "many2many", "string": "Tags", "relation": "tag"},
            "parent_id": {"type": "many2one", "string": "Parent", "relation": "rec"},
            "child_ids": {"type": "one2many", "string": "Children", "relation": "rec", "relation_field": "parent_id"},
            "line_ids": {"type": "one2many", "string": "Lines", "relation": "line", "relation_field": "rec_id"},
            "tag_color": {"type": "integer", "string": "Tag Color", "related": "tag_id.color", "store": false, "searchable": true, "readonly": false},
            "computed": {"type": "char", "string": "Computed", "store": false, "readonly": true, "searchable": false},
            "props": {"type": "properties", "string": "Properties", "definition_record": "tag_id", "definition_record_field": "definition"},
        },
        "tag": {
            "name": {"type": "char", "string": "Name"},
            "color": {"type": "integer", "string": "Color"},
            "definition": {"type": "properties_definition", "string": "Definition"},
            "rec_ids": {"type": "many2many", "string": "Records", "relation": "rec"},
        },
        "line": {
            "name": {"type": "char", "string": "Name", "required": true},
            "sequence": {"type": "integer", "string": "Sequence"},
            "rec_id": {"type": "many2one", "string": "Record", "relation": "rec", "required": true},
        },
        "variant": {
            "rec_id": {"type": "many2one", "string": "Record", "relation": "rec", "required": true},
            "code": {"type": "char", "string": "Code"},
            "name": {"type": "char", "string": "Name", "related": "rec_id.name", "store": false, "searchable": true, "required": true},
            "file_id": {"type": "many2one", "string": "File", "relation": "ir.attachment"},
        },
        "ir.attachment": {
            "name": {"type": "char", "string": "Name", "required": true},
            "res_field": {"type": "char", "string": "Resource Field"},
            "file_size": {"type": "integer", "string": "File Size", "aggregator": "sum"},
        },
    });
    object(models)
        .into_iter()
        .map(|(model, fields)| (model, object(fields)))
        .collect()
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let definition = json!([
            {"name": "color", "string": "Color", "type": "selection", "selection": [["r", "Red"], ["g", "Green"]]},
            {"name": "size", "string": "Size", "type": "integer"},
            {"name": "marks", "string": "Marks", "type": "tags", "tags": [["x", "X", 1]]},
        ]);
        let tags = json!([
            {"id": 1, "name": "Red", "color": 3, "definition": definition},
            {"id": 2, "name": "Blue", "color": 1},
            {"id": 3},
        ]);
        let recs = json!([
            {
                "id": 1, "name": "One", "active": true, "short": "abc", "text": "100% wool", "number": 5, "weight": 1.5,
                "flag": true, "day": "2024-02-29", "at": "2024-02-29 23:30:00", "state": "a", "target": "tag,1",
                "file": "aGVsbG8=", "data": {"a": [1]}, "res_id": 4, "tag_id": 1, "tag_ids": [2, 1],
                "props": {"color": "r", "size": 2, "marks": ["x"]},
            },
            {"id": 2, "name": "Two", "active": true, "number": 0, "weight": 0.0, "parent_id": 1, "tag_id": 2, "at": "2024-03-01 00:00:00"},
            {"id": 3, "name": "Three", "active": true, "short": "", "number": -1, "parent_id": 2, "day": "2023-12-31"},
            {"id": 4, "name": "Four", "active": false, "number": 9, "tag_ids": [2]},
        ]);
        let lines = json!([
            {"id": 1, "name": "late", "sequence": 20, "rec_id": 1},
            {"id": 2, "name": "early", "sequence": 10, "rec_id": 1},
        ]);
        let files = json!([
            {"id": 1, "name": "report", "file_size": 3},
            {"id": 2, "name": "image", "file_size": 4, "res_field": "image_1920"},
        ]);
        let variants = json!([
            {"id": 1, "rec_id": 2, "code": "V1", "file_id": 1},
            {"id": 2, "rec_id": 3, "code": "V2", "file_id": 2},
        ]);
        let db = Database::new(schema())
            .with_user(User::administrator(2, "key"))
            .with_user(User::internal(3, "key"))
            .with_options(
                "line",
                ModelOptions {
                    order: "sequence, id".to_owned(),
                    cascades: vec!["rec_id".to_owned()],
                    ..ModelOptions::default()
                },
            )
            .with_default("rec", "state", Default::Value(json!("a")))
            .mirrored(("rec", "tag_ids"), ("tag", "rec_ids"));
        let db = [
            ("tag", tags),
            ("rec", recs),
            ("line", lines),
            ("ir.attachment", files),
            ("variant", variants),
        ]
        .into_iter()
        .try_fold(db, |db, (model, given)| {
            db.with_records(model, records(given))
        })
        .unwrap();
        Self {
            db,
            user: 2,
            context: json!({}),
        }
    }

    pub(crate) fn series(mut self, series: &str) -> Self {
        self.db = self.db.series(series);
        self
    }

    pub(crate) fn call(&mut self, model: &str, method: &str, args: Value) -> Result<Answer> {
        self.call_with(model, method, args, json!({}))
    }

    pub(crate) fn call_with(
        &mut self,
        model: &str,
        method: &str,
        args: Value,
        kwargs: Value,
    ) -> Result<Answer> {
        let Value::Array(args) = args else {
            panic!("arguments are a list");
        };
        let mut kwargs = object(kwargs);
        kwargs.insert("context".to_owned(), self.context.clone());
        self.db.execute_kw(ObjectCall {
            database: "demo",
            user: self.user,
            key: "key",
            model,
            method,
            args,
            kwargs,
        })
    }

    /// The value a call returns; rows as plain JSON.
    pub(crate) fn value(&mut self, model: &str, method: &str, args: Value) -> Value {
        let answer = self.call(model, method, args).unwrap();
        serde_json::to_value(answer).unwrap()
    }

    pub(crate) fn error(&mut self, model: &str, method: &str, args: Value) -> OdooError {
        self.call(model, method, args).unwrap_err()
    }

    /// The records of `rec` that match, by id.
    pub(crate) fn find(&mut self, domain: Value) -> Value {
        serde_json::to_value(
            self.call_with("rec", "search", json!([domain]), json!({"order": "id"}))
                .unwrap(),
        )
        .unwrap()
    }

    /// One field of one record, as it is read.
    pub(crate) fn field(&mut self, model: &str, id: i64, field: &str) -> Value {
        self.value(model, "read", json!([[id], [field]]))[0][field].clone()
    }
}
