//! Records for tests: what is required of one and missing is filled with plausible values, and the records that it must
//! point at are made as well.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::database::{Database, Record};
use super::env::Env;
use super::errors::{OdooError, Result};
use super::schema::{Field, FieldType, Model};
use super::values;
use super::variants;

/// A record that could not be made.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("cannot make a record of `{model}`: {}", reason.message())]
#[non_exhaustive]
pub struct MakeError {
    /// The model.
    pub model: String,
    /// Why, as the in-memory Odoo says it.
    pub reason: OdooError,
}

odx_facts::debug_as_told!(MakeError);

/// What is being made, while something is.
#[derive(Debug, Default)]
pub(crate) struct Making {
    /// The models of the records that wait for one another, outermost first.
    models: Vec<String>,
}

impl Database {
    /// Makes a record as the administrator: a `create` with these values that fills what is required and missing, and makes
    /// the records that it must point at. A company is that of the user, a user the user itself, a currency that of the
    /// company. Texts are unique by the id of the record.
    ///
    /// `computed` are the values of fields that no client writes, such as `amount_total`: they are set last, as they are.
    ///
    /// # Errors
    /// [`MakeError`] for a model or a field that there is not, a value that the field does not take, and a required record
    /// that cannot be made since it needs the one that is being made.
    pub fn make(
        &mut self,
        model: &str,
        values: Map<String, Value>,
        computed: Map<String, Value>,
    ) -> std::result::Result<i64, MakeError> {
        self.making(model, |env, model| {
            let id = env.create(model, values)?;
            env.set_computed(model, id, computed)?;
            Ok(id)
        })
    }

    /// The same of a record that is there already, and was put there without what is required. The links of `bare` are set
    /// first and as they are, `values` are written last. Without the model there is nothing to do.
    pub(crate) fn complete(
        &mut self,
        model: &str,
        id: i64,
        bare: Map<String, Value>,
        values: Map<String, Value>,
    ) -> std::result::Result<(), MakeError> {
        if self.record(model, id).is_none() {
            return Ok(());
        }
        self.making(model, |env, model| {
            env.set_computed(model, id, bare)?;
            let mut record = env.record(model, id);
            env.fill(model, &mut record, |_, _| {})?;
            env.db.put(&model.name, id, record);
            env.write(model, &[id], values)
        })
    }

