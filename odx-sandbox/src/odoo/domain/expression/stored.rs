//! Conditions on columns.

use std::collections::HashSet;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value, json};

use super::in_order;
use super::leaf::{Leaves, Operand, Place, comparison, ids_in};
use super::literal::{
    Literal, class_of, column_value, python_float, python_int, python_json, strict_float,
    strict_int, undefined_operator,
};
use super::sql::{Column, Comparison, Key, Part, Sql, Test as SqlTest, compare, is_in};
use crate::odoo::behaviour;
use crate::odoo::domain::like::Pattern;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::env::{EVERY_COMPANY, SOURCE_LANGUAGE};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType};
use crate::odoo::values::{python, python_str, truthy};

/// A condition on a column of the place.
pub(super) fn condition(
    leaves: &Leaves<'_, '_>,
    place: &Place,
    field: &Field,
    operator: Operator,
    operand: Operand,
) -> Result<Sql> {
    let column = place.column(&field.name);
    let value = match operand {
        Operand::Value(value) => value,
        Operand::Ids(found) => return Ok(ids_in(column, found, operator.negated)),
    };
    let condition = Condition {
        leaves,
        field,
        column,
        operator,
        value: &value,
    };
    condition.sql()
}

struct Condition<'a> {
    leaves: &'a Leaves<'a, 'a>,
    field: &'a Field,
    column: Column,
    operator: Operator,
    value: &'a Value,
}

