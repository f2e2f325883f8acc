//! What is known of models and fields at run time, read out of the [tables](super::table) that generated code holds.

use std::{
    collections::HashMap,
    fmt,
    sync::{LazyLock, PoisonError, RwLock},
};

use super::{
    Model,
    table::{Row, Rows},
};

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
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name `fields_get` uses, such as `many2one`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The type that `fields_get` names so.
            pub(crate) fn of(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    // Of the addon base_sparse_field.
                    "serialized" => Self::Json,
                    _ => Self::Unknown,
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

/// A model's table, as other models refer to it: constants, since a function a model costs more to compile.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Table {
    name: &'static str,
    text: &'static str,
    related: fn() -> Related,
}

impl Table {
    /// The table of the model `M`.
    pub const fn of<M: Model>() -> Self {
        Self {
            name: M::NAME,
            text: M::TABLE,
            related: M::RELATED,
        }
    }
}

/// What the table of a model names and cannot hold: the models that its relations lead to, and the selections' keys.
#[doc(hidden)]
#[derive(Clone, Copy, Default)]
pub struct Related {
    /// By the name in the table.
    pub models: &'static [(&'static str, Table)],
    /// By the name in the table.
    pub selections: &'static [(&'static str, Keys)],
}

/// The keys of a selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// All of them, as text.
    pub all: &'static [&'static str],
    /// Those that are integers on the wire.
    pub integers: &'static [&'static str],
}

/// What is known of one field at run time.
pub struct FieldMeta {
    name: &'static str,
    ty: FieldType,
    flags: u16,
    size: u32,
    relation: &'static str,
    target: Option<Table>,
    keys: Keys,
}

impl FieldMeta {
    /// A field of which no more is known than this.
    pub(crate) const fn plain(name: &'static str, ty: FieldType, flags: u16) -> Self {
        Self {
            name,
            ty,
            flags,
            size: 0,
            relation: "",
            target: None,
            keys: Keys {
                all: &[],
                integers: &[],
            },
        }
    }

    fn read(row: Row, related: &Related) -> Self {
        let ty = row.field_type();
        let plain = Self::plain(row.name, ty, row.flags);
        match ty {
            FieldType::Char => Self {
                size: row.size(),
                ..plain
            },
            FieldType::Many2one | FieldType::One2many | FieldType::Many2many => Self {
                relation: row.more,
                target: find(related.models, row.more),
                ..plain
            },
            FieldType::Selection => Self {
                keys: find(related.selections, row.more).unwrap_or_default(),
                ..plain
            },
            _ => plain,
        }
    }

    /// The name on the wire.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The Odoo type.
    pub const fn field_type(&self) -> FieldType {
        self.ty
    }

    pub(crate) const fn flags(&self) -> u16 {
        self.flags
    }

    /// Whether all bits of `flags` are set.
    pub const fn has(&self, flags: u16) -> bool {
        self.flags & flags == flags
    }

    /// The model a relation leads to, if it was generated.
    pub fn target_meta(&self) -> Option<&'static ModelMeta> {
        self.target.map(ModelMeta::of)
    }

    /// The name of the model a relation leads to, `""` for other fields.
    pub fn relation_name(&self) -> &'static str {
        self.target.map_or(self.relation, |target| target.name)
    }

    /// The keys of a selection, empty for other fields.
    pub const fn selection_keys(&self) -> Keys {
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

impl fmt::Debug for FieldMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.ty)
    }
}

/// What is known of one model at run time.
pub struct ModelMeta {
    name: &'static str,
    fields: &'static [FieldMeta],
    record: &'static [&'static FieldMeta],
}

/// The models that were used so far, by name and by where their tables are: two schemas may have one name.
static USED: LazyLock<RwLock<HashMap<(&str, usize), &ModelMeta>>> = LazyLock::new(RwLock::default);

impl ModelMeta {
    /// What is known of a model: its table, read at the first use and kept.
    pub(crate) fn of(table: Table) -> &'static Self {
        let key = (table.name, table.text.as_ptr().addr());
        let used = USED.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(meta) = used.get(&key) {
            return meta;
        }
        drop(used);
        let mut used = USED.write().unwrap_or_else(PoisonError::into_inner);
        // One is kept a table, so that what is leaked is bounded by the program.
        used.entry(key)
            .or_insert_with(|| Box::leak(Box::new(Self::read(table))))
    }

    fn read(table: Table) -> Self {
        let related = (table.related)();
        let mut rows = Rows::of(table.text);
        let mut fields = Vec::new();
        while let Some(row) = rows.next() {
            fields.push(FieldMeta::read(row, &related));
        }
        let fields: &'static [FieldMeta] = fields.leak();
        let record = rows.record.unwrap_or(fields.len());
        Self {
            name: table.name,
            fields,
            record: fields[..record].iter().collect::<Vec<_>>().leak(),
        }
    }

    /// The name on the wire, such as `res.partner`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Every field of the model.
    pub const fn fields(&self) -> &'static [FieldMeta] {
        self.fields
    }

    /// The fields of the model's record.
    pub(crate) const fn record(&self) -> &'static [&'static FieldMeta] {
        self.record
    }

    /// The field with that name on the wire.
    pub fn field(&self, name: &str) -> Option<&'static FieldMeta> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn find<T: Copy>(named: &[(&str, T)], name: &str) -> Option<T> {
    let entry = named.iter().find(|(known, _)| *known == name)?;
    Some(entry.1)
}

impl fmt::Debug for ModelMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relations are cyclic, so the fields stay out.
        f.debug_struct("ModelMeta")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_known_by_its_name() {
        for field_type in FieldType::ALL {
            assert_eq!(FieldType::of(field_type.as_str()), *field_type);
        }
        assert_eq!(FieldType::of("serialized"), FieldType::Json);
        assert_eq!(FieldType::of("hologram"), FieldType::Unknown);
    }
}
