//! `create`, `write`, `unlink`, `copy` and the x2many commands.

use std::sync::Arc;

use odx_facts::DroppedField;
use serde_json::{Map, Value};

use super::behaviour;
use super::business;
use super::database::{Default, Record};
use super::env::{Env, Operation, first_id, ids_of};
use super::errors::{OdooError, Result};
use super::files;
use super::properties;
use super::schema::{Field, FieldType, Model};
use super::values::{self, python, truthy};
use super::variants;

/// What the server sets itself; a client's values for these are dropped without a word.
const MAGIC: &[&str] = &[
    "id",
    "display_name",
    "create_date",
    "create_uid",
    "write_date",
    "write_uid",
    "__last_update",
    "parent_path",
];

/// Values sorted by how they reach the database.
#[derive(Default)]
struct Sorted {
    /// Columns of the record itself.
    columns: Vec<(String, Value)>,
    /// Values of the record inherited from, by the many2one that links to it.
    inherited: Vec<(String, Map<String, Value>)>,
    /// Related fields, written at the end of their path.
    related: Vec<(Vec<String>, Value)>,
    /// x2many fields and their commands.
    commands: Vec<(String, Value)>,
}

impl Env<'_> {
    fn check_names(&self, model: &Model, values: &mut Map<String, Value>) -> Result<()> {
        values.retain(|name, _| !self.loses(model, name));
        let Some(name) = values.keys().find(|name| !model.fields.contains_key(*name)) else {
            return Ok(());
        };
        let on = match self.holds(behaviour::UNKNOWN_FIELD_IS_IN_THE_MODEL) {
            true => "in",
            false => "on model",
        };
        Err(OdooError::value(format!(
            "Invalid field '{name}' {on} '{}'",
            model.name
        )))
    }

    /// Whether what is written to a field goes nowhere: the series has dropped it, and takes it without a word.
    fn loses(&self, model: &Model, name: &str) -> bool {
        DroppedField::of(&model.name, name)
            .is_some_and(|row| row.loses_values && !self.holds(row.had))
    }

    /// Creates one record and returns its id.
    pub(crate) fn create(
        &mut self,
        model: &Arc<Model>,
        mut values: Map<String, Value>,
    ) -> Result<i64> {
        self.check_access(model, Operation::Create)?;
        self.check_names(model, &mut values)?;
        files::complete(self, model, &mut values, true);
        let values = self.with_defaults(model, values);
        let mut sorted = sort_values(model, values);
        self.create_parents(model, &mut sorted)?;
        let mut record = Record::new();
        for (name, value) in sorted.columns {
            check_not_a_pair(model, &name, &value)?;
            self.set_column(model, &mut record, &name, value)?;
        }
        let now = Value::from(self.db.now());
        let user = Value::from(self.user.id());
        for (field, value) in [
            ("create_date", &now),
            ("write_date", &now),
            ("create_uid", &user),
            ("write_uid", &user),
        ] {
            if model.fields.contains_key(field) {
                record.insert(field.to_owned(), value.clone());
            }
        }
        business::complete(self, model, &mut record);
        self.fill(model, &mut record, |env, record| {
            business::complete(env, model, record);
        })?;
        check_required(model, &record)?;
        let id = self.db.next_id(&model.name);
        self.db.put(&model.name, id, record);
        self.write_rest(model, id, sorted.related, sorted.commands)?;
        self.default_properties(model, id);
        business::created(self, model, id)?;
        business::changed(self, model, id)?;
        Ok(id)
    }

    /// Writes the same values to every record.
    pub(crate) fn write(
        &mut self,
        model: &Arc<Model>,
        ids: &[i64],
        mut values: Map<String, Value>,
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.check_access(model, Operation::Write)?;
        self.check_companies(model, ids, Operation::Write)?;
        self.check_names(model, &mut values)?;
        for id in ids {
            if !self.exists(&model.name, *id) {
                return Err(OdooError::missing(&model.name, *id, self.user.id()));
            }
            self.write_one(model, *id, values.clone())?;
        }
        Ok(())
    }

    fn write_one(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        mut values: Map<String, Value>,
    ) -> Result<()> {
        files::complete(self, model, &mut values, false);
        let sorted = sort_values(model, values);
        let mut record = self.record(model, id);
        for (name, value) in sorted.columns {
            self.set_column(model, &mut record, &name, value)?;
        }
        if model.fields.contains_key("write_date") {
            record.insert("write_date".to_owned(), Value::from(self.db.now()));
            record.insert("write_uid".to_owned(), Value::from(self.user.id()));
        }
        check_required(model, &record)?;
        self.check_no_cycle(model, id, &record)?;
        self.db.put(&model.name, id, record);
        for (link, values) in sorted.inherited {
            let Some(field) = model.fields.get(&link) else {
                continue;
            };
            let target = self.value(model, id, field).as_i64();
            if let (Some(target), Some(comodel)) = (target, self.comodel(field)) {
                self.write(&comodel, &[target], values)?;
            }
        }
        self.write_rest(model, id, sorted.related, sorted.commands)?;
        business::changed(self, model, id)
    }

    /// A record may not become its own ancestor.
    fn check_no_cycle(&self, model: &Model, id: i64, record: &Record) -> Result<()> {
        let own = |field: &&Field| field.relation.as_deref() == Some(model.name.as_str());
        let Some(parent) = model.fields.get(&model.parent_name).filter(own) else {
            return Ok(());
        };
        let mut seen = Vec::new();
        let mut above = record.get(&parent.name).and_then(Value::as_i64);
        while let Some(ancestor) = above.filter(|ancestor| !seen.contains(ancestor)) {
            if ancestor == id {
                return Err(recursion(&model.name));
            }
            seen.push(ancestor);
            above = self.value(model, ancestor, parent).as_i64();
        }
        Ok(())
    }

    /// Deletes records. Ids that do not exist are passed over.
    pub(crate) fn unlink(&mut self, model: &Arc<Model>, ids: &[i64]) -> Result<()> {
        self.check_access(model, Operation::Unlink)?;
        self.check_companies(model, ids, Operation::Unlink)?;
        for id in ids {
            if self.exists(&model.name, *id) {
                self.delete(model, *id)?;
            }
        }
        Ok(())
    }

    fn delete(&mut self, model: &Arc<Model>, id: i64) -> Result<()> {
        let owners = business::owners(self, model, id);
        self.db.remove(&model.name, id);
        let models: Vec<Arc<Model>> = self.db.models.values().cloned().collect();
        for other in models {
            let fields = other.fields.values().filter(|field| {
                field.store && field.relation.as_deref() == Some(model.name.as_str())
            });
            for field in fields {
                match field.kind {
                    FieldType::Many2one => self.release(model, &other, field, id)?,
                    FieldType::Many2many | FieldType::One2many => self.drop_link(&other, field, id),
                    _ => {}
                }
            }
        }
        for (owner, owner_id) in owners {
            if self.exists(&owner.name, owner_id) {
                business::changed(self, &owner, owner_id)?;
            }
        }
        Ok(())
    }

    /// What becomes of the records whose many2one pointed at a deleted record: the many2one is cleared; if it is
    /// required, the lines of a one2many go too, and anything else forbids the deletion. What `ondelete` says stands in no
    /// schema: lines are those whose model's name goes on from that of the deleted record's, as `sale.order.line` does.
    fn release(
        &mut self,
        deleted: &Model,
        other: &Arc<Model>,
        field: &Field,
        id: i64,
    ) -> Result<()> {
        let pointing: Vec<i64> = self
            .db
            .table(&other.name)
            .into_iter()
            .flat_map(|table| &table.records)
            .filter(|(_, record)| record.get(&field.name).and_then(Value::as_i64) == Some(id))
            .map(|(pointing, _)| *pointing)
            .collect();
        if pointing.is_empty() {
            return Ok(());
        }
        if field.required {
            let owned = deleted.fields.values().any(|own| {
                own.kind == FieldType::One2many
                    && own.relation.as_deref() == Some(other.name.as_str())
                    && own.inverse.as_deref() == Some(field.name.as_str())
            });
            let goes_on = other.name.strip_prefix(deleted.name.as_str());
            let is_line = owned && goes_on.is_some_and(|rest| rest.starts_with('.'));
            if !is_line && !other.cascades.contains(&field.name) {
                return Err(foreign_key(other, field));
            }
            for pointing in pointing {
                self.delete(other, pointing)?;
            }
            return Ok(());
        }
        for pointing in pointing {
            let mut record = self.record(other, pointing);
            record.remove(&field.name);
            self.db.put(&other.name, pointing, record);
        }
        Ok(())
    }

    fn drop_link(&mut self, other: &Model, field: &Field, id: i64) {
        for holder in self.db.listing(&other.name, &field.name, id) {
            let mut record = self.record(other, holder);
            if let Some(Value::Array(ids)) = record.get_mut(&field.name) {
                ids.retain(|linked| linked.as_i64() != Some(id));
            }
            self.db.put(&other.name, holder, record);
        }
    }

    /// Copies a record with its columns and many2many links, but not its one2many lines.
    pub(crate) fn copy(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        changes: Map<String, Value>,
    ) -> Result<i64> {
        if !self.exists(&model.name, id) {
            return Err(OdooError::missing(&model.name, id, self.user.id()));
        }
        let mut values = Map::new();
        for field in model.fields.values() {
            let lines = field.kind == FieldType::One2many;
            let copied = field.store || model.inherited_through(field).is_some();
            let link = model.inherits().iter().any(|link| link.name == field.name);
            if lines || !copied || link || MAGIC.contains(&field.name.as_str()) {
                continue;
            }
            let value = self.value(model, id, field);
            if !value.is_null() {
                values.insert(field.name.clone(), value);
            }
        }
        business::not_copied(model, &mut values);
        values.extend(changes);
        self.create(model, values)
    }

    pub(crate) fn record(&self, model: &Model, id: i64) -> Record {
        self.db.record(&model.name, id).cloned().unwrap_or_default()
    }

    /// Sets one column without any rule of the model, as computed fields do.
    pub(crate) fn set(&mut self, model: &Model, id: i64, field: &str, value: Value) {
        let mut record = self.record(model, id);
        if value.is_null() {
            record.remove(field);
        } else {
            record.insert(field.to_owned(), value);
        }
        self.db.put(&model.name, id, record);
    }

    /// The defaults of the fields named in `names` that have one.
    pub(crate) fn default_get(&self, model: &Model, names: &[String]) -> Map<String, Value> {
        names
            .iter()
            .filter_map(|name| Some((name.clone(), self.default_of(model, name)?)))
            .collect()
    }

    fn default_of(&self, model: &Model, name: &str) -> Option<Value> {
        let field = model.fields.get(name)?;
        if let Some(value) = self.context.defaults.get(name) {
            return Some(value.clone());
        }
        match self.db.default_of(&model.name, name) {
            Some(Default::Value(value)) => Some(value.clone()),
            Some(Default::User) => Some(Value::from(self.user.id())),
            Some(Default::Company) => Some(Value::from(self.context.company)),
            Some(Default::Now) if field.kind == FieldType::Date => {
                Some(Value::from(values::day(&self.db.now())))
            }
            Some(Default::Now) => Some(Value::from(self.db.now())),
            Some(Default::Nothing) => None,
            None if name == "active" && field.kind == FieldType::Boolean => Some(Value::from(true)),
            None => None,
        }
    }

    fn with_defaults(&self, model: &Model, mut values: Map<String, Value>) -> Map<String, Value> {
        let links = model.inherits();
        for field in model.fields.values() {
            // A field inherited from a given record keeps what it has there.
            let kept = model
                .inherited_through(field)
                .is_some_and(|link| links.iter().any(|known| known.name == link.name));
            if kept || values.contains_key(&field.name) {
                continue;
            }
            if let Some(value) = self.default_of(model, &field.name) {
                values.insert(field.name.clone(), value);
            }
        }
        values
    }

    /// Creates or updates the records that a new record inherits from.
    fn create_parents(&mut self, model: &Model, sorted: &mut Sorted) -> Result<()> {
        for link in model.inherits() {
            let values = sorted
                .inherited
                .iter_mut()
                .find(|(name, _)| *name == link.name)
                .map(|(_, values)| std::mem::take(values))
                .unwrap_or_default();
            let Some(comodel) = self.comodel(link) else {
                continue;
            };
            let given = sorted
                .columns
                .iter()
                .find(|(name, value)| *name == link.name && truthy(value))
                .and_then(|(_, value)| value.as_i64());
            match given {
                Some(parent) if !values.is_empty() => self.write(&comodel, &[parent], values)?,
                Some(_) => {}
                None => {
                    let before = std::mem::replace(&mut self.creating_parent, true);
                    let parent = self.create(&comodel, values);
                    self.creating_parent = before;
                    let parent = parent?;
                    sorted.columns.retain(|(name, _)| *name != link.name);
                    sorted
                        .columns
                        .push((link.name.clone(), Value::from(parent)));
                }
            }
        }
        Ok(())
    }

    fn set_column(
        &mut self,
        model: &Model,
        record: &mut Record,
        name: &str,
        value: Value,
    ) -> Result<()> {
        let Some(field) = model.fields.get(name) else {
            return Ok(());
        };
        if field.kind == FieldType::Binary
            && value.is_object()
            && !self.holds(odx_facts::BINARIES_ARE_OBJECTS)
        {
            let text = "argument should be a bytes-like object or ASCII string, not 'dict'";
            return Err(OdooError::type_error(text));
        }
        let value = values::stored(model, field, value)?;
        if let (FieldType::Many2one, Some(target), Some(comodel)) =
            (field.kind, value.as_i64(), self.comodel(field))
            && !self.exists(&comodel.name, target)
        {
            return Err(foreign_key(model, field));
        }
        let value = variants::kept(self, model, field, record.get(name), value);
        if value.is_null() {
            record.remove(name);
        } else {
            record.insert(name.to_owned(), value);
        }
        Ok(())
    }

    /// What needs the record to be there: related fields, x2many commands, properties.
    pub(crate) fn write_rest(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        related: Vec<(Vec<String>, Value)>,
        commands: Vec<(String, Value)>,
    ) -> Result<()> {
        for (path, value) in related {
            self.write_related(model, id, &path, value)?;
        }
        for (name, value) in commands {
            if let Some(field) = model.fields.get(&name) {
                match field.kind {
                    FieldType::Properties => self.write_properties(model, id, field, value)?,
                    _ => self.run_commands(model, id, field, value)?,
                }
            }
        }
        Ok(())
    }

    fn write_related(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        path: &[String],
        value: Value,
    ) -> Result<()> {
        let mut model = Arc::clone(model);
        let mut id = id;
        let Some((last, links)) = path.split_last() else {
            return Ok(());
        };
        for link in links {
            let Some(field) = model.fields.get(link) else {
                return Ok(());
            };
            let next = first_id(&self.value(&model, id, field));
            let (Some(next), Some(comodel)) = (next, self.comodel(field)) else {
                return Ok(());
            };
            (model, id) = (comodel, next);
        }
        self.write(&model, &[id], Map::from_iter([(last.clone(), value)]))
    }

    /// An object replaces all values; a list may also change the definitions.
    fn write_properties(
        &mut self,
        model: &Model,
        id: i64,
        field: &Field,
        value: Value,
    ) -> Result<()> {
        if let Value::Array(items) = &value {
            let changed = |item: &Value| item.get("definition_changed") == Some(&Value::Bool(true));
            if items.iter().any(changed) {
                self.redefine(model, id, field, items);
            }
        }
        let known = properties::definitions(self, model, id, field);
        let is_known = |name: &String| {
            known
                .iter()
                .any(|definition| definition.get("name").and_then(Value::as_str) == Some(name))
        };
        let value = match values::stored(model, field, value)? {
            Value::Object(values) => Value::Object(
                values
                    .into_iter()
                    .filter(|(name, _)| is_known(name))
                    .collect(),
            ),
            other => other,
        };
        self.set(model, id, &field.name, value);
        Ok(())
    }

    /// Gives a new record the properties that it was not given, as its definitions say.
    fn default_properties(&mut self, model: &Model, id: i64) {
        let of_properties = |field: &&Field| field.kind == FieldType::Properties;
        for field in model.fields.values().filter(of_properties) {
            let defaults = properties::defaults(self, model, id, field);
            if defaults.is_empty() {
                continue;
            }
            let mut values = match self.value(model, id, field) {
                Value::Object(values) => values,
                _ => Map::new(),
            };
            for (name, default) in defaults {
                let value = values.entry(name).or_insert(Value::Null);
                if value.is_null() {
                    *value = default;
                }
            }
            self.set(model, id, &field.name, Value::from(values));
        }
    }

    fn redefine(&mut self, model: &Model, id: i64, field: &Field, items: &[Value]) {
        let Some((link, definition)) = &field.definition else {
            return;
        };
        let Some(link) = model.fields.get(link) else {
            return;
        };
        let holder = first_id(&self.value(model, id, link));
        let (Some(holder), Some(comodel)) = (holder, self.comodel(link)) else {
            return;
        };
        let definitions: Vec<Value> = items
            .iter()
            .filter_map(Value::as_object)
            .filter(|item| item.get("definition_deleted") != Some(&Value::Bool(true)))
            .map(|item| {
                item.iter()
                    .filter(|(key, _)| !matches!(key.as_str(), "value" | "definition_changed"))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect()
            })
            .collect();
        self.set(&comodel, holder, definition, Value::from(definitions));
    }

    /// Carries out x2many commands; a plain list of ids replaces, a falsy value clears.
    fn run_commands(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        field: &Field,
        value: Value,
    ) -> Result<()> {
        let commands = match value {
            Value::Array(commands) => commands,
            other if !truthy(&other) => vec![Value::from(vec![5, 0, 0])],
            other => return Err(wrong_commands(model, field, &other)),
        };
        if !commands.is_empty() && commands.iter().all(Value::is_i64) {
            return self.link_exactly(model, id, field, ids_of(&Value::from(commands)));
        }
        for command in commands {
            let Value::Array(command) = command else {
                return Err(wrong_commands(model, field, &command));
            };
            self.run_command(model, id, field, &command)?;
        }
        Ok(())
    }

    fn run_command(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        field: &Field,
        command: &[Value],
    ) -> Result<()> {
        let number = command.first().and_then(Value::as_i64);
        let target = command.get(1).and_then(Value::as_i64);
        let values = || match command.get(2) {
            Some(Value::Object(values)) => Ok(values.clone()),
            Some(other) => Err(wrong_commands(model, field, other)),
            None => Err(OdooError::index()),
        };
        match number {
            Some(0) => {
                let mut values = values()?;
                let comodel = self.comodel_of(field)?;
                if let Some(inverse) = inverse_of(&comodel, field) {
                    values.insert(inverse.name.clone(), Value::from(id));
                    self.create(&comodel, values)?;
                } else {
                    let created = self.create(&comodel, values)?;
                    self.link(model, id, field, created)?;
                }
                Ok(())
            }
            Some(1) => {
                let comodel = self.comodel_of(field)?;
                let target = target.ok_or_else(OdooError::index)?;
                self.write(&comodel, &[target], values()?)
            }
            Some(2) => {
                let comodel = self.comodel_of(field)?;
                self.unlink(&comodel, &[target.ok_or_else(OdooError::index)?])
            }
            Some(3) => self.unlink_from(model, id, field, target.ok_or_else(OdooError::index)?),
            Some(4) => self.link(model, id, field, target.ok_or_else(OdooError::index)?),
            Some(5) => self.link_exactly(model, id, field, Vec::new()),
            Some(6) => match command.get(2) {
                Some(Value::Array(ids)) => self.link_exactly(
                    model,
                    id,
                    field,
                    ids.iter().filter_map(Value::as_i64).collect(),
                ),
                Some(other) => Err(OdooError::type_error(format!(
                    "{} object is not iterable",
                    python(other)
                ))),
                None => Err(OdooError::index()),
            },
            // Odoo passes over a number that is no command.
            _ => Ok(()),
        }
    }

    fn comodel_of(&self, field: &Field) -> Result<Arc<Model>> {
        self.model(field.relation.as_deref().unwrap_or_default())
    }

    fn link_exactly(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        field: &Field,
        wanted: Vec<i64>,
    ) -> Result<()> {
        let linked = ids_of(&self.value(model, id, field));
        for gone in linked.iter().filter(|id| !wanted.contains(id)) {
            self.unlink_from(model, id, field, *gone)?;
        }
        for new in wanted {
            self.link(model, id, field, new)?;
        }
        Ok(())
    }

    fn link(&mut self, model: &Arc<Model>, id: i64, field: &Field, target: i64) -> Result<()> {
        if let Some(comodel) = self.comodel(field) {
            if !self.exists(&comodel.name, target) {
                return Err(foreign_key(model, field));
            }
            if let Some(inverse) = inverse_of(&comodel, field) {
                let values = Map::from_iter([(inverse.name.clone(), Value::from(id))]);
                return self.write(&comodel, &[target], values);
            }
        }
        self.change_list(model, id, field, target, |ids, target| {
            if !ids.contains(&target) {
                ids.push(target);
            }
        })
    }

    fn unlink_from(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        field: &Field,
        target: i64,
    ) -> Result<()> {
        if let Some(comodel) = self.comodel(field)
            && let Some(inverse) = inverse_of(&comodel, field)
        {
            // A line that cannot stand alone is deleted.
            if inverse.required {
                return self.unlink(&comodel, &[target]);
            }
            let values = Map::from_iter([(inverse.name.clone(), Value::Bool(false))]);
            return self.write(&comodel, &[target], values);
        }
        self.change_list(model, id, field, target, |ids, target| {
            ids.retain(|linked| *linked != target);
        })
    }

    /// Changes the list that a many2many stores, on the side that stores it.
    fn change_list(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        field: &Field,
        target: i64,
        change: impl Fn(&mut Vec<i64>, i64),
    ) -> Result<()> {
        let (holder_model, name, holder, target) = match self.db.mirror(&model.name, &field.name) {
            Some((side, name)) => (self.db.model(side)?, name.clone(), target, id),
            None => (Arc::clone(model), field.name.clone(), id, target),
        };
        let mut ids = self
            .db
            .record(&holder_model.name, holder)
            .and_then(|record| record.get(&name))
            .map(ids_of)
            .unwrap_or_default();
        change(&mut ids, target);
        self.set(&holder_model, holder, &name, Value::from(ids));
        Ok(())
    }
}

