//! Conditions as versions before Odoo 19 understand them: `odoo.osv.expression`, and what SQL makes of its query.
//!
//! A domain becomes a [`tree::Tree`], its conditions become [`sql::Sql`] by field type ([`leaf`]), and that is true, false or
//! unknown of each record. Errors of Python come while it is made, errors of the database when all of it is there.

mod fallback;
mod hierarchy;
mod leaf;
mod literal;
mod properties;
mod sql;
mod stored;
mod tree;

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Value, json};

use self::leaf::Leaves;
pub(crate) use self::sql::Sql;
pub(crate) use self::tree::normalized;
use super::added;
use super::parse::{Operator, Test};
use crate::odoo::behaviour;
use crate::odoo::env::{Env, Operation, Scope};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::Model;

/// The ids that a subquery finds, or what the database will refuse in it.
pub(super) type Found = std::result::Result<Rc<HashSet<i64>>, OdooError>;

/// `NULL` among ids. Nothing is in a list with it without being listed, and nothing is known not to be in it.
pub(super) const NULL_ID: i64 = 0;

/// The records of a domain that is false before it is asked.
fn nothing(env: &Env<'_>) -> Found {
    let listed = env.holds(behaviour::NO_RECORDS_ARE_NULL).then_some(NULL_ID);
    Ok(Rc::new(listed.into_iter().collect()))
}

/// The records among the ids, in order.
fn in_order(found: &HashSet<i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = found.iter().copied().filter(|id| *id != NULL_ID).collect();
    ids.sort_unstable();
    ids
}

/// The records of `model` that match, in id order.
pub(super) fn search(
    env: &Env<'_>,
    model: &Arc<Model>,
    domain: &Value,
    scope: Scope,
) -> Result<Vec<i64>> {
    let found = subquery(env, model, domain, scope)??;
    Ok(in_order(&found))
}

/// The records whose names match, among those of a domain, in id order.
pub(super) fn search_names(
    env: &Env<'_>,
    model: &Arc<Model>,
    operator: Operator,
    name: &str,
    domain: &Value,
    scope: Scope,
) -> Result<Vec<i64>> {
    let leaves = Leaves { env, scope };
    let name = Value::from(name);
    let found = leaves.named(model, operator, &name, Some(domain), scope)??;
    Ok(in_order(&found))
}

/// The condition that a domain stands for.
pub(super) fn condition(
    env: &Env<'_>,
    model: &Arc<Model>,
    domain: &Value,
    scope: Scope,
) -> Result<Sql> {
    let domain = with_added(model, with_active(model, domain, scope)?)?;
    let tree = tree::tree(env, model, &domain)?;
    let sql = Leaves { env, scope }.tree(&leaf::Place::of(model), &tree)?;
    match sql.error() {
        Some(error) => Err(error.clone()),
        None => Ok(sql),
    }
}

/// The same as part of another query, in which the database's errors come later than Python's.
fn subquery(env: &Env<'_>, model: &Arc<Model>, domain: &Value, scope: Scope) -> Result<Found> {
    if !scope.sudo {
        env.check_access(model, Operation::Read)?;
    }
    if tree::is_false(env, domain)? {
        return Ok(nothing(env));
    }
    if model.company_tree_rule && !scope.sudo {
        env.check_language()?;
    }
    let domain = with_added(model, with_active(model, domain, scope)?)?;
    let tree = tree::tree(env, model, &domain)?;
    records(env, model, &tree, scope)
}

/// The records that match a tree, without those of other companies.
fn records(env: &Env<'_>, model: &Arc<Model>, tree: &tree::Tree, scope: Scope) -> Result<Found> {
    let leaves = Leaves { env, scope };
    let sql = leaves.tree(&leaf::Place::of(model), tree)?;
    if let Some(error) = sql.error() {
        return Ok(Err(error.clone()));
    }
    Ok(Ok(Rc::new(matching(env, model, &sql, scope))))
}

