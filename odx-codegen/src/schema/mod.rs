//! What odx keeps of an Odoo: every model with its fields, as `fields_get` describes them. Pure data; reading and
//! writing folders is [`source`](crate::source)'s job.

mod diff;
mod fields_get;
mod html;
mod meta;
mod methods;

use std::collections::BTreeMap;

use odx_snapshot::FLAGS;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::diagnostic::closest;

#[cfg(feature = "pages")]
pub(crate) use diff::signature;
pub use diff::{Change, Diff, Impact, diff};
pub use meta::{FORMAT_VERSION, Meta};
pub use methods::{Method, Parameter, ParameterKind};

/// The models of one Odoo database, as one user sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema {
    /// Where the schema was read.
    pub meta: Meta,
    models: BTreeMap<String, Model>,
}

impl Schema {
    /// A schema without models.
    pub fn new(meta: Meta) -> Self {
        Self {
            meta,
            models: BTreeMap::new(),
        }
    }

    /// The fields of every model as `fields_get` describes them, with the flags that a snapshot leaves out where they are
    /// false.
    pub fn fields_get(&self) -> BTreeMap<String, Map<String, Value>> {
        self.models
            .iter()
            .map(|(name, model)| (name.clone(), model.fields_get()))
            .collect()
    }

    /// Adds a model; returns the one that had its name before, if any.
    pub fn insert(&mut self, model: Model) -> Option<Model> {
        self.models.insert(model.model.clone(), model)
    }

    /// The model with this technical name (`res.partner`).
    pub fn model(&self, model: &str) -> Option<&Model> {
        self.models.get(model)
    }

    /// The technical name that was likely meant by one that no model has.
    pub fn closest(&self, name: &str) -> Option<&str> {
        closest(name, self.models.keys().map(String::as_str))
    }

    /// The models, sorted by technical name.
    pub fn models(&self) -> impl ExactSizeIterator<Item = &Model> {
        self.models.values()
    }
}

/// One model: its fields and what `ir.model` says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Model {
    /// Technical name (`res.partner`).
    pub model: String,
    /// Name for people (`Contact`); empty when `ir.model` could not be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Records are purged after about an hour (wizards).
    #[serde(default, skip_serializing_if = "is_false")]
    pub transient: bool,
    /// Has no table: reading it is an access error. `ir.model` tells this from Odoo 19 on.
    #[serde(rename = "abstract", default, skip_serializing_if = "is_false")]
    pub is_abstract: bool,
    /// The addons that define or extend the model, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<String>,
    /// The fields by technical name.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// The business methods by name; empty unless they were pulled (`odx pull --methods`, Odoo 19 on).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub methods: BTreeMap<String, Method>,
}

impl Model {
    /// The field that was likely meant by a name that no field has.
    pub fn closest(&self, name: &str) -> Option<&str> {
        closest(name, self.fields.keys().map(String::as_str))
    }

    fn fields_get(&self) -> Map<String, Value> {
        let describe = |field: &Field| {
            let mut described = json!(field);
            if let Value::Object(described) = &mut described {
                for flag in FLAGS {
                    described.entry(flag).or_insert_with(|| Value::Bool(false));
                }
            }
            described
        };
        self.fields
            .iter()
            .map(|(name, field)| (name.clone(), describe(field)))
            .collect()
    }
}

/// One field, with the attributes of `fields_get` that matter to types and documentation.
///
/// An attribute that the server leaves out is `false`, `None` or empty: Odoo 14 to 18 send the virtual `in_group_*`
/// and `sel_groups_*` of `res.users` without any flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// Odoo's field type (`char`, `many2one`, ...), whatever the server says it is.
    #[serde(rename = "type")]
    pub field_type: String,
    /// Label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub string: String,
    /// The first line of the help text, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Target model of a many2one, one2many or many2many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The many2one of the target that a one2many is the other side of; absent on inherited one2many fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation_field: Option<String>,
    /// Keys and labels of a selection or reference field, in Odoo's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selection: Vec<(SelectionKey, String)>,
    /// A record cannot be without it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Forms do not let it be edited.
    #[serde(default, skip_serializing_if = "is_false")]
    pub readonly: bool,
    /// Has a column, a relation table or an attachment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub store: bool,
    /// Domains can name it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub searchable: bool,
    /// Rows can be ordered by it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sortable: bool,
    /// Rows can be grouped by it. Before Odoo 18 `fields_get` does not tell; it is then derived.
    #[serde(default, skip_serializing_if = "is_false")]
    pub groupable: bool,
    /// Has its own value in each company.
    #[serde(default, skip_serializing_if = "is_false")]
    pub company_dependent: bool,
    /// Has its own value in each language.
    #[serde(default, skip_serializing_if = "is_false")]
    pub translate: bool,
    /// Computed by the server.
    #[serde(default, skip_serializing_if = "is_false")]
    pub computed: bool,
    /// Whether `default_get` has a value for it; `None` when that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    /// The path it is read through (`partner_id.name`); for related and inherited fields only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
    /// How groups aggregate it (`sum`, `avg`, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregator: Option<String>,
    /// Longest text of a char, in characters; a longer one is cut without an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Precision and scale of a float.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<(u32, u32)>,
    /// The many2one to `res.currency` beside a monetary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_field: Option<String>,
    /// A binary that is kept as an attachment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub attachment: bool,
    /// The field that names the model of a many2one_reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_field: Option<String>,
    /// The many2one to the record that defines the properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition_record: Option<String>,
    /// The properties_definition of that record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition_record_field: Option<String>,
    /// Made by a user or Studio, not by an addon.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual: bool,
}

/// A key of a selection.
///
/// Text, but for the `sel_groups_*` of Odoo 14 to 18, whose keys are integers and `false`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SelectionKey {
    /// A text key, the rule.
    Text(String),
    /// An integer key.
    Integer(i64),
    /// `false`, the key of the unset value.
    Boolean(bool),
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A line cut at a word where it is longer than so many characters.
fn shortened(line: &str, longest: usize) -> String {
    if line.chars().count() <= longest {
        return line.to_owned();
    }
    let cut: String = line.chars().take(longest).collect();
    let whole_words = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{whole_words} ...")
}
