//! Checks of values, at every depth, before they are sent.

use serde_json::{Map, Value as JsonValue};

use odx_facts::{DroppedField, Feature};

use super::{import::is_reference, is_needed};
use crate::{
    Call, Context, Error,
    domain::Requirement,
    model::{Blob, FieldMeta, FieldType, ModelMeta, number},
    session::Need,
};

type Entries = Map<String, JsonValue>;

/// The numbers of the commands that hold values: create and update.
const CREATE: u64 = 0;
const UPDATE: u64 = 1;

/// Checks the values of one model.
#[derive(Clone, Copy)]
pub(super) struct Check<'a> {
    model: &'static ModelMeta,
    context: &'a Context,
    at: Place<'a>,
}

/// Where values stand in those that are sent.
#[derive(Clone, Copy)]
enum Place<'a> {
    Top,
    /// In the command of that number.
    Command(&'a str, usize, &'static FieldMeta),
}

impl<'a> Check<'a> {
    /// Checks for values that are sent as they are.
    pub(super) fn new(model: &'static ModelMeta, context: &'a Context) -> Self {
        Self {
            model,
            context,
            at: Place::Top,
        }
    }

    /// Refuses a new record that Odoo would refuse for want of a value, and what [`write`](Self::write) refuses.
    pub(super) fn create(self, entries: &Entries, needs: &mut Vec<Need>) -> Result<(), Error> {
        self.required(entries)?;
        self.write(entries, needs)
    }

    /// Refuses values that Odoo would store otherwise, without a word. What depends on the series is added to `needs`.
    pub(super) fn write(self, entries: &Entries, needs: &mut Vec<Need>) -> Result<(), Error> {
        entries.iter().try_for_each(|(name, value)| {
            self.number(name, value)?;
            if let Some(row) = DroppedField::of(self.model.name(), name) {
                needs.push(Need::Field(row, self.path(name)));
            }
            match self.model.field(name) {
                Some(field) => {
                    self.reference(field, value)?;
                    self.id(field, value)?;
                    self.size(field, value)?;
                    self.binary(field, value, needs)?;
                    self.commands(field, value, needs)
                }
                None => Ok(()),
            }
        })
    }

    fn required(self, entries: &Entries) -> Result<(), Error> {
        let missing: Vec<&str> = self
            .model
            .fields()
            .iter()
            .filter(|field| is_needed(field.flags()) && !entries.contains_key(field.name()))
            .filter(|field| !self.is_given_by_the_relation(field))
            .map(FieldMeta::name)
            .filter(|name| self.context.get(&format!("default_{name}")).is_none())
            .collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        let paths: Vec<String> = missing.iter().map(|name| self.path(name)).collect();
        Err(Error::usage(format!(
            "a new {} needs a value for `{}`; set it, or give `default_{first}` in the context",
            self.model.name(),
            paths.join("`, `"),
        )))
    }

    /// Whether Odoo fills the field with the record whose one2many it is created in.
    fn is_given_by_the_relation(self, field: &FieldMeta) -> bool {
        let Place::Command(_, _, relation) = self.at else {
            return false;
        };
        if relation.field_type() != FieldType::One2many {
            return false;
        }
        // Of a one2many that holds a bare id, Odoo fills the field of the model's name, too.
        let by_bare_id = |field: &FieldMeta| field.field_type() == FieldType::Many2oneReference;
        if self.model.fields().iter().any(by_bare_id) {
            return true;
        }
        field.field_type() == FieldType::Many2one
            && origins(relation).contains(&field.relation_name())
    }

    fn number(self, name: &str, value: &JsonValue) -> Result<(), Error> {
        let field_type = self.model.field(name).map(FieldMeta::field_type);
        let number = match value {
            // What serde_json makes of a float that is no number.
            JsonValue::Null if field_type.is_some_and(FieldType::is_number) => "null",
            // Values within commands have a path of their own.
            JsonValue::Array(_) if field_type.is_some_and(FieldType::is_relation) => return Ok(()),
            value => match number::not_finite(value) {
                Some(number) => number,
                None => return Ok(()),
            },
        };
        Err(Error::usage(format!(
            "`{}` of {} cannot be {number}: give a finite number, or clear the field",
            self.path(name),
            self.model.name(),
        )))
    }

    /// Refuses references that only an import can send.
    fn reference(self, field: &FieldMeta, value: &JsonValue) -> Result<(), Error> {
        let items = |value: &JsonValue| value.as_array().cloned().unwrap_or_default();
        let is_one = match field.field_type() {
            FieldType::Many2one => is_reference(value),
            FieldType::One2many | FieldType::Many2many => items(value)
                .iter()
                .flat_map(|command| command.get(2).map(items).unwrap_or_default())
                .any(|item| is_reference(&item)),
            _ => false,
        };
        match is_one {
            false => Ok(()),
            true => Err(Error::usage(format!(
                "`{}` of {} is given a reference by external id or name, which only an import takes: give the id, which \
                 `odoo.xml_id` or a search finds",
                self.path(field.name()),
                self.model.name(),
            ))),
        }
    }

