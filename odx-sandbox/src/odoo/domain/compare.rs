//! Comparing a field with values: equality, order, and what counts as unset.

use std::collections::HashSet;

use jiff::ToSpan;
use serde_json::Value;

use super::calendar::{self, Moment, Now};
use super::eval::{Check, Filter, Key, within};
use super::parse::{Condition, Domain, Test};
use super::resolve::{NAMES, Resolver, field_check, unset};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType};
use crate::odoo::values::{self, python, python_str, truthy};

/// The values of a condition with an equality operator.
pub(super) enum Listed {
    /// Nothing can match.
    Nothing,
    Values(Vec<Value>),
}

impl Resolver<'_, '_> {
    pub(super) fn equal(
        &self,
        field: &Field,
        condition: &Condition,
        sent: &Condition,
    ) -> Result<Filter> {
        let values = match listed(condition)? {
            Listed::Values(values) => values,
            Listed::Nothing => return Ok(Filter::Constant(false)),
        };
        if field.name == "id" {
            return ids_filter(&values);
        }
        match field.kind {
            FieldType::Boolean => Ok(boolean(field, &values)),
            FieldType::Many2one | FieldType::One2many | FieldType::Many2many => {
                self.equal_relational(field, values, sent)
            }
            FieldType::Properties => Err(self.missing_property(field)),
            _ => {
                let (keys, unset) = self.keys(field, &values)?;
                Ok(field_check(
                    field,
                    Check::In {
                        values: keys,
                        unset,
                    },
                ))
            }
        }
    }

    pub(super) fn missing_property(&self, field: &Field) -> OdooError {
        OdooError::value(format!(
            "Missing property name for {}.{}",
            self.model.name, field.name
        ))
    }

    /// Texts are searched as display names, ids directly, `false` is "no record".
    fn equal_relational(
        &self,
        field: &Field,
        values: Vec<Value>,
        sent: &Condition,
    ) -> Result<Filter> {
        let (names, others): (Vec<Value>, Vec<Value>) =
            values.into_iter().partition(Value::is_string);
        let mut found = Vec::new();
        if !names.is_empty() {
            let inner = Condition::test(NAMES, Test::In, Value::from(names));
            found.push(self.linked(field, &Domain::Condition(inner), self.scope, sent)?);
        }
        let is_false = |value: &Value| !truthy(value) && !value.is_number();
        if others.iter().any(is_false) {
            found.push(unset(field));
        }
        let ids: HashSet<i64> = others.iter().filter_map(Value::as_i64).collect();
        if !ids.is_empty() {
            found.push(field_check(field, Check::Linked(ids)));
        }
        Ok(Filter::Any(found))
    }

    /// The values in the field's type, and whether an unset field matches.
    fn keys(&self, field: &Field, values: &[Value]) -> Result<(Vec<Key>, bool)> {
        let mut keys = Vec::new();
        let mut unset = false;
        for value in values {
            if matches!(value, Value::Null | Value::Bool(false)) {
                unset = true;
                continue;
            }
            keys.push(self.key(field, value)?);
        }
        // Odoo 19 takes the falsy value of a text or a number for unset, and the other way round.
        if let Some(falsy) = falsy(field) {
            if keys.contains(&falsy) {
                unset = true;
            } else if unset {
                keys.push(falsy);
            }
        }
        Ok((keys, unset))
    }

    fn key(&self, field: &Field, value: &Value) -> Result<Key> {
        Ok(match field.kind {
            FieldType::Integer | FieldType::Many2oneReference => number(&values::integer(value)?),
            // An amount is rounded by its currency when it is written alone.
            FieldType::Monetary => Key::Number(values::float_of(value)?),
            FieldType::Float => number(&values::stored(self.model, field, value.clone())?),
            FieldType::Date => Key::Text(values::date_text(self.moment("date", value)?.date())),
            FieldType::Datetime => {
                let at = self.moment("datetime", value)?.utc(&self.env.context.tz);
                // Odoo compares with the whole second, up to the next one.
                if at.checked_add(1.second()).is_err() {
                    return Err(OdooError::new(
                        "builtins.OverflowError",
                        "date value out of range",
                    ));
                }
                Key::Text(values::datetime_text(at))
            }
            FieldType::Json | FieldType::Serialized | FieldType::PropertiesDefinition
                if value.is_object() || value.is_array() =>
            {
                return Err(unhashable(value));
            }
            _ => Key::Text(python_str(value)),
        })
    }

    fn moment(&self, kind: &str, value: &Value) -> Result<Moment> {
        let Value::String(text) = value else {
            return Err(OdooError::value(format!(
                "Failed to cast {} into a {kind}",
                python(value)
            )));
        };
        calendar::parse(text, &self.now())
    }

    fn now(&self) -> Now {
        Now {
            at: self.env.db.moment(),
            tz: self.env.context.tz.clone(),
            week_start: self.env.week_start(),
        }
    }

