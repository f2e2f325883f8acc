//! What is known of models and fields at run time, read out of the [tables](super::table) that generated code holds.

use std::{
    fmt,
    sync::{LazyLock, PoisonError, RwLock},
};

use fnv::FnvHashMap;
use odx_facts::{FieldType, Series, flags};

use super::{
    Model,
    table::{Row, Rows},
};

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
    /// The version of the Odoo that the models are of; empty if it is not known.
    pub series: &'static str,
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
    links: &'static str,
    /// The model whose field it is.
    owner: Option<Table>,
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
            links: "",
            owner: None,
        }
    }

    /// A field by what `fields_get` says of it, kept once however often it is asked for.
    #[cfg(feature = "arrow")]
    pub(crate) fn untyped(name: &str, ty: FieldType) -> &'static Self {
        static FIELDS: LazyLock<RwLock<std::collections::HashMap<(&str, FieldType), &FieldMeta>>> =
            LazyLock::new(RwLock::default);
        let key = (super::interned(name), ty);
        let mut fields = FIELDS.write().unwrap_or_else(PoisonError::into_inner);
        fields
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(Self::plain(key.0, ty, 0))))
    }

    fn read(row: Row, owner: Table, related: &Related) -> Self {
        let ty = row.field_type();
        let plain = Self {
            links: row.links,
            owner: Some(owner),
            ..Self::plain(row.name, ty, row.flags)
        };
        if ty.is_relation() {
            return Self {
                relation: row.more,
                target: find(related.models, row.more),
                ..plain
            };
        }
        if ty.is_selection() {
            return Self {
                keys: find(related.selections, row.more).unwrap_or_default(),
                ..plain
            };
        }
        Self {
            size: row.size(),
            ..plain
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

    /// The names of the relations that a field without a column of its own is read through.
    pub(crate) fn links(&self) -> impl Iterator<Item = &'static str> {
        self.links.split('.').filter(|name| !name.is_empty())
    }

    /// The field that the model inherits here by a link (`_inherits`): the link is one required many2one, and the model has
    /// each field of the far one. `fields_get` does not say which fields are inherited.
    pub(crate) fn inherited(&self) -> Option<&'static Self> {
        let mut links = self.links();
        let (Some(link), None, Some(owner)) = (links.next(), links.next(), self.owner()) else {
            return None;
        };
        let link = owner
            .field(link)
            .filter(|link| link.has(flags::REQUIRED | flags::STORED))?;
        let far = link.target_meta()?;
        let mut all = far.fields.iter();
        match all.all(|field| owner.field(field.name).is_some()) {
            true => far.field(self.name),
            false => None,
        }
    }

    /// The model whose field it is; none for a field that stands for itself.
    pub(crate) fn owner(&self) -> Option<&'static ModelMeta> {
        self.owner.map(ModelMeta::of)
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
    series: Option<Series>,
}

/// The models that were used so far, by name and by where their tables are: two schemas may have one name. Each handle of a field
/// looks its model up, so that the hash is a cheap one.
static USED: LazyLock<RwLock<FnvHashMap<(&str, usize), &ModelMeta>>> =
    LazyLock::new(RwLock::default);

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
            fields.push(FieldMeta::read(row, table, &related));
        }
        let fields: &'static [FieldMeta] = fields.leak();
        let record = rows.record.unwrap_or(fields.len());
        Self {
            name: table.name,
            fields,
            record: fields[..record].iter().collect::<Vec<_>>().leak(),
            series: Series::parse(related.series),
        }
    }

    /// The name on the wire, such as `res.partner`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The series of the Odoo that the model was generated from, if it is known.
    pub const fn series(&self) -> Option<Series> {
        self.series
    }

    /// The series that the models of that name, which this program has used, were generated from.
    pub(crate) fn series_of(name: &str) -> Vec<Series> {
        let used = USED.read().unwrap_or_else(PoisonError::into_inner);
        let models = used.iter().filter(|((model, _), _)| *model == name);
        models.filter_map(|(_, meta)| meta.series).collect()
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
