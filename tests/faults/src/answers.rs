//! What the server answers where nothing goes wrong.

use serde_json::{Map, Value, json};

use crate::verbs::ROWS;

/// A request that came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// The method, or the last part of the path of the proxy's own pages.
    pub(crate) method: String,
    /// The id of the request, as JSON.
    pub(crate) id: String,
    pub(crate) params: Value,
    pub(crate) keywords: Value,
}

impl Ask {
    pub(crate) fn new(path: &str, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let page = path.rsplit('/').next().unwrap_or_default();
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        let action = text("action").filter(|action| action != "call_method");
        Self {
            method: text("fn_name")
                .or(action)
                .unwrap_or_else(|| page.to_owned()),
            id: body["id"].to_string(),
            params: body["params"].clone(),
            keywords: body["keyword"].clone(),
        }
    }

    pub(crate) fn gives_rows(&self) -> bool {
        matches!(self.method.as_str(), "search_read" | "read")
    }

    /// The rows that were asked for, by id.
    pub(crate) fn row_ids(&self) -> Vec<i64> {
        if self.method == "read" {
            let ids = self.params[0].as_array().cloned().unwrap_or_default();
            return ids.iter().filter_map(Value::as_i64).collect();
        }
        let number = |key: &str| self.keywords[key].as_u64().map(|number| number as usize);
        let conditions = self.conditions();
        let ids = (1..=ROWS).filter(|id| conditions.iter().all(|condition| holds(condition, *id)));
        let ids = ids.skip(number("offset").unwrap_or(0));
        ids.take(number("limit").unwrap_or(usize::MAX)).collect()
    }

    /// The conditions on the id.
    fn conditions(&self) -> Vec<Value> {
        let domain = self.params[0].as_array().cloned().unwrap_or_default();
        domain
            .into_iter()
            .filter(|condition| condition[0] == "id")
            .collect()
    }

    /// The `n` of a condition `("id", ">", n)`.
    pub(crate) fn after(&self) -> Option<i64> {
        let conditions = self.conditions();
        let mut after = conditions.iter().filter(|condition| condition[1] == ">");
        after.find_map(|condition| condition[2].as_i64())
    }

    /// Rows of these ids, with the fields that were asked for.
    pub(crate) fn rows(&self, ids: &[i64]) -> Vec<Value> {
        let fields = match self.method.as_str() {
            "read" => &self.params[1],
            _ => &self.keywords["fields"],
        };
        let fields = fields.as_array().cloned().unwrap_or_default();
        let row = |id: &i64| {
            let names = fields.iter().filter_map(Value::as_str).chain(["id"]);
            let values = names.map(|name| (name.to_owned(), value(name, *id)));
            values.collect::<Map<_, _>>().into()
        };
        ids.iter().map(row).collect()
    }

    /// The right result.
    pub(crate) fn result(&self) -> Value {
        match self.method.as_str() {
            "search_read" | "read" => self.rows(&self.row_ids()).into(),
            "search" => json!(self.row_ids()),
            "search_count" => json!(ROWS),
            "formatted_read_group" => json!([group(1), group(2)]),
            "create" if self.params[0].is_array() => json!([8]),
            "create" => json!(8),
            "write" | "unlink" => json!(true),
            "do_it" => json!("done"),
            "do_more" => json!({"done": 1}),
            "version" => version("19.0"),
            "about" => json!({"build": "b1", "version": "0.9.0"}),
            "license" => json!({"licensee": "Acme", "valid_until": "2030-12-31", "is_valid": true}),
            _ => Value::Null,
        }
    }

    /// The right body.
    pub(crate) fn body(&self) -> String {
        self.around(&self.result().to_string())
    }

    /// An envelope around a result.
    pub(crate) fn around(&self, result: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, self.id)
    }

    /// An envelope around an error.
    pub(crate) fn error(&self, error: &Value) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, self.id)
    }
}

fn holds(condition: &Value, id: i64) -> bool {
    let (operator, value) = (condition[1].as_str().unwrap_or_default(), &condition[2]);
    let number = value.as_i64().unwrap_or_default();
    match operator {
        ">" => id > number,
        ">=" => id >= number,
        "=" => id == number,
        "in" => value.as_array().is_some_and(|ids| ids.contains(&json!(id))),
        other => panic!("the server knows no `{other}`"),
    }
}

pub(crate) fn version(text: &str) -> Value {
    json!({"server_version": text, "server_version_info": [19, 0, 0, "final", 0, ""], "server_serie": text})
}

pub(crate) fn group(id: i64) -> Value {
    json!({"name": format!("row {id}"), "__count": 1, "count:sum": id, "__extra_domain": []})
}

fn value(field: &str, id: i64) -> Value {
    match field {
        "id" | "count" => json!(id),
        "name" => json!(format!("row {id}")),
        "weight" => json!(id as f64 + 0.5),
        "parent_id" => json!([1, "row 1"]),
        "child_ids" => json!([2, 3]),
        "data" => json!({"a": [1, 2.5, null]}),
        _ => json!(false),
    }
}
