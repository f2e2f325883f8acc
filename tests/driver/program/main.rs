//! Reads rows of any model into its record and writes them back.
//!
//! `records` prints the fields of each model's record; `round-trip` takes `{"model", "rows"}` lines, with the rows' JSON as
//! a text. Both answer in JSON lines.
#![deny(warnings, missing_docs)]

mod table;

use std::io::{self, BufRead, Write};

use odx_runtime::model::{Absent, Projection, decode_rows, to_wire};
use odx_runtime::{Call, Reply};
use serde_json::{Map, Value, json};

/// A model, without its type.
struct Model {
    name: &'static str,
    fields: fn() -> Vec<&'static str>,
    written: fn(&[u8]) -> Result<Vec<Value>, String>,
}

const fn model<M: Projection<Model = M> + odx_runtime::Model>() -> Model {
    Model {
        name: M::NAME,
        fields: fields::<M>,
        written: written::<M>,
    }
}

fn fields<M: Projection>() -> Vec<&'static str> {
    M::fields().iter().map(|field| field.name()).collect()
}

/// The rows, once through their record.
fn written<M: Projection>(rows: &[u8]) -> Result<Vec<Value>, String> {
    let records = decode_rows::<M>(rows, Absent::Blank).map_err(|error| error.to_string())?;
    Ok(records.iter().map(to_wire).collect())
}

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match std::env::args().nth(1).as_deref() {
        Some("records") => {
            for model in table::MODELS {
                writeln!(
                    out,
                    "{}",
                    json!({"model": model.name, "fields": (model.fields)()})
                )?;
            }
            Ok(())
        }
        Some("round-trip") => io::stdin().lock().lines().try_for_each(|line| {
            for answer in round_trip(&line?) {
                writeln!(out, "{answer}")?;
            }
            Ok(())
        }),
        _ => Err(io::Error::other(
            "usage: driver records | driver round-trip",
        )),
    }
}

fn round_trip(line: &str) -> Vec<Value> {
    let page: Value = serde_json::from_str(line).expect("a JSON line");
    let name = page["model"].as_str().expect("a model");
    let rows = page["rows"].as_str().expect("rows").as_bytes();
    let Some(model) = table::MODELS.iter().find(|model| model.name == name) else {
        return vec![json!({"problem": format!("{name} was not generated")})];
    };
    let written = match (model.written)(rows) {
        Ok(written) => written,
        Err(problem) => return vec![json!({"problem": problem})],
    };
    let sent: Vec<Map<String, Value>> =
        match Reply::new(&Call::new(name.to_owned(), "read"), rows).to() {
            Ok(sent) => sent,
            Err(error) => return vec![json!({"problem": format!("{name}: {error}")})],
        };
    let mut answers = Vec::new();
    if sent.len() != written.len() {
        answers.push(json!({"problem": format!("{name}: {} rows came, {} were read", sent.len(), written.len())}));
    }
    let mut values = 0;
    for (row, back) in sent.iter().zip(&written) {
        for (field, value) in row {
            let Some(back) = back.get(field) else {
                continue;
            };
            values += 1;
            if !same(value, back) {
                answers.push(json!({"problem": format!("{name}.{field}: {value} came, {back} was written back")}));
            }
        }
    }
    answers.push(json!({"rows": written.len(), "values": values}));
    answers
}

/// Whether the value that came and the one written back say the same. `NaN`, which JSON does not have, is null in both.
fn same(came: &Value, back: &Value) -> bool {
    match (came, back) {
        (Value::Number(came), Value::Number(back)) => {
            came == back || came.as_f64() == back.as_f64()
        }
        (Value::Array(came), Value::Array(back)) => {
            came.len() == back.len() && came.iter().zip(back).all(|(came, back)| same(came, back))
        }
        (Value::String(came), Value::String(back)) => came == back || is_time_of(came, back),
        _ => came == back,
    }
}

/// Whether a datetime came for a date: views of the database, such as Odoo 19's `event.sale.report`, send them.
fn is_time_of(came: &str, date: &str) -> bool {
    const DATE: usize = "2026-11-21".len();
    const DATETIME: usize = "2026-11-21 01:33:04".len();
    date.len() == DATE && came.len() == DATETIME && came.starts_with(date)
}
