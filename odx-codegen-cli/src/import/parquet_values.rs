//! A row of a Parquet file as an object, of the types that other programs write.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate};
use odx_runtime::arrow::RecordBatch;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use odx_runtime::arrow::arrow_array::{Array, ArrayRef};
use odx_runtime::arrow::arrow_schema::{DataType, TimeUnit};
use serde_json::{Map, Value};

use super::table::number;

/// What is said of a date or a moment that no calendar has. A null would clear the field.
const BEYOND_THE_CALENDAR: &str = "is a number that no date has";

/// The row as an object.
///
/// # Errors
/// Which column is of a type that is not read.
pub(super) fn object(batch: &RecordBatch, row: usize) -> Result<Map<String, Value>, String> {
    let schema = batch.schema_ref();
    let columns = schema.fields().iter().zip(batch.columns());
    columns
        .map(|(field, column)| match value(column, row) {
            Ok(value) => Ok((field.name().clone(), value)),
            Err(why) => Err(format!("`{}` {why}", field.name())),
        })
        .collect()
}

fn value(column: &dyn Array, row: usize) -> Result<Value, String> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match column.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int8 => integer::<Int8Type>(column, row).into(),
        DataType::Int16 => integer::<Int16Type>(column, row).into(),
        DataType::Int32 => integer::<Int32Type>(column, row).into(),
        DataType::Int64 => integer::<Int64Type>(column, row).into(),
        DataType::UInt8 => integer::<UInt8Type>(column, row).into(),
        DataType::UInt16 => integer::<UInt16Type>(column, row).into(),
        DataType::UInt32 => integer::<UInt32Type>(column, row).into(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float32 => {
            // The shortest text that means the same, as it was written.
            let text = column.as_primitive::<Float32Type>().value(row).to_string();
            number(&text)
        }
        DataType::Float64 => number(&column.as_primitive::<Float64Type>().value(row).to_string()),
        DataType::Decimal128(..) => {
            number(&column.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).into(),
        DataType::Utf8View => column.as_string_view().value(row).into(),
        DataType::Binary => BASE64_STANDARD
            .encode(column.as_binary::<i32>().value(row))
            .into(),
        DataType::LargeBinary => BASE64_STANDARD
            .encode(column.as_binary::<i64>().value(row))
            .into(),
        DataType::BinaryView => BASE64_STANDARD
            .encode(column.as_binary_view().value(row))
            .into(),
        DataType::Date32 => {
            let date: Option<NaiveDate> = column.as_primitive::<Date32Type>().value_as_date(row);
            date.ok_or(BEYOND_THE_CALENDAR)?.to_string().into()
        }
        DataType::Timestamp(unit, _) => moment(column, *unit, row)
            .ok_or(BEYOND_THE_CALENDAR)?
            .format("%Y-%m-%d %H:%M:%S")
            .to_string()
            .into(),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let place = dictionary.normalized_keys()[row];
            value(dictionary.values(), place)?
        }
        DataType::List(_) => list(&column.as_list::<i32>().value(row))?,
        DataType::LargeList(_) => list(&column.as_list::<i64>().value(row))?,
        DataType::Struct(fields) => {
            let parts = column.as_struct();
            let parts = fields.iter().zip(parts.columns());
            let object: Result<Map<String, Value>, String> = parts
                .map(|(field, part)| Ok((field.name().clone(), value(part, row)?)))
                .collect();
            object?.into()
        }
        other => return Err(format!("is of the type {other}, which is not read")),
    })
}

fn integer<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> i64
where
    T::Native: Into<i64>,
{
    column.as_primitive::<T>().value(row).into()
}

fn moment(column: &dyn Array, unit: TimeUnit, row: usize) -> Option<DateTime<chrono::Utc>> {
    match unit {
        TimeUnit::Second => {
            DateTime::from_timestamp(column.as_primitive::<TimestampSecondType>().value(row), 0)
        }
        TimeUnit::Millisecond => DateTime::from_timestamp_millis(
            column.as_primitive::<TimestampMillisecondType>().value(row),
        ),
        TimeUnit::Microsecond => DateTime::from_timestamp_micros(
            column.as_primitive::<TimestampMicrosecondType>().value(row),
        ),
        TimeUnit::Nanosecond => Some(DateTime::from_timestamp_nanos(
            column.as_primitive::<TimestampNanosecondType>().value(row),
        )),
    }
}

fn list(items: &ArrayRef) -> Result<Value, String> {
    let items = Arc::clone(items);
    let values: Result<Vec<Value>, String> =
        (0..items.len()).map(|row| value(&items, row)).collect();
    Ok(values?.into())
}

#[cfg(test)]
mod tests {
    use odx_runtime::arrow::arrow_array::{
        Date32Array, Decimal128Array, Float64Array, TimestampSecondArray,
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn a_date_that_no_calendar_has_clears_no_field() {
        assert!(value(&Date32Array::from(vec![i32::MAX]), 0).is_err());
        assert!(value(&TimestampSecondArray::from(vec![i64::MAX]), 0).is_err());
        let date = value(&Date32Array::from(vec![0]), 0);
        assert_eq!(date, Ok(json!("1970-01-01")));
    }

    #[test]
    fn a_decimal_keeps_all_its_digits() {
        let decimal = |digits: i128, scale| {
            let array = Decimal128Array::from(vec![digits]);
            let array = array.with_precision_and_scale(38, scale).unwrap();
            value(&array, 0).unwrap()
        };
        assert_eq!(decimal(42, 0), json!(42));
        assert_eq!(
            decimal(123_456_789_012_345_678_901_234_567_890, 0),
            json!("123456789012345678901234567890")
        );
        assert_eq!(
            decimal(12_345_678_901_234_567_891, 3),
            json!("12345678901234567.891")
        );
        assert_eq!(value(&Float64Array::from(vec![7.0]), 0), Ok(json!(7)));
        assert_eq!(value(&Float64Array::from(vec![0.1]), 0), Ok(json!(0.1)));
    }
}
