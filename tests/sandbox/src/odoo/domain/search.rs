//! Searching the records of a model.

use std::collections::HashSet;

use jiff::civil::Weekday;
use serde_json::Value;

use super::eval::Filter;
use super::parse::{Condition, Domain, Test};
use super::resolve::compile;
use crate::odoo::env::{Env, Operation, Scope};
use crate::odoo::errors::Result;
use crate::odoo::schema::Model;

impl Env<'_> {
    /// The records of `model` that match, in id order: archived ones only if the scope or the domain asks.
    pub(crate) fn search(&self, model: &Model, domain: &Domain, scope: Scope) -> Result<Vec<i64>> {
        if !scope.sudo {
            self.check_access(model, Operation::Read)?;
        }
        let filter = self.visible(model, domain, scope)?;
        let mut ids: Vec<i64> = self.matching(model, &filter).into_iter().collect();
        if !scope.sudo {
            ids.retain(|id| self.is_of_own_company(model, *id));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// The filter of `domain`, without archived records where the scope leaves them out.
    pub(crate) fn visible(&self, model: &Model, domain: &Domain, scope: Scope) -> Result<Filter> {
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

    /// The first day of the week: of the language of the call, and before Odoo 17 of PostgreSQL.
    pub(crate) fn week_start(&self) -> Weekday {
        if self.db.version.0 < 17 {
            return Weekday::Monday;
        }
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