fn is_none(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

impl Condition<'_> {
    fn sql(&self) -> Result<Sql> {
        let is_nothing = self.operator.test == Test::EqualIfSet && is_none(self.value);
        if self.field.translate && !is_nothing {
            self.leaves.env.check_language()?;
        }
        if self.field.translate && !self.leaves.holds(behaviour::NULL_NUMBERS_ARE_ZERO) {
            if !self.leaves.holds(odx_facts::TRANSLATED_IS_ORDINARY) {
                // HTML is translated by its terms, and searched as it is.
                if truthy(self.value) && self.field.kind != FieldType::Html {
                    return self.translated();
                }
            } else if self.value.is_string() {
                return self.translated_text();
            } else if !is_none(self.value)
                && self.operator.test != Test::In
                && !self.value.is_array()
                && self
                    .leaves
                    .holds(behaviour::OTHERS_ARE_COMPARED_WITH_ALL_LANGUAGES)
            {
                return self.of_all_languages();
            }
        }
        self.plain()
    }

    fn now(&self) -> Timestamp {
        self.leaves.env.db.moment()
    }

    fn is_null(&self) -> Sql {
        Sql::Test(self.column.clone(), SqlTest::IsNull)
    }

    fn is_not_null(&self) -> Sql {
        Sql::Test(self.column.clone(), SqlTest::IsNotNull)
    }

    /// The operators that stand in no query.
    fn no_sql(&self) -> Result<Sql> {
        let symbol = self.operator.symbol;
        if self.leaves.holds(behaviour::MERGES_RELATIONAL_CONDITIONS) {
            return Err(OdooError::new("builtins.KeyError", symbol));
        }
        if self.operator.test == Test::EqualIfSet {
            let kind = match self.leaves.holds(odx_facts::TRANSLATED_IS_ORDINARY) {
                true => "text",
                false => "character varying",
            };
            return Ok(Sql::Error(undefined_operator(kind, "=?", "unknown")));
        }
        Ok(Sql::Error(OdooError::new(
            "psycopg2.errors.SyntaxError",
            format!("syntax error at or near \"{symbol}\"\n"),
        )))
    }

    /// A text in a table of translations: what is unset is never found.
    fn translated(&self) -> Result<Sql> {
        match self.operator.test {
            Test::Like { whole, fold } => {
                let text = match whole {
                    true => match Literal::raw(self.value)?.pattern("~~") {
                        Ok(Some(text)) => text,
                        Ok(None) => return Ok(Sql::Constant(None)),
                        Err(error) => return Ok(Sql::Error(error)),
                    },
                    false => python_str(self.value),
                };
                Ok(self.like(&text, whole, fold))
            }
            Test::In => {
                let items: Vec<Value> = match self.value {
                    Value::Array(items) => items.clone(),
                    Value::Object(entries) => entries
                        .keys()
                        .map(|key| Value::from(key.as_str()))
                        .collect(),
                    Value::String(text) => {
                        text.chars().map(|c| Value::from(c.to_string())).collect()
                    }
                    other => {
                        return Err(OdooError::type_error(format!(
                            "'{}' object is not iterable",
                            class_of(other)
                        )));
                    }
                };
                let literals = items.iter().map(Literal::raw).collect::<Result<_>>()?;
                Ok(is_in(
                    self.column.clone(),
                    self.field,
                    literals,
                    self.operator.negated,
                    self.now(),
                ))
            }
            _ => match comparison(self.operator).filter(|_| self.operator.test != Test::EqualIfSet)
            {
                Some(comparison) => Ok(compare(
                    self.column.clone(),
                    self.field,
                    comparison,
                    Literal::raw(self.value)?,
                    self.now(),
                )),
                None => self.no_sql(),
            },
        }
    }

    /// A text out of the JSON of all languages (16 and 17).
    fn translated_text(&self) -> Result<Sql> {
        let text = python_str(self.value);
        let sql = match self.operator.test {
            Test::Like { whole, fold } => self.like(&text, whole, fold),
            Test::In => {
                return Ok(Sql::Error(OdooError::new(
                    "psycopg2.errors.SyntaxError",
                    "syntax error at or near the text of IN\n",
                )));
            }
            _ => match comparison(self.operator).filter(|_| self.operator.test != Test::EqualIfSet)
            {
                Some(comparison) => compare(
                    self.column.clone(),
                    self.field,
                    comparison,
                    self.column_value(self.value)?,
                    self.now(),
                ),
                None => return self.no_sql(),
            },
        };
        let wildcard = matches!(self.operator.test, Test::Like { whole: false, .. });
        Ok(
            match (wildcard && text.is_empty()) || (!text.is_empty() && self.is_negative()) {
                true => self.is_null().or(sql),
                false => sql,
            },
        )
    }

    /// The JSON of all languages, compared with the JSON that the value would be kept as.
    fn of_all_languages(&self) -> Result<Sql> {
        let text = match self.field.kind {
            FieldType::Char => Value::from(python_str(self.value)),
            _ => self.value.clone(),
        };
        let lang = self.leaves.env.context.lang.as_str();
        let kept = json!({SOURCE_LANGUAGE: text, lang: text});
        let column = Column {
            part: Part::AllLanguages,
            ..self.column.clone()
        };
        let test = match self.operator.test {
            Test::Like { whole, fold } => {
                let pattern = match whole {
                    true => python_json(&kept),
                    false => python_str(self.value),
                };
                SqlTest::Like {
                    pattern: Pattern::new(&pattern, whole, fold),
                    negated: self.operator.negated,
                }
            }
            _ => match comparison(self.operator) {
                Some(comparison) => SqlTest::Compare(comparison, Key::Json(kept)),
                None => return self.no_sql(),
            },
        };
        let sql = Sql::Test(column, test);
        let wildcard = matches!(self.operator.test, Test::Like { whole: false, .. });
        let falsy = !truthy(self.value);
        Ok(
            match (wildcard && falsy) || (!falsy && self.is_negative()) {
                true => sql.or(self.is_null()),
                false => sql,
            },
        )
    }

    fn column_value(&self, value: &Value) -> Result<Literal> {
        let in_languages = self.field.translate
            && self.leaves.holds(behaviour::MERGES_RELATIONAL_CONDITIONS)
            && !self.leaves.holds(behaviour::VALUES_ARE_COMPARED_AS_TEXTS);
        if in_languages && !value.is_string() && !is_none(value) && !self.value.is_array() {
            // The JSON of all languages is compared with the text of one.
            return Ok(Literal::Text(format!(
                "{{\"en_US\": {}}}",
                Value::from(python_str(value))
            )));
        }
        let texts = self.leaves.holds(behaviour::VALUES_ARE_COMPARED_AS_TEXTS);
        column_value(self.field, value, texts)
    }

    /// The number that the field's cache has for a value.
    fn cached_number(&self, value: &Value) -> Result<f64> {
        match self.field.kind {
            FieldType::Integer => Ok(match python_int(value)? {
                Literal::Integer(number) => number as f64,
                Literal::Float(number) => number,
                _ => 0.0,
            }),
            _ => python_float(value),
        }
    }

    fn is_negative(&self) -> bool {
        self.operator.is_negative_term()
    }

    fn like(&self, text: &str, whole: bool, fold: bool) -> Sql {
        Sql::Test(
            self.column.clone(),
            SqlTest::Like {
                pattern: Pattern::new(text, whole, fold),
                negated: self.operator.negated,
            },
        )
    }

    fn plain(&self) -> Result<Sql> {
        if self.operator.test == Test::EqualIfSet {
            if is_none(self.value) {
                return Ok(Sql::TRUE);
            }
            let equal = Condition {
                operator: Operator::equal(),
                column: self.column.clone(),
                ..*self
            };
            return equal.plain();
        }
        let knows_zero = self.leaves.holds(behaviour::NULL_NUMBERS_ARE_ZERO);
        if self.operator.test == Test::In {
            return match knows_zero {
                true => self.list_with_falsy(),
                false => self.list(),
            };
        }
        if self.field.kind == FieldType::Boolean
            && self.operator.test == Test::Equal
            && let Value::Bool(flag) = self.value
        {
            let on = Sql::Test(
                self.column.clone(),
                SqlTest::Compare(Comparison::Equal, Key::Flag(true)),
            );
            let off = Sql::Test(
                self.column.clone(),
                SqlTest::Compare(Comparison::Equal, Key::Flag(false)),
            );
            return Ok(match *flag != self.operator.negated {
                true => on,
                false => self.is_null().or(off),
            });
        }
        match knows_zero {
            true => self.general_with_falsy(),
            false => self.general(),
        }
    }

    fn invalid_term(&self) -> OdooError {
        OdooError::value(format!(
            "Invalid domain term ('{}', '{}', {})",
            self.field.name,
            self.operator.symbol,
            python(self.value)
        ))
    }

    /// `in` and `not in`, up to Odoo 17.
    fn list(&self) -> Result<Sql> {
        let Value::Array(items) = self.value else {
            return Err(self.invalid_term());
        };
        // Python's `False` equals 0.
        let equals_false = |item: &Value| match item {
            Value::Bool(flag) => !flag,
            Value::Number(number) => number.as_f64() == Some(0.0),
            _ => false,
        };
        let equals_true = |item: &Value| match item {
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_f64() == Some(1.0),
            _ => false,
        };
        let (kept, checks_null): (Vec<Value>, bool) = if self.field.kind == FieldType::Boolean {
            let mut flags = Vec::new();
            if items.iter().any(equals_true) {
                flags.push(Value::Bool(true));
            }
            let off = items.iter().any(equals_false);
            if off {
                flags.push(Value::Bool(false));
            }
            (flags, off)
        } else {
            let passed_over = |item: &Value| match self.leaves.holds(behaviour::ZERO_IS_NOT_FALSE) {
                true => is_none(item),
                false => equals_false(item),
            };
            let kept: Vec<Value> = items
                .iter()
                .filter(|item| !passed_over(item))
                .cloned()
                .collect();
            let checks_null = kept.len() < items.len();
            (kept, checks_null)
        };
        let sql = self.listed(&kept)?;
        Ok(self.with_null(sql, checks_null))
    }

    fn listed(&self, items: &[Value]) -> Result<Sql> {
        if items.is_empty() {
            return Ok(Sql::Constant(Some(self.operator.negated)));
        }
        let mut literals = Vec::with_capacity(items.len());
        for item in items {
            literals.push(match self.field.name == "id" {
                true => Literal::raw(item)?,
                false => self.column_value(item)?,
            });
        }
        Ok(is_in(
            self.column.clone(),
            self.field,
            literals,
            self.operator.negated,
            self.now(),
        ))
    }

    fn with_null(&self, sql: Sql, checks_null: bool) -> Sql {
        match (self.operator.negated, checks_null) {
            (false, true) | (true, false) => sql.or(self.is_null()),
            (true, true) => sql.and(self.is_not_null()),
            (false, false) => sql,
        }
    }

    /// The literal or the pattern of all other operators.
    fn compared(&self) -> Result<Sql> {
        Ok(match self.operator.test {
            Test::Like { whole: false, fold } => {
                let text = match self.value {
                    Value::Null | Value::Bool(false) => String::new(),
                    other => python_str(other),
                };
                self.like(&text, false, fold)
            }
            Test::Like { whole: true, fold } => {
                let symbol = if fold { "~~*" } else { "~~" };
                match self.column_value(self.value)?.pattern(symbol) {
                    Err(error) => Sql::Error(error),
                    Ok(None) => Sql::Constant(None),
                    Ok(Some(text)) => self.like(&text, true, fold),
                }
            }
            _ => {
                let literal = self.column_value(self.value);
                match comparison(self.operator) {
                    Some(comparison) => compare(
                        self.column.clone(),
                        self.field,
                        comparison,
                        literal?,
                        self.now(),
                    ),
                    None => {
                        literal?;
                        return self.no_sql();
                    }
                }
            }
        })
    }

    fn general(&self) -> Result<Sql> {
        if is_none(self.value) && self.operator.test == Test::Equal {
            return Ok(match self.operator.negated {
                true => self.is_not_null(),
                false => self.is_null(),
            });
        }
        let sql = self.compared()?;
        let wildcard = matches!(self.operator.test, Test::Like { whole: false, .. });
        let falsy = !truthy(self.value);
        Ok(
            match (wildcard && falsy) || (!falsy && self.is_negative()) {
                true => sql.or(self.is_null()),
                false => sql,
            },
        )
    }

    /// From Odoo 18 on, the falsy value of a number or a text is what unset is, too.
    fn list_with_falsy(&self) -> Result<Sql> {
        let Value::Array(items) = self.value else {
            return Err(self.invalid_term());
        };
        let mut kept: Vec<Value> = items
            .iter()
            .filter(|item| !is_none(item))
            .cloned()
            .collect();
        let mut checks_null = kept.len() < items.len();
        match self.field.falsy() {
            _ if self.field.kind == FieldType::Boolean => {
                kept = match kept.iter().any(truthy) {
                    true => vec![Value::Bool(true)],
                    false => Vec::new(),
                };
                if checks_null {
                    kept.push(Value::Bool(false));
                }
            }
            Some(falsy) => {
                let has = kept.iter().any(|item| match (&falsy, item) {
                    (Value::String(_), item) => *item == falsy,
                    (_, Value::Bool(flag)) => !flag,
                    (_, item) => item.as_f64() == Some(0.0),
                });
                if checks_null && !has {
                    kept.push(falsy);
                }
                checks_null |= has;
            }
            None => {}
        }
        let sql = self.listed(&kept)?;
        Ok(self.with_null(sql, checks_null))
    }

    fn general_with_falsy(&self) -> Result<Sql> {
        let is_link = self.field.kind.is_relational() || self.field.name == "id";
        let equality = self.operator.test == Test::Equal;
        let mut value = self.value.clone();
        if is_link && equality && !truthy(&value) {
            value = Value::Bool(false);
        }
        if equality && is_none(&value) {
            match self.field.falsy() {
                Some(falsy) if self.field.kind != FieldType::Boolean => value = falsy,
                _ if self.operator.negated => return Ok(self.is_not_null()),
                _ => return Ok(self.is_null()),
            }
        }
        let condition = Condition {
            value: &value,
            column: self.column.clone(),
            ..*self
        };
        let wildcard = matches!(self.operator.test, Test::Like { whole: false, .. });
        let sql = condition.compared()?;
        if wildcard && !truthy(&value) {
            return Ok(Sql::Constant(Some(!self.operator.negated)));
        }
        let inequality = matches!(
            self.operator.test,
            Test::Less | Test::LessOrEqual | Test::Greater | Test::GreaterOrEqual
        );
        let mut sql = sql;
        if truthy(&value) == self.is_negative() && !inequality {
            sql = sql.or(self.is_null());
        }
        if !wildcard && self.field.is_number() {
            let number = self.cached_number(&value)?;
            let holds_for_unset = match self.operator.test {
                Test::GreaterOrEqual => number <= 0.0,
                Test::LessOrEqual => number >= 0.0,
                Test::Less => number > 0.0,
                Test::Greater => number < 0.0,
                _ => false,
            };
            if holds_for_unset {
                sql = sql.or(self.is_null());
            }
        }
        Ok(sql)
    }
}

