//! Records that the state does not tell of: those that another suite left, and those that a call creates along with its own.

use std::collections::BTreeSet;

use odx_sandbox::Database;
use serde_json::{Map, Value, json};

use crate::database::as_given;
use crate::recording::{Call, RecordingError};
use crate::unknowable::Known;

impl Known {
    /// Adds the records that the calls read before they write anything, and that the state does not have, as another suite
    /// had left them.
    ///
    /// # Errors
    /// Rows that do not fit the fields.
    pub fn add_left_behind(
        &self,
        database: &mut Database,
        calls: &[Call],
    ) -> Result<(), RecordingError> {
        let reads = calls
            .iter()
            .take_while(|call| odx_facts::is_read_only(&call.model, &call.method));
        let reads: Vec<&Call> = reads.collect();
        let is_unset = |model: &str, field: &str, id: &Value| {
            let asked = [json!([[field, "=", false]])];
            reads.iter().any(|call| {
                let is_it = call.model == model && call.method == "search" && call.args == asked;
                is_it && call.result.as_array().is_some_and(|ids| ids.contains(id))
            })
        };
        for call in reads.iter().filter(|call| call.method == "read") {
            let known = database.ids(&call.model);
            let is_new = |row: &&Map<String, Value>| {
                let id = row.get("id").and_then(Value::as_i64);
                id.is_some_and(|id| !known.contains(&id))
            };
            let given = |row: &Map<String, Value>| -> Map<String, Value> {
                let value = |(field, value): (&String, &Value)| {
                    let kind = self.field(&call.model, field)?.get("type")?.as_str()?;
                    let value = as_given(kind, value)?;
                    let is_zero = value.as_f64() == Some(0.0);
                    let unset = is_zero && is_unset(&call.model, field, &row["id"]);
                    (!unset).then(|| (field.clone(), value))
                };
                row.iter().filter_map(value).collect()
            };
            let rows: Vec<_> = rows_of(&call.result).filter(is_new).map(given).collect();
            if rows.is_empty() {
                continue;
            }
            let with_them = database.clone().with_records(&call.model, rows);
            *database = with_them.map_err(|source| RecordingError::Rows {
                model: call.model.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// The models of which a call creates records along with its own, by commands.
    pub(crate) fn created_along(&self, call: &Call) -> BTreeSet<String> {
        let mut models = BTreeSet::new();
        if matches!(call.method.as_str(), "create" | "write") {
            for values in &call.args {
                self.commanded(&call.model, values, &mut models);
            }
        }
        models
    }

    fn commanded(&self, model: &str, values: &Value, models: &mut BTreeSet<String>) {
        if let Value::Array(list) = values {
            list.iter()
                .for_each(|values| self.commanded(model, values, models));
        }
        for (field, value) in values.as_object().into_iter().flatten() {
            let field = self.fields.get(model).and_then(|fields| fields.get(field));
            let Some(comodel) = field.and_then(|field| field.get("relation")?.as_str()) else {
                continue;
            };
            for command in value.as_array().into_iter().flatten() {
                if command.get(0) == Some(&Value::from(0)) {
                    models.insert(comodel.to_owned());
                    self.commanded(comodel, command.get(2).unwrap_or(&Value::Null), models);
                }
            }
        }
    }
}

fn rows_of(answer: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let rows = answer.as_array().into_iter().flatten();
    rows.filter_map(Value::as_object)
}
