//! One condition: by the type of its field.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Value, json};

use super::sql::{Column, Comparison, Join, Part, Sql, Test as SqlTest};
use super::stored;
use super::tree::{Leaf, Right, Tree};
use super::{Found, fallback, hierarchy, named, properties, records, subquery};
use crate::odoo::behaviour;
use crate::odoo::domain::added;
use crate::odoo::domain::calendar::DatePart;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::env::{Env, Scope, first_id};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};
use crate::odoo::values::{python_tuple, truthy};

/// Where a condition is looked at: the model, and the joins that lead to its table.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) model: Arc<Model>,
    pub(super) joins: Rc<[Join]>,
}

impl Place {
    pub(super) fn of(model: &Arc<Model>) -> Self {
        Self {
            model: Arc::clone(model),
            joins: Rc::new([]),
        }
    }

    fn beyond(&self, link: &Field, comodel: Arc<Model>) -> Self {
        let join = Join {
            model: Arc::clone(&self.model),
            link: link.name.clone(),
        };
        Self {
            model: comodel,
            joins: self.joins.iter().cloned().chain([join]).collect(),
        }
    }

    pub(super) fn column(&self, field: &str) -> Column {
        Column {
            joins: Rc::clone(&self.joins),
            model: Arc::clone(&self.model),
            field: field.to_owned(),
            part: Part::Whole,
        }
    }
}

/// The right side of a condition on its way to SQL.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Value(Value),
    /// A subquery.
    Ids(Found),
}

/// What turns conditions into SQL.
#[derive(Clone, Copy)]
pub(super) struct Leaves<'a, 'db> {
    pub(super) env: &'a Env<'db>,
    pub(super) scope: Scope,
}

impl Leaves<'_, '_> {
    /// Conditions are looked at from the last to the first.
    pub(super) fn tree(&self, place: &Place, tree: &Tree) -> Result<Sql> {
        let each = |inner: &[Tree]| -> Result<Vec<Sql>> {
            let mut made = Vec::with_capacity(inner.len());
            for tree in inner.iter().rev() {
                made.push(self.tree(place, tree)?);
            }
            made.reverse();
            Ok(made)
        };
        Ok(match tree {
            Tree::Constant(flag) => Sql::Constant(Some(*flag)),
            Tree::All(inner) => Sql::All(each(inner)?),
            Tree::Any(inner) => Sql::Any(each(inner)?),
            Tree::Not(inner) => Sql::Not(Box::new(self.tree(place, inner)?)),
            Tree::Leaf(leaf) => self.leaf(place, leaf)?,
        })
    }

    /// A domain in the same place, such as one that a field gives for a condition on it.
    fn domain(&self, place: &Place, domain: &Value) -> Result<Sql> {
        let tree = super::tree::tree(self.env, &place.model, domain)?;
        self.tree(place, &tree)
    }

    pub(super) fn holds(&self, fact: odx_facts::Since) -> bool {
        self.env.holds(fact)
    }

    /// What a company-dependent field is for all records of the company.
    pub(super) fn default_of(&self, model: &Model, field: &Field) -> Value {
        let company = self.env.context.company;
        self.env
            .db
            .company_default(&model.name, &field.name, company)
    }

    fn leaf(&self, place: &Place, leaf: &Leaf) -> Result<Sql> {
        match &leaf.value {
            Right::Domain(inner) => self.any(place, leaf, inner),
            Right::Value(value) => {
                let (operator, value) = canonical(leaf.operator, value);
                self.condition(place, &leaf.field, operator, Operand::Value(value))
            }
        }
    }

    /// `any` and `not any`, by which Odoo 17 on knows paths, too.
    fn any(&self, place: &Place, leaf: &Leaf, inner: &Tree) -> Result<Sql> {
        let Some(field) = place.model.fields.get(&leaf.field) else {
            return Err(invalid_field(&place.model, &leaf.field, &leaf.field));
        };
        if let Some(link) = place.model.inherited_through(field)
            && let Some(parent) = self.env.comodel(link)
        {
            return self.any(&place.beyond(link, parent), leaf, inner);
        }
        match self.keeps_fallback(place, field, leaf.operator, &leaf.value)? {
            true => self.any_of(place, field, leaf, inner),
            false => Ok(self
                .any_of(place, field, leaf, inner)?
                .and(is_held(place, field))),
        }
    }

