//! What generated code calls field types and what Odoo lets fields be used for.

use odx_facts::{CAPABILITIES, FieldType};

/// The type that `fields_get` names so, if odx knows it.
pub(super) fn find(odoo: &str) -> Option<FieldType> {
    let field_type = FieldType::of(odoo);
    (field_type != FieldType::Unknown).then_some(field_type)
}

/// The Odoo types there are.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FieldType::ALL.iter().map(|known| known.as_str())
}

/// The names of `odx_runtime::model` that generated code uses, which no model may have.
pub(super) fn runtime_names() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 20] = [
        "Blob",
        "DateTime",
        "Decimal",
        "Field",
        "Id",
        "Ids",
        "JsonValue",
        "Key",
        "Many2one",
        "Model",
        "NaiveDate",
        "OffsetDateTime",
        "Property",
        "PropertyDefinition",
        "RecordRef",
        "ResId",
        "Selection",
        "Timestamp",
        "Unknown",
        "Utc",
    ];
    FieldType::ALL
        .iter()
        .map(|known| known.kind())
        .chain(CAPABILITIES.iter().copied())
        .chain(OTHERS)
}
