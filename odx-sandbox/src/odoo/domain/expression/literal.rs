//! Values on their way into a query: what Odoo's fields make of them, and what PostgreSQL reads there.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::sql::Key;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType};
use crate::odoo::values::{self, python, python_str, truthy};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SqlType {
    Integer,
    Double,
    Numeric,
    Varchar,
    Text,
    Boolean,
    Date,
    Timestamp,
    Json,
    Bytes,
}

impl SqlType {
    fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Double => "double precision",
            Self::Numeric => "numeric",
            Self::Varchar => "character varying",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp without time zone",
            Self::Json => "jsonb",
            Self::Bytes => "bytea",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Double | Self::Numeric)
    }
}

pub(super) fn sql_type(field: &Field) -> SqlType {
    match field.kind {
        FieldType::Integer | FieldType::Many2one | FieldType::Many2oneReference => SqlType::Integer,
        FieldType::Float if field.is_numeric() => SqlType::Numeric,
        FieldType::Float => SqlType::Double,
        FieldType::Monetary => SqlType::Numeric,
        FieldType::Boolean => SqlType::Boolean,
        FieldType::Date => SqlType::Date,
        FieldType::Datetime => SqlType::Timestamp,
        FieldType::Text | FieldType::Html | FieldType::Serialized => SqlType::Text,
        FieldType::Json | FieldType::Properties | FieldType::PropertiesDefinition => SqlType::Json,
        FieldType::Binary => SqlType::Bytes,
        _ => SqlType::Varchar,
    }
}

/// A value as psycopg2 writes it into a query.
#[derive(Clone, Debug)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    /// In quotes, of no type yet.
    Text(String),
    List,
    Bytes(String),
}

impl Literal {
    /// A value that no field has looked at.
    pub(super) fn raw(value: &Value) -> Result<Self> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Boolean(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => Self::Integer(integer),
                None => Self::Float(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) if items.is_empty() => Self::Text("{}".to_owned()),
            Value::Array(_) => Self::List,
            Value::Object(_) => {
                return Err(OdooError::new(
                    "psycopg2.ProgrammingError",
                    "can't adapt type 'dict'",
                ));
            }
        })
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Null | Self::Text(_) => "unknown",
            Self::Boolean(_) => "boolean",
            Self::Integer(_) => "integer",
            Self::Float(_) => "numeric",
            Self::List => "integer[]",
            Self::Bytes(_) => "bytea",
        }
    }

    /// What a column of that type is compared with; `None` is `NULL`.
    pub(super) fn key(
        self,
        column: SqlType,
        operator: &str,
        now: Timestamp,
    ) -> Result<Option<Key>> {
        let undefined = |literal: &Self| {
            Err(undefined_operator(
                column.name(),
                operator,
                literal.type_name(),
            ))
        };
        match self {
            Self::Null => Ok(None),
            Self::Boolean(flag) if column == SqlType::Boolean => Ok(Some(Key::Flag(flag))),
            Self::Integer(number) if column.is_number() => Ok(Some(Key::Number(number as f64))),
            Self::Float(number) if column.is_number() => Ok(Some(Key::Number(number))),
            Self::Text(text) => parse(column, &text, now).map(Some),
            Self::Bytes(bytes) if column == SqlType::Bytes => Ok(Some(Key::Text(bytes))),
            other => undefined(&other),
        }
    }

    /// The pattern of a `LIKE`; `None` is `NULL`.
    pub(super) fn pattern(self, operator: &str) -> Result<Option<String>> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            other => Err(undefined_operator("text", operator, other.type_name())),
        }
    }
}

pub(super) fn undefined_operator(left: &str, operator: &str, right: &str) -> OdooError {
    OdooError::new(
        "psycopg2.errors.UndefinedFunction",
        format!("operator does not exist: {left} {operator} {right}\n"),
    )
}

