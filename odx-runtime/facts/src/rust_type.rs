//! The Rust types that hold values of fields, by their last names, for macros and checks that see no more of a type.

use super::{FieldType, Value};

/// A row of the table of Rust types.
#[derive(Clone, Copy, Debug)]
pub struct RustType {
    /// The last name of the type; of a list, that of its items.
    pub name: &'static str,
    /// Whether it is a `Vec`.
    pub list: bool,
    /// The field type that the Rust type alone tells.
    pub tells: FieldType,
    /// The values that it holds.
    pub holds: &'static [Value],
    /// Whether unset needs an `Option` around it.
    pub needs_option: bool,
}

const fn row(
    name: &'static str,
    tells: FieldType,
    holds: &'static [Value],
    needs_option: bool,
) -> RustType {
    RustType {
        name,
        list: false,
        tells,
        holds,
        needs_option,
    }
}

const fn list(name: &'static str, tells: FieldType, holds: &'static [Value]) -> RustType {
    RustType {
        list: true,
        ..row(name, tells, holds, false)
    }
}

const ALL: &[Value] = &[
    Value::Text,
    Value::Integer,
    Value::Float,
    Value::Boolean,
    Value::Date,
    Value::Datetime,
    Value::Blob,
    Value::Selection,
    Value::Many2one,
    Value::Ids,
    Value::RecordRef,
    Value::ResId,
    Value::Json,
    Value::Properties,
    Value::PropertiesDefinition,
];

const TEXTS: &[Value] = &[
    Value::Text,
    Value::Selection,
    Value::RecordRef,
    Value::Date,
    Value::Datetime,
];

/// The Rust types, those that a field is best held by first.
pub const RUST_TYPES: &[RustType] = &[
    row("String", FieldType::Char, TEXTS, true),
    row(
        "i64",
        FieldType::Integer,
        &[Value::Integer, Value::ResId],
        false,
    ),
    row("f64", FieldType::Float, &[Value::Float], false),
    row("Decimal", FieldType::Float, &[Value::Float], false),
    row("bool", FieldType::Boolean, &[Value::Boolean], false),
    row("NaiveDate", FieldType::Date, &[Value::Date], true),
    row("Date", FieldType::Date, &[Value::Date], true),
    row(
        "NaiveDateTime",
        FieldType::Datetime,
        &[Value::Datetime],
        true,
    ),
    row("DateTime", FieldType::Datetime, &[Value::Datetime], true),
    row("Timestamp", FieldType::Datetime, &[Value::Datetime], true),
    row(
        "OffsetDateTime",
        FieldType::Datetime,
        &[Value::Datetime],
        true,
    ),
    row("Blob", FieldType::Binary, &[Value::Blob], true),
    row("RecordRef", FieldType::Reference, &[Value::RecordRef], true),
    row(
        "ResId",
        FieldType::Many2oneReference,
        &[Value::ResId],
        false,
    ),
    row("Many2one", FieldType::Many2one, &[Value::Many2one], true),
    row("Id", FieldType::Many2one, &[Value::Many2one], true),
    row("JsonValue", FieldType::Json, ALL, false),
    row("Value", FieldType::Json, ALL, false),
    list("Id", FieldType::Many2many, &[Value::Ids]),
    list("Property", FieldType::Properties, &[Value::Properties]),
    list(
        "PropertyDefinition",
        FieldType::PropertiesDefinition,
        &[Value::PropertiesDefinition],
    ),
];

/// The row of a type, or of a `Vec` of it.
pub fn rust_type(name: &str, list: bool) -> Option<&'static RustType> {
    RUST_TYPES
        .iter()
        .find(|row| row.name == name && row.list == list)
}

impl Value {
    /// The Rust type to hold it, without the `Option`; `..` is the model at the other end.
    pub const fn rust_text(self) -> &'static str {
        match self {
            Self::Text | Self::Selection => "String",
            Self::Integer => "i64",
            Self::Float => "f64",
            Self::Boolean => "bool",
            Self::Date => "NaiveDate",
            Self::Datetime => "DateTime<Utc>",
            Self::Blob => "Blob",
            Self::Many2one => "Many2one<..>",
            Self::Ids => "Vec<Id<..>>",
            Self::RecordRef => "RecordRef",
            Self::ResId => "ResId",
            Self::Json => "JsonValue",
            Self::Properties => "Vec<Property>",
            Self::PropertiesDefinition => "Vec<PropertyDefinition>",
        }
    }
}
