//! From a domain to a filter on the records of one model.
//!
//! A condition is resolved once: sub-domains become sets of ids, values get the type of their field. Negative
//! operators are the positive ones turned around, which with SQL's rules for NULL is what Odoo 19 sends to
//! PostgreSQL; what older versions send is in `expression`.

use serde_json::Value;

use super::calendar::DatePart;
use super::compare::{Listed, cannot_compare, falsy, listed};
use super::eval::{Check, Filter, Key, Part};
use super::like::Pattern;
use super::parse::{Condition, Domain, Test};
use crate::odoo::env::{Env, Operation, Scope};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::{python_str, truthy};

/// Resolves `domain` for `model`.
pub(super) fn compile(
    env: &Env<'_>,
    model: &Model,
    domain: &Domain,
    scope: Scope,
) -> Result<Filter> {
    let each = |domains: &[Domain]| -> Result<Vec<Filter>> {
        domains
            .iter()
            .map(|domain| compile(env, model, domain, scope))
            .collect()
    };
    Ok(match domain {
        Domain::Constant(flag) => Filter::Constant(*flag),
        Domain::All(inner) => Filter::All(each(inner)?),
        Domain::Any(inner) => Filter::Any(each(inner)?),
        Domain::Not(inner) => negated(env, model, inner, scope)?,
        Domain::Condition(condition) => Resolver { env, model, scope }.condition(condition)?,
    })
}

/// Negation goes down to the conditions, as in Odoo, where it makes a difference: nothing is smaller than "unset",
/// and turned around that is "not smaller, or unset", of which only the latter can be.
fn negated(env: &Env<'_>, model: &Model, domain: &Domain, scope: Scope) -> Result<Filter> {
    let each = |domains: &[Domain]| -> Result<Vec<Filter>> {
        domains
            .iter()
            .map(|domain| negated(env, model, domain, scope))
            .collect()
    };
    Ok(match domain {
        Domain::All(inner) => Filter::Any(each(inner)?),
        Domain::Any(inner) => Filter::All(each(inner)?),
        Domain::Not(inner) => compile(env, model, inner, scope)?,
        Domain::Condition(condition) if compares_with_unset(model, condition) => {
            let is_unset = Condition::test(&*condition.field, Test::Equal, Value::Bool(false));
            compile(env, model, &Domain::Condition(is_unset), scope)?
        }
        other => Filter::Not(Box::new(compile(env, model, other, scope)?)),
    })
}

fn compares_with_unset(model: &Model, condition: &Condition) -> bool {
    let inequality = matches!(
        condition.operator.test,
        Test::Less | Test::Greater | Test::LessOrEqual | Test::GreaterOrEqual
    );
    inequality
        && condition.value == Value::Bool(false)
        && model.fields.get(&condition.field).is_some_and(|field| {
            falsy(field).is_none() && !field.kind.is_temporal() && field.name != "id"
        })
}

/// The names of records as a field; no field can be called so.
pub(crate) const NAMES: &str = "(names)";

/// Resolves conditions on the fields of one model.
pub(super) struct Resolver<'a, 'db> {
    pub(super) env: &'a Env<'db>,
    pub(super) model: &'a Model,
    pub(super) scope: Scope,
}