    /// Whether all records may satisfy a condition on a company-dependent field: what the field is for them does.
    fn keeps_fallback(
        &self,
        place: &Place,
        field: &Field,
        operator: Operator,
        right: &Right,
    ) -> Result<bool> {
        let is_looked_at = field.company_dependent
            && field.store
            && self.holds(behaviour::PYTHON_LOOKS_AT_COMPANY_DEFAULTS);
        if !is_looked_at {
            return Ok(true);
        }
        let default = self.default_of(&place.model, field);
        fallback::satisfies(self, field, &default, operator, right)
    }

    fn any_of(&self, place: &Place, field: &Field, leaf: &Leaf, inner: &Tree) -> Result<Sql> {
        let Some(comodel) = self.env.comodel(field) else {
            return Err(OdooError::new("builtins.KeyError", "None"));
        };
        let negated = leaf.operator.negated;
        let is_searched = field.store || self.holds(behaviour::RELATED_IS_FOLLOWED);
        if is_searched && field.kind == FieldType::Many2one {
            if field.store && place.model.is_joined(field) {
                let beyond = place.beyond(field, Arc::clone(&comodel));
                let sql = self.tree(&beyond, inner)?;
                return Ok(match negated {
                    true => {
                        Sql::Test(beyond.column("id"), SqlTest::IsNull).or(Sql::Not(Box::new(sql)))
                    }
                    false => sql,
                });
            }
            let found = self.sub_tree(&comodel, inner, self.scope.with_archived(), None)?;
            let linked = |operator| {
                self.condition(place, &field.name, operator, Operand::Ids(found.clone()))
            };
            if !negated {
                return linked(Operator::is_in());
            }
            let unset = self.condition(
                place,
                &field.name,
                Operator::equal(),
                Operand::Value(Value::Bool(false)),
            )?;
            return Ok(linked(Operator::not_in())?.or(unset));
        }
        if is_searched {
            let scope = self.own_scope(field);
            if field.store && place.model.is_joined(field) {
                return self.auto_joined(place, field, &comodel, Some(inner), negated, scope);
            }
            let own = self
                .holds(behaviour::PATHS_KEEP_TO_OWN_DOMAIN)
                .then(|| own_domain(&place.model, field, &comodel));
            let found = self.sub_tree(&comodel, inner, scope, own.as_ref())?;
            let operator = match negated {
                true => Operator::not_in(),
                false => Operator::is_in(),
            };
            return self.condition(place, &field.name, operator, Operand::Ids(found));
        }
        if let Some(other) = place.model.searches.get(&field.name) {
            let leaf = Leaf {
                field: other.clone(),
                ..leaf.clone()
            };
            return self.any(place, &leaf, inner);
        }
        if !field.company_dependent && !field.searchable {
            return Ok(Sql::TRUE);
        }
        // A field that searches itself gets the records as a list.
        let operator = match negated {
            true => Operator::not_any(),
            false => Operator::any(),
        };
        if let Some(path) = &field.related {
            let path = path.join(".");
            let tree = super::tree::renamed(self.env, &place.model, &path, operator, inner)?;
            return self.tree(place, &tree);
        }
        if field.company_dependent {
            let scope = Scope {
                sudo: true,
                ..self.scope
            };
            let found = Operand::Ids(self.sub_tree(&comodel, inner, scope, None)?);
            let linked = stored::company_property(self, place, field, Operator::is_in(), found)?;
            return Ok(match negated {
                true => Sql::Not(Box::new(linked)),
                false => linked,
            });
        }
        Err(OdooError::new("builtins.KeyError", "None"))
    }

    /// The records beyond a relation that match.
    fn sub_tree(
        &self,
        comodel: &Arc<Model>,
        inner: &Tree,
        scope: Scope,
        own: Option<&Value>,
    ) -> Result<Found> {
        if !scope.sudo {
            self.env
                .check_access(comodel, crate::odoo::env::Operation::Read)?;
        }
        if matches!(inner, Tree::Constant(false)) || inner.is_false() {
            return Ok(super::nothing(self.env));
        }
        let mut trees = vec![inner.clone()];
        let mut mentions = inner.mentions("active");
        if let Some(own) = own {
            let own = super::tree::tree(self.env, comodel, own)?;
            mentions |= own.mentions("active");
            trees.push(own);
        }
        if scope.active_test && comodel.has_active() && !mentions {
            let active = super::tree::tree(self.env, comodel, &json!([["active", "=", 1]]))?;
            trees.insert(0, active);
        }
        let names = |field: &str| trees.iter().any(|tree| tree.mentions(field));
        for added in added::conditions(comodel, names) {
            let added = super::tree::tree(self.env, comodel, &json!([added]))?;
            trees.insert(0, added);
        }
        records(self.env, comodel, &Tree::All(trees), scope)
    }

