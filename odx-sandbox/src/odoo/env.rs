//! The environment of one call: the database, the user and the context.

use std::cell::Cell;
use std::sync::Arc;

use jiff::tz::TimeZone;
use odx_facts::Since;
use serde_json::{Map, Value};

use super::behaviour;
use super::business;
use super::database::{Database, ReadFrom, User};
use super::errors::{OdooError, Result};
use super::make::Making;
use super::schema::{Field, FieldType, Model};

/// The keys of a call's context that change what the server does.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) lang: String,
    /// The language that was asked for, if it is not installed.
    pub(crate) unknown_lang: Option<String>,
    pub(crate) tz: TimeZone,
    pub(crate) active_test: bool,
    pub(crate) bin_size: bool,
    pub(crate) include_binary_content: bool,
    pub(crate) company: i64,
    /// Whose records are seen: all of the user's companies, unless the context names some.
    pub(crate) companies: Vec<i64>,
    /// The `default_<field>` keys.
    pub(crate) defaults: Map<String, Value>,
}

/// Which records a look-up may see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// Leave archived records out.
    pub(crate) active_test: bool,
    /// Skip the access check of the model.
    pub(crate) sudo: bool,
}

impl Scope {
    /// Every record of a model, whoever asks.
    pub(crate) const ALL: Self = Self {
        active_test: false,
        sudo: true,
    };

    pub(crate) fn with_archived(self) -> Self {
        Self {
            active_test: false,
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Read,
    Write,
    Create,
    Unlink,
}

impl Operation {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "read" => Self::Read,
            "write" => Self::Write,
            "create" => Self::Create,
            "unlink" => Self::Unlink,
            _ => return None,
        })
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Read => "access",
            Self::Write => "modify",
            Self::Create => "create",
            Self::Unlink => "delete",
        }
    }
}

/// A call in progress.
pub(crate) struct Env<'a> {
    pub(crate) db: &'a mut Database,
    pub(crate) user: User,
    pub(crate) context: Context,
    /// A record that another one inherits from is being created.
    pub(crate) creating_parent: bool,
    /// A record is made for a test: what is required and missing is filled.
    pub(crate) making: Option<Making>,
    /// How many related fields and names are being followed.
    depth: Cell<u32>,
}

/// The language that texts are written in first.
pub(crate) const SOURCE_LANGUAGE: &str = "en_US";

/// The company of a value that stands for all of them.
pub(crate) const EVERY_COMPANY: &str = "0";

/// How many related fields or names may lead to one another. A schema or data that goes in circles ends here.
const FOLLOW_LIMIT: u32 = 50;