impl Resolver<'_, '_> {
    fn condition(&self, condition: &Condition) -> Result<Filter> {
        if condition.field == NAMES {
            return self.names(condition);
        }
        let (name, rest) = match condition.field.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (condition.field.as_str(), None),
        };
        let field = self.model.fields.get(name).ok_or_else(|| {
            OdooError::value(format!(
                "Invalid field {}.{name} in condition {}",
                self.model.name,
                condition.text()
            ))
        })?;
        if let (Some(rest), true) = (rest, field.kind.is_relational()) {
            let inner = Condition::new(rest, condition.operator, condition.value.clone());
            return self.linked(field, &Domain::Condition(inner), self.scope, condition);
        }
        if condition.operator.test == Test::EqualIfSet && !truthy(&condition.value) {
            return Ok(Filter::Constant(true));
        }
        if let Some(link) = self.model.inherited_through(field) {
            let inner = Domain::Condition(condition.clone());
            return self.linked(link, &inner, Scope::ALL, condition);
        }
        if condition.operator.negated {
            let positive = Condition::new(
                condition.field.as_str(),
                condition.operator.positive(),
                condition.value.clone(),
            );
            // Error texts quote the condition that was sent.
            return self
                .positive(field, rest, &positive, condition)
                .map(|filter| match filter {
                    Filter::Constant(flag) => Filter::Constant(!flag),
                    other => Filter::Not(Box::new(other)),
                });
        }
        self.positive(field, rest, condition, condition)
    }

    fn positive(
        &self,
        field: &Field,
        rest: Option<&str>,
        condition: &Condition,
        sent: &Condition,
    ) -> Result<Filter> {
        if let Some(path) = &field.related {
            return self.related(path, rest, condition);
        }
        if field.name == "display_name" && !field.store {
            return self.display_name(condition);
        }
        if let Some(other) = self.model.searches.get(&field.name) {
            let other = Condition::new(other.as_str(), condition.operator, condition.value.clone());
            return self.condition(&other);
        }
        if !field.searchable {
            return Err(OdooError::not_stored(&self.model.name, &field.name));
        }
        if let Some(rest) = rest {
            return self.part(field, rest, condition);
        }
        if field.kind == FieldType::Binary {
            return self.binary(field, condition, sent);
        }
        if condition.operator.is_like() {
            return self.like(field, condition, sent);
        }
        match condition.operator.test {
            Test::Equal | Test::EqualIfSet | Test::In => self.equal(field, condition, sent),
            Test::Any => self.any(field, condition, sent),
            Test::ChildOf | Test::ParentOf => self.hierarchy(field, condition),
            Test::Access => self.access(field, condition, sent),
            test => self.compare(field, test, condition, sent),
        }
    }

    /// A related field is searched along its path; a value that may be unset also matches where a many2one of
    /// the path is unset.
    fn related(
        &self,
        path: &[String],
        rest: Option<&str>,
        condition: &Condition,
    ) -> Result<Filter> {
        let newest = self.env.holds(odx_facts::ORDER_OF_RELATED_IS_ITS_OWN);
        let matches_unset = match condition.operator.test {
            Test::Equal | Test::EqualIfSet | Test::In => match &condition.value {
                Value::Array(items) => items.iter().any(|item| !truthy(item)),
                other => !truthy(other),
            },
            Test::Less
            | Test::Greater
            | Test::LessOrEqual
            | Test::GreaterOrEqual
            | Test::Like { .. } => newest && !truthy(&condition.value),
            _ => false,
        };
        let mut path = path.to_vec();
        if let (Some(last), Some(rest)) = (path.last_mut(), rest) {
            *last = format!("{last}.{rest}");
        }
        self.along(&path, condition, matches_unset)
    }

    fn along(&self, path: &[String], condition: &Condition, matches_unset: bool) -> Result<Filter> {
        let Some((name, rest)) = path.split_first() else {
            return Ok(Filter::Constant(false));
        };
        if rest.is_empty() {
            let last = Condition::new(name.as_str(), condition.operator, condition.value.clone());
            return self.condition(&last);
        }
        let Some(link) = self.model.fields.get(name) else {
            return Ok(Filter::Constant(false));
        };
        let Some(comodel) = self.env.comodel(link) else {
            return Ok(Filter::Constant(false));
        };
        let beyond = Resolver {
            env: self.env,
            model: &comodel,
            scope: Scope::ALL,
        };
        let filter = beyond.along(rest, condition, matches_unset)?;
        let linked = field_check(link, Check::Linked(self.env.matching(&comodel, &filter)));
        if matches_unset && link.kind == FieldType::Many2one && !link.required {
            return Ok(Filter::Any(vec![linked, unset(link)]));
        }
        Ok(linked)
    }

    /// The records whose names match. Odoo itself searches them in every version.
    fn names(&self, condition: &Condition) -> Result<Filter> {
        let positive = Condition::new(
            "display_name",
            condition.operator.positive(),
            condition.value.clone(),
        );
        let stored = self.model.fields.get("display_name");
        if stored.is_some_and(|field| field.store) {
            return self.condition(&Condition::new(
                "display_name",
                condition.operator,
                condition.value.clone(),
            ));
        }
        let filter = self.display_name(&positive)?;
        Ok(match (condition.operator.negated, filter) {
            (false, filter) => filter,
            (true, Filter::Constant(flag)) => Filter::Constant(!flag),
            (true, filter) => Filter::Not(Box::new(filter)),
        })
    }

    /// Odoo searches the fields of `_rec_names_search`.
    fn display_name(&self, condition: &Condition) -> Result<Filter> {
        let is_part = matches!(condition.operator.test, Test::Like { whole: false, .. });
        if is_part && !truthy(&condition.value) {
            return Ok(Filter::Constant(true));
        }
        let mut found = Vec::new();
        for name in &self.model.rec_names_search {
            let target = self.env.field_at(self.model, name);
            let relational = target
                .as_ref()
                .is_some_and(|field| field.kind.is_relational());
            let name = if relational {
                format!("{name}.{NAMES}")
            } else {
                name.clone()
            };
            let inner = Condition::new(name, condition.operator, condition.value.clone());
            match self.condition(&inner) {
                Ok(filter) => found.push(filter),
                // A value that does not fit the field finds nothing there.
                Err(error)
                    if error.name().starts_with("builtins.") && !condition.operator.is_like() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(if self.model.rec_names_search.is_empty() {
            Filter::Constant(true)
        } else {
            Filter::Any(found)
        })
    }

    /// `date.month_number` and `properties.name`.
    fn part(&self, field: &Field, rest: &str, condition: &Condition) -> Result<Filter> {
        let part = match field.kind {
            FieldType::Date | FieldType::Datetime => Part::Date(DatePart::from_name(rest)?),
            FieldType::Properties => Part::Property(rest.to_owned()),
            _ => {
                return Err(OdooError::value(format!(
                    "Invalid field property '{rest}' on {}.{}",
                    self.model.name, field.name
                )));
            }
        };
        if let Part::Property(name) = &part
            && name.contains('.')
        {
            return Err(OdooError::value(format!(
                "Wrong property name '{name}' on {}.{}",
                self.model.name, field.name
            )));
        }
        let check = match condition.operator.test {
            Test::Equal | Test::EqualIfSet | Test::In => {
                let Listed::Values(listed) = listed(condition)? else {
                    return Ok(Filter::Constant(false));
                };
                let unset = listed
                    .iter()
                    .any(|value| !truthy(value) && !value.is_number());
                let is_property = matches!(part, Part::Property(_));
                // `= true` on a property means "set", as its SQL does.
                if is_property && listed == [Value::Bool(true)] {
                    let none = Check::In {
                        values: vec![Key::Flag(false)],
                        unset: true,
                    };
                    let filter = Filter::Field {
                        field: field.name.clone(),
                        part,
                        check: none,
                    };
                    return Ok(Filter::Not(Box::new(filter)));
                }
                Check::In {
                    values: listed.iter().filter_map(Key::of).collect(),
                    unset,
                }
            }
            Test::Like { whole, fold } => {
                Check::Like(Pattern::new(&python_str(&condition.value), whole, fold))
            }
            Test::Less | Test::Greater | Test::LessOrEqual | Test::GreaterOrEqual => {
                let Some(value) = Key::of(&condition.value) else {
                    return Ok(Filter::Constant(false));
                };
                Check::Compare {
                    test: condition.operator.test,
                    value,
                    unset: false,
                }
            }
            _ => {
                return Err(OdooError::value(format!(
                    "Cannot use '{}' with non-relational fields in condition {}",
                    condition.operator.symbol,
                    condition.text()
                )));
            }
        };
        Ok(Filter::Field {
            field: field.name.clone(),
            part,
            check,
        })
    }

    /// What the user may do with the records of a model, he may do with each: the rules of single records are not looked at.
    fn access(&self, field: &Field, condition: &Condition, sent: &Condition) -> Result<Filter> {
        let refused = || OdooError::value(format!("Invalid condition {}", sent.text()));
        let operation = condition.value.as_str().and_then(Operation::from_name);
        let operation = operation.ok_or_else(refused)?;
        let is_id = field.name == "id";
        if !is_id && field.kind != FieldType::Many2one {
            return Err(refused());
        }
        let target = match is_id {
            true => None,
            false => Some(self.env.comodel(field).ok_or_else(refused)?),
        };
        let model = target.as_deref().unwrap_or(self.model);
        Ok(match self.env.check_access(model, operation) {
            Err(_) => Filter::Constant(false),
            Ok(()) if is_id => Filter::Constant(true),
            Ok(()) => Filter::Not(Box::new(unset(field))),
        })
    }

    /// Odoo tests only whether a binary kept as an attachment is there; any other condition is left out.
    fn binary(&self, field: &Field, condition: &Condition, sent: &Condition) -> Result<Filter> {
        let existence = match listed(condition)? {
            Listed::Values(values) => values.iter().all(|value| !truthy(value)),
            Listed::Nothing => return Ok(Filter::Constant(false)),
        };
        let equality = matches!(
            condition.operator.test,
            Test::Equal | Test::EqualIfSet | Test::In
        );
        if equality && existence {
            return Ok(unset(field));
        }
        if field.attachment {
            return Ok(Filter::Constant(!sent.operator.negated));
        }
        if condition.operator.is_like() {
            return Err(OdooError::new(
                "builtins.NotImplementedError",
                format!(
                    "Cannot use like operators with binary fields in condition {}",
                    sent.text()
                ),
            ));
        }
        self.equal(field, condition, sent)
    }

    fn like(&self, field: &Field, condition: &Condition, sent: &Condition) -> Result<Filter> {
        let Test::Like { whole, fold } = condition.operator.test else {
            return Ok(Filter::Constant(false));
        };
        if !truthy(&condition.value) {
            return Ok(match (whole, field.kind.is_relational()) {
                (true, _) => unset(field),
                (false, true) => Filter::Not(Box::new(unset(field))),
                (false, false) => Filter::Constant(true),
            });
        }
        if whole && !condition.value.is_string() {
            return Err(OdooError::type_error(format!(
                "The pattern to match must be a string in condition {}",
                sent.text()
            )));
        }
        if field.kind == FieldType::Boolean {
            return Err(cannot_compare(field, sent));
        }
        if field.kind.is_relational() {
            let inner = Condition::new(NAMES, condition.operator, condition.value.clone());
            return self.linked(field, &Domain::Condition(inner), self.scope, sent);
        }
        if field.kind == FieldType::Properties {
            return Err(self.missing_property(field));
        }
        let pattern = Pattern::new(&python_str(&condition.value), whole, fold);
        Ok(field_check(field, Check::Like(pattern)))
    }

    fn any(&self, field: &Field, condition: &Condition, sent: &Condition) -> Result<Filter> {
        let inner = Domain::parse(&condition.value, self.env.db.series)?;
        if field.name == "id" {
            return compile(self.env, self.model, &inner, self.scope);
        }
        if !field.kind.is_relational() {
            return Err(OdooError::value(format!(
                "Cannot use 'any' with non-relational fields in condition {}",
                sent.text()
            )));
        }
        if inner == Domain::Constant(false) {
            return Ok(Filter::Constant(false));
        }
        self.linked(field, &inner, self.scope, sent)
    }

    /// The records whose `field` links to a record that matches `inner`.
    pub(super) fn linked(
        &self,
        field: &Field,
        inner: &Domain,
        scope: Scope,
        sent: &Condition,
    ) -> Result<Filter> {
        let Some(comodel) = self.env.comodel(field) else {
            let relation = field.relation.as_deref();
            let advice = relation.map(|model| self.env.db.advice_on(model));
            return Err(OdooError::value(format!(
                "Cannot determine the comodel relation in condition {}{}",
                sent.text(),
                advice.unwrap_or_default(),
            )));
        };
        if !field.store && !field.searchable {
            return Err(OdooError::not_stored(&self.model.name, &field.name));
        }
        let scope = match field.kind {
            FieldType::Many2one => scope.with_archived(),
            _ => Scope {
                active_test: field.active_test().unwrap_or(scope.active_test),
                ..scope
            },
        };
        let own = match field.domain() {
            Some(domain) if field.kind.is_x2many() => Domain::parse(domain, self.env.db.series)?,
            _ => Domain::Constant(true),
        };
        let domain = Domain::all([inner.clone(), own]);
        let ids = self.env.search_tree(&comodel, &domain, scope)?;
        Ok(field_check(field, Check::Linked(ids.into_iter().collect())))
    }
}

pub(super) fn field_check(field: &Field, check: Check) -> Filter {
    Filter::Field {
        field: field.name.clone(),
        part: Part::Whole,
        check,
    }
}

/// The records where the field is not set.
pub(super) fn unset(field: &Field) -> Filter {
    let check = if field.kind.is_x2many() {
        Check::Empty
    } else {
        Check::In {
            values: falsy(field).into_iter().collect(),
            unset: true,
        }
    };
    field_check(field, check)
}