/// Whether `convert_to_write` takes the value.
pub(super) fn is_written(field: &Field, value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| is_written(field, item)),
        value if field.kind.is_temporal() && truthy(value) => {
            value.as_str().is_some_and(|text| is_moment(field, text))
        }
        value => column_value(field, value, false).is_ok(),
    }
}

/// Whether Odoo reads a text as a value of a date or a datetime field, whatever stands behind it.
fn is_moment(field: &Field, text: &str) -> bool {
    let head = |length: usize| text.chars().take(length).collect::<String>();
    match field.kind {
        FieldType::Date => Date::strptime("%Y-%m-%d", head(10)).is_ok(),
        _ if text.chars().count() <= 10 => Date::strptime("%Y-%m-%d", text).is_ok(),
        _ => DateTime::strptime("%Y-%m-%d %H:%M:%S", head(19)).is_ok(),
    }
}

/// A condition on a number that is no column, such as a part of a date: value and operator go into the query as they are.
pub(super) fn number_condition(
    column: Column,
    operator: Operator,
    value: &Value,
    now: Timestamp,
) -> Result<Sql> {
    let number =
        |literal: Literal, symbol: &str| literal.key(super::literal::SqlType::Double, symbol, now);
    let literal = Literal::raw(value)?;
    Ok(match operator.test {
        Test::In => match value {
            Value::Array(_) => Sql::Error(OdooError::new(
                "psycopg2.errors.SyntaxError",
                "syntax error at or near \"ARRAY\"\n",
            )),
            _ => Sql::Error(OdooError::new(
                "psycopg2.errors.SyntaxError",
                "syntax error at or near the number\n",
            )),
        },
        Test::Like { .. } => Sql::Error(undefined_operator("double precision", "~~", "unknown")),
        Test::EqualIfSet | Test::ChildOf | Test::ParentOf | Test::Any => {
            return Err(OdooError::new("builtins.KeyError", operator.symbol));
        }
        _ => {
            let Some(comparison) = comparison(operator) else {
                return Ok(Sql::FALSE);
            };
            match number(literal, comparison.symbol()) {
                Err(error) => Sql::Error(error),
                Ok(None) => Sql::Constant(None),
                Ok(Some(key)) => Sql::Test(column, SqlTest::Compare(comparison, key)),
            }
        }
    })
}