/// What `convert_to_column` of the field makes of a value.
///
/// `texts`: monetary and serialized values become texts, as all do whose type says nothing else, and HTML has to be one.
pub(super) fn column_value(field: &Field, value: &Value, texts: bool) -> Result<Literal> {
    let is_none = matches!(value, Value::Null | Value::Bool(false));
    Ok(match field.kind {
        // The id is converted as a text.
        _ if field.name == "id" => match is_none {
            true => Literal::Null,
            false => Literal::Text(python_str(value)),
        },
        FieldType::Boolean => Literal::Boolean(truthy(value)),
        FieldType::Integer | FieldType::Many2oneReference => python_int(value)?,
        FieldType::Float => match field.scale {
            Some(_) if field.is_numeric() => {
                let number = values::round(field, python_float(value)?);
                let scale = usize::try_from(field.scale.unwrap_or_default()).unwrap_or_default();
                Literal::Text(match number {
                    number if number.is_nan() => "NaN".to_owned(),
                    number => format!("{number:.scale$}"),
                })
            }
            _ => Literal::Float(python_float(value)?),
        },
        FieldType::Monetary if !texts => Literal::Float(python_float(value)?),
        FieldType::Many2one => match truthy(value) {
            true => Literal::raw(value)?,
            false => Literal::Null,
        },
        FieldType::Binary => binary(value)?,
        FieldType::Serialized if !texts => match value {
            Value::Object(_) => Literal::Text(python_json(value)),
            value if truthy(value) => Literal::raw(value)?,
            _ => Literal::Null,
        },
        FieldType::Json => match truthy(value) {
            true => Literal::Text(value.to_string()),
            false => Literal::Null,
        },
        _ if is_none => Literal::Null,
        FieldType::Char => {
            let text = python_str(value);
            Literal::Text(match field.size {
                Some(size) => text.chars().take(size).collect(),
                None => text,
            })
        }
        FieldType::Html => html(field, value, texts)?,
        _ => Literal::Text(python_str(value)),
    })
}

/// Python's `int(value or 0)`.
pub(super) fn python_int(value: &Value) -> Result<Literal> {
    if !truthy(value) {
        return Ok(Literal::Integer(0));
    }
    strict_int(value)
}

/// Python's `int(value)`.
pub(super) fn strict_int(value: &Value) -> Result<Literal> {
    Ok(match value {
        Value::Bool(flag) => Literal::Integer(i64::from(*flag)),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Literal::Integer(integer),
            None => {
                let number = number.as_f64().unwrap_or_default();
                match number.abs() < i64::MAX as f64 {
                    true => Literal::Integer(number.trunc() as i64),
                    false => Literal::Float(number.trunc()),
                }
            }
        },
        Value::String(text) => Literal::Integer(text.trim().parse().map_err(|_| {
            OdooError::value(format!(
                "invalid literal for int() with base 10: {}",
                python(value)
            ))
        })?),
        other => {
            return Err(OdooError::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                class_of(other)
            )));
        }
    })
}

/// Python's `float(value or 0.0)`.
pub(super) fn python_float(value: &Value) -> Result<f64> {
    if !truthy(value) {
        return Ok(0.0);
    }
    strict_float(value)
}

/// Python's `float(value)`.
pub(super) fn strict_float(value: &Value) -> Result<f64> {
    match value {
        Value::Bool(flag) => Ok(f64::from(u8::from(*flag))),
        Value::Number(number) => Ok(number.as_f64().unwrap_or_default()),
        Value::String(text) => text.trim().parse().map_err(|_| {
            OdooError::value(format!(
                "could not convert string to float: {}",
                python(value)
            ))
        }),
        other => Err(OdooError::type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            class_of(other)
        ))),
    }
}

pub(super) fn class_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

fn binary(value: &Value) -> Result<Literal> {
    match value {
        value if !truthy(value) => Ok(Literal::Null),
        Value::String(text) => Ok(Literal::Bytes(text.clone())),
        Value::Array(_) => Ok(Literal::Bytes(python_str(value))),
        other => Err(OdooError::type_error(format!(
            "'{}' object is not subscriptable",
            class_of(other)
        ))),
    }
}

