//! Values on their way in: from what a client sends to what the database holds.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil::{Date, DateTime, Time};
use serde_json::{Map, Value, json};

use super::errors::{OdooError, Result};
use super::schema::{Field, FieldType, Model};

/// The length of a datetime without a fraction of a second.
const SECONDS: usize = "2024-02-29 23:59:59".len();

/// What PostgreSQL's `int4` holds.
const INTEGER_RANGE: std::ops::RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;

/// Python's idea of a true value.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
    }
}

/// Python's `repr` of a JSON value, for messages.
pub(crate) fn python(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(python).collect::<Vec<_>>().join(", ");
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::Array(items) => format!("[{}]", list(items)),
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("'{key}': {}", python(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The same of the items of a tuple.
pub(crate) fn python_tuple(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(python).collect();
    match items.as_slice() {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// Python's `str` of a JSON value.
pub(crate) fn python_str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => python(other),
    }
}

fn wrong(model: &Model, field: &Field, value: &Value) -> OdooError {
    OdooError::value(format!(
        "Wrong value for {}.{}: {}",
        model.name,
        field.name,
        python(value)
    ))
}

/// Converts a value given by a client into what the database holds; `null` means unset.
///
/// An x2many comes as the plain list of ids here; commands are carried out by `write`.
pub(crate) fn stored(model: &Model, field: &Field, value: Value) -> Result<Value> {
    match field.kind {
        FieldType::Char | FieldType::Text | FieldType::Html => Ok(text(field, value)),
        FieldType::Integer | FieldType::Many2oneReference => integer(&value),
        FieldType::Float | FieldType::Monetary => float(field, &value),
        FieldType::Boolean => Ok(Value::Bool(truthy(&value))),
        FieldType::Date if !truthy(&value) => Ok(Value::Null),
        FieldType::Datetime if !truthy(&value) => Ok(Value::Null),
        FieldType::Date => match &value {
            Value::String(text) => parse_date(text).map(|date| Value::from(date_text(date))),
            _ => Err(wrong(model, field, &value)),
        },
        FieldType::Datetime => match &value {
            Value::String(text) => {
                parse_datetime(text).map(|date| Value::from(datetime_text(date)))
            }
            _ => Err(wrong(model, field, &value)),
        },
        FieldType::Selection => selection(model, field, value),
        FieldType::Reference => reference(model, field, value),
        FieldType::Many2one => many2one(model, field, &value),
        FieldType::Binary => binary(field, value),
        FieldType::One2many | FieldType::Many2many => match value {
            Value::Array(ids) => Ok(Value::Array(ids)),
            other if !truthy(&other) => Ok(Value::Null),
            other => Err(wrong(model, field, &other)),
        },
        FieldType::Properties => properties(value),
        FieldType::Json
        | FieldType::Serialized
        | FieldType::PropertiesDefinition
        | FieldType::Unknown => Ok(if truthy(&value) { value } else { Value::Null }),
    }
}

fn text(field: &Field, value: Value) -> Value {
    let text = match value {
        Value::Null | Value::Bool(false) => return Value::Null,
        other => python_str(&other),
    };
    match (field.kind, field.size) {
        (FieldType::Char, Some(size)) => text.chars().take(size).collect::<String>().into(),
        (FieldType::Html, _) if !text.is_empty() && !text.trim_start().starts_with('<') => {
            Value::from(format!("<p>{text}</p>"))
        }
        _ => Value::from(text),
    }
}

/// Python's `int(value or 0)`, within the range of the column.
pub(crate) fn integer(value: &Value) -> Result<Value> {
    let number = match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|float| float.trunc() as i64))
            .unwrap_or(i64::MAX),
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) if !text.is_empty() => text.trim().parse().map_err(|_| {
            OdooError::value(format!(
                "invalid literal for int() with base 10: {}",
                python(value)
            ))
        })?,
        other if !truthy(other) => 0,
        other => {
            return Err(OdooError::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not {}",
                python(other)
            )));
        }
    };
    if INTEGER_RANGE.contains(&number) {
        Ok(Value::from(number))
    } else {
        Err(OdooError::out_of_range())
    }
}

fn float(field: &Field, value: &Value) -> Result<Value> {
    Ok(match float_of(value)? {
        number if number.is_nan() => Value::from("NaN"),
        f64::INFINITY => Value::from("Infinity"),
        f64::NEG_INFINITY => Value::from("-Infinity"),
        number => Value::from(round(field, number)),
    })
}

/// Python's `float(value or 0)`.
pub(crate) fn float_of(value: &Value) -> Result<f64> {
    Ok(match value {
        Value::Number(number) => number.as_f64().unwrap_or(0.0),
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::String(text) if !text.is_empty() => text.trim().parse().map_err(|_| {
            OdooError::value(format!(
                "could not convert string to float: {}",
                python(value)
            ))
        })?,
        other if !truthy(other) => 0.0,
        other => {
            return Err(OdooError::type_error(format!(
                "float() argument must be a string or a real number, not {}",
                python(other)
            )));
        }
    })
}