    /// The scope in which an x2many is searched: its own context decides about archived records.
    fn own_scope(&self, field: &Field) -> Scope {
        Scope {
            active_test: field.active_test().unwrap_or(self.scope.active_test),
            ..self.scope
        }
    }

    /// A one2many with `auto_join`: a subquery without access rules.
    fn auto_joined(
        &self,
        place: &Place,
        field: &Field,
        comodel: &Arc<Model>,
        inner: Option<&Tree>,
        negated: bool,
        scope: Scope,
    ) -> Result<Sql> {
        let own = own_domain(&place.model, field, comodel);
        let own = super::tree::tree(self.env, comodel, &own)?;
        let mut trees = inner.cloned().into_iter().collect::<Vec<_>>();
        let mentions = trees.iter().any(|tree| tree.mentions("active"));
        trees.push(own);
        if scope.active_test && comodel.has_active() && !mentions {
            let active = super::tree::tree(self.env, comodel, &json!([["active", "=", 1]]))?;
            trees.insert(0, active);
        }
        let sudo = Scope {
            sudo: true,
            ..scope
        };
        let found = records(self.env, comodel, &Tree::All(trees), sudo)?;
        Ok(self.lines(place, field, comodel, found, negated, false))
    }

    /// A condition on a field or, before Odoo 17, on a path.
    pub(super) fn condition(
        &self,
        place: &Place,
        path: &str,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let model = &place.model;
        let Some(field) = model.fields.get(name) else {
            return Err(invalid_field(model, name, &shown(path, operator, &operand)));
        };
        if let Some(link) = model.inherited_through(field)
            && let Some(parent) = self.env.comodel(link)
        {
            return self.condition(&place.beyond(link, parent), path, operator, operand);
        }
        if rest.is_none()
            && let Operand::Value(value) = &operand
            && !self.keeps_fallback(place, field, operator, &Right::Value(value.clone()))?
        {
            let sql = self.of_field(place, field, path, rest, operator, operand)?;
            return Ok(sql.and(is_held(place, field)));
        }
        self.of_field(place, field, path, rest, operator, operand)
    }

    fn of_field(
        &self,
        place: &Place,
        field: &Field,
        path: &str,
        rest: Option<&str>,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        let model = &place.model;
        let comodel = self.env.comodel(field);
        let is_hierarchy = matches!(operator.test, Test::ChildOf | Test::ParentOf);
        if path == "id" && is_hierarchy {
            let ids = hierarchy::roots(self, model, &operand)?;
            let domain = hierarchy::domain(self, model, operator, ids, None)?;
            return self.found(place, "id", domain);
        }
        if field.kind == FieldType::Properties && self.holds(behaviour::SEARCHES_PROPERTIES) {
            return properties::condition(self, place, field, rest, operator, &operand);
        }
        if let Some(part) = rest
            && field.kind.is_temporal()
            && self.holds(odx_facts::DatePart::SINCE)
        {
            return self.date_part(place, field, part, operator, &operand);
        }
        if let Some(rest) = rest {
            return self.path(place, field, comodel, rest, operator, operand);
        }
        if !field.store {
            return self.unstored(place, field, operator, operand);
        }
        match field.kind {
            FieldType::One2many | FieldType::Many2many => {
                let Some(comodel) = comodel else {
                    return Err(OdooError::new(
                        "builtins.KeyError",
                        field.relation.as_deref().unwrap_or("None"),
                    ));
                };
                self.x2many(place, field, &comodel, operator, operand)
            }
            FieldType::Many2one => self.many2one(place, field, comodel, operator, operand),
            FieldType::Binary if field.attachment => {
                let unset = match &operand {
                    Operand::Value(value) => !truthy(value),
                    Operand::Ids(_) => false,
                };
                Ok(
                    match (operator.test == Test::Equal && unset, operator.negated) {
                        (true, true) => Sql::Test(place.column(&field.name), SqlTest::IsNotNull),
                        (true, false) => Sql::Test(place.column(&field.name), SqlTest::IsNull),
                        _ => Sql::TRUE,
                    },
                )
            }
            FieldType::Datetime => {
                let operand = whole_day(operator, operand);
                stored::condition(self, place, field, operator, operand)
            }
            _ => stored::condition(self, place, field, operator, operand),
        }
    }

