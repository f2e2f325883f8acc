//! What stands in a field of a row, as `load` takes it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use odx_facts::FieldType;
use serde_json::Value as JsonValue;

use super::{
    column::{Column, Form},
    reference::Target,
};
use crate::{RecordId, model::number};

/// The words that Odoo takes for true and for false in every language.
const TRUE: [&str; 3] = ["1", "true", "yes"];
const FALSE: [&str; 3] = ["0", "false", "no"];

/// The number of the command that sets the records of a many2many, and of the one that takes them all out.
const SET: u64 = 6;
const CLEAR: u64 = 5;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// The field is cleared.
    Unset,
    /// What is no relation.
    Text(String),
    /// Records; at least one.
    Links(Vec<Target>),
}

impl Cell {
    /// A value as `create` takes it.
    ///
    /// # Errors
    /// Why it cannot be imported.
    pub(super) fn of_json(column: &Column, value: &JsonValue) -> Result<Self, String> {
        if matches!(value, JsonValue::Null | JsonValue::Bool(false)) && !is_boolean(column) {
            return Ok(Self::Unset);
        }
        match column.ty {
            FieldType::Many2one => match Target::of_json(value) {
                Some(target) => Ok(Self::Links(vec![target])),
                None => Err("it is no id and no reference".to_owned()),
            },
            FieldType::Many2many => Self::of_commands(value),
            FieldType::Json => Ok(Self::Text(value.to_string())),
            _ => match value {
                JsonValue::String(text) => Self::of_text(column, Form::Plain, text),
                JsonValue::Bool(_) | JsonValue::Number(_) => {
                    Self::of_text(column, Form::Plain, &value.to_string())
                }
                _ => Err(format!("a {} field takes no {value}", column.ty.as_str())),
            },
        }
        .and_then(Self::checked)
    }

    fn of_commands(value: &JsonValue) -> Result<Self, String> {
        let commands = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let command = match commands {
            [] => return Ok(Self::Unset),
            [command] => command,
            _ => return Err(NOT_SET.to_owned()),
        };
        match command[0].as_u64() {
            Some(CLEAR) => Ok(Self::Unset),
            Some(SET) => {
                let items = command[2].as_array().map(Vec::as_slice).unwrap_or_default();
                let targets: Option<Vec<Target>> = items.iter().map(Target::of_json).collect();
                match targets {
                    Some(targets) if targets.is_empty() => Ok(Self::Unset),
                    Some(targets) => Ok(Self::Links(targets)),
                    None => Err("it holds what is no id and no reference".to_owned()),
                }
            }
            _ => Err(NOT_SET.to_owned()),
        }
    }

    /// The text of a cell, in a column of that form. Of relations, [`Form::Plain`] is the name.
    ///
    /// # Errors
    /// Why Odoo would refuse it, or take it for something else.
    pub(super) fn of_text(column: &Column, form: Form, text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Unset);
        }
        if !column.ty.is_relation() {
            return normal(column, text).map(Self::Text);
        }
        let parts: Vec<&str> = match column.ty {
            FieldType::Many2one => vec![text],
            _ => text.split(',').map(str::trim).collect(),
        };
        let targets: Result<Vec<Target>, String> = parts
            .into_iter()
            .map(|part| match form {
                Form::Plain if column.ty.is_to_many() && is_digits(part) => Err(format!(
                    "`{part}` may be a name or an id: name the column `{}` for ids, or `{}` for external ids",
                    column.path(Form::Id),
                    column.path(Form::External)
                )),
                Form::Plain => Ok(Target::Name(part.to_owned())),
                Form::External => Ok(Target::External(part.to_owned())),
                Form::Id => match part.trim().parse::<i64>() {
                    Ok(id) => Ok(Target::Id(RecordId::new(id))),
                    Err(_) => Err(format!("`{part}` is no id")),
                },
            })
            .collect();
        Self::Links(targets?).checked()
    }

    fn checked(self) -> Result<Self, String> {
        let Self::Links(targets) = self else {
            return Ok(self);
        };
        let targets: Result<Vec<Target>, String> = targets.into_iter().map(checked).collect();
        Ok(Self::Links(targets?))
    }

    /// The form that its column has in the call.
    pub(super) fn form(&self) -> Option<Form> {
        match self {
            Self::Unset => None,
            Self::Text(_) => Some(Form::Plain),
            Self::Links(targets) => match targets.first() {
                Some(Target::External(_)) => Some(Form::External),
                _ => Some(Form::Id),
            },
        }
    }

    /// The text that is sent, and shown.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Unset => String::new(),
            Self::Text(text) => text.clone(),
            Self::Links(targets) => {
                let texts: Vec<String> = targets.iter().map(Target::text).collect();
                texts.join(",")
            }
        }
    }
}

const NOT_SET: &str = "an import sets the records of a many2many as a whole: give the list of them";

impl Target {
    fn text(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::External(text) | Self::Name(text) => text.clone(),
        }
    }
}

fn checked(target: Target) -> Result<Target, String> {
    match target {
        Target::Id(id) => match id.number() {
            // A column of 32 bits; Odoo takes 0 for none.
            Some(number) if number > 0 && i32::try_from(number).is_ok() => Ok(target),
            _ => Err(format!("{id} is no id of a record")),
        },
        Target::External(external_id) => external(&external_id).map(Target::External),
        Target::Name(name) if name.trim().is_empty() => Err("a name is empty".to_owned()),
        Target::Name(_) => Ok(target),
    }
}