/// A company-dependent field, up to Odoo 17: the records are looked for among those that have a value of their own.
pub(super) fn company_property(
    leaves: &Leaves<'_, '_>,
    place: &Place,
    field: &Field,
    operator: Operator,
    operand: Operand,
) -> Result<Sql> {
    let value = match operand {
        Operand::Value(value) => value,
        Operand::Ids(found) => in_order(&*found?).into_iter().map(Value::from).collect(),
    };
    let turns_around = leaves.holds(odx_facts::COMPANY_VALUES_ARE_ORDINARY);
    // Before, a many2one alone is found by its being unset, and 0 alone means what has no value of its own.
    let is_unset_link = !turns_around
        && field.kind == FieldType::Many2one
        && operator == Operator::equal()
        && !truthy(&value);
    let (mut operator, mut value, mut negate) = match turns_around {
        true => turned_around(operator, value)?,
        false => zero_turned_around(field, operator, value),
    };
    match field.kind {
        FieldType::Many2one => (operator, value) = referenced(leaves, field, operator, value)?,
        FieldType::Integer | FieldType::Float => {
            let number = match field.kind {
                FieldType::Integer => number_of(strict_int(&value)?),
                _ => strict_float(&value)?,
            };
            value = match field.kind {
                FieldType::Integer => json!(number as i64),
                _ => json!(number),
            };
            // What is 0 has no value of its own.
            let other = match operator.test {
                Test::GreaterOrEqual if number <= 0.0 => Some(Operator::less()),
                Test::Greater if number < 0.0 => Some(Operator::less_or_equal()),
                Test::LessOrEqual if number >= 0.0 => Some(Operator::greater()),
                Test::Less if number > 0.0 => Some(Operator::greater_or_equal()),
                _ => None,
            };
            if let Some(other) = other {
                operator = other;
                negate = true;
            }
        }
        // Before, `false` is no number but what has no value: a stored false is not among that.
        FieldType::Boolean if !turns_around && value == json!(false) => {}
        FieldType::Boolean => value = json!(number_of(strict_int(&value)?) as i64),
        _ => {}
    }
    let kept = kept_as(field);
    let kept_place = Place::of(&place.model);
    let condition = condition(leaves, &kept_place, &kept, operator, Operand::Value(value))?;
    if let Some(error) = condition.error() {
        return Ok(Sql::Error(error.clone()));
    }
    let env = leaves.env;
    let company = env.context.company;
    let (mut good, mut all) = (HashSet::new(), HashSet::new());
    for id in env.db.ids(&place.model.name) {
        let record = env.db.record(&place.model.name, id);
        let Some(Value::Object(values)) = record.and_then(|record| record.get(&field.name)) else {
            continue;
        };
        for key in [company.to_string(), EVERY_COMPANY.to_owned()] {
            if let Some(value) = values.get(&key) {
                all.insert(id);
                if condition.holds_of(kept_key(field, value).as_ref()) == Some(true) {
                    good.insert(id);
                }
            }
        }
    }
    let default_matches = is_unset_link
        || env
            .db
            .company_defaults_of(&place.model.name, &field.name, company)
            .any(|value| condition.holds_of(kept_key(field, value).as_ref()) == Some(true));
    let bad: HashSet<i64> = all.difference(&good).copied().collect();
    let (ids, negated) = match (default_matches, negate) {
        (true, true) if turns_around => (bad, false),
        (true, true) => (good, true),
        (true, false) => (bad, true),
        (false, true) => (good, true),
        (false, false) => (good, false),
    };
    Ok(ids_in(place.column("id"), Ok(Rc::new(ids)), negated))
}

