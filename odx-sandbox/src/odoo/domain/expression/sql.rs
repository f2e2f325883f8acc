//! What PostgreSQL makes of a condition: three-valued, by the types of columns, with its complaints.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::literal::{Literal, SqlType, python_json, sql_type};
use crate::odoo::domain::calendar::DatePart;
use crate::odoo::domain::like::Pattern;
use crate::odoo::env::{Env, SOURCE_LANGUAGE, ids_of};
use crate::odoo::errors::OdooError;
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::{self, compare_json, compare_numbers};

/// A condition of a `WHERE`.
#[derive(Clone, Debug)]
pub(crate) enum Sql {
    /// `TRUE`, `FALSE`, or a comparison with `NULL`.
    Constant(Option<bool>),
    All(Vec<Sql>),
    Any(Vec<Sql>),
    Not(Box<Sql>),
    Test(Column, Test),
    /// What the database refuses when the whole query is there.
    Error(OdooError),
}

/// A column of the searched table or, over many2ones, of one joined to it.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(super) joins: Rc<[Join]>,
    pub(super) model: Arc<Model>,
    pub(super) field: String,
    pub(super) part: Part,
}

/// A `LEFT JOIN` over a many2one.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    pub(super) model: Arc<Model>,
    pub(super) link: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    Whole,
    /// `date_part(.., column)`, of the day of the week counted from its first day where that is given.
    Date(DatePart, Option<i64>),
    /// `column -> name`: the JSON of a property.
    Property(String),
    /// `column ->> name`: its text.
    PropertyText(String),
    /// The JSON of a translated text in all its languages.
    AllLanguages,
}

#[derive(Clone, Debug)]
pub(crate) enum Test {
    IsNull,
    IsNotNull,
    /// The JSON of a company-dependent column holds a value of any company.
    IsHeld,
    /// `IN` a list, which may have a `NULL` in it, or `NOT IN` it.
    In {
        keys: Vec<Key>,
        null: bool,
        negated: bool,
    },
    /// `IN` a subquery of ids, or `NOT IN` it.
    Ids {
        ids: Rc<HashSet<i64>>,
        null: bool,
        negated: bool,
    },
    Compare(Comparison, Key),
    Like {
        pattern: Pattern,
        negated: bool,
    },
    /// `EXISTS` in the table of a many2many: linked to one of the records, or to any.
    Exists {
        ids: Option<Rc<HashSet<i64>>>,
        negated: bool,
    },
    /// The JSON is contained in the given one (`<@`), or contains it (`@>`).
    Contained(Value),
    Contains(Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// A value as the database compares it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Number(f64),
    Text(String),
    Flag(bool),
    Json(Value),
}

impl Key {
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(compare_numbers(*one, *other)),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Flag(one), Self::Flag(other)) => Some(one.cmp(other)),
            (Self::Json(one), Self::Json(other)) => Some(compare_json(one, other)),
            _ => None,
        }
    }
}

impl Sql {
    pub(super) const TRUE: Self = Self::Constant(Some(true));
    pub(super) const FALSE: Self = Self::Constant(Some(false));

    pub(super) fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    /// The first thing in it that the database refuses.
    pub(super) fn error(&self) -> Option<&OdooError> {
        match self {
            Self::Error(error) => Some(error),
            Self::All(inner) | Self::Any(inner) => inner.iter().find_map(Self::error),
            Self::Not(inner) => inner.error(),
            Self::Constant(_) | Self::Test(..) => None,
        }
    }

    /// Whether it is true of a record; `None` where it is `NULL`.
    pub(crate) fn holds(&self, env: &Env<'_>, id: i64) -> Option<bool> {
        match self {
            Self::Constant(flag) => *flag,
            Self::All(inner) => all(inner.iter().map(|sql| sql.holds(env, id))),
            Self::Any(inner) => all(inner
                .iter()
                .map(|sql| sql.holds(env, id).map(|holds| !holds)))
            .map(|none| !none),
            Self::Not(inner) => inner.holds(env, id).map(|holds| !holds),
            Self::Test(column, test) => column.test(env, id, test),
            Self::Error(_) => None,
        }
    }

    /// Whether it is true of a value, where all its tests are about the one column.
    pub(super) fn holds_of(&self, key: Option<&Key>) -> Option<bool> {
        match self {
            Self::Constant(flag) => *flag,
            Self::All(inner) => all(inner.iter().map(|sql| sql.holds_of(key))),
            Self::Any(inner) => all(inner
                .iter()
                .map(|sql| sql.holds_of(key).map(|holds| !holds)))
            .map(|none| !none),
            Self::Not(inner) => inner.holds_of(key).map(|holds| !holds),
            Self::Test(_, test) => check(test, key, |key| match key {
                Key::Text(text) => text.clone(),
                Key::Number(number) => number.to_string(),
                Key::Flag(flag) => flag.to_string(),
                Key::Json(value) => json_text(value),
            }),
            Self::Error(_) => None,
        }
    }
}