    /// A path, before Odoo 17.
    fn path(
        &self,
        place: &Place,
        field: &Field,
        comodel: Option<Arc<Model>>,
        rest: &str,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        if self.holds(behaviour::MERGES_RELATIONAL_CONDITIONS) {
            // Only a path over what is no relation is left.
            return Err(OdooError::new(
                "builtins.AssertionError",
                format!("Invalid field '{}.{rest}' in domain term", field.name),
            ));
        }
        let Some(comodel) = comodel else {
            if !field.store {
                return match field.searchable {
                    true => Err(OdooError::new(
                        "builtins.AttributeError",
                        "'NoneType' object has no attribute '_search'",
                    )),
                    false => Ok(Sql::TRUE),
                };
            }
            return Err(OdooError::new(
                "builtins.AttributeError",
                "object has no attribute 'auto_join'",
            ));
        };
        let joined = field.store && place.model.is_joined(field);
        let inner = |operand: Operand| match operand {
            Operand::Value(value) => json!([[rest, operator.symbol, value]]),
            Operand::Ids(_) => json!([]),
        };
        if joined && field.kind == FieldType::Many2one {
            let beyond = place.beyond(field, comodel);
            return self.condition(&beyond, rest, operator, operand);
        }
        let scope = match field.kind {
            FieldType::Many2one => self.scope.with_archived(),
            _ => self.own_scope(field),
        };
        if joined && field.kind == FieldType::One2many {
            let tree = super::tree::tree(self.env, &comodel, &inner(operand))?;
            return self.auto_joined(place, field, &comodel, Some(&tree), false, scope);
        }
        if !field.store && !field.searchable {
            return Ok(Sql::TRUE);
        }
        let scope = match field.store {
            true => scope,
            false => self.scope,
        };
        let found = subquery(self.env, &comodel, &inner(operand), scope)?;
        self.condition(place, &field.name, Operator::is_in(), Operand::Ids(found))
    }

    /// A field that no column holds: its module says what is searched instead, or the condition is left out.
    fn unstored(
        &self,
        place: &Place,
        field: &Field,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        if let Some(path) = field.related.as_ref().filter(|_| field.searchable) {
            return self.related(place, path, operator, operand);
        }
        if field.name == "display_name" && self.holds(behaviour::SEARCHES_DISPLAY_NAME) {
            let value = match operand {
                Operand::Value(value) => value,
                Operand::Ids(_) => return Ok(Sql::TRUE),
            };
            return self.display_name(place, operator, &value);
        }
        if field.company_dependent {
            return super::stored::company_property(self, place, field, operator, operand);
        }
        if let Some(other) = place.model.searches.get(&field.name) {
            return self.condition(place, other, operator, operand);
        }
        Ok(Sql::TRUE)
    }

    fn related(
        &self,
        place: &Place,
        path: &[String],
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        if !self.holds(behaviour::RELATED_IS_FOLLOWED) {
            let path = path.join(".");
            let value = match operand {
                Operand::Value(value) => value,
                Operand::Ids(found) => {
                    let tree = Operand::Ids(found);
                    return self.related_ids(place, path.split('.').collect(), operator, tree);
                }
            };
            return self.domain(place, &json!([[path, operator.symbol, value]]));
        }
        let is_none = |value: &Value| matches!(value, Value::Null | Value::Bool(false));
        let value_is_null = match &operand {
            Operand::Value(Value::Array(items)) => items.iter().any(is_none),
            Operand::Value(value) => is_none(value),
            Operand::Ids(_) => false,
        };
        let can_be_null = operator.negated != value_is_null;
        self.along(place, path, operator, operand, can_be_null)
    }

    /// A related field that is searched for the records of a subquery, at the end of its path.
    fn related_ids(
        &self,
        place: &Place,
        path: Vec<&str>,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        let [name, rest @ ..] = path.as_slice() else {
            return Ok(Sql::TRUE);
        };
        if rest.is_empty() {
            return self.condition(place, name, operator, operand);
        }
        let Some(field) = place.model.fields.get(*name) else {
            let leaf = shown(name, operator, &operand);
            return Err(invalid_field(&place.model, name, &leaf));
        };
        let Some(comodel) = self.env.comodel(field) else {
            return Ok(Sql::TRUE);
        };
        let scope = match field.kind {
            FieldType::Many2one => self.scope.with_archived(),
            _ => self.own_scope(field),
        };
        let inner = Leaves { scope, ..*self };
        let sql = inner.related_ids(&Place::of(&comodel), rest.to_vec(), operator, operand)?;
        let found = self.matching(&comodel, sql, scope);
        self.condition(place, name, Operator::is_in(), Operand::Ids(found))
    }

    /// The records of a model that a condition finds, archived ones as the scope says.
    fn matching(&self, model: &Arc<Model>, sql: Sql, scope: Scope) -> Found {
        if let Some(error) = sql.error() {
            return Err(error.clone());
        }
        let mut ids = super::matching(self.env, model, &sql, scope);
        if scope.active_test
            && let Some(active) = model.fields.get("active").filter(|_| model.has_active())
        {
            ids.retain(|id| self.env.value(model, *id, active) == Value::Bool(true));
        }
        Ok(Rc::new(ids))
    }