/// Rounds half away from zero to the decimal places that the field keeps.
pub(crate) fn round(field: &Field, number: f64) -> f64 {
    let scale = match field.kind {
        FieldType::Monetary => Some(2),
        _ => field.scale,
    };
    let Some(scale) = scale else { return number };
    let factor = 10f64.powi(i32::try_from(scale).unwrap_or(0));
    // Like Odoo's float_round: 1.005 is stored below 1.005, and still rounds up.
    let scaled = number * factor;
    let nudge = scaled.abs().max(1.0) * f64::EPSILON * 4.0;
    (scaled + nudge.copysign(scaled)).round() / factor
}

/// Reads a date as `Date.to_date` does: the first ten characters count.
pub(crate) fn parse_date(text: &str) -> Result<Date> {
    let head: String = text.chars().take(10).collect();
    four_digit_year(&head)
        .and_then(|head| Date::strptime("%Y-%m-%d", head).ok())
        .ok_or_else(|| {
            OdooError::value(format!(
                "time data '{head}' does not match format '%Y-%m-%d'"
            ))
        })
}

/// Python reads years of exactly four digits, jiff shorter ones too.
pub(crate) fn four_digit_year(text: &str) -> Option<&str> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    (digits == 4).then_some(text)
}

/// Reads a datetime as `Datetime.to_datetime` does: a date, with or without minutes and seconds, and nothing else.
pub(crate) fn parse_datetime(text: &str) -> Result<DateTime> {
    let format = match text.chars().count() {
        19 => "%Y-%m-%d %H:%M:%S",
        16 => "%Y-%m-%d %H:%M",
        13 => "%Y-%m-%d %H",
        10 => return parse_date(text).map(|date| date.to_datetime(Time::midnight())),
        _ => "%Y-%m-%d %H:%M:%S",
    };
    let format_error = || {
        OdooError::value(format!(
            "time data {} does not match format '{format}'",
            python(&Value::from(text))
        ))
    };
    if format == "%Y-%m-%d %H" {
        let (date, hour) = text.split_once(' ').ok_or_else(format_error)?;
        let hour = hour.parse().map_err(|_| format_error())?;
        let date = parse_date(date).map_err(|_| format_error())?;
        let time = Time::new(hour, 0, 0, 0).map_err(|_| format_error())?;
        return Ok(date.to_datetime(time));
    }
    four_digit_year(text)
        .and_then(|text| DateTime::strptime(format, text).ok())
        .ok_or_else(format_error)
}

/// Converts a value that a read gave: it may hold what a write would refuse, such as a key that a selection no
/// longer has, or a year with fewer than four digits.
pub(crate) fn loaded(model: &Model, field: &Field, value: Value) -> Result<Value> {
    let value = match (field.kind, value) {
        (_, Value::Object(values)) if field.translate || field.company_dependent => {
            let each = values.into_iter().map(|(key, value)| {
                let value = loaded(model, field, value)?;
                Ok((key, value))
            });
            return each.collect::<Result<Map<_, _>>>().map(Value::Object);
        }
        (FieldType::Datetime, Value::String(text))
            if text.len() > SECONDS && text.contains('.') =>
        {
            return Ok(Value::from(text));
        }
        (FieldType::Selection | FieldType::Reference, Value::String(key)) => {
            return Ok(Value::from(key));
        }
        (FieldType::Date | FieldType::Datetime, Value::String(text)) => {
            match text.split_once('-') {
                Some((year, rest)) if year.len() < 4 => Value::from(format!("{year:0>4}-{rest}")),
                _ => Value::from(text),
            }
        }
        (_, value) => value,
    };
    stored(model, field, value)
}

/// A date as the database compares it.
pub(crate) fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// A date as Odoo sends it: Python's `strftime` does not pad a year below 1000.
pub(crate) fn unpadded(date: &str) -> &str {
    date.trim_start_matches('0')
}