/// An external id with its module.
///
/// # Errors
/// Why it is none.
pub(super) fn external(text: &str) -> Result<String, String> {
    let text = text.trim();
    // An export has the ids of records: as external ids they would make each a second time.
    if is_digits(text) {
        return Err(format!(
            "`{text}` is the id of a record, and no external id: write `{}.{text}` if it is one",
            odx_facts::IMPORT_MODULE
        ));
    }
    let (module, name) = text
        .split_once('.')
        .unwrap_or((odx_facts::IMPORT_MODULE, text));
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == ',';
    if module.is_empty() || name.is_empty() || text.contains(is_odd) {
        return Err(format!(
            "`{text}` is no external id: it is a name, or a module and a name with a dot between, without spaces and commas"
        ));
    }
    Ok(format!("{module}.{name}"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_boolean(column: &Column) -> bool {
    column.ty == FieldType::Boolean
}

/// A text as Odoo takes it for what is meant.
fn normal(column: &Column, text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("it holds a NUL character".to_owned());
    }
    match column.ty {
        FieldType::Boolean => boolean(text),
        FieldType::Integer | FieldType::Many2oneReference => match text.trim().parse::<i32>() {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err("it is no integer of 32 bits".to_owned()),
        },
        FieldType::Float | FieldType::Monetary => float(text.trim()),
        FieldType::Date => match date(text.trim()) {
            Some(date) => Ok(date.format("%Y-%m-%d").to_string()),
            None => Err("it is no date such as 2024-02-29".to_owned()),
        },
        FieldType::Datetime => datetime(text.trim()),
        FieldType::Selection => selection(column, text),
        FieldType::Binary => match BASE64_STANDARD.decode(text.trim()) {
            Ok(_) => Ok(text.trim().to_owned()),
            Err(_) => Err("it is no base64".to_owned()),
        },
        FieldType::Reference => match text.split_once(',').map(|(_, id)| id.parse::<i32>()) {
            Some(Ok(id)) if id > 0 => Ok(text.to_owned()),
            _ => Err("it is no reference such as res.partner,7".to_owned()),
        },
        FieldType::Json => match serde_json::from_str::<JsonValue>(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(error) => Err(format!("it is no JSON: {error}")),
        },
        _ => match column.size {
            Some(size) if text.chars().count() > size => Err(format!(
                "it has {} characters and the field holds {size}: Odoo would cut it off silently",
                text.chars().count()
            )),
            _ => Ok(text.to_owned()),
        },
    }
}

/// A number that no float is would be rounded silently, to an integer of other digits or to zero.
fn float(text: &str) -> Result<String, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => match number::float(text.as_bytes()) {
            Some(_) => Ok(text.to_owned()),
            None => Err("Odoo holds it in a float, which would round it".to_owned()),
        },
        _ => Err("it is no finite number".to_owned()),
    }
}

/// Odoo 14 takes any other word for true.
fn boolean(text: &str) -> Result<String, String> {
    let word = text.trim().to_lowercase();
    match (TRUE.contains(&&*word), FALSE.contains(&&*word)) {
        (true, _) => Ok("1".to_owned()),
        (_, true) => Ok("0".to_owned()),
        _ => Err("it is neither true (1, true, yes) nor false (0, false, no)".to_owned()),
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    date.filter(|_| has_whole_year(text))
}

/// `%Y` takes fewer digits, too: 31-12-24 would be a day of the year 31.
fn has_whole_year(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    year.len() == 4 && is_digits(year)
}

/// UTC, as Odoo reads it where the context says so.
fn datetime(text: &str) -> Result<String, String> {
    const WRITTEN: &str = "%Y-%m-%d %H:%M:%S";
    let naive = || {
        [
            WRITTEN,
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%d %H:%M",
        ]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    };
    let day = || date(text)?.and_hms_opt(0, 0, 0);
    let zoned = || {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(moment.with_timezone(&Utc).naive_utc())
    };
    let moment = naive().or_else(zoned).or_else(day);
    match moment.filter(|_| has_whole_year(text)) {
        Some(moment) => Ok(moment.format(WRITTEN).to_string()),
        None => Err("it is no datetime such as 2024-02-29 23:59:59 in UTC, or with a zone, 2024-02-29T23:59:59+01:00".to_owned()),
    }
}

/// The key. Odoo takes the first choice whose key or label is the text, from 15 on whatever the case.
fn selection(column: &Column, text: &str) -> Result<String, String> {
    if column.selection.is_empty() {
        return Ok(text.to_owned());
    }
    let key = match column.selection.iter().find(|(key, _)| key == text) {
        Some((key, _)) => key,
        None => {
            let same = |word: &String| word.to_lowercase() == text.to_lowercase();
            let named = column.selection.iter();
            let mut named = named.filter(|(key, label)| same(key) || same(label));
            match (named.next(), named.next()) {
                (Some((key, _)), None) => key,
                (Some((one, _)), Some((other, _))) => {
                    return Err(format!("it may be `{one}` or `{other}`: give the key"));
                }
                (None, _) => {
                    let keys: Vec<&str> = column.selection.iter().map(|(key, _)| &**key).collect();
                    return Err(format!("it is none of {}", shortened(&keys)));
                }
            }
        }
    };
    let lower = key.to_lowercase();
    let taken = column
        .selection
        .iter()
        .find(|(other, label)| other.to_lowercase() == lower || label.to_lowercase() == lower);
    match taken {
        Some((other, _)) if other != key => Err(format!(
            "Odoo would take it for `{other}`, whose label is the same: write it after the import"
        )),
        _ => Ok(key.clone()),
    }
}

/// A list of keys that is not too long to read.
fn shortened(keys: &[&str]) -> String {
    const SHOWN: usize = 20;
    let shown = &keys[..keys.len().min(SHOWN)];
    let rest = match keys.len() - shown.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("`{}`{rest}", shown.join("`, `"))
}