    /// Along the path of a related field (Odoo 18): records without a link match where the value may be unset.
    fn along(
        &self,
        place: &Place,
        path: &[String],
        operator: Operator,
        operand: Operand,
        can_be_null: bool,
    ) -> Result<Sql> {
        let [name, rest @ ..] = path else {
            return Ok(Sql::TRUE);
        };
        if rest.is_empty() {
            return self.condition(place, name, operator, operand);
        }
        let Some(link) = place.model.fields.get(name) else {
            let leaf = shown(name, operator, &operand);
            return Err(invalid_field(&place.model, name, &leaf));
        };
        let Some(comodel) = self.env.comodel(link) else {
            return Ok(Sql::TRUE);
        };
        let everywhere = Scope {
            active_test: false,
            sudo: true,
        };
        let beyond = Leaves {
            scope: everywhere,
            ..*self
        };
        let sql = beyond.along(&Place::of(&comodel), rest, operator, operand, can_be_null)?;
        let found = self.matching(&comodel, sql, everywhere);
        let linked = self.condition(place, name, Operator::is_in(), Operand::Ids(found))?;
        if !can_be_null || link.kind != FieldType::Many2one || link.required {
            return Ok(linked);
        }
        let unset = self.condition(
            place,
            name,
            Operator::equal(),
            Operand::Value(Value::Bool(false)),
        )?;
        Ok(linked.or(unset))
    }

    /// `display_name` (Odoo 18): the fields of `_rec_names_search`.
    pub(super) fn display_name(
        &self,
        place: &Place,
        operator: Operator,
        value: &Value,
    ) -> Result<Sql> {
        let names = &place.model.rec_names_search;
        if names.is_empty() {
            return Ok(Sql::TRUE);
        }
        if matches!(operator.test, Test::Like { whole: false, .. }) && !truthy(value) {
            return Ok(Sql::Constant(Some(!operator.negated)));
        }
        let mut terms = Vec::new();
        for path in names {
            let fits = self.env.field_at(&place.model, path).is_none_or(|field| {
                field.kind.is_relational() || stored::is_written(&field, value)
            });
            if fits {
                terms.push(json!([path, operator.symbol, value]));
            }
        }
        if terms.is_empty() {
            return Ok(Sql::Constant(Some(operator.negated)));
        }
        let symbol = if operator.negated { "&" } else { "|" };
        let mut domain: Vec<Value> = terms.iter().skip(1).map(|_| json!(symbol)).collect();
        domain.extend(terms);
        self.domain(place, &Value::from(domain))
    }

    /// The records whose names match.
    pub(super) fn named(
        &self,
        comodel: &Arc<Model>,
        operator: Operator,
        text: &Value,
        own: Option<&Value>,
        scope: Scope,
    ) -> Result<Found> {
        let own = match own {
            Some(Value::Array(terms)) => terms.as_slice(),
            _ => &[],
        };
        if self.holds(behaviour::SEARCHES_DISPLAY_NAME) {
            let mut domain = own.to_vec();
            domain.push(json!(["display_name", operator.symbol, text]));
            return subquery(self.env, comodel, &Value::from(domain), scope);
        }
        named(self.env, comodel, operator, text, own, scope)
    }

    /// `id IN (..)` in that place, or another column.
    pub(super) fn found(&self, place: &Place, column: &str, found: Found) -> Result<Sql> {
        Ok(ids_in(place.column(column), found, false))
    }