/// A sanitized text; a falsy value goes through as it is.
fn html(field: &Field, value: &Value, only_texts: bool) -> Result<Literal> {
    match value {
        value if !truthy(value) || !field.is_sanitized() => Literal::raw(value),
        Value::String(text) => Ok(Literal::Text(sanitized(text))),
        _ if only_texts => Ok(Literal::Text(NOT_SANITIZED.to_owned())),
        other => Ok(Literal::Text(sanitized(&python_str(other)))),
    }
}

/// Python's `json.dumps`: a space after each colon and comma, and only ASCII.
pub(super) fn python_json(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(python_json).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| {
                    format!(
                        "{}: {}",
                        python_json(&Value::from(key.as_str())),
                        python_json(value)
                    )
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => {
            let mut text = String::new();
            for letter in other.to_string().chars() {
                if letter.is_ascii() {
                    text.push(letter);
                    continue;
                }
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            text
        }
    }
}

/// What the sanitizer makes of a value that is no text.
const NOT_SANITIZED: &str = "<p>Unknown error when sanitizing</p>";

/// Tags in lower case; a text without tags becomes a paragraph, which no blank starts.
fn sanitized(text: &str) -> String {
    let text = text.trim_start();
    match text.is_empty() || is_tag(text) {
        true => with_lower_tags(text),
        false => {
            let escaped = text.replace('<', "&lt;").replace('>', "&gt;");
            format!("<p>{escaped}</p>")
        }
    }
}

fn is_tag(text: &str) -> bool {
    let mut letters = text.chars();
    let second = |letter: char| letter.is_ascii_alphabetic() || letter == '/';
    letters.next() == Some('<') && letters.next().is_some_and(second)
}

fn with_lower_tags(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut in_name = false;
    for (at, letter) in text.char_indices() {
        in_name = match letter {
            '<' => is_tag(&text[at..]),
            letter => in_name && (letter.is_ascii_alphanumeric() || letter == '/'),
        };
        lower.push(match in_name {
            true => letter.to_ascii_lowercase(),
            false => letter,
        });
    }
    lower
}

/// Reads a quoted literal as the type of the column.
fn parse(column: SqlType, text: &str, now: Timestamp) -> Result<Key> {
    let malformed = || {
        OdooError::new(
            "psycopg2.errors.InvalidTextRepresentation",
            format!(
                "invalid input syntax for type {}: \"{text}\"\n",
                column.name()
            ),
        )
    };
    let trimmed = text.trim();
    Ok(match column {
        SqlType::Integer => {
            let digits = trimmed.trim_start_matches(['+', '-']);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(malformed());
            }
            match trimmed.parse::<i32>() {
                Ok(number) => Key::Number(f64::from(number)),
                Err(_) => {
                    return Err(OdooError::new(
                        "psycopg2.errors.NumericValueOutOfRange",
                        format!("value \"{text}\" is out of range for type integer\n"),
                    ));
                }
            }
        }
        SqlType::Double | SqlType::Numeric => {
            Key::Number(trimmed.parse::<f64>().map_err(|_| malformed())?)
        }
        SqlType::Boolean => match trimmed.to_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => Key::Flag(true),
            "f" | "false" | "n" | "no" | "off" | "0" => Key::Flag(false),
            _ => return Err(malformed()),
        },
        SqlType::Date => Key::Text(match moment(column, trimmed, now)? {
            Moment::Special(name) => name.to_owned(),
            Moment::At(at) => values::date_text(at.date()),
        }),
        SqlType::Timestamp => Key::Text(match moment(column, trimmed, now)? {
            Moment::Special(name) => name.to_owned(),
            Moment::At(at) => timestamp_text(at),
        }),
        SqlType::Json => Key::Json(serde_json::from_str(text).map_err(|_| {
            OdooError::new(
                "psycopg2.errors.InvalidTextRepresentation",
                "invalid input syntax for type json\n",
            )
        })?),
        SqlType::Varchar | SqlType::Text | SqlType::Bytes => Key::Text(text.to_owned()),
    })
}

