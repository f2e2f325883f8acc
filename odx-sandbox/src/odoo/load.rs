//! `load`: rows of texts become records, created or updated by external id.
//!
//! Lines of a one2many are not loaded here.

use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::behaviour;
use super::call::Answer;
use super::env::{Env, first_id};
use super::errors::{OdooError, Result};
use super::read::Page;
use super::schema::{Field, FieldType, Model};
use super::values::{datetime_text, parse_date, parse_datetime, python, truthy};

/// After so many errors of so large a share of the rows, Odoo stops.
const MOST_ERRORS: usize = 10;

/// A column: the field, and what stands after the slash.
struct Column {
    field: String,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The value, or the name of a record.
    Value,
    ExternalId,
    Id,
}

/// A row that was converted.
struct Pending {
    row: usize,
    external_id: Option<String>,
    id: Option<i64>,
    values: Map<String, Value>,
}

/// What Odoo says of a value: an error, or a warning with the value that is taken all the same.
type Converted = std::result::Result<(Value, Vec<String>), String>;

struct Load<'a, 'e> {
    env: &'a mut Env<'e>,
    model: &'a Arc<Model>,
    /// Where the changes of this call begin.
    begin: usize,
    batch: Vec<Pending>,
    ids: Vec<i64>,
    messages: Vec<Value>,
}

/// `{"ids": .., "messages": .., "nextrow": 0}`.
pub(super) fn load(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let columns = columns(env, model, &args.names("fields"))?;
    let rows = args.get("data").and_then(Value::as_array).cloned();
    let begin = env.db.savepoint();
    let mut load = Load {
        env,
        model,
        begin,
        batch: Vec::new(),
        ids: Vec::new(),
        messages: Vec::new(),
    };
    for (row, cells) in rows.unwrap_or_default().iter().enumerate() {
        let cells = cells.as_array().map(Vec::as_slice).unwrap_or_default();
        load.row(row, &columns, cells)?;
    }
    load.flush();
    let is_refused = load
        .messages
        .iter()
        .any(|message| message["type"] == "error");
    let ids = match is_refused {
        true => {
            load.env.db.rollback_to(begin);
            Value::Bool(false)
        }
        false => Value::from(load.ids),
    };
    Ok(json!({"ids": ids, "messages": load.messages, "nextrow": 0}).into())
}

fn columns(env: &Env<'_>, model: &Model, names: &[String]) -> Result<Vec<Column>> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let mut parts = name.split('/');
        let field = parts.next().unwrap_or_default();
        let part = match (field, parts.next(), parts.next()) {
            ("id", None, _) => Part::ExternalId,
            (".id", None, _) => Part::Id,
            (_, None, _) => Part::Value,
            (_, Some("id"), None) => Part::ExternalId,
            (_, Some(".id"), None) => Part::Id,
            _ => return Err(not_here("columns behind a relation")),
        };
        let is_own = matches!(field, "id" | ".id");
        let known = model.fields.get(field).filter(|_| !is_own);
        if !is_own && known.is_none() {
            return Err(match env.holds(behaviour::LOAD_NAMES_UNKNOWN_COLUMNS) {
                true => OdooError::value(format!("Invalid field name '{field}'")),
                false => OdooError::new("builtins.KeyError", field),
            });
        }
        if known.is_some_and(|field| field.kind == FieldType::One2many) {
            return Err(not_here("lines of a one2many"));
        }
        columns.push(Column {
            field: field.to_owned(),
            part,
        });
    }
    Ok(columns)
}

fn not_here(what: &str) -> OdooError {
    OdooError::new(
        "builtins.NotImplementedError",
        format!("the sandbox's `load` takes no {what}"),
    )
}

impl Load<'_, '_> {
    fn row(&mut self, row: usize, columns: &[Column], cells: &[Value]) -> Result<()> {
        let mut pending = Pending {
            row,
            external_id: None,
            id: None,
            values: Map::new(),
        };
        // A row that is too short ends there, without a word.
        for (column, cell) in columns.iter().zip(cells) {
            match (&*column.field, column.part) {
                ("id", _) => pending.external_id = text(cell).map(qualified),
                (".id", _) => self.database_id(&mut pending, cell)?,
                _ => self.value(&mut pending, column, cell)?,
            }
        }
        self.batch.push(pending);
        Ok(())
    }