/// SQL's `AND`.
fn all(terms: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut outcome = Some(true);
    for term in terms {
        match term {
            Some(false) => return Some(false),
            Some(true) => {}
            None => outcome = None,
        }
    }
    outcome
}

impl Column {
    fn field(&self) -> Option<&Field> {
        self.model.fields.get(&self.field)
    }

    /// The record at the end of the joins.
    fn record(&self, env: &Env<'_>, id: i64) -> Option<i64> {
        self.joins.iter().try_fold(id, |id, join| {
            let link = join.model.fields.get(&join.link)?;
            env.value(&join.model, id, link).as_i64()
        })
    }

    fn test(&self, env: &Env<'_>, id: i64, test: &Test) -> Option<bool> {
        let record = self.record(env, id);
        if let Test::Exists { ids, negated } = test {
            let linked = match (record, self.field()) {
                (Some(record), Some(field)) => ids_of(&env.value(&self.model, record, field)),
                _ => Vec::new(),
            };
            let found = match ids {
                Some(ids) => linked.iter().any(|id| ids.contains(id)),
                None => !linked.is_empty(),
            };
            return Some(found != *negated);
        }
        if let Test::IsHeld = test {
            let held = record.and_then(|record| env.db.record(&self.model.name, record));
            return Some(held.is_some_and(|held| held.contains_key(&self.field)));
        }
        let key = record.and_then(|record| self.key(env, record));
        check(test, key.as_ref(), |key| self.text(key))
    }

    /// The value of the column; `None` is `NULL`.
    fn key(&self, env: &Env<'_>, record: i64) -> Option<Key> {
        let field = self.field()?;
        let value = env.value(&self.model, record, field);
        match &self.part {
            Part::Whole => key_of(field, &value),
            Part::Date(part, first) => {
                let text = values::whole_seconds(value.as_str()?);
                let at = values::parse_datetime(text).ok()?;
                let number = match field.kind {
                    FieldType::Datetime => part.of_utc(at, &env.context.tz),
                    _ => part.of(at),
                };
                let number = first.map_or(number, |first| (7 - first + number) % 7);
                let fraction = match part {
                    DatePart::Second => values::second_fraction(value.as_str()?),
                    _ => 0.0,
                };
                Some(Key::Number(number as f64 + fraction))
            }
            Part::AllLanguages => {
                let held = env.db.record(&self.model.name, record)?.get(&self.field)?;
                Some(Key::Json(match held {
                    Value::String(text) => json!({SOURCE_LANGUAGE: text}),
                    other => other.clone(),
                }))
            }
            Part::Property(name) => value.get(name).cloned().map(Key::Json),
            Part::PropertyText(name) => match value.get(name)? {
                Value::Null => None,
                Value::String(text) => Some(Key::Text(text.clone())),
                other => Some(Key::Text(other.to_string())),
            },
        }
    }

    /// The value as `::text` prints it.
    fn text(&self, key: &Key) -> String {
        match key {
            Key::Text(text) => match self.field() {
                Some(field) if field.kind == FieldType::Binary => {
                    let digits = text.bytes().map(|byte| format!("{byte:02x}"));
                    format!("\\x{}", digits.collect::<String>())
                }
                _ => text.clone(),
            },
            Key::Flag(flag) => flag.to_string(),
            Key::Json(value) => json_text(value),
            Key::Number(number) => match (self.field(), &self.part) {
                (Some(field), Part::Whole) => number_text(field, *number),
                _ => number.to_string(),
            },
        }
    }
}