    /// Refuses what a read gives of a relation, its id and its name. Odoo 15 to 18 take that for none, and Odoo 19 does in
    /// properties; the record is cleared, and the write goes well.
    fn id(self, field: &FieldMeta, value: &JsonValue) -> Result<(), Error> {
        let path = self.path(field.name());
        match (field.field_type(), value) {
            (FieldType::Many2one | FieldType::Many2oneReference, JsonValue::Array(_)) => {
                self.refuse_id(&path, value)
            }
            // Which properties are relations is not known, but no other has such values.
            (FieldType::Properties, JsonValue::Object(properties)) => {
                properties.iter().try_for_each(|(name, value)| {
                    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    match id_and_name(value).or_else(|| items.iter().find_map(id_and_name)) {
                        Some(_) => self.refuse_id(&format!("{path}.{name}"), value),
                        None => Ok(()),
                    }
                })
            }
            _ => Ok(()),
        }
    }

    fn refuse_id(self, path: &str, given: &JsonValue) -> Result<(), Error> {
        let instead = match id_and_name(given) {
            Some(id) => format!("write the id alone, `{id}`"),
            None => "write ids alone".to_owned(),
        };
        Err(Error::usage(format!(
            "`{path}` of {} cannot be `{given}`, which some series of Odoo take for none without a word: {instead}",
            self.model.name(),
        )))
    }

    /// Odoo cuts a text that is too long off without a word.
    fn size(self, field: &FieldMeta, value: &JsonValue) -> Result<(), Error> {
        let (Some(size), Some(text)) = (field.max_size(), value.as_str()) else {
            return Ok(());
        };
        let length = text.chars().count();
        if length <= size as usize {
            return Ok(());
        }
        Err(Error::usage(format!(
            "`{}` of {} holds {size} characters, but the text has {length}; Odoo would cut it off silently, so shorten it",
            self.path(field.name()),
            self.model.name(),
        )))
    }

    /// Refuses a value that was read without its content: Odoo 20 would keep a name of nothing, and older ones the text of
    /// the object. A file name goes with the content only where the series takes it.
    fn binary(
        self,
        field: &FieldMeta,
        value: &JsonValue,
        needs: &mut Vec<Need>,
    ) -> Result<(), Error> {
        if field.field_type() != FieldType::Binary || !value.is_object() {
            return Ok(());
        }
        let (path, blob) = (self.path(field.name()), Blob::of(value.clone()));
        if !blob.has_content() {
            return Err(Error::usage(format!(
                "`{path}` of {} was read without its content, so it cannot be written: read it with \
                 `{}` in the context, or leave the field out",
                self.model.name(),
                odx_facts::INCLUDE_BINARY_CONTENT,
            )));
        }
        if blob.file_name().is_some() {
            needs.push(Need::Feature(Requirement::new(Feature::FILE_NAME, path)));
        }
        Ok(())
    }

    /// The values within the commands of a one2many or many2many.
    fn commands(
        self,
        field: &'static FieldMeta,
        value: &JsonValue,
        needs: &mut Vec<Need>,
    ) -> Result<(), Error> {
        if !matches!(
            field.field_type(),
            FieldType::One2many | FieldType::Many2many
        ) {
            return Ok(());
        }
        let (Some(commands), Some(target)) = (value.as_array(), field.target_meta()) else {
            return Ok(());
        };
        let path = self.path(field.name());
        commands
            .iter()
            .enumerate()
            .try_for_each(|(index, command)| {
                let Some([number, _, JsonValue::Object(entries)]) =
                    command.as_array().map(Vec::as_slice)
                else {
                    return Ok(());
                };
                let check = Check {
                    model: target,
                    context: self.context,
                    at: Place::Command(&path, index, field),
                };
                match number.as_u64() {
                    Some(CREATE) => check.create(entries, needs),
                    Some(UPDATE) => check.write(entries, needs),
                    _ => Ok(()),
                }
            })
    }

    /// Where a field stands: `name`, or `line_ids[0].name`.
    fn path(self, name: &str) -> String {
        match self.at {
            Place::Top => name.to_owned(),
            Place::Command(relation, index, _) => format!("{relation}[{index}].{name}"),
        }
    }
}

/// The id of `[2, "Blue"]`.
fn id_and_name(value: &JsonValue) -> Option<&JsonValue> {
    match value.as_array()?.as_slice() {
        [id, JsonValue::String(_)] if id.is_i64() => Some(id),
        _ => None,
    }
}

/// Checks the values of a `create` or `write` that is called by name, and gives what they need of the series. What a create
/// needs is left to Odoo, which tells.
pub(crate) fn check_call(
    model: &'static ModelMeta,
    call: &Call,
    context: &Context,
) -> Result<Vec<Need>, Error> {
    let mut needs = Vec::new();
    if !matches!(call.method(), "create" | "write") {
        return Ok(needs);
    }
    let check = Check::new(model, context);
    call.arguments().try_for_each(|value| match value {
        JsonValue::Object(entries) => check.write(entries, &mut needs),
        JsonValue::Array(records) => records
            .iter()
            .filter_map(JsonValue::as_object)
            .try_for_each(|entries| check.write(entries, &mut needs)),
        _ => Ok(()),
    })?;
    Ok(needs)
}

/// The models that a one2many may be a field of: that of the field, and the one it is read through to.
fn origins(relation: &FieldMeta) -> Vec<&'static str> {
    let mut model = relation.owner();
    let mut names: Vec<&str> = model.iter().map(|model| model.name()).collect();
    for link in relation.links() {
        let link = model.and_then(|model| model.field(link));
        names.extend(link.map(FieldMeta::relation_name));
        model = link.and_then(FieldMeta::target_meta);
    }
    names
}