    fn database_id(&mut self, pending: &mut Pending, cell: &Value) -> Result<()> {
        let id = text(cell).and_then(|text| text.parse::<i64>().ok());
        let found =
            self.env
                .search_page(self.model, &json!([["id", "=", id]]), &Page::default())?;
        match found.first() {
            Some(id) => pending.id = Some(*id),
            None => {
                let message = format!(
                    "Unknown database identifier '{}'",
                    text(cell).unwrap_or_default()
                );
                self.tell(pending.row, "error", Some(".id"), &message);
            }
        }
        Ok(())
    }

    fn value(&mut self, pending: &mut Pending, column: &Column, cell: &Value) -> Result<()> {
        let model = Arc::clone(self.model);
        let Some(field) = model.fields.get(&column.field) else {
            return Ok(());
        };
        let Some(cell) = text(cell) else {
            pending
                .values
                .insert(field.name.clone(), Value::Bool(false));
            return Ok(());
        };
        match self.convert(field, column.part, &cell)? {
            Ok((value, warnings)) => {
                pending.values.insert(field.name.clone(), value);
                for warning in warnings {
                    self.tell(pending.row, "warning", Some(&field.name), &warning);
                }
            }
            Err(message) => self.tell(pending.row, "error", Some(&field.name), &message),
        }
        Ok(())
    }

    fn tell(&mut self, row: usize, kind: &str, field: Option<&str>, message: &str) {
        let mut told = json!({
            "rows": {"from": row, "to": row},
            "record": row,
            "type": kind,
            "message": message,
        });
        if let Some(field) = field {
            told["field"] = field.into();
        }
        self.messages.push(told);
    }

    fn convert(&mut self, field: &Field, part: Part, text: &str) -> Result<Converted> {
        let label = field.label();
        let wrong = |what: &str| {
            Ok(Err(format!(
                "'{text}' does not seem to be {what} for field '{label}'"
            )))
        };
        let plain = |value: Value| Ok(Ok((value, Vec::new())));
        match field.kind {
            FieldType::Boolean => Ok(self.boolean(label, text)),
            FieldType::Integer | FieldType::Many2oneReference => {
                match text.trim().parse::<i128>() {
                    Ok(number) => plain(json!(i64::try_from(number).unwrap_or(i64::MAX))),
                    Err(_) => wrong("an integer"),
                }
            }
            FieldType::Float | FieldType::Monetary => match text.trim().parse::<f64>() {
                Ok(number) => plain(json!(number)),
                Err(_) => wrong("a number"),
            },
            FieldType::Date => match parse_date(text) {
                Ok(_) => plain(text.into()),
                Err(_) => wrong("a valid date"),
            },
            FieldType::Datetime => match parse_datetime(text) {
                Ok(moment) => plain(utc(moment, &self.env.context.tz).into()),
                Err(_) => wrong("a valid datetime"),
            },
            FieldType::Selection => Ok(self.selection(field, text)),
            FieldType::Many2one => self.record(field, part, text),
            FieldType::Many2many => {
                let (mut ids, mut warnings) = (Vec::new(), Vec::new());
                for one in text.split(',') {
                    match self.record(field, part, one)? {
                        Ok((id, more)) => {
                            ids.push(id);
                            warnings.extend(more);
                        }
                        Err(message) => return Ok(Err(message)),
                    }
                }
                Ok(Ok((json!([[6, 0, ids]]), warnings)))
            }
            FieldType::Json if self.env.holds(odx_facts::LOADS_JSON) => {
                match serde_json::from_str::<Value>(text) {
                    Ok(value) => plain(value),
                    Err(_) => Ok(Err(format!(
                        "'{text}' does not seem to be a valid JSON for field '{label}'"
                    ))),
                }
            }
            FieldType::Char
            | FieldType::Text
            | FieldType::Html
            | FieldType::Binary
            | FieldType::Reference => plain(text.into()),
            _ => Err(OdooError::type_error("'NoneType' object is not callable")),
        }
    }

    /// Another word than these is taken for true.
    fn boolean(&self, label: &str, text: &str) -> Converted {
        let word = text.to_lowercase();
        match &*word {
            "1" | "true" | "yes" => Ok((true.into(), Vec::new())),
            "0" | "false" | "no" => Ok((false.into(), Vec::new())),
            _ => {
                let message = format!("Unknown value '{text}' for boolean field '{label}'");
                match self.env.holds(behaviour::LOAD_REFUSES_UNKNOWN_BOOLEANS) {
                    true => Err(message),
                    false => Ok((true.into(), vec![format!("{message}, assuming 'yes'")])),
                }
            }
        }
    }