/// The outcome of a test on a value; `None` is `NULL`.
fn check(test: &Test, key: Option<&Key>, text: impl Fn(&Key) -> String) -> Option<bool> {
    match test {
        Test::IsNull => Some(key.is_none()),
        Test::IsNotNull => Some(key.is_some()),
        Test::In {
            keys,
            null,
            negated,
        } => {
            let key = key?;
            let found = keys
                .iter()
                .any(|known| key.compare(known) == Some(Ordering::Equal));
            in_list(found, *null, *negated)
        }
        // What is unset is in no empty list either.
        Test::Ids { ids, null, negated } if ids.is_empty() && !null => Some(*negated),
        Test::Ids { ids, null, negated } => match key? {
            Key::Number(id) => in_list(ids.contains(&(*id as i64)), *null, *negated),
            _ => None,
        },
        Test::Compare(comparison, bound) => Some(comparison.holds(key?.compare(bound)?)),
        Test::Like { pattern, negated } => Some(pattern.matches(&text(key?)) != *negated),
        Test::Contained(given) => match key? {
            Key::Json(value) => Some(contains(given, value)),
            _ => None,
        },
        Test::Contains(given) => match key? {
            Key::Json(value) => Some(contains(value, given)),
            _ => None,
        },
        Test::Exists { .. } | Test::IsHeld => None,
    }
}

/// SQL's `IN`: a `NULL` in the list makes "not found" unknown.
fn in_list(found: bool, null: bool, negated: bool) -> Option<bool> {
    match (found, null) {
        (true, _) => Some(!negated),
        (false, true) => None,
        (false, false) => Some(negated),
    }
}

/// What `jsonb` prints: a space after each colon and comma.
fn json_text(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(json_text).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = values::in_key_order(entries)
                .into_iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), json_text(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A numeric column keeps its decimal places, a double shows as many as it takes.
fn number_text(field: &Field, number: f64) -> String {
    let scale = match (field.kind, sql_type(field)) {
        (FieldType::Monetary, _) => Some(2),
        (_, SqlType::Numeric) => field.scale,
        _ => None,
    };
    match scale {
        _ if number.is_nan() => "NaN".to_owned(),
        _ if number == f64::INFINITY => "Infinity".to_owned(),
        _ if number == f64::NEG_INFINITY => "-Infinity".to_owned(),
        Some(scale) => format!("{number:.*}", usize::try_from(scale).unwrap_or(0)),
        // What Python writes of a float.
        None if sql_type(field) == SqlType::Numeric => format!("{number:?}"),
        None => number.to_string(),
    }
}

/// Whether the JSON `whole` contains `part`, as `@>` sees it.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), Value::Array(parts)) => parts
            .iter()
            .all(|part| items.iter().any(|item| contains_item(item, part))),
        // An array may contain a plain value.
        (Value::Array(items), part) if !part.is_object() => {
            items.iter().any(|item| same(item, part))
        }
        (Value::Object(entries), Value::Object(parts)) => parts.iter().all(|(key, part)| {
            entries
                .get(key)
                .is_some_and(|entry| contains_item(entry, part))
        }),
        (one, other) => same(one, other),
    }
}

fn contains_item(item: &Value, part: &Value) -> bool {
    match (item, part) {
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            contains(item, part)
        }
        _ => same(item, part),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    compare_json(one, other).is_eq()
}

/// A held value by the type of its column.
fn key_of(field: &Field, value: &Value) -> Option<Key> {
    if value.is_null() {
        return None;
    }
    Some(match (sql_type(field), value) {
        (SqlType::Integer | SqlType::Double | SqlType::Numeric, Value::String(text)) => {
            Key::Number(text.parse().ok()?)
        }
        (SqlType::Integer | SqlType::Double | SqlType::Numeric, value) => {
            Key::Number(value.as_f64()?)
        }
        (SqlType::Boolean, value) => Key::Flag(value.as_bool()?),
        (SqlType::Json, value) => Key::Json(value.clone()),
        (_, Value::String(text)) => Key::Text(text.clone()),
        (_, other) => Key::Text(python_json(other)),
    })
}

/// `column operator literal`, or what the database refuses in it.
pub(super) fn compare(
    column: Column,
    field: &Field,
    comparison: Comparison,
    literal: Literal,
    now: Timestamp,
) -> Sql {
    match literal.key(sql_type(field), comparison.symbol(), now) {
        Err(error) => Sql::Error(error),
        Ok(None) => Sql::Constant(None),
        Ok(Some(key)) => Sql::Test(column, Test::Compare(comparison, key)),
    }
}

/// `column IN (literals)`.
pub(super) fn is_in(
    column: Column,
    field: &Field,
    literals: Vec<Literal>,
    negated: bool,
    now: Timestamp,
) -> Sql {
    let symbol = if negated { "<>" } else { "=" };
    let (mut keys, mut null) = (Vec::new(), false);
    for literal in literals {
        match literal.key(sql_type(field), symbol, now) {
            Err(error) => return Sql::Error(error),
            Ok(None) => null = true,
            Ok(Some(key)) => keys.push(key),
        }
    }
    Sql::Test(
        column,
        Test::In {
            keys,
            null,
            negated,
        },
    )
}