    /// Runs what makes records as the administrator, and keeps all of it or nothing.
    fn making<T>(
        &mut self,
        model: &str,
        make: impl FnOnce(&mut Env<'_>, &Arc<Model>) -> Result<T>,
    ) -> std::result::Result<T, MakeError> {
        self.rollback();
        let made = self.try_making(model, make);
        match &made {
            Ok(_) => self.commit(),
            Err(_) => self.rollback(),
        }
        made.map_err(|reason| MakeError {
            model: model.to_owned(),
            reason,
        })
    }

    fn try_making<T>(
        &mut self,
        model: &str,
        make: impl FnOnce(&mut Env<'_>, &Arc<Model>) -> Result<T>,
    ) -> Result<T> {
        let user = self.administrator().cloned().ok_or_else(|| {
            OdooError::user("the database has no administrator: add one by `with_user`")
        })?;
        let mut env = Env::new(self, user, &Map::new())?;
        env.making = Some(Making {
            models: vec![model.to_owned()],
        });
        let model = env.model(model)?;
        make(&mut env, &model)
    }
}

impl Env<'_> {
    /// Sets values as they are, whoever computes them.
    fn set_computed(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        computed: Map<String, Value>,
    ) -> Result<()> {
        for (name, value) in computed {
            let field = model.fields.get(&name).ok_or_else(|| {
                OdooError::value(format!("Invalid field '{name}' in '{}'", model.name))
            })?;
            if let Some(path) = &field.related {
                return Err(OdooError::value(format!(
                    "the field `{name}` of `{}` is read along `{}`: set it there",
                    model.name,
                    path.join(".")
                )));
            }
            if field.kind.is_x2many() || field.kind == FieldType::Properties {
                self.write_rest(model, id, Vec::new(), vec![(name, value)])?;
                continue;
            }
            let value = variants::given(field, values::loaded(model, field, value)?);
            self.set(model, id, &name, value);
        }
        Ok(())
    }

    /// Whether a value is made up for a field that is missing: it is required, or names the record.
    fn is_filled(model: &Model, field: &Field) -> bool {
        let is_name = model.rec_name.as_deref() == Some(field.name.as_str())
            && field.kind.is_text()
            && !field.readonly
            && !field.is_computed();
        field.store && !field.kind.is_x2many() && field.name != "id" && (field.required || is_name)
    }

    /// Gives a new record the values that are required of it and missing. `complete` is what the model itself fills.
    pub(crate) fn fill(
        &mut self,
        model: &Arc<Model>,
        record: &mut Record,
        complete: impl Fn(&mut Self, &mut Record),
    ) -> Result<()> {
        if self.making.is_none() {
            return Ok(());
        }
        for field in model.fields.values() {
            if !Self::is_filled(model, field) || record.contains_key(&field.name) {
                continue;
            }
            let value = self.made_up(model, record, field)?;
            if !value.is_null() {
                let value = variants::kept(self, model, field, None, value);
                record.insert(field.name.clone(), value);
            }
            // What follows from this one need not be made up.
            complete(self, record);
        }
        Ok(())
    }

    fn made_up(&mut self, model: &Arc<Model>, record: &mut Record, field: &Field) -> Result<Value> {
        let now = self.db.now();
        Ok(match field.kind {
            FieldType::Char | FieldType::Text | FieldType::Html => self.made_up_text(model, field),
            FieldType::Integer => json!(1),
            FieldType::Float | FieldType::Monetary => json!(1.0),
            FieldType::Boolean => json!(false),
            FieldType::Date => Value::from(values::day(&now)),
            FieldType::Datetime => Value::from(now),
            FieldType::Selection => match field.selection.first() {
                Some(key) => Value::from(key.as_str()),
                None => Value::Null,
            },
            FieldType::Binary => json!("b2R4"),
            FieldType::Json | FieldType::Serialized => json!({"made": true}),
            FieldType::Many2one => Value::from(self.made_up_record(model, field)?),
            FieldType::Reference => match field.selection.first() {
                Some(target) => {
                    let id = self.record_of(model, field, target)?;
                    Value::from(format!("{target},{id}"))
                }
                None => self.any_reference(model, field)?,
            },
            FieldType::Many2oneReference => self.made_up_reference(model, record, field)?,
            FieldType::One2many
            | FieldType::Many2many
            | FieldType::Properties
            | FieldType::PropertiesDefinition
            | FieldType::Unknown => Value::Null,
        })
    }

    /// A text that no other record has.
    fn made_up_text(&self, model: &Model, field: &Field) -> Value {
        let number = self.db.upcoming_id(&model.name).to_string();
        let text = match field.name.as_str() {
            "lang" => return Value::from(super::env::SOURCE_LANGUAGE),
            "tz" => return Value::from("UTC"),
            name if name.contains("email") => format!("made{number}@example.com"),
            name if name.contains("url") || name == "website" => {
                format!("https://example.com/{number}")
            }
            _ => match field.size {
                Some(size) => {
                    let room = size.saturating_sub(number.chars().count() + 1);
                    let head: String = field.label().chars().take(room).collect();
                    let whole = format!("{head} {number}");
                    let surplus = whole.chars().count().saturating_sub(size);
                    // The end is what tells it from others.
                    whole.trim_start().chars().skip(surplus).collect()
                }
                None => format!("{} {number}", field.label()),
            },
        };
        match field.kind {
            FieldType::Html => Value::from(format!("<p>{text}</p>")),
            _ => Value::from(text),
        }
    }

    /// The record that a required many2one gets.
    fn made_up_record(&mut self, model: &Model, field: &Field) -> Result<i64> {
        let target = field.relation.clone().unwrap_or_default();
        self.record_of(model, field, &target)
    }

    fn record_of(&mut self, model: &Model, field: &Field, target: &str) -> Result<i64> {
        // Any id will do where the database does not have the model.
        let Some(comodel) = self.db.models.get(target).cloned() else {
            return Ok(1);
        };
        let own = match target {
            "res.company" => Some(self.context.company),
            "res.users" => Some(self.user.id()),
            "res.currency" => self.company_currency(),
            _ => None,
        };
        if let Some(own) = own.filter(|id| self.exists(target, *id)) {
            return Ok(own);
        }
        let in_the_making = |making: &Making| making.models.iter().any(|made| made == target);
        if self.making.as_ref().is_some_and(in_the_making) {
            return self.existing(model, field, &comodel);
        }
        self.nested(target, |env| env.create(&comodel, Map::new()))
    }

    /// Makes what another record needs first.
    fn nested<T>(&mut self, target: &str, make: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some(making) = &mut self.making {
            making.models.push(target.to_owned());
        }
        let made = make(self);
        if let Some(making) = &mut self.making {
            making.models.pop();
        }
        made
    }

    /// A record that is there already, since another of its model waits for this one.
    fn existing(&self, model: &Model, field: &Field, comodel: &Model) -> Result<i64> {
        let mut ids = self.db.ids(&comodel.name).into_iter();
        if let Some(id) = ids.find(|id| self.is_of_own_company(comodel, *id)) {
            return Ok(id);
        }
        let waiting = self.making.as_ref().map(|making| making.models.join(" > "));
        Err(OdooError::value(format!(
            "`{}` of `{}` needs a record of `{}`, which is being made itself ({} > {}): \
             put one into the database first, or give a value that ends the circle",
            field.name,
            model.name,
            comodel.name,
            waiting.unwrap_or_default(),
            comodel.name,
        )))
    }

    fn company_currency(&self) -> Option<i64> {
        let companies = self.db.models.get("res.company")?;
        let field = companies.fields.get("currency_id")?;
        self.value(companies, self.context.company, field).as_i64()
    }

    fn any_reference(&mut self, model: &Model, field: &Field) -> Result<Value> {
        let target = self.common_model(model);
        let id = self.record_of(model, field, &target)?;
        Ok(Value::from(format!("{target},{id}")))
    }

    /// An id, and the name of the model that it is an id of.
    fn made_up_reference(
        &mut self,
        model: &Model,
        record: &mut Record,
        field: &Field,
    ) -> Result<Value> {
        let of_model = model.model_field(field).filter(|field| field.is_column());
        let named = of_model.and_then(|field| record.get(&field.name)?.as_str().map(str::to_owned));
        let target = named.unwrap_or_else(|| self.common_model(model));
        if let Some(of_model) = of_model.filter(|field| field.kind == FieldType::Char) {
            let entry = record.entry(of_model.name.clone());
            entry.or_insert_with(|| Value::from(target.as_str()));
        }
        Ok(Value::from(self.record_of(model, field, &target)?))
    }

    /// A model that anything may point at.
    fn common_model(&self, model: &Model) -> String {
        let partner = "res.partner";
        match self.db.models.contains_key(partner) {
            true => partner.to_owned(),
            false => model.name.clone(),
        }
    }
}