impl<'a> Env<'a> {
    pub(crate) fn new(
        db: &'a mut Database,
        user: User,
        context: &Map<String, Value>,
    ) -> Result<Self> {
        let lang = match context.get("lang").and_then(Value::as_str) {
            Some(lang) if db.languages.contains(lang) => lang.to_owned(),
            _ => SOURCE_LANGUAGE.to_owned(),
        };
        let unknown_lang = context
            .get("lang")
            .and_then(Value::as_str)
            .filter(|lang| !db.languages.contains(*lang))
            .map(str::to_owned);
        let companies: Vec<i64> = context
            .get("allowed_company_ids")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_i64)
            .collect();
        if companies.iter().any(|id| !user.company_ids().contains(id)) {
            return Err(OdooError::access(
                "Access to unauthorized or invalid companies.",
            ));
        }
        let tz_name = context.get("tz").and_then(Value::as_str);
        let tz = tz_name.and_then(|name| TimeZone::get(name).ok());
        let defaults = context
            .iter()
            .filter_map(|(key, value)| {
                Some((key.strip_prefix("default_")?.to_owned(), value.clone()))
            })
            .collect();
        let flag =
            |key: &str, default| context.get(key).and_then(Value::as_bool).unwrap_or(default);
        let context = Context {
            lang,
            unknown_lang,
            tz: tz.unwrap_or(TimeZone::UTC),
            active_test: flag("active_test", true),
            bin_size: flag("bin_size", false),
            include_binary_content: flag(odx_facts::INCLUDE_BINARY_CONTENT, false),
            company: companies
                .first()
                .or(user.company_ids().first())
                .copied()
                .unwrap_or(1),
            companies: match companies.is_empty() {
                true => user.company_ids().to_vec(),
                false => companies,
            },
            defaults,
        };
        Ok(Self {
            db,
            user,
            context,
            creating_parent: false,
            making: None,
            depth: Cell::new(0),
        })
    }

    /// What the user may see under the context of the call.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            active_test: self.context.active_test,
            sudo: false,
        }
    }

    /// Whether a fact holds for the series that the database answers as.
    pub(crate) fn holds(&self, fact: Since) -> bool {
        fact.holds(self.db.series)
    }

    pub(crate) fn model(&self, name: &str) -> Result<Arc<Model>> {
        self.db.model(name)
    }

    /// The comodel of a relational field, if the database has it.
    pub(crate) fn comodel(&self, field: &Field) -> Option<Arc<Model>> {
        self.db.models.get(field.relation.as_ref()?).cloned()
    }

    /// The field that a path ends in.
    pub(crate) fn field_at(&self, model: &Model, path: &str) -> Option<Field> {
        let mut model = model;
        let mut found = None;
        for name in path.split('.') {
            let field = model.fields.get(name)?;
            let comodel = field.relation.as_ref();
            if let Some(comodel) = comodel.and_then(|name| self.db.models.get(name)) {
                model = comodel;
            }
            found = Some(field);
        }
        found.cloned()
    }

    pub(crate) fn may(&self, model: &str) -> bool {
        self.user.may_open(model)
    }

    pub(crate) fn check_access(&self, model: &Model, operation: Operation) -> Result<()> {
        if self.may(&model.name) {
            return Ok(());
        }
        Err(OdooError::access(format!(
            "You are not allowed to {} '{}' ({}) records.\n\n\
             No group currently allows this operation.\n\n\
             Contact your administrator to request access if necessary.",
            operation.verb(),
            model.label,
            model.name,
        )))
    }

    /// Whether record rules show it: it is not hidden from the user, and of no company or of one of the call's.
    pub(crate) fn is_of_own_company(&self, model: &Model, id: i64) -> bool {
        if self.user.is_hidden(&model.name, id) {
            return false;
        }
        if !model.company_rule {
            return true;
        }
        let about = model.company_rule_about.as_ref();
        if let Some(about) = about.and_then(|name| model.fields.get(name))
            && self.value(model, id, about) != Value::Bool(true)
        {
            return true;
        }
        let company = model
            .fields
            .get("company_id")
            .and_then(|field| self.value(model, id, field).as_i64());
        company.is_none_or(|company| self.context.companies.contains(&company))
    }

    /// Refuses records of other companies.
    pub(crate) fn check_companies(
        &self,
        model: &Model,
        ids: &[i64],
        operation: Operation,
    ) -> Result<()> {
        let other = ids
            .iter()
            .find(|id| self.exists(&model.name, **id) && !self.is_of_own_company(model, **id));
        let Some(id) = other else {
            return Ok(());
        };
        Err(OdooError::access(format!(
            "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n\
             Sorry, you don't have '{}' access to:\n- {} ({}: {id})\n\n\
             This seems to be a multi-company issue, you might be able to access the record by switching to the company.",
            operation.verb(),
            model.label,
            model.name,
        )))
    }

    pub(crate) fn exists(&self, model: &str, id: i64) -> bool {
        self.db.record(model, id).is_some()
    }

    /// The value of a field as the database holds it: `null` if unset, an id for a many2one, ids for an x2many.
    pub(crate) fn value(&self, model: &Model, id: i64, field: &Field) -> Value {
        if field.name == "id" {
            return Value::from(id);
        }
        if let Some(path) = &field.related {
            return self.following(|| self.related_value(model, id, path));
        }
        if let Some(from) = model.computed.get(&field.name) {
            return self.following(|| self.computed_value(model, id, from));
        }
        if field.name == "display_name" && !field.store {
            return self.display_name(model, id);
        }
        if let Some(ids) = self.inverse_ids(model, id, field) {
            return Value::from(ids);
        }
        let held = self
            .db
            .record(&model.name, id)
            .and_then(|record| record.get(&field.name));
        if field.company_dependent {
            return self.company_value(model, field, held);
        }
        match held {
            Some(Value::Object(texts)) if field.translate => self.translation(texts),
            held => held.cloned().unwrap_or_default(),
        }
    }

    /// Refuses a language that is not installed, where the series does: when it is needed.
    pub(crate) fn check_language(&self) -> Result<()> {
        match &self.context.unknown_lang {
            Some(lang) if self.holds(behaviour::REFUSES_UNKNOWN_LANGUAGES) => {
                Err(OdooError::user(format!("Invalid language code: {lang}")))
            }
            _ => Ok(()),
        }
    }

    /// The text in the language of the call, else in English.
    fn translation(&self, texts: &Map<String, Value>) -> Value {
        let text = texts.get(&self.context.lang).or(texts.get(SOURCE_LANGUAGE));
        text.cloned().unwrap_or_default()
    }

    /// The value in the company of the call, else the one for all records.
    fn company_value(&self, model: &Model, field: &Field, held: Option<&Value>) -> Value {
        let company = self.context.company;
        let own = match held {
            Some(Value::Object(values)) => values
                .get(&company.to_string())
                .or(values.get(EVERY_COMPANY))
                .cloned(),
            _ => None,
        };
        let value =
            own.unwrap_or_else(|| self.db.company_default(&model.name, &field.name, company));
        // No foreign key of the database keeps these links.
        let is_gone = match (field.kind, value.as_i64(), self.comodel(field)) {
            (FieldType::Many2one, Some(id), Some(comodel)) => !self.exists(&comodel.name, id),
            _ => false,
        };
        match is_gone {
            true => Value::Null,
            false => value,
        }
    }

    /// The ids of an x2many field that follow from another field.
    fn inverse_ids(&self, model: &Model, id: i64, field: &Field) -> Option<Vec<i64>> {
        if let Some((side, name)) = self.db.mirror(&model.name, &field.name) {
            return Some(self.db.listing(side, name, id));
        }
        if field.kind != FieldType::One2many {
            return None;
        }
        let comodel = self.comodel(field)?;
        let inverse = comodel.fields.get(field.inverse.as_ref()?)?;
        if !inverse.store || !inverse.is_link() {
            return None;
        }
        let mut ids = self.db.pointing_at(&comodel.name, &inverse.name, id);
        if inverse.kind == FieldType::Many2oneReference {
            let of_model = comodel.model_field(inverse)?;
            let name = Value::from(model.name.as_str());
            ids.retain(|id| self.value(&comodel, *id, of_model) == name);
        }
        Some(ids)
    }

    fn computed_value(&self, model: &Model, id: i64, from: &ReadFrom) -> Value {
        let Some(field) = model.fields.get(&from.field) else {
            return Value::Null;
        };
        let value = self.value(model, id, field);
        match (&value, &from.until) {
            (Value::String(text), Some(until)) => {
                let (head, _) = text.split_once(until).unwrap_or((text, ""));
                Value::from(head)
            }
            _ => value,
        }
    }

    fn related_value(&self, model: &Model, id: i64, path: &[String]) -> Value {
        let Some((name, rest)) = path.split_first() else {
            return Value::Null;
        };
        let Some(field) = model.fields.get(name) else {
            return Value::Null;
        };
        let value = self.value(model, id, field);
        if rest.is_empty() {
            return value;
        }
        let next = first_id(&value);
        match (next, self.comodel(field)) {
            (Some(next), Some(comodel)) if self.exists(&comodel.name, next) => {
                self.related_value(&comodel, next, rest)
            }
            _ => Value::Null,
        }
    }

    /// Follows a link to another value; nothing is found beyond [`FOLLOW_LIMIT`].
    fn following(&self, follow: impl FnOnce() -> Value) -> Value {
        let depth = self.depth.get();
        if depth >= FOLLOW_LIMIT {
            return Value::Null;
        }
        self.depth.set(depth + 1);
        let found = follow();
        self.depth.set(depth);
        found
    }

    /// The display name of a record; `null` if it has none or does not exist.
    pub(crate) fn display_name(&self, model: &Model, id: i64) -> Value {
        self.following(|| self.name_of(model, id))
    }

    fn name_of(&self, model: &Model, id: i64) -> Value {
        if !self.exists(&model.name, id) {
            return Value::Null;
        }
        let given = self
            .db
            .record(&model.name, id)
            .and_then(|record| record.get("display_name"));
        if let Some(name) = given {
            return match name {
                Value::String(name) if !name.is_empty() => Value::from(name.as_str()),
                _ => Value::Null,
            };
        }
        if let Some(name) = business::display_name(self, model, id) {
            return Value::from(name);
        }
        let Some(field) = model
            .rec_name
            .as_ref()
            .and_then(|name| model.fields.get(name))
        else {
            return Value::from(format!("{},{id}", model.name));
        };
        let value = self.value(model, id, field);
        match (&value, self.comodel(field)) {
            (Value::Number(target), Some(comodel)) if field.kind == FieldType::Many2one => target
                .as_i64()
                .map_or(Value::Null, |target| self.display_name(&comodel, target)),
            (Value::Number(number), _) => Value::from(number.to_string()),
            (Value::String(text), _) if !text.is_empty() => value,
            _ => Value::Null,
        }
    }
}

/// The id of a many2one value, or the first of an x2many value.
pub(crate) fn first_id(value: &Value) -> Option<i64> {
    match value {
        Value::Array(ids) => ids.first()?.as_i64(),
        other => other.as_i64(),
    }
}

/// The ids of an x2many value, or the one of a many2one value.
pub(crate) fn ids_of(value: &Value) -> Vec<i64> {
    match value {
        Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
        other => other.as_i64().into_iter().collect(),
    }
}