    fn selection(&self, field: &Field, text: &str) -> Converted {
        let any_case = self.env.holds(behaviour::LOAD_IGNORES_CASE);
        let same = |word: &str| match any_case {
            true => word.to_lowercase() == text.to_lowercase(),
            false => word == text,
        };
        let choices = field.choices();
        let found = choices.iter().find(|(key, label)| {
            let key_text = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
            same(&key_text) || same(label)
        });
        match found {
            Some((key, _)) => Ok((key.clone(), Vec::new())),
            None => Err(format!(
                "Value '{text}' not found in selection field '{}'",
                field.label()
            )),
        }
    }

    /// The id of the record that is meant. What stands before it in the same call is made first.
    fn record(&mut self, field: &Field, part: Part, text: &str) -> Result<Converted> {
        let Some(comodel) = self.env.comodel(field) else {
            return Err(not_here("records of a model that it does not have"));
        };
        let kind = match part {
            Part::Value => "name",
            Part::ExternalId => "external id",
            Part::Id => "database id",
        };
        let is_none =
            part != Part::Value && matches!(&*text.to_lowercase(), "" | "0" | "false" | "no");
        if is_none {
            return Ok(Ok((Value::Bool(false), Vec::new())));
        }
        let mut warnings = Vec::new();
        let found = match part {
            Part::Id => match text.parse::<i64>() {
                Ok(id) => Some(id).filter(|id| self.env.exists(&comodel.name, *id)),
                Err(_) => {
                    return Ok(Err(format!(
                        "Invalid database id '{text}' for the field '{}'",
                        field.label()
                    )));
                }
            },
            Part::ExternalId => {
                let external_id = qualified(text.to_owned());
                if self
                    .batch
                    .iter()
                    .any(|one| one.external_id.as_ref() == Some(&external_id))
                {
                    self.flush();
                }
                match self.env.external(&external_id) {
                    Some((model, _)) if model != comodel.name => {
                        return Ok(Err(format!(
                            "Invalid external ID {external_id}: expected model '{}', found '{model}'",
                            comodel.name
                        )));
                    }
                    Some((_, id)) => Some(id).filter(|id| self.env.exists(&comodel.name, *id)),
                    None => None,
                }
            }
            Part::Value => {
                if comodel.name == self.model.name {
                    self.flush();
                }
                let ids = self.env.named(&comodel, "=", text, &json!([]))?;
                if ids.len() > 1 {
                    warnings.push(format!(
                        "Found multiple matches for value \"{text}\" in field \"{}\" ({} matches)",
                        field.label(),
                        ids.len()
                    ));
                }
                ids.first().copied()
            }
        };
        Ok(match found {
            Some(id) => Ok((id.into(), warnings)),
            None => Err(format!(
                "No matching record found for {kind} '{text}' in field '{}'",
                field.label()
            )),
        })
    }