/// The many2one of the comodel that a one2many follows.
fn inverse_of<'a>(comodel: &'a Model, field: &Field) -> Option<&'a Field> {
    if field.kind != FieldType::One2many {
        return None;
    }
    comodel
        .fields
        .get(field.inverse.as_ref()?)
        .filter(|inverse| inverse.kind == FieldType::Many2one && inverse.store)
}

/// A many2one as it is read: Odoo hands it to the database in a `create`, and refuses it itself in a `write`.
fn check_not_a_pair(model: &Model, name: &str, value: &Value) -> Result<()> {
    let is_many2one = |field: &Field| field.kind == FieldType::Many2one;
    match value {
        Value::Array(items) if model.fields.get(name).is_some_and(is_many2one) => {
            let text = items.last().map(values::python_str).unwrap_or_default();
            Err(OdooError::new(
                "psycopg2.errors.InvalidTextRepresentation",
                format!("invalid input syntax for type integer: \"{text}\"\n"),
            ))
        }
        _ => Ok(()),
    }
}

fn sort_values(model: &Model, values: Map<String, Value>) -> Sorted {
    let mut sorted = Sorted::default();
    for (name, value) in values {
        let Some(field) = model.fields.get(&name) else {
            continue;
        };
        if MAGIC.contains(&name.as_str()) {
            continue;
        }
        if let Some(link) = model.inherited_through(field) {
            match sorted
                .inherited
                .iter_mut()
                .find(|(known, _)| *known == link.name)
            {
                Some((_, values)) => {
                    values.insert(name, value);
                }
                None => sorted
                    .inherited
                    .push((link.name.clone(), Map::from_iter([(name, value)]))),
            }
        } else if let Some(path) = &field.related {
            if !field.readonly {
                sorted.related.push((path.clone(), value));
            }
        } else if !field.store && field.readonly {
            // Computed, without an inverse.
        } else if field.kind.is_x2many() || field.kind == FieldType::Properties {
            sorted.commands.push((name, value));
        } else {
            sorted.columns.push((name, value));
        }
    }
    sorted
}

