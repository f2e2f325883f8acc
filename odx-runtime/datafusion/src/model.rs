//! What a snapshot or `fields_get` tells of a model, as far as a table needs it.

use std::collections::BTreeMap;

use odx_facts::{FieldType, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Where a snapshot was read: nothing of it matters to a table.
#[derive(Deserialize)]
pub(crate) struct Meta {}

/// A model of a snapshot.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) model: String,
    /// It has no table, and reading it is an access error.
    #[serde(rename = "abstract", default)]
    pub(crate) is_abstract: bool,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Json>,
}

/// A model and its fields.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Model {
    /// The name on the wire, such as `sale.order`.
    pub(crate) name: String,
    /// By their names on the wire.
    pub(crate) fields: BTreeMap<String, Field>,
}

/// A field.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Field {
    type_name: String,
    pub(crate) store: bool,
    pub(crate) searchable: bool,
    sortable: bool,
    pub(crate) company_dependent: bool,
    pub(crate) translate: bool,
    pub(crate) computed: bool,
    /// The names of the path that it is read through.
    related: Vec<String>,
    /// Whether a text is cut to a length.
    pub(crate) is_cut: bool,
    /// Whether a number is rounded to decimal places.
    pub(crate) is_rounded: bool,
}

impl Field {
    /// A field as a snapshot or `fields_get` describes it. What is left out, or `false`, is not so.
    pub(crate) fn of(described: &Json) -> Self {
        let is = |flag: &str| described[flag].as_bool().unwrap_or(false);
        let names = |value: &Json| -> Vec<String> {
            let names = value.as_array().into_iter().flatten();
            let names = names.filter_map(Json::as_str).map(str::to_owned);
            names.collect()
        };
        // A text, or in older series a list of names.
        let related = match &described["related"] {
            Json::String(path) => path.split('.').map(str::to_owned).collect(),
            other => names(other),
        };
        Self {
            type_name: described["type"].as_str().unwrap_or_default().to_owned(),
            store: is("store"),
            searchable: is("searchable"),
            sortable: is("sortable"),
            company_dependent: is("company_dependent"),
            translate: is("translate"),
            // The snapshot's word for it, and that of `fields_get`.
            computed: is("computed") || !names(&described["depends"]).is_empty(),
            related,
            is_cut: described["size"].is_number(),
            is_rounded: described["digits"].is_array()
                || FieldType::of(described["type"].as_str().unwrap_or_default())
                    == FieldType::Monetary,
        }
    }

    pub(crate) fn field_type(&self) -> FieldType {
        FieldType::of(&self.type_name)
    }
}

impl Model {
    pub(crate) fn of(name: String, described: &BTreeMap<String, Json>) -> Self {
        let fields = described.iter();
        Self {
            fields: fields
                .map(|(name, described)| (name.clone(), Field::of(described)))
                .collect(),
            name,
        }
    }

    /// Whether ids are those of a table of its own, so that no two are the same and they stay.
    pub(crate) fn has_table(&self) -> bool {
        let written = self.fields.get(odx_facts::WRITE_DATE);
        written.is_some_and(|field| field.store)
    }

    /// Whether reading the field costs Odoo no more than its column: as the fields of a generated record.
    pub(crate) fn is_cheap(&self, name: &str, field: &Field) -> bool {
        if field.field_type().value() == Value::Blob {
            return false;
        }
        if field.store || name == "id" || name == "display_name" {
            return true;
        }
        let [relation, far] = field.related.as_slice() else {
            return false;
        };
        // Of a field that is inherited, Odoo tells so where the far one can be sorted, which is stored.
        let far_is_stored = field.sortable || field.field_type().is_to_many();
        let relation = self.fields.get(relation);
        far == name
            && far_is_stored
            && relation
                .is_some_and(|field| field.store && field.field_type() == FieldType::Many2one)
    }
}
