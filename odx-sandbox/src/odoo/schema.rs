//! Models and fields, as `fields_get` describes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::database::{ModelOptions, ReadFrom};

/// The field types of Odoo that the sandbox tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    Char,
    Text,
    Html,
    Integer,
    Float,
    Monetary,
    Boolean,
    Date,
    Datetime,
    Binary,
    Selection,
    Reference,
    Many2one,
    Many2oneReference,
    One2many,
    Many2many,
    Json,
    Serialized,
    Properties,
    PropertiesDefinition,
    Unknown,
}

const TYPE_NAMES: &[(&str, FieldType)] = &[
    ("char", FieldType::Char),
    ("text", FieldType::Text),
    ("html", FieldType::Html),
    ("integer", FieldType::Integer),
    ("float", FieldType::Float),
    ("monetary", FieldType::Monetary),
    ("boolean", FieldType::Boolean),
    ("date", FieldType::Date),
    ("datetime", FieldType::Datetime),
    ("binary", FieldType::Binary),
    ("selection", FieldType::Selection),
    ("reference", FieldType::Reference),
    ("many2one", FieldType::Many2one),
    ("many2one_reference", FieldType::Many2oneReference),
    ("one2many", FieldType::One2many),
    ("many2many", FieldType::Many2many),
    ("json", FieldType::Json),
    ("serialized", FieldType::Serialized),
    ("properties", FieldType::Properties),
    ("properties_definition", FieldType::PropertiesDefinition),
];

impl FieldType {
    fn from_name(name: &str) -> Self {
        TYPE_NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Self::Unknown, |(_, kind)| *kind)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Char | Self::Text | Self::Html)
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Float | Self::Monetary | Self::Many2oneReference
        )
    }

    pub(crate) fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Datetime)
    }

    pub(crate) fn is_x2many(self) -> bool {
        matches!(self, Self::One2many | Self::Many2many)
    }

    pub(crate) fn is_relational(self) -> bool {
        self == Self::Many2one || self.is_x2many()
    }
}

/// One field of a model.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) relation: Option<String>,
    /// The many2one of the comodel that a one2many is the inverse of.
    pub(crate) inverse: Option<String>,
    /// The path of a related field, which is stored elsewhere.
    pub(crate) related: Option<Vec<String>>,
    pub(crate) store: bool,
    pub(crate) required: bool,
    pub(crate) readonly: bool,
    pub(crate) searchable: bool,
    pub(crate) sortable: bool,
    pub(crate) translate: bool,
    pub(crate) company_dependent: bool,
    pub(crate) attachment: bool,
    pub(crate) size: Option<usize>,
    /// Decimal places kept of a float; `None` keeps all.
    pub(crate) scale: Option<u32>,
    pub(crate) selection: Vec<String>,
    /// `definition_record` and `definition_record_field` of a properties field.
    pub(crate) definition: Option<(String, String)>,
    description: Map<String, Value>,
}