    fn x2many(
        &self,
        place: &Place,
        field: &Field,
        comodel: &Arc<Model>,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        let is_own = comodel.name == place.model.name;
        if matches!(operator.test, Test::ChildOf | Test::ParentOf) {
            let ids = hierarchy::roots(self, comodel, &operand)?;
            if field.kind == FieldType::One2many {
                let parent = is_own.then_some(field.name.as_str());
                let Some(found) = hierarchy::records(self, comodel, operator, ids, parent)? else {
                    return Ok(Sql::FALSE);
                };
                if is_own {
                    return self.found(place, "id", found);
                }
                let found = self.visible(comodel, found)?;
                return self.condition(place, &field.name, Operator::is_in(), Operand::Ids(found));
            }
            let found = hierarchy::domain(self, comodel, operator, ids, None)?;
            let found = self.visible(comodel, found)?;
            if is_own && !self.holds(behaviour::RELATED_IS_FOLLOWED) {
                return self.found(place, "id", found);
            }
            return Ok(exists(place, field, Some(found), false));
        }
        let negated = operator.is_negative_term();
        let operand = match operand {
            Operand::Value(Value::Bool(false)) => {
                return match field.kind {
                    FieldType::Many2many => Ok(exists(place, field, None, !negated)),
                    _ => self.any_lines(place, field, comodel, !negated),
                };
            }
            operand => operand,
        };
        let found = match operand {
            Operand::Ids(found) => found,
            Operand::Value(Value::String(text)) => {
                let positive = match negated {
                    true => operator.opposite().unwrap_or(operator),
                    false => operator,
                };
                let text = Value::from(text);
                let own = Some(own_domain(&place.model, field, comodel));
                let scope = match self.holds(behaviour::RELATED_IS_FOLLOWED) {
                    true => self.own_scope(field),
                    false => self.scope,
                };
                self.named(comodel, positive, &text, own.as_ref(), scope)?
            }
            Operand::Value(value) if is_reference(field, comodel) => {
                let mut domain = own_domain(&place.model, field, comodel);
                if let Value::Array(terms) = &mut domain {
                    let ids = match value {
                        Value::Array(ids) => Value::from(ids),
                        other => json!([other]),
                    };
                    terms.insert(0, json!(["id", "in", ids]));
                }
                subquery(self.env, comodel, &domain, self.scope)?
            }
            Operand::Value(value) => self.listed(field, &value)?,
        };
        let found = self.of_model(place, field, comodel, found)?;
        Ok(match field.kind {
            FieldType::Many2many => exists(place, field, Some(found), negated),
            _ => {
                let passed_over = self.holds(odx_facts::Feature::EXCLUDED_LINES.since);
                self.lines(place, field, comodel, found, negated, passed_over)
            }
        })
    }

    /// Of the records that a many2one_reference points from, those of this model and of the field's own domain.
    fn of_model(
        &self,
        place: &Place,
        field: &Field,
        comodel: &Arc<Model>,
        found: Found,
    ) -> Result<Found> {
        let Ok(ids) = &found else {
            return Ok(found);
        };
        if !is_reference(field, comodel) {
            return Ok(found);
        }
        let own = own_domain(&place.model, field, comodel);
        let visible = subquery(self.env, comodel, &own, self.scope)?;
        Ok(visible.map(|visible| Rc::new(ids.intersection(&visible).copied().collect())))
    }

    /// Records of a model that the user may see: what a search for their ids finds.
    fn visible(&self, model: &Arc<Model>, found: Found) -> Result<Found> {
        let Ok(ids) = found else {
            return Ok(found);
        };
        let sql = ids_in(Place::of(model).column("id"), Ok(ids), false);
        let scope = match self.holds(behaviour::HIERARCHY_HAS_ARCHIVED) {
            true => self.scope.with_archived(),
            false => self.scope,
        };
        Ok(self.matching(model, sql, scope))
    }

    /// The ids that a condition on an x2many gives, as the database reads them.
    fn listed(&self, field: &Field, value: &Value) -> Result<Found> {
        let items = match value {
            Value::Array(items) => items.clone(),
            Value::Object(entries) => entries
                .keys()
                .map(|key| Value::from(key.as_str()))
                .collect(),
            other => vec![other.clone()],
        };
        // A many2many passes over what is not set.
        let passed_over = field.kind == FieldType::Many2many;
        let mut ids = HashSet::new();
        for item in items {
            if passed_over && !truthy(&item) {
                continue;
            }
            match item {
                Value::Number(number) => {
                    let whole = number.as_f64().filter(|number| number.fract() == 0.0);
                    ids.extend(whole.map(|number| number as i64));
                }
                Value::Null => {}
                Value::Bool(_) => {
                    return Ok(Err(super::literal::undefined_operator(
                        "integer", "=", "boolean",
                    )));
                }
                Value::String(text) => match text.trim().parse::<i64>() {
                    Ok(id) => {
                        ids.insert(id);
                    }
                    Err(_) => {
                        return Ok(Err(OdooError::new(
                            "psycopg2.errors.InvalidTextRepresentation",
                            format!("invalid input syntax for type integer: \"{text}\"\n"),
                        )));
                    }
                },
                Value::Array(_) => {
                    return Ok(Err(super::literal::undefined_operator(
                        "integer",
                        "=",
                        "integer[]",
                    )));
                }
                Value::Object(_) => {
                    return Ok(Err(OdooError::new(
                        "psycopg2.ProgrammingError",
                        "can't adapt type 'dict'",
                    )));
                }
            }
        }
        Ok(Ok(Rc::new(ids)))
    }

