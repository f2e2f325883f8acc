//! What is known of models and fields at run time: the tables that generated code holds.

use std::fmt;

use super::{Model, SelectionKey};

/// The bits of [`FieldMeta::flags`].
pub mod flags {
    /// A record cannot be without a value (`required` of `fields_get`).
    pub const REQUIRED: u16 = 1;
    /// The value has a column or a table (`store`).
    pub const STORED: u16 = 1 << 1;
    /// May stand in a domain (`searchable`).
    pub const SEARCH: u16 = 1 << 2;
    /// May stand in an order (`sortable`).
    pub const SORT: u16 = 1 << 3;
    /// May be grouped by (`groupable`).
    pub const GROUP: u16 = 1 << 4;
    /// A write changes it. Odoo ignores writes to `id`, the log fields and computed fields without inverse.
    pub const WRITE: u16 = 1 << 5;
    /// A create may leave it out: it has a default, is computed, or the schema does not tell.
    pub const DEFAULT: u16 = 1 << 6;
    /// Has one value a company.
    pub const COMPANY: u16 = 1 << 7;
    /// Has one value a language.
    pub const TRANSLATE: u16 = 1 << 8;
}

macro_rules! field_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// An Odoo field type, as `fields_get` names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldType {
            $($(#[$doc])* $variant,)*
        }

        impl FieldType {
            /// The name `fields_get` uses, such as `many2one`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

field_types! {
    /// Text of one line.
    Char = "char",
    /// Text of many lines.
    Text = "text",
    /// Sanitised HTML.
    Html = "html",
    /// A 32-bit integer.
    Integer = "integer",
    /// A float, rounded to its digits on write.
    Float = "float",
    /// A float in a currency.
    Monetary = "monetary",
    /// True or false.
    Boolean = "boolean",
    /// A date.
    Date = "date",
    /// A date and time, UTC on the wire.
    Datetime = "datetime",
    /// Bytes, base64 on the wire.
    Binary = "binary",
    /// A key of a list.
    Selection = "selection",
    /// A record of any of some models, `"model,id"`.
    Reference = "reference",
    /// A record of one model.
    Many2one = "many2one",
    /// The id of a record whose model stands in another field.
    Many2oneReference = "many2one_reference",
    /// Records that point back.
    One2many = "one2many",
    /// Records by a relation table.
    Many2many = "many2many",
    /// Any JSON.
    Json = "json",
    /// Values whose definition stands on a parent record.
    Properties = "properties",
    /// The definition of properties.
    PropertiesDefinition = "properties_definition",
    /// A type this version of odx does not know.
    Unknown = "unknown",
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a field leads.
#[derive(Debug)]
enum Relation {
    None,
    To(&'static ModelMeta),
    /// For models that do not see each other's tables.
    Of(fn() -> &'static ModelMeta),
    Named(&'static str),
}

/// What is known of one field at run time.
#[derive(Debug)]
pub struct FieldMeta {
    name: &'static str,
    ty: FieldType,
    flags: u16,
    size: u32,
    relation: Relation,
    keys: &'static [SelectionKey],
}

impl FieldMeta {
    /// A field with [`flags`].
    pub const fn new(name: &'static str, ty: FieldType, flags: u16) -> Self {
        Self {
            name,
            ty,
            flags,
            size: 0,
            relation: Relation::None,
            keys: &[],
        }
    }

    /// The model a relation leads to.
    pub const fn target(mut self, target: &'static ModelMeta) -> Self {
        self.relation = Relation::To(target);
        self
    }

    /// The model a relation leads to, by its type.
    #[doc(hidden)]
    pub const fn target_of<M: Model>(mut self) -> Self {
        self.relation = Relation::Of(M::meta);
        self
    }

    /// The name of the model a relation leads to, where that model was not generated.
    pub const fn relation(mut self, relation: &'static str) -> Self {
        self.relation = Relation::Named(relation);
        self
    }

    /// The keys of a selection.
    pub const fn keys(mut self, keys: &'static [SelectionKey]) -> Self {
        self.keys = keys;
        self
    }

    /// The most characters a char may have; Odoo cuts off the rest silently.
    pub const fn size(mut self, size: u32) -> Self {
        self.size = size;
        self
    }

    /// The name on the wire.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The Odoo type.
    pub const fn field_type(&self) -> FieldType {
        self.ty
    }

    /// Whether all bits of `flags` are set.
    pub const fn has(&self, flags: u16) -> bool {
        self.flags & flags == flags
    }

    /// The model a relation leads to, if it was generated.
    pub fn target_meta(&self) -> Option<&'static ModelMeta> {
        match self.relation {
            Relation::To(target) => Some(target),
            Relation::Of(target) => Some(target()),
            Relation::Named(_) | Relation::None => None,
        }
    }

    /// The name of the model a relation leads to, `""` for other fields.
    pub fn relation_name(&self) -> &'static str {
        match self.relation {
            Relation::To(target) => target.name,
            Relation::Of(target) => target().name,
            Relation::Named(name) => name,
            Relation::None => "",
        }
    }

    /// The keys of a selection, empty for other fields.
    pub const fn selection_keys(&self) -> &'static [SelectionKey] {
        self.keys
    }

    /// The most characters a char may have.
    pub const fn max_size(&self) -> Option<u32> {
        if self.size == 0 {
            None
        } else {
            Some(self.size)
        }
    }
}

/// What is known of one model at run time.
pub struct ModelMeta {
    name: &'static str,
    fields: &'static [FieldMeta],
}

impl ModelMeta {
    /// A model and its fields; the fields of its record come first.
    pub const fn new(name: &'static str, fields: &'static [FieldMeta]) -> Self {
        Self { name, fields }
    }

    /// The name on the wire, such as `res.partner`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Every field of the model.
    pub const fn fields(&self) -> &'static [FieldMeta] {
        self.fields
    }

    /// The field with that name on the wire.
    pub fn field(&self, name: &str) -> Option<&'static FieldMeta> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl fmt::Debug for ModelMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relations are cyclic, so the fields stay out.
        f.debug_struct("ModelMeta")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
