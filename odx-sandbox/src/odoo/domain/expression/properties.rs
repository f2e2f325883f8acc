//! Conditions on properties, which are read out of the JSON of their field.

use serde_json::{Value, json};

use super::leaf::{Leaves, Operand, Place, comparison};
use super::sql::{Column, Key, Part, Sql, Test as SqlTest};
use crate::odoo::behaviour;
use crate::odoo::domain::like::Pattern;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::Field;
use crate::odoo::values::python;

pub(super) fn condition(
    leaves: &Leaves<'_, '_>,
    place: &Place,
    field: &Field,
    rest: Option<&str>,
    operator: Operator,
    operand: &Operand,
) -> Result<Sql> {
    let name = match rest {
        Some(name) if !name.contains('.') => name,
        rest => {
            return Err(OdooError::value(format!(
                "Wrong path {}",
                python(&json!([field.name, rest]))
            )));
        }
    };
    let known = matches!(
        operator.test,
        Test::Equal
            | Test::In
            | Test::Less
            | Test::LessOrEqual
            | Test::Greater
            | Test::GreaterOrEqual
            | Test::Like { whole: false, .. }
    );
    if !known {
        return Err(OdooError::value(format!(
            "Wrong search operator '{}'",
            operator.symbol
        )));
    }
    let is_plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !name.chars().all(is_plain) || name.len() > NAME_LENGTH {
        return Err(OdooError::value(format!(
            "Wrong property field value name '{name}'."
        )));
    }
    let Operand::Value(value) = operand else {
        return Ok(Sql::FALSE);
    };
    let column = |part: Part| Column {
        part,
        ..place.column(&field.name)
    };
    let json = || column(Part::Property(name.to_owned()));
    if let (Test::Equal, Value::Bool(_) | Value::Null) = (operator.test, value) {
        if value.is_null() {
            return Ok(Sql::Error(OdooError::new(
                "psycopg2.errors.InvalidTextRepresentation",
                "invalid input syntax for type json\n",
            )));
        }
        // "Is true" is "is not unset".
        let set = (*value == Value::Bool(true)) != operator.negated;
        let (key, comparison) = match (set, value) {
            (true, _) => (json!(false), super::sql::Comparison::Unequal),
            (false, _) => (json!(false), super::sql::Comparison::Equal),
        };
        let test = Sql::Test(json(), SqlTest::Compare(comparison, Key::Json(key)));
        return Ok(match set {
            true => test,
            false => test.or(Sql::Test(json(), SqlTest::IsNull)),
        });
    }
    if operator.test == Test::In {
        let test = match value.is_array() {
            true => SqlTest::Contained(value.clone()),
            false => SqlTest::Contains(value.clone()),
        };
        let test = Sql::Test(json(), test);
        return Ok(match operator.negated {
            true => Sql::Not(Box::new(test)),
            false => test,
        });
    }
    if let Test::Like { fold, .. } = operator.test {
        let is_text = value.is_string();
        if !is_text && leaves.holds(behaviour::ONLY_TEXTS_ARE_LIKE_PROPERTIES) {
            return Ok(Sql::Error(super::literal::undefined_operator(
                "jsonb", "~~", "unknown",
            )));
        }
        // Odoo 18 puts `%` around the text of `ilike` alone.
        let whole = !fold && leaves.holds(behaviour::ONLY_TEXTS_ARE_LIKE_PROPERTIES);
        let text = match value {
            Value::String(text) => text.clone(),
            other => crate::odoo::values::python_str(other),
        };
        return Ok(Sql::Test(
            column(Part::PropertyText(name.to_owned())),
            SqlTest::Like {
                pattern: Pattern::new(&text, whole, fold),
                negated: operator.negated,
            },
        ));
    }
    let Some(comparison) = comparison(operator) else {
        return Ok(Sql::FALSE);
    };
    Ok(match value {
        Value::String(text) => Sql::Test(
            column(Part::PropertyText(name.to_owned())),
            SqlTest::Compare(comparison, Key::Text(text.clone())),
        ),
        other => Sql::Test(
            json(),
            SqlTest::Compare(comparison, Key::Json(other.clone())),
        ),
    })
}

/// How long the name of a property may be.
const NAME_LENGTH: usize = 512;
