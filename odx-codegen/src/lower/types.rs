//! Odoo's field types: one table. A new type is a new row, and where its value is new, a [`Value`].

use crate::ir::Nullable::{self, Always, Never, UnlessRequired};
use crate::ir::{FieldType, Value};

const fn row(
    odoo: &'static str,
    kind: &'static str,
    value: Value,
    nullable: Nullable,
) -> FieldType {
    FieldType {
        odoo,
        kind,
        value,
        nullable,
    }
}

/// The field types of Odoo 14 to 19.
static TABLE: [FieldType; 20] = [
    row("char", "Char", Value::Text, UnlessRequired),
    row("text", "Text", Value::Text, UnlessRequired),
    row("html", "Html", Value::Text, UnlessRequired),
    // Unset numbers read 0.
    row("integer", "Integer", Value::Integer, Never),
    row("float", "Float", Value::Float, Never),
    row("monetary", "Monetary", Value::Float, Never),
    row("boolean", "Boolean", Value::Boolean, Never),
    row("date", "Date", Value::Date, UnlessRequired),
    row("datetime", "Datetime", Value::Datetime, UnlessRequired),
    // Images report this type too. Required ones are checked by forms alone.
    row("binary", "Binary", Value::Blob, Always),
    row("selection", "Choice", Value::Selection, UnlessRequired),
    row("many2one", "ToOne", Value::Many2one, UnlessRequired),
    row("one2many", "ToMany", Value::Ids, Never),
    row("many2many", "ToMany", Value::Ids, Never),
    row("reference", "Reference", Value::RecordRef, Always),
    row("many2one_reference", "AnyId", Value::ResId, Never),
    row("json", "Json", Value::Json, Always),
    // Of the addon base_sparse_field.
    row("serialized", "Json", Value::Json, Always),
    row("properties", "Properties", Value::Properties, Never),
    row(
        "properties_definition",
        "PropertiesDefinition",
        Value::PropertiesDefinition,
        Never,
    ),
];

/// What a field of any other type is.
pub(super) static UNKNOWN: FieldType = row("unknown", "Unknown", Value::Json, Never);

/// `id`, which the server says is an integer.
pub(super) static KEY: FieldType = row("integer", "Key", Value::Integer, Never);

/// The row of an Odoo type.
pub(super) fn find(odoo: &str) -> Option<&'static FieldType> {
    TABLE.iter().find(|row| row.odoo == odoo)
}

/// The Odoo types there are.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.odoo)
}

/// The names of `odx_runtime::model` that generated code uses, which no model may have.
pub(super) fn runtime_names() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 19] = [
        "Blob",
        "DateTime",
        "Decimal",
        "Field",
        "Id",
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
    TABLE
        .iter()
        .map(|row| row.kind)
        .chain(CAPABILITIES)
        .chain(OTHERS)
}

/// The capability markers, by the bits search (8), sort (4), group (2) and write (1).
const CAPABILITIES: [&str; 16] = [
    "Read",
    "Write",
    "Group",
    "GroupWrite",
    "Sort",
    "SortWrite",
    "SortGroup",
    "SortGroupWrite",
    "Search",
    "SearchWrite",
    "SearchGroup",
    "SearchGroupWrite",
    "SearchSort",
    "SearchSortWrite",
    "SearchSortGroup",
    "Full",
];

/// The marker for what Odoo lets a field be used for.
pub(super) fn capability(search: bool, sort: bool, group: bool, write: bool) -> &'static str {
    let bits = [search, sort, group, write];
    CAPABILITIES[bits
        .into_iter()
        .fold(0, |index, bit| index << 1 | usize::from(bit))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_one_row() {
        for row in &TABLE {
            assert_eq!(
                TABLE.iter().filter(|other| other.odoo == row.odoo).count(),
                1,
                "{}",
                row.odoo
            );
        }
    }

    #[test]
    fn a_capability_is_named_after_what_it_allows() {
        assert_eq!(capability(true, true, true, true), "Full");
        assert_eq!(capability(true, false, true, true), "SearchGroupWrite");
        assert_eq!(capability(false, true, true, false), "SortGroup");
        assert_eq!(capability(false, false, false, false), "Read");
    }
}
