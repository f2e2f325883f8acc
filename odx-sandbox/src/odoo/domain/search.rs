//! Searching the records of a model.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::added;
use super::eval::Filter;
use super::expression::{self, Sql};
use super::parse::{Condition, Domain, Operator, Test};
use super::resolve::{NAMES, compile};
use crate::odoo::behaviour;
use crate::odoo::env::{Env, Operation, Scope};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::Model;

/// A domain made ready for the records of one model, by the rules of the series.
pub(crate) enum Visible {
    Filter(Filter),
    Sql(Sql),
}

impl Visible {
    pub(crate) fn matches(&self, env: &Env<'_>, model: &Model, id: i64) -> bool {
        match self {
            Self::Filter(filter) => filter.matches(env, model, id),
            Self::Sql(sql) => sql.holds(env, id) == Some(true),
        }
    }
}

impl Env<'_> {
    /// The records of `model` that match, in id order: archived ones only if the scope or the domain asks.
    pub(crate) fn search(&self, model: &Model, domain: &Value, scope: Scope) -> Result<Vec<i64>> {
        if !self.holds(behaviour::DOMAIN_IS_A_CLASS) {
            return expression::search(self, &self.model(&model.name)?, domain, scope);
        }
        let domain = Domain::parse(domain, self.db.series)?;
        self.search_tree(model, &domain, scope)
    }

    /// The records whose names match, among those of a domain.
    pub(crate) fn named(
        &self,
        model: &Arc<Model>,
        operator: &str,
        name: &str,
        domain: &Value,
    ) -> Result<Vec<i64>> {
        let scope = self.scope();
        if self.holds(behaviour::DOMAIN_IS_A_CLASS) {
            let named = Domain::parse(&json!([[NAMES, operator, name]]), self.db.series)?;
            let domain = Domain::parse(domain, self.db.series)?;
            return self.search_tree(model, &Domain::all([named, domain]), scope);
        }
        let operator = Operator::read(operator, self.db.series)
            .ok_or_else(|| OdooError::value(format!("Invalid leaf ('{operator}')")))?;
        expression::search_names(self, model, operator, name, domain, scope)
    }

    /// The same for a domain that is a tree: from Odoo 19 on.
    pub(super) fn search_tree(
        &self,
        model: &Model,
        domain: &Domain,
        scope: Scope,
    ) -> Result<Vec<i64>> {
        if !scope.sudo {
            self.check_access(model, Operation::Read)?;
        }
        let filter = self.filter(model, domain, scope)?;
        let mut ids: Vec<i64> = self.matching(model, &filter).into_iter().collect();
        if !scope.sudo {
            ids.retain(|id| self.is_of_own_company(model, *id));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// What `domain` shows, without archived records where the scope leaves them out.
    pub(crate) fn visible(&self, model: &Model, domain: &Value, scope: Scope) -> Result<Visible> {
        if !self.holds(behaviour::DOMAIN_IS_A_CLASS) {
            let model = self.model(&model.name)?;
            return expression::condition(self, &model, domain, scope).map(Visible::Sql);
        }
        let domain = Domain::parse(domain, self.db.series)?;
        self.filter(model, &domain, scope).map(Visible::Filter)
    }

    fn filter(&self, model: &Model, domain: &Domain, scope: Scope) -> Result<Filter> {
        let added = match scope.sudo {
            true => Vec::new(),
            false => added::conditions(model, |field| domain.mentions(field)),
        };
        if !added.is_empty() {
            let added = Domain::parse(&Value::from(added), self.db.series)?;
            return self.filter(model, &Domain::all([domain.clone(), added]), scope);
        }
        if !scope.active_test || !model.has_active() || domain.mentions("active") {
            return compile(self, model, domain, scope);
        }
        let active = Condition::test("active", Test::Equal, Value::Bool(true));
        let domain = Domain::all([domain.clone(), Domain::Condition(active)]);
        compile(self, model, &domain, scope)
    }

    pub(super) fn matching(&self, model: &Model, filter: &Filter) -> HashSet<i64> {
        let Some(table) = self.db.table(&model.name) else {
            return HashSet::new();
        };
        table
            .records
            .keys()
            .copied()
            .filter(|id| filter.matches(self, model, *id))
            .collect()
    }

    /// The first day of the week.
    pub(crate) fn week_start(&self) -> Weekday {
        match self.holds(behaviour::WEEKS_START_BY_LANGUAGE) {
            true => self.language_week_start(),
            false => Weekday::Monday,
        }
    }

    /// The first day of the week in the language.
    pub(crate) fn language_week_start(&self) -> Weekday {
        let languages = self.db.table("res.lang").map(|table| &table.records);
        let number = languages
            .into_iter()
            .flat_map(|records| records.values())
            .find(|lang| lang.get("code").and_then(Value::as_str) == Some(&self.context.lang))
            .and_then(|lang| lang.get("week_start")?.as_str()?.parse().ok());
        number
            .and_then(|number: i8| Weekday::from_monday_one_offset(number).ok())
            .unwrap_or(Weekday::Sunday)
    }
}
