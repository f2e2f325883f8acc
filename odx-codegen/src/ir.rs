//! What is to be generated, decided: every item has its name on the wire and its name in Rust.

use odx_facts::FieldType;

/// The generated crate or module tree.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    /// Odoo's version, when it is known.
    pub(crate) odoo_version: Option<String>,
    /// The models, sorted by wire name.
    pub(crate) models: Vec<Model>,
    /// Models that relations lead to and that are not generated, sorted by wire name.
    pub(crate) missing: Vec<Missing>,
}

/// A generated model: one file.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) wire: String,
    /// The record (`ResPartner`).
    pub(crate) type_name: String,
    /// The struct of the field handles (`ResPartnerFields`).
    pub(crate) handles_name: String,
    /// The module and the stem of its file (`res_partner`).
    pub(crate) module: String,
    /// The name for people.
    pub(crate) label: String,
    pub(crate) transient: bool,
    pub(crate) is_abstract: bool,
    /// Every field; the record's come first, in the order of its slots.
    pub(crate) fields: Vec<Field>,
    /// One for each selection field.
    pub(crate) selections: Vec<Selection>,
    /// The methods with a function, sorted by wire name.
    pub(crate) methods: Vec<Method>,
}

impl Model {
    /// The fields of the record.
    pub(crate) fn record(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().take_while(|field| field.in_record)
    }
}

/// The most fields of a model: their places are of 16 bits.
pub(crate) const MOST_FIELDS: usize = 1 << 16;

/// The most elements of a tuple of `odx_runtime::model::Slots`.
pub(crate) const MOST_IN_TUPLE: usize = 16;

/// A field of a generated model.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) wire: String,
    /// The Rust identifier, with `r#` where it is a keyword.
    pub(crate) ident: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    pub(crate) field_type: FieldType,
    pub(crate) kind: Kind,
    /// Whether the value is an `Option`.
    pub(crate) optional: bool,
    pub(crate) in_record: bool,
    /// The bits of [`odx_facts::flags`].
    pub(crate) flags: u16,
    /// The capability's marker in `odx_runtime::model`.
    pub(crate) capability: &'static str,
    /// Longest text, in characters.
    pub(crate) size: Option<u32>,
    /// The relations that it is read through, where it has no column of its own: `order_id.partner_id`.
    pub(crate) links: Option<String>,
}

/// The type parameter of a field's kind.
#[derive(Debug)]
pub(crate) enum Kind {
    /// None.
    Plain,
    /// `id`: the model itself.
    Key,
    /// A selection: the name of its type, in the field's own file.
    Choice(String),
    /// A relation: the model it leads to.
    Relation(Target),
}

/// The model a relation leads to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) wire: String,
    /// `res_country`, or `None` when it is not generated.
    pub(crate) module: Option<String>,
    pub(crate) type_name: String,
}

/// A model that relations lead to and that is not generated.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) wire: String,
    pub(crate) type_name: String,
}

/// The type of a selection field.
#[derive(Debug)]
pub(crate) struct Selection {
    /// The name of the type (`SaleOrderState`).
    pub(crate) name: String,
    /// The field it is for.
    pub(crate) field: String,
    pub(crate) label: String,
    pub(crate) definition: Definition,
}

impl Selection {
    /// The definition of its type, which may be another's.
    #[cfg(feature = "pages")]
    pub(crate) fn defined_in<'a>(&'a self, lowered: &'a Crate) -> Option<&'a Definition> {
        let Definition::Alias { module, name } = &self.definition else {
            return Some(&self.definition);
        };
        let mut models = lowered.models.iter();
        let owner = models.find(|model| model.module == *module)?;
        let other = owner.selections.iter().find(|other| other.name == *name)?;
        Some(&other.definition)
    }
}

#[derive(Debug)]
pub(crate) enum Definition {
    /// An enum.
    Enum(Vec<Variant>),
    /// Text with known keys, where there are too many for an enum, or none.
    Text(Vec<Key>),
    /// The same keys and labels as another selection, which has the type.
    Alias { module: String, name: String },
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) key: Key,
    pub(crate) name: String,
    pub(crate) label: String,
}

/// A selection key on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Text(String),
    Integer(i64),
}

/// A method with a function of its own.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) wire: String,
    pub(crate) ident: String,
    pub(crate) doc: Option<String>,
    /// What it returns, in Python and in words.
    pub(crate) returns_annotation: Option<String>,
    pub(crate) returns_doc: Option<String>,
    /// Whether it takes ids.
    pub(crate) on_records: bool,
    /// What the function takes.
    pub(crate) arguments: Vec<Parameter>,
    /// What else may be set before the call is sent; `None` where the function sends it.
    pub(crate) call: Option<MethodCall>,
    pub(crate) returns: MethodValue,
}

/// The type of a call that can be filled before it is sent.
#[derive(Debug)]
pub(crate) struct MethodCall {
    /// Its name (`SaleOrderMessagePost`).
    pub(crate) type_name: String,
    pub(crate) parameters: Vec<Parameter>,
    /// Takes further positions (`*args`).
    pub(crate) positions: bool,
    /// Takes further names (`**kwargs`).
    pub(crate) names: bool,
}

/// A parameter of a method.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) wire: String,
    pub(crate) ident: String,
    pub(crate) doc: Option<String>,
    /// Its type in Python.
    pub(crate) annotation: Option<String>,
    /// Its default, as JSON.
    pub(crate) default: Option<String>,
    pub(crate) value: MethodValue,
    pub(crate) given: Given,
}

/// How a parameter is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    ByPosition,
    ByName,
    /// By name, or not at all.
    Optional,
    /// As one of those that the method does not name.
    AsRest,
}

/// What a method takes or returns.
#[derive(Debug)]
pub(crate) enum MethodValue {
    Nothing,
    Boolean,
    Integer,
    Float,
    Text,
    Id(Target),
    Ids(Target),
    Action,
    Json,
}