fn number_of(literal: Literal) -> f64 {
    match literal {
        Literal::Integer(number) => number as f64,
        Literal::Float(number) => number,
        _ => 0.0,
    }
}

/// `= 0` and its like as Odoo 14 asks them, of numbers and booleans: the opposite, turned around.
fn zero_turned_around(field: &Field, operator: Operator, value: Value) -> (Operator, Value, bool) {
    let is_number = matches!(field.kind, FieldType::Integer | FieldType::Float);
    let is_zero = (is_number || field.kind == FieldType::Boolean) && !truthy(&value);
    let turns = match (operator.test, operator.negated) {
        (Test::Equal, false) => is_zero,
        (Test::Equal, true) => field.kind == FieldType::Boolean && truthy(&value),
        _ => false,
    };
    match operator.opposite().filter(|_| turns) {
        Some(opposite) => (opposite, value, true),
        None => (operator, value, false),
    }
}

/// Negative conditions, and those on unset values, are their opposites turned around.
fn turned_around(operator: Operator, value: Value) -> Result<(Operator, Value, bool)> {
    let has_false = |value: &Value| match value {
        Value::Array(items) => Ok(items.iter().any(|item| match item {
            Value::Bool(flag) => !flag,
            Value::Number(number) => number.as_f64() == Some(0.0),
            _ => false,
        })),
        Value::String(_) => Err(OdooError::type_error(
            "'in <string>' requires string as left operand, not bool",
        )),
        Value::Object(_) => Ok(false),
        other => Err(OdooError::type_error(format!(
            "argument of type '{}' is not iterable",
            class_of(other)
        ))),
    };
    let opposite = operator.opposite().unwrap_or(operator);
    Ok(match (operator.test, operator.negated) {
        (Test::In, negated) => match has_false(&value)? != negated {
            true => (opposite, value, true),
            false => (operator, value, false),
        },
        (Test::Equal | Test::Like { whole: false, .. }, true) if truthy(&value) => {
            (opposite, value, true)
        }
        (Test::Equal, false) if !truthy(&value) => (opposite, value, true),
        _ => (operator, value, false),
    })
}