/// The date of a datetime.
pub(crate) fn day(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// A datetime without its fraction of a second.
pub(crate) fn whole_seconds(text: &str) -> &str {
    text.get(..SECONDS).unwrap_or(text)
}

/// The fraction of a second in a datetime.
pub(crate) fn second_fraction(text: &str) -> f64 {
    let fraction = text.get(SECONDS..).unwrap_or_default();
    format!("0{fraction}").parse().unwrap_or_default()
}

/// A datetime as the database compares it.
pub(crate) fn datetime_text(at: DateTime) -> String {
    let time = at.time();
    format!(
        "{} {:02}:{:02}:{:02}",
        date_text(at.date()),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn selection(model: &Model, field: &Field, value: Value) -> Result<Value> {
    match &value {
        Value::Null | Value::Bool(false) => Ok(Value::Null),
        Value::String(key) if field.selection.is_empty() || field.selection.contains(key) => {
            Ok(value)
        }
        Value::String(key) if key.is_empty() => Ok(Value::Null),
        _ => Err(wrong(model, field, &value)),
    }
}

fn reference(model: &Model, field: &Field, value: Value) -> Result<Value> {
    let Value::String(text) = &value else {
        return match value {
            Value::Null | Value::Bool(false) => Ok(Value::Null),
            other => Err(wrong(model, field, &other)),
        };
    };
    let target = text
        .split_once(',')
        .and_then(|(name, id)| Some((name, id.parse::<i64>().ok()?)));
    match target {
        Some((_, 0)) => Ok(Value::Null),
        Some((name, _))
            if field.selection.is_empty() || field.selection.iter().any(|key| key == name) =>
        {
            Ok(value)
        }
        _ => Err(wrong(model, field, &value)),
    }
}

fn many2one(model: &Model, field: &Field, value: &Value) -> Result<Value> {
    match value {
        Value::Number(id) if id.as_i64().is_some() => Ok(id
            .as_i64()
            .filter(|id| *id != 0)
            .map_or(Value::Null, Value::from)),
        other if !truthy(other) => Ok(Value::Null),
        other => Err(wrong(model, field, other)),
    }
}

fn binary(field: &Field, value: Value) -> Result<Value> {
    // From 19.5 on, the content may come with a file name.
    if let Value::Object(object) = &value
        && let Some(name) = object.get("filename")
    {
        let content = object.get("content").cloned().unwrap_or_default();
        return Ok(match binary(field, content)? {
            Value::Null => Value::Null,
            content => json!({"content": content, "filename": name}),
        });
    }
    let Value::String(text) = &value else {
        return Ok(if truthy(&value) { value } else { Value::Null });
    };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if !field.attachment {
        return Ok(value);
    }
    let compact: String = text.split_ascii_whitespace().collect();
    match BASE64.decode(&compact) {
        Ok(_) => Ok(Value::from(compact)),
        Err(_) => Err(OdooError::new("binascii.Error", "Incorrect padding")),
    }
}

/// Property values by name: given as an object, or as the list of definitions with values that a read returns.
fn properties(value: Value) -> Result<Value> {
    match value {
        Value::Object(values) => Ok(Value::Object(
            values
                .into_iter()
                .map(|(name, value)| (name, property(value)))
                .collect(),
        )),
        Value::Array(definitions) => {
            let mut values = Map::new();
            for definition in definitions {
                let Some(name) = definition.get("name").and_then(Value::as_str) else {
                    return Err(OdooError::value("Missing name in property definition"));
                };
                if let Some(value) = definition.get("value") {
                    values.insert(name.to_owned(), property(value.clone()));
                }
            }
            Ok(Value::Object(values))
        }
        _ => Ok(Value::Null),
    }
}

/// A many2one property is written as an id or as the pair that was read.
fn property(value: Value) -> Value {
    let is_pair = |items: &[Value]| items.len() == 2 && items[0].is_i64() && items[1].is_string();
    match value {
        Value::Array(mut items) if is_pair(&items) => items.swap_remove(0),
        Value::Array(items) => items.into_iter().map(property).collect(),
        other => other,
    }
}
/// NaN equals NaN and is greater than all else.
pub(crate) fn compare_numbers(one: f64, other: f64) -> Ordering {
    one.partial_cmp(&other)
        .unwrap_or_else(|| one.is_nan().cmp(&other.is_nan()))
}

/// The order of `jsonb`: an object above an array above a boolean above a number above a text above null.
pub(crate) fn compare_json(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::String(_) => 1,
        Value::Number(_) => 2,
        Value::Bool(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare_numbers(
            one.as_f64().unwrap_or_default(),
            other.as_f64().unwrap_or_default(),
        ),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Array(ones), Value::Array(others)) => {
            ones.len().cmp(&others.len()).then_with(|| {
                let pairs = ones.iter().zip(others);
                pairs.fold(Ordering::Equal, |order, (one, other)| {
                    order.then_with(|| compare_json(one, other))
                })
            })
        }
        (Value::Object(ones), Value::Object(others)) => {
            ones.len().cmp(&others.len()).then_with(|| {
                let pairs = in_key_order(ones).into_iter().zip(in_key_order(others));
                pairs.fold(Ordering::Equal, |order, ((key, one), (known, other))| {
                    order
                        .then_with(|| key.cmp(known))
                        .then_with(|| compare_json(one, other))
                })
            })
        }
        _ => rank(one).cmp(&rank(other)),
    }
}

/// The entries of an object as `jsonb` keeps them: shorter keys come first.
pub(crate) fn in_key_order(entries: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| (key.len(), *key));
    entries
}