    pub(super) fn compare(
        &self,
        field: &Field,
        test: Test,
        condition: &Condition,
        sent: &Condition,
    ) -> Result<Filter> {
        let value = &condition.value;
        match field.kind {
            FieldType::Boolean => return Err(cannot_compare(field, sent)),
            FieldType::One2many | FieldType::Many2many => {
                return Err(OdooError::new(
                    "builtins.AssertionError",
                    format!(
                        "Relational field {}.{} expects 'any' operator",
                        self.model.name, field.name
                    ),
                ));
            }
            FieldType::Many2one if value.is_string() => {
                return Err(OdooError::type_error(format!(
                    "Inequality not supported for relational field using a string in condition {}",
                    sent.text()
                )));
            }
            FieldType::Properties => return Err(self.missing_property(field)),
            FieldType::Date | FieldType::Datetime if !truthy(value) => {
                return Ok(Filter::Constant(false));
            }
            FieldType::Datetime => return self.compare_datetime(field, test, value),
            _ => {}
        }
        if field.name == "id" && value.is_boolean() {
            return Err(integer_and_boolean(condition.operator.symbol));
        }
        let is_none = matches!(value, Value::Null | Value::Bool(false));
        let falsy = falsy(field);
        let bound = match (&falsy, field.kind) {
            (Some(falsy), _) if !truthy(value) => falsy.clone(),
            (None, _) if is_none => return Ok(Filter::Constant(false)),
            (_, FieldType::Many2one) => number(&values::integer(value)?),
            _ if field.name == "id" => number(&values::integer(value)?),
            _ => self.key(field, value)?,
        };
        let unset = falsy
            .and_then(|falsy| falsy.compare(&bound))
            .is_some_and(|order| within(test, order));
        Ok(field_check(
            field,
            Check::Compare {
                test,
                value: bound,
                unset,
            },
        ))
    }

    /// `>` and `<=` take in the whole day or second that is given.
    fn compare_datetime(&self, field: &Field, test: Test, value: &Value) -> Result<Filter> {
        let moment = self.moment("datetime", value)?;
        let width = match moment {
            Moment::Date(_) => 1.day(),
            Moment::DateTime(_) => 1.second(),
        };
        let start = moment.utc(&self.env.context.tz);
        let end = start.checked_add(width).ok();
        let (test, bound) = match (test, end) {
            (Test::Greater, None) => return Ok(Filter::Constant(false)),
            (Test::LessOrEqual, None) => return Ok(Filter::Not(Box::new(unset(field)))),
            (Test::Greater, Some(end)) => (Test::GreaterOrEqual, end),
            (Test::LessOrEqual, Some(end)) => (Test::Less, end),
            (other, _) => (other, start),
        };
        Ok(field_check(
            field,
            Check::Compare {
                test,
                value: Key::Text(values::datetime_text(bound)),
                unset: false,
            },
        ))
    }
}

/// The value that Odoo takes for unset, by type.
pub(super) fn falsy(field: &Field) -> Option<Key> {
    if field.name == "id" {
        return None;
    }
    match field.kind {
        kind if kind.is_text() => Some(Key::Text(String::new())),
        kind if kind.is_number() => Some(Key::Number(0.0)),
        FieldType::Boolean => Some(Key::Flag(false)),
        _ => None,
    }
}

fn number(value: &Value) -> Key {
    Key::Number(value.as_f64().unwrap_or(0.0))
}

/// The values an equality lists: a scalar stands for itself, `= []` for "unset", `in []` for nothing.
pub(super) fn listed(condition: &Condition) -> Result<Listed> {
    let equality = condition.operator.test != Test::In;
    let values = match &condition.value {
        Value::Array(items) if items.is_empty() && equality => vec![Value::Bool(false)],
        Value::Array(items) => items.clone(),
        other if equality => vec![other.clone()],
        other if truthy(other) => vec![other.clone()],
        _ => return Ok(Listed::Nothing),
    };
    if let Some(value) = values
        .iter()
        .find(|value| value.is_object() || value.is_array())
    {
        return Err(unhashable(value));
    }
    Ok(if values.is_empty() {
        Listed::Nothing
    } else {
        Listed::Values(values)
    })
}

fn unhashable(value: &Value) -> OdooError {
    let class = if value.is_object() { "dict" } else { "list" };
    OdooError::type_error(format!("unhashable type: '{class}'"))
}

fn boolean(field: &Field, values: &[Value]) -> Filter {
    let flags: Vec<bool> = values
        .iter()
        .map(|value| match value {
            Value::String(text) => matches!(
                text.to_lowercase().as_str(),
                "y" | "yes" | "1" | "true" | "t" | "on"
            ),
            other => truthy(other),
        })
        .collect();
    let on = field_check(
        field,
        Check::In {
            values: vec![Key::Flag(true)],
            unset: false,
        },
    );
    match (flags.contains(&true), flags.contains(&false)) {
        (true, true) => Filter::Constant(true),
        (true, false) => on,
        _ => Filter::Not(Box::new(on)),
    }
}

fn ids_filter(values: &[Value]) -> Result<Filter> {
    let mut ids = HashSet::new();
    for value in values {
        match value {
            Value::Number(id) => {
                let whole = || id.as_f64().filter(|id| id.fract() == 0.0);
                ids.extend(id.as_i64().or_else(|| whole().map(|id| id as i64)));
            }
            Value::String(text) => {
                let id = text.parse().map_err(|_| {
                    OdooError::new(
                        "psycopg2.errors.InvalidTextRepresentation",
                        format!("invalid input syntax for type integer: \"{text}\"\n"),
                    )
                })?;
                ids.insert(id);
            }
            Value::Bool(true) => return Err(integer_and_boolean("=")),
            _ => {}
        }
    }
    Ok(Filter::Ids(ids))
}

fn integer_and_boolean(operator: &str) -> OdooError {
    OdooError::new(
        "psycopg2.errors.UndefinedFunction",
        format!("operator does not exist: integer {operator} boolean\n"),
    )
}

pub(super) fn cannot_compare(field: &Field, sent: &Condition) -> OdooError {
    let class = match &sent.value {
        Value::String(_) => "str",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::Array(_) => "list",
        _ => "bool",
    };
    OdooError::value(format!(
        "Cannot compare '{}' to <class '{class}'> which is not a collection of length 1 in condition {}",
        field.name,
        sent.text()
    ))
}