/// A timestamp as it is held: with the fraction of its second, if it has one.
fn timestamp_text(at: DateTime) -> String {
    let seconds = values::datetime_text(at);
    match at.subsec_nanosecond() / 1000 {
        0 => seconds,
        micros => format!("{seconds}.{micros:06}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

enum Moment {
    At(DateTime),
    /// Before or after all else.
    Special(&'static str),
}

/// Reads a date or timestamp as PostgreSQL does, with `DateStyle` `ISO, MDY`.
fn moment(column: SqlType, text: &str, now: Timestamp) -> Result<Moment> {
    let malformed = || {
        let kind = match column {
            SqlType::Date => "date",
            _ => "timestamp",
        };
        OdooError::new(
            "psycopg2.errors.InvalidDatetimeFormat",
            format!("invalid input syntax for type {kind}: \"{text}\"\n"),
        )
    };
    let out_of_range = || {
        OdooError::new(
            "psycopg2.errors.DatetimeFieldOverflow",
            format!("date/time field value out of range: \"{text}\"\n"),
        )
    };
    let now = TimeZone::UTC.to_datetime(now);
    let midnight = now.date().to_datetime(Time::midnight());
    let day = |offset: i64| midnight.checked_add(offset.days()).unwrap_or(midnight);
    match text.to_lowercase().as_str() {
        "now" => return Ok(Moment::At(now)),
        "today" => return Ok(Moment::At(midnight)),
        "tomorrow" => return Ok(Moment::At(day(1))),
        "yesterday" => return Ok(Moment::At(day(-1))),
        "epoch" => return Ok(Moment::At(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))),
        "infinity" => return Ok(Moment::Special("infinity")),
        "-infinity" => return Ok(Moment::Special("-infinity")),
        _ => {}
    }
    let (date, time) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let date = civil_date(date).ok_or_else(malformed)?;
    let time = civil_time(time).ok_or_else(malformed)?;
    let (year, month, day) = date.ok_or_else(out_of_range)?;
    let date = Date::new(year, month, day).map_err(|_| out_of_range())?;
    let time = time.ok_or_else(out_of_range)?;
    Ok(Moment::At(date.to_datetime(time)))
}

/// Year, month and day; `Some(None)` if it has the form of a date and cannot be one.
fn civil_date(text: &str) -> Option<Option<(i16, i8, i8)>> {
    // A lone number is a day of no month.
    if !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return (text.trim_start_matches('0').is_empty()).then_some(None);
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let number = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<i16>().ok())
    };
    let (first_number, second, third_number) = (number(first)?, number(second)?, number(third)?);
    let small = |number: Option<i16>| number.and_then(|number| i8::try_from(number).ok());
    if first.len() >= 3 {
        let date = first_number.zip(small(second)).zip(small(third_number));
        return Some(date.map(|((year, month), day)| (year, month, day)));
    }
    // Month, day, and a year of two digits or more.
    let year = third_number.map(|year| match (third.len(), year) {
        (..=2, ..70) => year + 2000,
        (..=2, _) => year + 1900,
        _ => year,
    });
    let date = year.zip(small(first_number)).zip(small(second));
    Some(date.map(|((year, month), day)| (year, month, day)))
}

fn civil_time(text: &str) -> Option<Option<Time>> {
    if text.is_empty() {
        return Some(Some(Time::midnight()));
    }
    let text = text.trim_end_matches('Z');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = whole.split(':').collect();
    let number = |index: usize| -> Option<i8> {
        match parts.get(index) {
            Some(part) => part.parse().ok(),
            None => Some(0),
        }
    };
    if parts.len() < 2 || parts.len() > 3 {
        return None;
    }
    let nanos = match fraction.is_empty() {
        true => 0,
        false => format!("{fraction:0<9}").get(..9)?.parse().ok()?,
    };
    let (hour, minute, second) = (number(0)?, number(1)?, number(2)?);
    Some(Time::new(hour, minute, second, nanos).ok())
}

#[cfg(test)]
mod tests {
    use super::sanitized;

    #[test]
    fn html_is_compared_as_the_sanitizer_leaves_it() {
        assert_eq!(sanitized(" %"), "<p>%</p>");
        assert_eq!(sanitized("a < b"), "<p>a &lt; b</p>");
        assert_eq!(sanitized("<P>a <B>BOLD</B></P>"), "<p>a <b>BOLD</b></p>");
        assert_eq!(sanitized("  "), "");
    }
}