fn check_required(model: &Model, record: &Record) -> Result<()> {
    let missing = model.fields.values().find(|field| {
        field.required
            && field.store
            && !field.kind.is_x2many()
            && field.name != "id"
            && !record.contains_key(&field.name)
    });
    let Some(field) = missing else { return Ok(()) };
    Err(OdooError::constraint(&format!(
        "Missing required value for the field '{}' ({}).\n\
         Model: '{}' ({})\n\
         - create/update: a mandatory field is not set\n\
         - delete: another model requires the record being deleted, you can archive it instead\n",
        field.label(),
        field.name,
        model.label,
        model.name
    )))
}

fn foreign_key(model: &Model, field: &Field) -> OdooError {
    OdooError::constraint(&format!(
        "Another model is using the record you are trying to delete.\n\n\
         The troublemaker is: '{}' ({})\n\
         Thanks to the following constraint: '{}' ({})\n\
         How about archiving the record instead?",
        model.label,
        model.name,
        field.label(),
        field.name
    ))
}

fn wrong_commands(model: &Model, field: &Field, value: &Value) -> OdooError {
    OdooError::value(format!(
        "Wrong value for {}.{}: {}",
        model.name,
        field.name,
        python(value)
    ))
}

/// In the words of `res.partner`, which checks it itself (14.0 to 19.0), or of Odoo's core.
fn recursion(model: &str) -> OdooError {
    match model {
        "res.partner" => OdooError::new(
            "odoo.exceptions.ValidationError",
            "You cannot create recursive Partner hierarchies.",
        ),
        _ => OdooError::user("Recursion Detected."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::odoo::database::Default;
    use crate::odoo::fixture::Fixture;

    fn new_record(fixture: &mut Fixture, values: Value) -> i64 {
        let mut values = values;
        values["name"] = json!("New");
        fixture
            .value("rec", "create", json!([values]))
            .as_i64()
            .unwrap()
    }

    #[test]
    fn a_record_in_is_an_id_out_and_a_list_in_is_a_list_out() {
        let mut fixture = Fixture::new();
        assert_eq!(
            fixture.value("rec", "create", json!([{"name": "x"}])),
            json!(5)
        );
        let two = json!([[{"name": "y"}, {"name": "z"}]]);
        assert_eq!(fixture.value("rec", "create", two), json!([6, 7]));
        assert_eq!(fixture.value("rec", "create", json!([[]])), json!([]));
    }

    #[test]
    fn defaults_fill_what_is_left_out() {
        let mut fixture = Fixture::new();
        fixture.context = json!({"default_short": "ctx"});
        let id = new_record(&mut fixture, json!({}));
        assert_eq!(fixture.field("rec", id, "state"), json!("a"));
        assert_eq!(fixture.field("rec", id, "active"), json!(true));
        assert_eq!(fixture.field("rec", id, "short"), json!("ctx"));
        let defaults = fixture.value("rec", "default_get", json!([["state", "number", "short"]]));
        assert_eq!(defaults, json!({"state": "a", "short": "ctx"}));
    }

    #[test]
    fn a_new_record_has_the_properties_that_its_definitions_say() {
        let mut fixture = Fixture::new();
        let definition = json!([
            {"name": "size", "type": "integer", "default": 4},
            {"name": "word", "type": "char", "default": "usual"},
            {"name": "note", "type": "char"},
        ]);
        fixture.value("tag", "write", json!([[2], {"definition": definition}]));
        let id = new_record(&mut fixture, json!({"tag_id": 2, "props": {"word": "own"}}));
        let read = fixture.field("rec", id, "props");
        assert_eq!(read[0]["value"], json!(4));
        assert_eq!(read[1]["value"], json!("own"));
        assert!(read[2].get("value").is_none(), "{read}");
    }

    #[test]
    fn a_stopped_clock_tells_when_records_were_written() {
        let mut fixture = Fixture::new();
        fixture.db = fixture
            .db
            .clone()
            .at("2024-02-29 12:00:00")
            .with_default("rec", "at", Default::Now)
            .with_default("rec", "day", Default::Now)
            .with_default("rec", "active", Default::Nothing);
        let id = new_record(&mut fixture, json!({}));
        assert_eq!(fixture.field("rec", id, "at"), json!("2024-02-29 12:00:00"));
        assert_eq!(fixture.field("rec", id, "day"), json!("2024-02-29"));
        assert_eq!(fixture.field("rec", id, "active"), json!(false));
    }

    /// PostgreSQL reads such words up to 18, and Odoo from 19 on.
    #[test]
    fn a_stopped_clock_tells_what_day_it_is() {
        for series in ["16.0", "19.0"] {
            let mut fixture = Fixture::new();
            fixture.db = fixture.db.clone().series(series).at("2024-02-29 12:00:00");
            let id = new_record(
                &mut fixture,
                json!({"day": "2024-02-29", "at": "2024-02-29 11:00:00"}),
            );
            for (domain, found) in [
                (json!([["day", "=", "today"], ["id", "=", id]]), true),
                (json!([["day", ">", "today"], ["id", "=", id]]), false),
                (json!([["at", "<", "now"], ["id", "=", id]]), true),
            ] {
                let ids = fixture.value("rec", "search", json!([domain]));
                assert_eq!(ids == json!([id]), found, "{series}: {domain}");
            }
        }
    }

    #[test]
    fn values_are_converted_as_odoo_does() {
        let mut fixture = Fixture::new();
        for (field, given, expected) in [
            ("short", json!("too long"), json!("too l")),
            ("short", json!(5), json!("5")),
            ("number", json!("12"), json!(12)),
            ("number", json!(1.9), json!(1)),
            ("weight", json!(1.005), json!(1.01)),
            ("flag", json!("false"), json!(true)),
            ("day", json!("2024-02-29 10:00:00"), json!("2024-02-29")),
            ("at", json!("2024-02-29"), json!("2024-02-29 00:00:00")),
            ("tag_id", json!(0), json!(false)),
            ("data", json!([]), json!(false)),
            ("target", json!("tag,0"), json!(false)),
        ] {
            let id = new_record(&mut fixture, json!({field: given}));
            assert_eq!(fixture.field("rec", id, field), expected, "{field} {given}");
        }
    }

    #[test]
    fn values_of_a_wrong_type_are_refused() {
        let mut fixture = Fixture::new();
        for (field, given, class) in [
            ("number", json!("abc"), "builtins.ValueError"),
            (
                "number",
                json!(3_000_000_000_i64),
                "psycopg2.errors.NumericValueOutOfRange",
            ),
            ("day", json!("2023-02-29"), "builtins.ValueError"),
            ("at", json!("2024-02-29T10:00:00Z"), "builtins.ValueError"),
            ("state", json!("nope"), "builtins.ValueError"),
            ("tag_id", json!([1, "Red"]), "builtins.ValueError"),
            ("tag_id", json!(99), "odoo.exceptions.ValidationError"),
            ("target", json!("res.partner,1"), "builtins.ValueError"),
            ("file", json!("a"), "binascii.Error"),
            ("tag_ids", json!(5), "builtins.ValueError"),
            ("nope", json!(1), "builtins.ValueError"),
        ] {
            let error = fixture.error("rec", "write", json!([[1], {field: given}]));
            assert_eq!(error.name(), class, "{field} {given}: {error}");
        }
    }

    #[test]
    fn a_required_field_must_be_set() {
        let mut fixture = Fixture::new();
        let error = fixture.error("rec", "create", json!([{"short": "x"}]));
        let start = "The operation cannot be completed: Missing required value for the field 'Name' (name).\nModel: 'rec' (rec)\n";
        assert!(error.message().starts_with(start), "{error}");
        assert_eq!(
            fixture
                .error("rec", "write", json!([[1], {"name": false}]))
                .name(),
            error.name()
        );
    }

    #[test]
    fn magic_and_computed_fields_are_passed_over() {
        let mut fixture = Fixture::new();
        let id = new_record(
            &mut fixture,
            json!({"id": 77, "display_name": "x", "computed": "y"}),
        );
        assert_eq!(fixture.field("rec", id, "display_name"), json!("New"));
        assert_eq!(fixture.field("rec", id, "computed"), json!(false));
        assert_ne!(id, 77);
    }

    #[test]
    fn commands_change_a_many2many_from_both_sides() {
        let mut fixture = Fixture::new();
        for (commands, expected) in [
            (json!([[6, 0, [2]]]), json!([2])),
            (json!([[4, 1], [4, 3, 0]]), json!([1, 2, 3])),
            (json!([[3, 2]]), json!([1, 3])),
            (json!([[9, 0, 0]]), json!([1, 3])),
            (json!([1, 2]), json!([1, 2])),
            (json!([[5]]), json!([])),
            (json!([[0, 0, {"name": "New Tag"}]]), json!([4])),
            (json!([[1, 4, {"name": "Renamed"}]]), json!([4])),
            (json!([[2, 4]]), json!([])),
            (json!(false), json!([])),
        ] {
            fixture.value("rec", "write", json!([[1], {"tag_ids": commands}]));
            assert_eq!(fixture.field("rec", 1, "tag_ids"), expected, "{commands}");
        }
        fixture.value("tag", "write", json!([[3], {"rec_ids": [[4, 1], [4, 2]]}]));
        assert_eq!(fixture.field("rec", 1, "tag_ids"), json!([3]));
        assert_eq!(fixture.field("tag", 3, "rec_ids"), json!([1, 2]));
    }

    #[test]
    fn commands_on_a_one2many_move_its_records() {
        let mut fixture = Fixture::new();
        let id = new_record(
            &mut fixture,
            json!({"line_ids": [[0, 0, {"name": "a"}], [4, 1]]}),
        );
        assert_eq!(fixture.field("rec", 1, "line_ids"), json!([2]));
        assert_eq!(
            fixture
                .field("rec", id, "line_ids")
                .as_array()
                .map(Vec::len),
            Some(2)
        );
        // The inverse is required, so a line that is unlinked is deleted.
        fixture.value("rec", "write", json!([[id], {"line_ids": [[3, 1]]}]));
        assert_eq!(fixture.value("line", "read", json!([[1], []])), json!([]));
        fixture.value("rec", "write", json!([[1], {"child_ids": [[5]]}]));
        assert_eq!(fixture.field("rec", 2, "parent_id"), json!(false));
    }

    #[test]
    fn a_failed_call_leaves_nothing_behind() {
        let mut fixture = Fixture::new();
        let values = json!([[{"name": "good"}, {"name": "bad", "line_ids": [[0, 0, {}]]}]]);
        let error = fixture.error("rec", "create", values);
        assert!(
            error.message().contains("Missing required value"),
            "{error}"
        );
        assert_eq!(fixture.find(json!([])), json!([1, 2, 3]));
        fixture.error("rec", "write", json!([[1, 99], {"number": 42}]));
        assert_eq!(fixture.field("rec", 1, "number"), json!(5));
    }

    #[test]
    fn inherited_fields_live_on_the_parent() {
        let mut fixture = Fixture::new();
        let id = fixture.value("variant", "create", json!([{"name": "Five", "code": "V2"}]));
        let parent = fixture.value("variant", "read", json!([[id], ["rec_id", "name"]]));
        assert_eq!(parent[0]["rec_id"], json!([5, "Five"]));
        fixture.value("variant", "write", json!([[id], {"name": "Renamed"}]));
        assert_eq!(fixture.field("rec", 5, "name"), json!("Renamed"));
    }

    #[test]
    fn a_related_field_is_written_at_the_end_of_its_path() {
        let mut fixture = Fixture::new();
        fixture.value("rec", "write", json!([[1], {"tag_color": 8}]));
        assert_eq!(fixture.field("tag", 1, "color"), json!(8));
    }

    #[test]
    fn deleting_clears_links_takes_lines_along_and_respects_other_records() {
        let mut fixture = Fixture::new();
        fixture.value("tag", "unlink", json!([[2]]));
        assert_eq!(fixture.field("rec", 2, "tag_id"), json!(false));
        assert_eq!(fixture.field("rec", 1, "tag_ids"), json!([1]));
        fixture.value("rec", "unlink", json!([[1]]));
        assert_eq!(fixture.value("line", "search_count", json!([[]])), json!(0));
        let error = fixture.error("rec", "unlink", json!([[2]]));
        assert!(
            error
                .message()
                .contains("The troublemaker is: 'variant' (variant)"),
            "{error}"
        );
        assert_eq!(fixture.value("rec", "unlink", json!([[99]])), json!(true));
    }

    #[test]
    fn a_copy_is_a_list_since_18() {
        let mut fixture = Fixture::new();
        assert_eq!(
            fixture.value("rec", "copy", json!([[1], {"short": "cp"}])),
            json!([5])
        );
        assert_eq!(fixture.field("rec", 5, "name"), json!("One (copy)"));
        assert_eq!(fixture.field("rec", 5, "tag_ids"), json!([1, 2]));
        assert_eq!(fixture.field("rec", 5, "short"), json!("cp"));
        assert_eq!(fixture.field("rec", 5, "line_ids"), json!([]));
        let mut seventeen = Fixture::new().series("17.0");
        assert_eq!(seventeen.value("rec", "copy", json!([[1]])), json!(5));
    }

    #[test]
    fn a_record_cannot_become_its_own_ancestor() {
        let mut fixture = Fixture::new();
        let error = fixture.error("rec", "write", json!([[1], {"parent_id": 3}]));
        assert_eq!(error.message(), "Recursion Detected.");
    }

    #[test]
    fn writing_a_missing_record_is_an_error() {
        let error = Fixture::new().error("rec", "write", json!([[99], {"name": "x"}]));
        assert_eq!(error.name(), "odoo.exceptions.MissingError");
        assert!(error.message().ends_with("(Record: rec(99,), User: 2)"));
    }
}