/// A many2one is kept as a text, `model,id`.
fn referenced(
    leaves: &Leaves<'_, '_>,
    field: &Field,
    operator: Operator,
    value: Value,
) -> Result<(Operator, Value)> {
    let model = field.relation.as_deref().unwrap_or_default();
    let reference = |value: &Value| match truthy(value) {
        true => Value::from(format!("{model},{}", python_str(value))),
        false => value.clone(),
    };
    Ok(match operator.test {
        Test::Equal | Test::Less | Test::LessOrEqual | Test::Greater | Test::GreaterOrEqual => {
            (operator, reference(&value))
        }
        Test::In => match &value {
            Value::Array(items) => (operator, items.iter().map(reference).collect()),
            _ => (operator, value),
        },
        Test::Like { .. } => {
            let comodel = leaves
                .env
                .comodel(field)
                .ok_or_else(|| OdooError::new("builtins.KeyError", model))?;
            let text = match &value {
                Value::String(_) => value,
                Value::Bool(false) | Value::Null => Value::from(""),
                other => other.clone(),
            };
            let found = leaves.named(&comodel, operator, &text, None, leaves.scope)??;
            let ids = in_order(&found).into_iter();
            let ids = ids.map(|id| reference(&Value::from(id)));
            (Operator::is_in(), ids.collect())
        }
        _ => (operator, value),
    })
}

