//! A value of a column as JSON and as the text of a CSV file.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate};
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use odx_runtime::arrow::arrow_array::{Array, RecordBatch};
use odx_runtime::arrow::arrow_schema::{DataType, Schema};
use serde_json::{Map, Number, Value, json};

/// The name of what a many2one leads to stands in a column beside its id.
const NAME: &str = ".name";

/// A row as an object.
pub(super) fn object(batch: &RecordBatch, row: usize) -> Value {
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let values: Map<String, Value> = columns
        .map(|(field, column)| (field.name().clone(), json(column, row)))
        .collect();
    values.into()
}

/// The names of the columns of a CSV file.
pub(super) fn names(schema: &Schema) -> Vec<String> {
    let names = schema.fields().iter().flat_map(|field| {
        let name = match field.data_type() {
            DataType::Struct(_) => Some(format!("{}{NAME}", field.name())),
            _ => None,
        };
        std::iter::once(field.name().clone()).chain(name)
    });
    names.collect()
}

/// A row as the texts of a CSV file; what is unset is empty.
pub(super) fn texts(batch: &RecordBatch, row: usize) -> Vec<String> {
    let mut texts = Vec::with_capacity(batch.num_columns());
    for column in batch.columns() {
        match json(column, row) {
            Value::Object(many2one) => {
                texts.push(text(&many2one["id"]));
                texts.push(text(&many2one["name"]));
            }
            value => {
                texts.push(text(&value));
                if matches!(column.data_type(), DataType::Struct(_)) {
                    texts.push(String::new());
                }
            }
        }
    }
    texts
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(ids) => {
            let ids: Vec<String> = ids.iter().map(text).collect();
            ids.join(",")
        }
        value => value.to_string(),
    }
}

fn json(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(..) => {
            decimal(&column.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Date32 => {
            let date: Option<NaiveDate> = column.as_primitive::<Date32Type>().value_as_date(row);
            date.map_or(Value::Null, |date| date.to_string().into())
        }
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let moment = DateTime::from_timestamp_micros(micros);
            let text = moment.map(|moment| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            text.into()
        }
        DataType::Binary => BASE64_STANDARD
            .encode(column.as_binary::<i32>().value(row))
            .into(),
        DataType::Dictionary(..) => {
            let keys = column.as_dictionary::<Int32Type>();
            let place = keys.keys().value(row);
            let place = usize::try_from(place).unwrap_or_default();
            keys.values().as_string::<i32>().value(place).into()
        }
        DataType::Struct(_) => {
            let parts = column.as_struct();
            json!({"id": json(parts.column(0), row), "name": json(parts.column(1), row)})
        }
        DataType::List(_) => {
            let ids = column.as_list::<i32>().value(row);
            ids.as_primitive::<Int64Type>().values().to_vec().into()
        }
        _ => column.as_string::<i32>().value(row).into(),
    }
}

/// JSON has no word for what is no number: its text stands there.
fn float(number: f64) -> Value {
    match Number::from_f64(number) {
        Some(number) => number.into(),
        None => number.to_string().into(),
    }
}

/// The digits as they are.
fn decimal(digits: &str) -> Value {
    digits
        .parse::<Number>()
        .map_or_else(|_| digits.into(), Value::Number)
}
