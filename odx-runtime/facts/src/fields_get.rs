//! The answer of `fields_get`, as servers of all series give it.

use serde_json::Value;

/// What is said of one field. An attribute that a server leaves out, or gives as `false` or `""`, is false, `None` or empty:
/// Odoo 14 to 18 send the virtual `in_group_*` and `sel_groups_*` of `res.users` without any flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The type, whatever the server says it is; empty if it says none.
    pub field_type: String,
    /// The label.
    pub label: String,
    /// The help text.
    pub help: Option<String>,
    /// The model a relation leads to.
    pub relation: Option<String>,
    /// The many2one that a one2many is the other side of; absent on inherited one2many fields.
    pub relation_field: Option<String>,
    /// Keys and labels of a selection or reference, in Odoo's order. `Err` is the place of one that is no key and label.
    pub selection: Vec<Result<SelectionOption, usize>>,
    /// A record cannot be without it.
    pub required: bool,
    /// Forms do not let it be changed. Odoo 15 and 16 have said so by `1` and `"True"`.
    pub readonly: bool,
    /// Has a column or a table. Two fields of Odoo 19 are declared with `store="True"`.
    pub store: bool,
    /// May stand in a domain.
    pub searchable: bool,
    /// May stand in an order.
    pub sortable: bool,
    /// May be grouped by; told from Odoo 18 on.
    pub groupable: Option<bool>,
    /// Has one value a company.
    pub company_dependent: bool,
    /// Has one value a language.
    pub translate: bool,
    /// Is computed from other fields (`depends`); a snapshot says `computed`.
    pub computed: bool,
    /// Whether a create may leave it out; not Odoo's own, but noted by a pull.
    pub default: Option<bool>,
    /// The path it is read through. A list in Odoo 14, a text from 15 on, `false` on some fields of the addon website.
    pub related: Option<String>,
    /// How it is summed up; `group_operator` up to Odoo 17.
    pub aggregator: Option<String>,
    /// Longest text, in characters.
    pub size: Option<u32>,
    /// Digits in all and after the point; `0` and `false` mean no limit.
    pub digits: Option<(u32, u32)>,
    /// The field that a monetary one has its currency in.
    pub currency_field: Option<String>,
    /// A binary is kept as a file.
    pub attachment: bool,
    /// The field that a many2one_reference has its model in.
    pub model_field: Option<String>,
    /// The field that leads to the record with the definition of properties.
    pub definition_record: Option<String>,
    /// The field of that record with the definition.
    pub definition_record_field: Option<String>,
    /// Made by hand, in Odoo's settings.
    pub manual: bool,
}

/// A key of a selection, and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionOption {
    /// The key.
    pub key: SelectionKey,
    /// The label.
    pub label: String,
}

/// A key of a selection on the wire. Odoo 14 to 18 have some that are integers or `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionKey {
    /// A text.
    Text(String),
    /// An integer.
    Integer(i64),
    /// `false`, or `true`.
    Boolean(bool),
}

impl std::fmt::Display for SelectionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(key) => f.write_str(key),
            Self::Integer(key) => write!(f, "{key}"),
            Self::Boolean(key) => write!(f, "{key}"),
        }
    }
}

impl Description {
    /// Reads the attributes of a field. What is of another type than it should be is as if it were not there.
    pub fn read(attributes: &Value) -> Self {
        let text = |key| text(attributes, key);
        let flag = |key| attributes.get(key).is_some_and(is_truthy);
        Self {
            field_type: text("type").unwrap_or_default(),
            label: text("string").unwrap_or_default(),
            help: text("help"),
            relation: text("relation"),
            relation_field: text("relation_field"),
            selection: selection(attributes),
            required: flag("required"),
            readonly: flag("readonly"),
            store: flag("store"),
            searchable: flag("searchable"),
            sortable: flag("sortable"),
            groupable: attributes.get("groupable").map(is_truthy),
            company_dependent: flag("company_dependent"),
            translate: flag("translate"),
            computed: attributes
                .get("depends")
                .and_then(Value::as_array)
                .is_some_and(|depends| !depends.is_empty())
                || flag("computed"),
            default: attributes.get("default").and_then(Value::as_bool),
            related: related(attributes),
            aggregator: text("aggregator").or_else(|| text("group_operator")),
            size: number(attributes.get("size")).filter(|size| *size > 0),
            digits: digits(attributes),
            currency_field: text("currency_field"),
            attachment: flag("attachment"),
            model_field: text("model_field"),
            definition_record: text("definition_record"),
            definition_record_field: text("definition_record_field"),
            manual: flag("manual"),
        }
    }
}

fn text(attributes: &Value, key: &str) -> Option<String> {
    let text = attributes.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Python's truth of a value.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "False",
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
    }
}

fn number(value: Option<&Value>) -> Option<u32> {
    value?.as_u64()?.try_into().ok()
}

fn digits(attributes: &Value) -> Option<(u32, u32)> {
    let [precision, scale] = attributes.get("digits")?.as_array()?.as_slice() else {
        return None;
    };
    Some((number(Some(precision))?, number(Some(scale))?))
}

fn related(attributes: &Value) -> Option<String> {
    let Some(Value::Array(path)) = attributes.get("related") else {
        return text(attributes, "related");
    };
    let path: Option<Vec<&str>> = path.iter().map(Value::as_str).collect();
    path.filter(|path| !path.is_empty())
        .map(|path| path.join("."))
}

fn selection(attributes: &Value) -> Vec<Result<SelectionOption, usize>> {
    let options = attributes.get("selection").and_then(Value::as_array);
    options
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(place, option)| selection_option(option).ok_or(place))
        .collect()
}

fn selection_option(option: &Value) -> Option<SelectionOption> {
    let [key, label] = option.as_array()?.as_slice() else {
        return None;
    };
    let key = match key {
        Value::String(key) => SelectionKey::Text(key.clone()),
        Value::Number(key) => SelectionKey::Integer(key.as_i64()?),
        Value::Bool(key) => SelectionKey::Boolean(*key),
        _ => return None,
    };
    let label = label.as_str().unwrap_or_default().to_owned();
    Some(SelectionOption { key, label })
}