fn matching(env: &Env<'_>, model: &Model, sql: &Sql, scope: Scope) -> HashSet<i64> {
    let Some(table) = env.db.table(&model.name) else {
        return HashSet::new();
    };
    let ids = table.records.keys().copied();
    ids.filter(|id| sql.holds(env, *id) == Some(true))
        .filter(|id| scope.sudo || env.is_of_own_company(model, *id))
        .collect()
}

/// The domain, with what the model's own search adds to it.
pub(crate) fn with_added(model: &Model, domain: Value) -> Result<Value> {
    let terms = tree::terms(&domain)?;
    let names = |field: &str| {
        terms
            .iter()
            .any(|term| term.get(0).is_some_and(|it| it == field))
    };
    let added = added::conditions(model, names);
    if added.is_empty() {
        return Ok(domain);
    }
    Ok(added.iter().chain(terms).cloned().collect())
}

/// The domain, with the condition on `active` where the scope asks for it and no term is about it.
fn with_active(model: &Model, domain: &Value, scope: Scope) -> Result<Value> {
    let terms = tree::terms(domain)?;
    if !scope.active_test || !model.has_active() {
        return Ok(domain.clone());
    }
    for term in terms {
        match term {
            Value::Array(leaf) => match leaf.first() {
                None => return Err(OdooError::index()),
                Some(Value::String(field)) if field == "active" => return Ok(domain.clone()),
                Some(_) => {}
            },
            Value::String(_) => {}
            other => {
                return Err(OdooError::type_error(format!(
                    "'{}' object is not subscriptable",
                    literal::class_of(other)
                )));
            }
        }
    }
    let active = [json!(["active", "=", 1])];
    Ok(active.iter().chain(terms).cloned().collect())
}

/// The records whose names match, as `_name_search` finds them, among those of a domain.
pub(super) fn named(
    env: &Env<'_>,
    model: &Arc<Model>,
    operator: Operator,
    text: &Value,
    domain: &[Value],
    scope: Scope,
) -> Result<Found> {
    if !model.names.is_empty() {
        let domain = by_own_names(model, operator, text, domain);
        return subquery(env, model, &domain, scope);
    }
    let names = &model.rec_names_search;
    let is_all = text.as_str() == Some("")
        && match operator.test {
            Test::Like { whole: false, fold } => {
                !operator.negated && (fold || env.holds(behaviour::SEARCHES_MORE_NAMES))
            }
            _ => false,
        };
    let mut terms = domain.to_vec();
    if !names.is_empty() && !is_all {
        let symbol = if operator.negated { "&" } else { "|" };
        terms.extend(names.iter().skip(1).map(|_| json!(symbol)));
        terms.extend(
            names
                .iter()
                .map(|name| json!([name, operator.symbol, text])),
        );
    }
    subquery(env, model, &Value::from(terms), scope)
}

/// The domain of a search by name as the model's module writes it.
fn by_own_names(model: &Model, operator: Operator, text: &Value, domain: &[Value]) -> Value {
    let name = text.as_str().unwrap_or_default();
    if name.is_empty() {
        return Value::from(domain);
    }
    let word = name.split(' ').next().unwrap_or_default();
    let filled = |part: &Value| match part.as_str() {
        Some("{operator}") => Value::from(operator.symbol),
        Some("{name}") => text.clone(),
        Some(part) => Value::from(part.replace("{word}", word)),
        None => part.clone(),
    };
    let conditions = model.names.iter().map(|condition| {
        let parts = condition.as_array().into_iter().flatten();
        parts.map(filled).collect::<Value>()
    });
    let mut terms = domain.to_vec();
    let negated = operator.is_negative_term();
    let symbol = if negated { "&" } else { "|" };
    terms.extend(model.names.iter().skip(1).map(|_| json!(symbol)));
    for (condition, given) in conditions.zip(&model.names) {
        // The operator that was asked is a negative one already.
        if negated && given[1] != "{operator}" {
            terms.push(json!("!"));
        }
        terms.push(condition);
    }
    Value::from(terms)
}