/// The column of `ir.property` that a value is kept in.
fn kept_as(field: &Field) -> Field {
    let (name, kind) = match field.kind {
        FieldType::Many2one => ("value_reference", "char"),
        FieldType::Float => ("value_float", "float"),
        FieldType::Integer | FieldType::Boolean => ("value_integer", "integer"),
        FieldType::Date | FieldType::Datetime => ("value_datetime", "datetime"),
        _ => ("value_text", "text"),
    };
    let mut description = Map::new();
    description.insert("type".to_owned(), json!(kind));
    Field::new(name, description)
}

fn kept_key(field: &Field, value: &Value) -> Option<Key> {
    Some(match (field.kind, value) {
        (_, Value::Null) => return None,
        (FieldType::Many2one, id) => Key::Text(format!(
            "{},{id}",
            field.relation.as_deref().unwrap_or_default()
        )),
        (FieldType::Boolean, flag) => Key::Number(f64::from(u8::from(truthy(flag)))),
        (_, Value::Number(number)) => Key::Number(number.as_f64()?),
        // Dates are kept as datetimes.
        (FieldType::Date, Value::String(day)) => Key::Text(format!("{day} 00:00:00")),
        (_, Value::String(text)) => Key::Text(text.clone()),
        (_, other) => Key::Text(other.to_string()),
    })
}