impl Field {
    pub(crate) fn new(name: &str, description: Map<String, Value>) -> Self {
        let flag = |key: &str, default: bool| {
            description
                .get(key)
                .and_then(Value::as_bool)
                .unwrap_or(default)
        };
        let text = |key: &str| {
            description
                .get(key)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let related = match description.get("related") {
            Some(Value::String(path)) => Some(path.split('.').map(str::to_owned).collect()),
            Some(Value::Array(path)) => Some(
                path.iter()
                    .filter_map(|part| part.as_str().map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        };
        let selection = description
            .get("selection")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|pair| pair.get(0).and_then(Value::as_str).map(str::to_owned))
            .collect();
        let kind = FieldType::from_name(text("type").as_deref().unwrap_or_default());
        let store = flag("store", true);
        let is_followed = store || related.is_some();
        Self {
            name: name.to_owned(),
            kind,
            relation: text("relation"),
            inverse: text("relation_field"),
            related: related.filter(|_| !store),
            store,
            required: flag("required", false),
            readonly: flag("readonly", false),
            searchable: flag("searchable", is_followed),
            sortable: flag("sortable", store && !kind.is_x2many()),
            attachment: flag("attachment", false),
            translate: flag("translate", false),
            company_dependent: flag("company_dependent", false),
            size: description
                .get("size")
                .and_then(Value::as_u64)
                .and_then(|size| usize::try_from(size).ok()),
            scale: description
                .get("digits")
                .and_then(|digits| digits.get(1))
                .and_then(Value::as_u64)
                .and_then(|scale| u32::try_from(scale).ok()),
            selection,
            definition: text("definition_record").zip(text("definition_record_field")),
            description,
        }
    }

    /// A column of PostgreSQL's `numeric`, not of `double precision`: a float with digits.
    pub(crate) fn is_numeric(&self) -> bool {
        self.description.contains_key("digits")
    }

    /// HTML that is cleaned before it is kept or compared.
    pub(crate) fn is_sanitized(&self) -> bool {
        self.description.get("sanitize") != Some(&Value::Bool(false))
    }

    /// Whether it holds the id of a record: a many2one, or the reference that a one2many may follow as well.
    pub(crate) fn is_link(&self) -> bool {
        matches!(
            self.kind,
            FieldType::Many2one | FieldType::Many2oneReference | FieldType::Integer
        )
    }

    /// Whether a column of the model's table holds it.
    pub(crate) fn is_column(&self) -> bool {
        let elsewhere =
            self.kind.is_x2many() || (self.kind == FieldType::Binary && self.attachment);
        self.store && !elsewhere
    }

    /// A number whose falsy value is 0; an id is none.
    pub(crate) fn is_number(&self) -> bool {
        self.name != "id"
            && matches!(
                self.kind,
                FieldType::Integer | FieldType::Float | FieldType::Monetary
            )
    }

    /// What stands for unset beside unset itself, where something does.
    pub(crate) fn falsy(&self) -> Option<Value> {
        if self.is_number() {
            return Some(Value::from(0));
        }
        self.kind.is_text().then(|| Value::from(""))
    }

    pub(crate) fn label(&self) -> &str {
        self.attribute("string").unwrap_or(&self.name)
    }

    /// The keys of a selection, as they are described, with their labels.
    pub(crate) fn choices(&self) -> Vec<(Value, String)> {
        let pairs = self.description.get("selection").and_then(Value::as_array);
        let pairs = pairs.into_iter().flatten();
        let label = |pair: &Value| pair[1].as_str().unwrap_or_default().to_owned();
        pairs.map(|pair| (pair[0].clone(), label(pair))).collect()
    }

    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        self.description.get(key).and_then(Value::as_str)
    }

    /// The static domain of an x2many field; the Python text of a dynamic one is not evaluated.
    pub(crate) fn domain(&self) -> Option<&Value> {
        self.description
            .get("domain")
            .filter(|domain| domain.as_array().is_some_and(|terms| !terms.is_empty()))
    }

    /// The `active_test` that the field's own context asks for.
    pub(crate) fn active_test(&self) -> Option<bool> {
        self.description
            .get("context")?
            .get("active_test")?
            .as_bool()
    }

    /// Whether the server computes it.
    pub(crate) fn is_computed(&self) -> bool {
        let depends = self.description.get("depends").and_then(Value::as_array);
        self.description.get("computed") == Some(&Value::Bool(true))
            || depends.is_some_and(|depends| !depends.is_empty())
    }

    /// Lets the record itself hold what is read along a path that leads to no model of the database.
    pub(crate) fn hold(&mut self) {
        self.related = None;
        self.store = true;
    }

    /// A field whose value lives on a record that this one inherits from (`_inherits`).
    pub(crate) fn is_inherited(&self) -> bool {
        self.related
            .as_ref()
            .is_some_and(|path| path.len() == 2 && path[1] == self.name)
    }

    /// What `fields_get` answers for this field.
    pub(crate) fn describe(&self, attributes: Option<&[String]>) -> Value {
        match attributes {
            None => Value::Object(self.description.clone()),
            Some(wanted) => self
                .description
                .iter()
                .filter(|(key, _)| wanted.contains(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        }
    }
}

/// One model: its fields and the class attributes that decide how it is named and ordered.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) modules: String,
    pub(crate) order: String,
    pub(crate) rec_name: Option<String>,
    pub(crate) rec_names_search: Vec<String>,
    pub(crate) parent_name: String,
    pub(crate) company_rule: bool,
    pub(crate) company_rule_about: Option<String>,
    pub(crate) auto_join: Vec<String>,
    pub(crate) cascades: Vec<String>,
    pub(crate) searches: BTreeMap<String, String>,
    pub(crate) computed: BTreeMap<String, ReadFrom>,
    pub(crate) names: Vec<Value>,
    pub(crate) group_expand: BTreeMap<String, Value>,
    pub(crate) company_tree_rule: bool,
    /// Records are purged after about an hour.
    pub(crate) transient: bool,
    /// Has no table.
    pub(crate) is_abstract: bool,
    pub(crate) fields: BTreeMap<String, Field>,
}

impl Model {
    pub(crate) fn new(name: &str, descriptions: Map<String, Value>) -> Self {
        // What a server described stays as it is; a schema by hand need not say what is the same everywhere.
        let is_named = |field: &Value| field.get("name").is_some();
        let is_by_hand = !descriptions.is_empty() && !descriptions.values().any(is_named);
        let mut fields: BTreeMap<String, Field> = descriptions
            .into_iter()
            .filter_map(|(field, description)| match description {
                Value::Object(mut description) => {
                    if is_by_hand {
                        description.insert("name".to_owned(), Value::from(field.as_str()));
                    }
                    Some((field.clone(), Field::new(&field, description)))
                }
                _ => None,
            })
            .collect();
        let everywhere = [
            ("id", id_description()),
            ("display_name", name_description()),
        ];
        for (field, mut description) in everywhere.into_iter().filter(|_| is_by_hand) {
            description.insert("name".to_owned(), Value::from(field));
            fields
                .entry(field.to_owned())
                .or_insert_with(|| Field::new(field, description));
        }
        let rec_name = ["name", "x_name"]
            .into_iter()
            .find(|candidate| fields.contains_key(*candidate))
            .map(str::to_owned);
        Self {
            name: name.to_owned(),
            label: name.to_owned(),
            modules: "base".to_owned(),
            order: "id".to_owned(),
            rec_names_search: rec_name.iter().cloned().collect(),
            rec_name,
            parent_name: "parent_id".to_owned(),
            company_rule: false,
            company_rule_about: None,
            auto_join: Vec::new(),
            cascades: Vec::new(),
            searches: BTreeMap::new(),
            computed: BTreeMap::new(),
            names: Vec::new(),
            group_expand: BTreeMap::new(),
            company_tree_rule: false,
            transient: false,
            is_abstract: false,
            fields,
        }
    }

    /// Takes over the class attributes.
    pub(crate) fn set_options(&mut self, options: ModelOptions) {
        if let Some(label) = options.label {
            self.label = label;
        }
        self.modules = options.modules;
        self.order = options.order;
        self.parent_name = options.parent_name;
        self.company_rule = options.company_rule;
        self.company_rule_about = options.company_rule_about;
        self.auto_join = options.auto_join;
        self.cascades = options.cascades;
        self.searches = options.searches;
        self.computed = options.computed;
        self.names = options.names;
        self.group_expand = options.group_expand;
        self.company_tree_rule = options.company_tree_rule;
        self.transient = options.transient;
        self.is_abstract = options.is_abstract;
        self.rec_name = options.rec_name.or(self.rec_name.take());
        self.rec_names_search = options.rec_names_search;
        if self.rec_names_search.is_empty() {
            self.rec_names_search = self.rec_name.iter().cloned().collect();
        }
    }

    pub(crate) fn has_active(&self) -> bool {
        self.fields
            .get("active")
            .is_some_and(|field| field.store || field.related.is_some())
    }

    /// The field that names the model of a many2one_reference. Before Odoo 17, `fields_get` does not tell which it is.
    pub(crate) fn model_field(&self, reference: &Field) -> Option<&Field> {
        let names = [
            reference.attribute("model_field"),
            Some("res_model"),
            Some("model"),
        ];
        names
            .into_iter()
            .flatten()
            .find_map(|name| self.fields.get(name))
    }

    /// Whether a path over the field is a join: it says so, or the model inherits through it.
    pub(crate) fn is_joined(&self, field: &Field) -> bool {
        self.auto_join.contains(&field.name)
            || (field.kind == FieldType::Many2one
                && self.inherits().iter().any(|link| link.name == field.name))
    }

    /// Whether the hierarchy is kept in a column, with the ids of all records above.
    pub(crate) fn has_parent_path(&self) -> bool {
        self.fields
            .get("parent_path")
            .is_some_and(|field| field.store)
    }

    /// The many2one fields through which this model inherits other models' fields.
    pub(crate) fn inherits(&self) -> Vec<&Field> {
        let mut links: Vec<&str> = self
            .fields
            .values()
            .filter(|field| field.is_inherited())
            .filter_map(|field| field.related.as_ref().map(|path| path[0].as_str()))
            .collect();
        links.sort_unstable();
        links.dedup();
        links
            .into_iter()
            .filter_map(|link| self.fields.get(link))
            .filter(|link| link.kind == FieldType::Many2one && link.required && link.store)
            .collect()
    }

    /// The model that `field` is inherited through, if it is.
    pub(crate) fn inherited_through(&self, field: &Field) -> Option<&Field> {
        if !field.is_inherited() {
            return None;
        }
        let link = self.fields.get(field.related.as_ref()?.first()?)?;
        (link.kind == FieldType::Many2one && link.required && link.store).then_some(link)
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn id_description() -> Map<String, Value> {
    object(json!({
        "type": "integer", "string": "ID", "store": true, "readonly": true, "required": false,
        "searchable": true, "sortable": true, "groupable": true,
    }))
}

fn name_description() -> Map<String, Value> {
    object(json!({
        "type": "char", "string": "Display Name", "store": false, "readonly": true,
        "required": false, "searchable": true, "sortable": false, "groupable": false,
    }))
}

/// `ir.model` as much of it as discovery reads, for a schema that does not bring its own.
pub(crate) fn ir_model() -> Map<String, Value> {
    let stored = |kind: &str, label: &str| json!({"type": kind, "string": label, "store": true, "searchable": true, "sortable": true});
    object(json!({
        "model": stored("char", "Model"),
        "name": stored("char", "Model Description"),
        "modules": stored("char", "In Apps"),
        "transient": stored("boolean", "Transient Model"),
        "abstract": stored("boolean", "Abstract Model"),
        "state": stored("char", "Type"),
    }))
}

/// `ir.model.data`, the external ids, for a schema that does not bring its own.
pub(crate) fn ir_model_data() -> Map<String, Value> {
    let stored = |kind: &str, label: &str| json!({"type": kind, "string": label, "store": true, "searchable": true, "sortable": true});
    object(json!({
        "module": stored("char", "Module"),
        "name": stored("char", "External Identifier"),
        "model": stored("char", "Model Name"),
        "res_id": stored("many2one_reference", "Record ID"),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Model;

    #[test]
    fn what_a_server_described_stays_as_it_is() {
        let described =
            json!({"name": {"type": "char", "name": "name"}, "group": {"type": "boolean"}});
        let model = Model::new("thing", described.as_object().cloned().unwrap());
        assert_eq!(model.fields.len(), 2);
        assert_eq!(
            model.fields["group"].describe(None),
            json!({"type": "boolean"})
        );
        // An abstract model has no fields at all.
        assert!(
            Model::new("mixin", serde_json::Map::new())
                .fields
                .is_empty()
        );
    }

    #[test]
    fn a_schema_by_hand_need_not_say_what_is_the_same_everywhere() {
        let described = json!({"code": {"type": "char"}});
        let model = Model::new("thing", described.as_object().cloned().unwrap());
        let names: Vec<&String> = model.fields.keys().collect();
        assert_eq!(names, ["code", "display_name", "id"]);
        assert_eq!(model.fields["code"].describe(None)["name"], json!("code"));
    }
}