    /// The records that the lines `found` of a one2many belong to.
    fn lines(
        &self,
        place: &Place,
        field: &Field,
        comodel: &Arc<Model>,
        found: Found,
        negated: bool,
        without_null: bool,
    ) -> Sql {
        let ids = match found {
            Ok(ids) => ids,
            Err(error) => return Sql::Error(error),
        };
        let Some(inverse) = field
            .inverse
            .as_ref()
            .and_then(|name| comodel.fields.get(name))
        else {
            // Without an inverse to follow the lists of the records say it.
            return exists(place, field, Some(Ok(ids)), negated);
        };
        let (mut owners, mut null) = (HashSet::new(), false);
        for id in ids.iter().filter(|id| self.env.exists(&comodel.name, **id)) {
            match first_id(&self.env.value(comodel, *id, inverse)) {
                Some(owner) => {
                    owners.insert(owner);
                }
                None => null = true,
            }
        }
        Sql::Test(
            place.column("id"),
            SqlTest::Ids {
                ids: Rc::new(owners),
                null: null && !without_null,
                negated,
            },
        )
    }

    /// The records with lines, or without.
    fn any_lines(
        &self,
        place: &Place,
        field: &Field,
        comodel: &Arc<Model>,
        negated: bool,
    ) -> Result<Sql> {
        if is_reference(field, comodel) {
            // Those that the user finds by the domain of the field.
            let mut domain = own_domain(&place.model, field, comodel);
            if let (Value::Array(terms), Some(inverse)) = (&mut domain, &field.inverse) {
                terms.insert(0, json!([inverse, "!=", false]));
            }
            let found = subquery(self.env, comodel, &domain, self.scope)?;
            return Ok(self.lines(place, field, comodel, found, negated, true));
        }
        let active = comodel.fields.get("active").filter(|_| {
            comodel.has_active()
                && self.own_scope(field).active_test
                && self.holds(behaviour::RELATED_IS_FOLLOWED)
        });
        let is_seen = |id: &i64| {
            active.is_none_or(|active| self.env.value(comodel, *id, active) == Value::Bool(true))
        };
        let all = self.env.db.ids(&comodel.name);
        let all = all.into_iter().filter(is_seen).collect();
        Ok(self.lines(place, field, comodel, Ok(Rc::new(all)), negated, true))
    }

    fn many2one(
        &self,
        place: &Place,
        field: &Field,
        comodel: Option<Arc<Model>>,
        operator: Operator,
        operand: Operand,
    ) -> Result<Sql> {
        let comodel = || {
            comodel.clone().ok_or_else(|| {
                OdooError::new(
                    "builtins.KeyError",
                    field.relation.as_deref().unwrap_or("None"),
                )
            })
        };
        if matches!(operator.test, Test::ChildOf | Test::ParentOf) {
            let comodel = comodel()?;
            let ids = hierarchy::roots(self, &comodel, &operand)?;
            let is_own = comodel.name == place.model.name;
            let parent = is_own.then_some(field.name.as_str());
            let Some(found) = hierarchy::records(self, &comodel, operator, ids, parent)? else {
                return Ok(Sql::FALSE);
            };
            if is_own {
                return self.found(place, "id", found);
            }
            let found = self.visible(&comodel, found)?;
            return self.found(place, &field.name, found);
        }
        let is_name = |value: &Value| match value {
            Value::String(_) => true,
            Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_string),
            _ => false,
        };
        let operand = match operand {
            Operand::Value(value) if is_name(&value) => value,
            operand => return stored::condition(self, place, field, operator, operand),
        };
        let comodel = comodel()?;
        let operator = match operator.test {
            Test::Less | Test::LessOrEqual | Test::Greater | Test::GreaterOrEqual => {
                Operator::is_in()
            }
            _ => operator,
        };
        let operator = match (operator.test, operand.is_array()) {
            (Test::In, false) => Operator::equality(operator.negated),
            (Test::Equal, true) => Operator::listing(operator.negated),
            _ => operator,
        };
        let scope = self.scope.with_archived();
        let unset = Sql::Test(place.column(&field.name), SqlTest::IsNull);
        if operator.is_negative_term() && self.holds(behaviour::RELATED_IS_FOLLOWED) {
            let positive = operator.opposite().unwrap_or(operator);
            let found = self.named(&comodel, positive, &operand, None, scope)?;
            return Ok(ids_in(place.column(&field.name), found, true).or(unset));
        }
        let found = self.named(&comodel, operator, &operand, None, scope)?;
        let linked = self.found(place, &field.name, found)?;
        Ok(match operator.is_negative_term() {
            true => linked.or(unset),
            false => linked,
        })
    }

    /// A part of a date (Odoo 18).
    fn date_part(
        &self,
        place: &Place,
        field: &Field,
        part: &str,
        operator: Operator,
        operand: &Operand,
    ) -> Result<Sql> {
        let date_part = DatePart::from_name(part)?;
        let Operand::Value(value) = operand else {
            return Ok(Sql::FALSE);
        };
        let first = (date_part == DatePart::DayOfWeek)
            .then(|| i64::from(self.env.week_start().to_monday_one_offset()));
        let column = Column {
            part: Part::Date(date_part, first),
            ..place.column(&field.name)
        };
        stored::number_condition(column, operator, value, self.env.db.moment())
    }
}

