//! What versions before Odoo 19 make of unset values: what SQL makes of NULL.

use serde_json::Value;

use super::eval::{Check, Filter, Key};
use super::parse::{Condition, Domain, Test};
use super::resolve::{Resolver, compile, field_check};
use crate::odoo::env::{Env, Scope, ids_of};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::truthy;

/// `!` turns the operator of a condition around. An operator without an opposite is left to SQL, to which the opposite of
/// NULL is NULL (`distribute_not` of `odoo/osv/expression.py`).
pub(super) fn negated(
    env: &Env<'_>,
    model: &Model,
    condition: &Condition,
    scope: Scope,
) -> Result<Filter> {
    let compiled = |condition: Condition| compile(env, model, &Domain::Condition(condition), scope);
    if let Some(operator) = condition.operator.opposite() {
        let value = condition.value.clone();
        return compiled(Condition::new(&*condition.field, operator, value));
    }
    let filter = compiled(condition.clone())?;
    let field = match &filter {
        Filter::Field { field, .. } => model.fields.get(field),
        _ => None,
    };
    Ok(match field {
        Some(field) => and_set(field, not(filter.clone())),
        None => not(filter),
    })
}

fn not(filter: Filter) -> Filter {
    match filter {
        Filter::Constant(flag) => Filter::Constant(!flag),
        other => Filter::Not(Box::new(other)),
    }
}

fn and_set(field: &Field, filter: Filter) -> Filter {
    if field.kind.is_x2many() || field.kind == FieldType::Boolean {
        return filter;
    }
    Filter::All(vec![filter, not(null(field))])
}

/// The records whose field has no value at all, not even `""` or 0.
fn null(field: &Field) -> Filter {
    let check = Check::In {
        values: Vec::new(),
        unset: true,
    };
    field_check(field, check)
}

/// A pattern that is empty: an unset value holds it, and does not hold it.
pub(super) fn like_nothing(field: &Field, whole: bool, negated: bool) -> Filter {
    let empty = Check::In {
        values: vec![Key::Text(String::new())],
        unset: false,
    };
    match (whole, negated) {
        (true, _) => field_check(field, empty),
        (false, true) => not(null(field)),
        (false, false) => Filter::Constant(true),
    }
}

impl Resolver<'_, '_> {
    /// The filter of a negative condition, from the one that it turned around.
    pub(super) fn negative_before_19(
        &self,
        field: &Field,
        condition: &Condition,
        filter: Filter,
    ) -> Filter {
        if self.is_translated(field, condition) {
            return and_set(field, filter);
        }
        let value = &condition.value;
        let falsy = !truthy(value) && !matches!(value, Value::Bool(_) | Value::Null);
        if condition.operator.test == Test::Equal && falsy && !field.kind.is_relational() {
            return and_set(field, filter);
        }
        if self.env.db.version.0 < 16 && self.is_null_among(field, &filter) {
            return Filter::Constant(false);
        }
        filter
    }

    /// Before Odoo 16, `id NOT IN (..)` finds nothing where a line among those that match belongs to no record.
    fn is_null_among(&self, field: &Field, filter: &Filter) -> bool {
        let (Filter::Not(inner), Some(inverse), Some(lines)) =
            (filter, &field.inverse, self.env.comodel(field))
        else {
            return false;
        };
        let filters = match &**inner {
            Filter::Any(filters) => filters.as_slice(),
            filter => std::slice::from_ref(filter),
        };
        let Some(inverse) = lines.fields.get(inverse) else {
            return false;
        };
        let linked = filters.iter().filter_map(|filter| match filter {
            Filter::Field {
                check: Check::Linked(ids),
                ..
            } => Some(ids),
            _ => None,
        });
        linked
            .flatten()
            .any(|id| ids_of(&self.env.value(&lines, *id, inverse)).is_empty())
    }

    /// Whether the condition is one on a translated text, which before Odoo 16 stood in a table of its own.
    fn is_translated(&self, field: &Field, condition: &Condition) -> bool {
        self.env.db.version.0 < 16 && field.translate && truthy(&condition.value)
    }

    /// The errors of the database that a condition may be.
    pub(super) fn check_before_16(&self, field: &Field, condition: &Condition) -> Result<()> {
        let undefined = |operator: &str| {
            Err(OdooError::new(
                "psycopg2.errors.UndefinedFunction",
                format!("operator does not exist: {operator}\n"),
            ))
        };
        let values = condition.value.as_array();
        let of_many = self.env.db.version.0 < 16 && field.kind == FieldType::One2many;
        if of_many && values.is_some_and(|values| values.contains(&Value::Bool(false))) {
            return undefined("integer = boolean");
        }
        if !self.is_translated(field, condition) {
            return Ok(());
        }
        match condition.operator.test {
            Test::EqualIfSet => undefined("character varying =? unknown"),
            Test::In if condition.operator.negated => Err(OdooError::new(
                "psycopg2.errors.SyntaxError",
                "syntax error at or near \"ARRAY\"\n",
            )),
            Test::In if values.is_some_and(|values| values.contains(&Value::Bool(false))) => {
                undefined("character varying = boolean")
            }
            _ => Ok(()),
        }
    }
}
