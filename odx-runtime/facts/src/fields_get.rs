//! The answer of `fields_get`, as servers of all series give it.

/// JSON, whichever library reads it.
pub trait Json: Sized {
    /// The text, of a text.
    fn text(&self) -> Option<&str>;
    /// The boolean, of a boolean.
    fn boolean(&self) -> Option<bool>;
    /// The integer, of an integer.
    fn integer(&self) -> Option<i64>;
    /// The items, of a list.
    fn items(&self) -> Option<&[Self]>;
    /// The entry of an object.
    fn entry(&self, key: &str) -> Option<&Self>;
    /// Whether Python takes it for true.
    fn is_truthy(&self) -> bool;
}

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
    /// Is computed from other fields.
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

/// Reads the attributes of a field.
pub fn described<J: Json>(attributes: &J) -> Description {
    let text = |key| text(attributes, key);
    let flag = |key| attributes.entry(key).is_some_and(J::is_truthy);
    let number = |key| attributes.entry(key).and_then(number);
    Description {
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
        groupable: attributes.entry("groupable").map(J::is_truthy),
        company_dependent: flag("company_dependent"),
        translate: flag("translate"),
        computed: attributes
            .entry("depends")
            .and_then(J::items)
            .is_some_and(|depends| !depends.is_empty()),
        default: attributes.entry("default").and_then(J::boolean),
        related: related(attributes),
        aggregator: text("aggregator").or_else(|| text("group_operator")),
        size: number("size").filter(|size| *size > 0),
        digits: digits(attributes),
        currency_field: text("currency_field"),
        attachment: flag("attachment"),
        model_field: text("model_field"),
        definition_record: text("definition_record"),
        definition_record_field: text("definition_record_field"),
        manual: flag("manual"),
    }
}

fn text<J: Json>(attributes: &J, key: &str) -> Option<String> {
    let text = attributes.entry(key)?.text()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn number<J: Json>(value: &J) -> Option<u32> {
    value.integer()?.try_into().ok()
}

fn digits<J: Json>(attributes: &J) -> Option<(u32, u32)> {
    let [precision, scale] = attributes.entry("digits")?.items()? else {
        return None;
    };
    Some((number(precision)?, number(scale)?))
}

fn related<J: Json>(attributes: &J) -> Option<String> {
    let Some(path) = attributes.entry("related").and_then(J::items) else {
        return text(attributes, "related");
    };
    let path: Option<Vec<&str>> = path.iter().map(J::text).collect();
    path.filter(|path| !path.is_empty())
        .map(|path| path.join("."))
}

fn selection<J: Json>(attributes: &J) -> Vec<Result<SelectionOption, usize>> {
    let options = attributes
        .entry("selection")
        .and_then(J::items)
        .unwrap_or_default();
    options
        .iter()
        .enumerate()
        .map(|(place, option)| selection_option(option).ok_or(place))
        .collect()
}

fn selection_option<J: Json>(option: &J) -> Option<SelectionOption> {
    let [key, label] = option.items()? else {
        return None;
    };
    let text = key.text().map(|text| SelectionKey::Text(text.to_owned()));
    let key = text
        .or_else(|| key.integer().map(SelectionKey::Integer))
        .or_else(|| key.boolean().map(SelectionKey::Boolean))?;
    Some(SelectionOption {
        key,
        label: label.text().unwrap_or_default().to_owned(),
    })
}