/// `in` with a boolean is `=`, `=` with a list is `in`.
pub(super) fn canonical(operator: Operator, value: &Value) -> (Operator, Value) {
    let operator = match (operator.test, value) {
        (Test::In, Value::Bool(_)) => Operator::equality(operator.negated),
        (Test::Equal, Value::Array(_)) => Operator::listing(operator.negated),
        _ => operator,
    };
    (operator, value.clone())
}

/// Whether some company has a value of its own of a company-dependent field.
fn is_held(place: &Place, field: &Field) -> Sql {
    Sql::Test(place.column(&field.name), SqlTest::IsHeld)
}

/// A day in place of a datetime: its first second or, for `>` and `<=`, its last.
fn whole_day(operator: Operator, operand: Operand) -> Operand {
    match operand {
        Operand::Value(Value::String(text)) if text.chars().count() == 10 => {
            let time = match operator.test {
                Test::Greater | Test::LessOrEqual => "23:59:59",
                _ => "00:00:00",
            };
            Operand::Value(Value::from(format!("{text} {time}")))
        }
        operand => operand,
    }
}

/// Whether a one2many follows a many2one_reference.
fn is_reference(field: &Field, comodel: &Model) -> bool {
    let inverse = field
        .inverse
        .as_ref()
        .and_then(|name| comodel.fields.get(name));
    field.kind == FieldType::One2many
        && inverse.is_some_and(|inverse| inverse.kind == FieldType::Many2oneReference)
}

/// The domain of an x2many, with the condition on the model where its inverse may point to any.
fn own_domain(model: &Model, field: &Field, comodel: &Model) -> Value {
    let mut terms = match field.domain() {
        Some(Value::Array(terms)) => terms.clone(),
        _ => Vec::new(),
    };
    let inverse = field
        .inverse
        .as_ref()
        .and_then(|name| comodel.fields.get(name));
    let reference = inverse.filter(|inverse| inverse.kind == FieldType::Many2oneReference);
    if field.kind == FieldType::One2many
        && let Some(of_model) = reference.and_then(|inverse| comodel.model_field(inverse))
    {
        terms.push(json!([of_model.name, "=", model.name]));
    }
    Value::from(terms)
}

fn invalid_field(model: &Model, name: &str, leaf: &str) -> OdooError {
    OdooError::value(format!(
        "Invalid field {}.{name} in leaf {leaf}",
        model.name
    ))
}

/// A condition as Odoo's errors show it.
fn shown(path: &str, operator: Operator, operand: &Operand) -> String {
    let value = match operand {
        Operand::Value(value) => value.clone(),
        Operand::Ids(Ok(ids)) => json!(**ids),
        Operand::Ids(Err(_)) => Value::Null,
    };
    python_tuple(&[json!(path), json!(operator.symbol), value])
}

pub(super) fn ids_in(column: Column, found: Found, negated: bool) -> Sql {
    match found {
        Err(error) => Sql::Error(error),
        Ok(ids) => Sql::Test(
            column,
            SqlTest::Ids {
                null: ids.contains(&super::NULL_ID),
                ids,
                negated,
            },
        ),
    }
}

fn exists(place: &Place, field: &Field, found: Option<Found>, negated: bool) -> Sql {
    let ids = match found.transpose() {
        Err(error) => return Sql::Error(error),
        Ok(ids) => ids,
    };
    Sql::Test(place.column(&field.name), SqlTest::Exists { ids, negated })
}

/// The comparison of an operator with an opposite by value.
pub(super) fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match (operator.test, operator.negated) {
        (Test::Equal | Test::EqualIfSet, false) => Comparison::Equal,
        (Test::Equal, true) => Comparison::Unequal,
        (Test::Less, _) => Comparison::Less,
        (Test::LessOrEqual, _) => Comparison::LessOrEqual,
        (Test::Greater, _) => Comparison::Greater,
        (Test::GreaterOrEqual, _) => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