    /// Makes the records that wait: all at once, and where that fails one by one, to tell which are at fault.
    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return;
        }
        let before = self.env.db.savepoint();
        let made: Result<Vec<i64>> = batch.iter().map(|one| self.make(one)).collect();
        let error = match made {
            Ok(ids) => {
                self.ids.extend(ids);
                return;
            }
            Err(error) => error,
        };
        self.env.db.rollback_to(before);
        let mut errors = 0;
        let told = self.messages.len();
        for (index, one) in batch.iter().enumerate() {
            let before = self.env.db.savepoint();
            match self.make(one) {
                Ok(id) => self.ids.push(id),
                Err(error) => {
                    let whole = self.env.holds(behaviour::LOAD_FORGETS_GOOD_ROWS);
                    self.env
                        .db
                        .rollback_to(if whole { self.begin } else { before });
                    self.tell_error(one.row, &error);
                    errors += 1;
                }
            }
            if errors >= MOST_ERRORS && errors * 10 > index {
                self.messages.push(json!({
                    "type": "warning",
                    "message": "Found more than 10 errors and more than one error per 10 records, interrupted to avoid showing too many errors.",
                }));
                break;
            }
        }
        let is_told = errors > 0 && self.env.holds(behaviour::LOAD_TELLS_THE_BATCH);
        if is_told && is_for_users(&error) {
            let first = batch[0].row;
            let global = json!({
                "rows": {"from": first, "to": first}, "record": first, "type": "error", "message": error.message(),
            });
            if !self.messages[told..].contains(&global) {
                self.messages.insert(0, global);
            }
        }
    }

    fn tell_error(&mut self, row: usize, error: &OdooError) {
        if let Some(message) = error.message().strip_prefix(OF_THE_DATABASE) {
            let missing = message.split_once("Missing required value for the field '");
            let field = missing.and_then(|(_, rest)| rest.split_once("' (")?.1.split(')').next());
            return self.tell(row, "error", field, message);
        }
        match is_for_users(error) && self.env.holds(behaviour::LOAD_TELLS_USER_ERRORS) {
            true => self.tell(row, "error", None, error.message()),
            false => {
                let (name, message) = (error.name(), error.message());
                let message = format!("Unknown error during import: <class '{name}'>: {message}");
                self.tell(row, "error", None, &message);
            }
        }
    }

    fn make(&mut self, one: &Pending) -> Result<i64> {
        let known = one
            .external_id
            .as_ref()
            .and_then(|id| self.env.external(id));
        if let Some((model, _)) = &known
            && *model != self.model.name
            && self.env.holds(odx_facts::LOAD_CHECKS_MODELS)
        {
            return Err(OdooError::new(
                "odoo.exceptions.ValidationError",
                format!(
                    "For external id {} when trying to create/update a record of model {} found record of different model {model}",
                    one.external_id.as_deref().unwrap_or_default(),
                    self.model.name
                ),
            ));
        }
        let known = known
            .map(|(_, id)| id)
            .filter(|id| self.env.exists(&self.model.name, *id));
        match known.or(one.id) {
            Some(id) => {
                self.env.write(self.model, &[id], one.values.clone())?;
                Ok(id)
            }
            None => {
                let id = self.env.create(self.model, one.values.clone())?;
                if let Some(external_id) = &one.external_id {
                    self.env.name_externally(external_id, &self.model.name, id);
                }
                Ok(id)
            }
        }
    }
}

impl Env<'_> {
    /// The model and the id behind an external id.
    fn external(&self, external_id: &str) -> Option<(String, i64)> {
        let (_, record) = self.external_record(external_id)?;
        let model = record.get("model")?.as_str()?.to_owned();
        Some((model, first_id(record.get("res_id")?)?))
    }

    fn external_record(&self, external_id: &str) -> Option<(i64, &super::database::Record)> {
        let (module, name) = external_id.split_once('.')?;
        let is = |record: &super::database::Record, field: &str, text: &str| {
            record.get(field).and_then(Value::as_str) == Some(text)
        };
        let table = self.db.table("ir.model.data")?;
        let mut records = table.records.iter();
        let found =
            records.find(|(_, record)| is(record, "module", module) && is(record, "name", name));
        found.map(|(id, record)| (*id, record))
    }

    fn name_externally(&mut self, external_id: &str, model: &str, id: i64) {
        let Some((module, name)) = external_id.split_once('.') else {
            return;
        };
        let known = self.external_record(external_id).map(|(id, _)| id);
        let place = known.unwrap_or_else(|| self.db.next_id("ir.model.data"));
        let record = [
            ("module", Value::from(module)),
            ("name", Value::from(name)),
            ("model", Value::from(model)),
            ("res_id", Value::from(id)),
        ];
        let record = record
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value));
        self.db.put("ir.model.data", place, record.collect());
    }
}

/// What a client is told of a constraint of the database, which `load` meets as the database's own error.
const OF_THE_DATABASE: &str = "The operation cannot be completed: ";

fn is_for_users(error: &OdooError) -> bool {
    error.name().starts_with("odoo.exceptions.") && !error.message().starts_with(OF_THE_DATABASE)
}

/// What stands in a cell; `None` of what Python takes for false.
fn text(cell: &Value) -> Option<String> {
    match cell {
        cell if !truthy(cell) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(python(other)),
    }
}

/// An external id without a module is of the module of imports.
fn qualified(external_id: String) -> String {
    match external_id.contains('.') {
        true => external_id,
        false => format!("{}.{external_id}", odx_facts::IMPORT_MODULE),
    }
}

/// A datetime is in the zone of the context.
fn utc(moment: DateTime, zone: &TimeZone) -> String {
    match zone.to_timestamp(moment) {
        Ok(moment) => datetime_text(TimeZone::UTC.to_datetime(moment)),
        Err(_) => datetime_text(moment),
    }
}
