//! Whether a Rust type holds what Odoo has in a field: the tables of `odx_runtime::model::Holds`, by the types' names.

use odx_codegen::schema::Field;
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use super::read::{Struct, StructField};

/// How a Rust type holds its values.
#[derive(Clone, Copy, PartialEq)]
enum Unset {
    /// Odoo has no unset value, or the type has one.
    Fits,
    /// It takes an `Option`.
    NeedsOption,
}

use Unset::{Fits, NeedsOption};

/// The Rust types, by their last name, and the field types whose values they hold.
static TYPES: [(&str, &[&str], Unset); 15] = [
    ("String", TEXTS, NeedsOption),
    ("i64", &["integer", "many2one_reference"], Fits),
    ("f64", &["float", "monetary"], Fits),
    ("Decimal", &["float", "monetary"], Fits),
    ("bool", &["boolean"], Fits),
    ("NaiveDate", &["date"], NeedsOption),
    ("Date", &["date"], NeedsOption),
    ("NaiveDateTime", &["datetime"], NeedsOption),
    ("DateTime", &["datetime"], NeedsOption),
    ("Timestamp", &["datetime"], NeedsOption),
    ("OffsetDateTime", &["datetime"], NeedsOption),
    ("Blob", &["binary"], NeedsOption),
    ("RecordRef", &["reference"], NeedsOption),
    ("ResId", &["many2one_reference"], Fits),
    ("Many2one", &["many2one"], NeedsOption),
];

const TEXTS: &[&str] = &[
    "char",
    "text",
    "html",
    "selection",
    "reference",
    "date",
    "datetime",
];

/// The items of a `Vec`, and the field types whose values the list holds.
static LISTS: [(&str, &[&str]); 3] = [
    ("Id", &["one2many", "many2many"]),
    ("Property", &["properties"]),
    ("PropertyDefinition", &["properties_definition"]),
];

/// The Rust type to take for each field type.
static TAKE: [(&str, &str); 20] = [
    ("char", "Option<String>"),
    ("text", "Option<String>"),
    ("html", "Option<String>"),
    ("integer", "i64"),
    ("float", "f64"),
    ("monetary", "f64"),
    ("boolean", "bool"),
    ("date", "Option<NaiveDate>"),
    ("datetime", "Option<DateTime<Utc>>"),
    ("binary", "Option<Blob>"),
    ("selection", "Option<String>"),
    ("reference", "Option<RecordRef>"),
    ("many2one", "Option<Many2one<..>>"),
    ("many2one_reference", "ResId"),
    ("one2many", "Vec<Id<..>>"),
    ("many2many", "Vec<Id<..>>"),
    ("json", "Option<JsonValue>"),
    ("serialized", "Option<JsonValue>"),
    ("properties", "Vec<Property>"),
    ("properties_definition", "Vec<PropertyDefinition>"),
];

/// What is wrong with a field of a struct, if anything.
pub(super) fn problem(field: &StructField, found: &Field, structs: &[Struct]) -> Option<String> {
    type_problem(field, found)
        .or_else(|| unset_problem(field, found))
        .or_else(|| relation_problem(field, found, structs))
        .or_else(|| search_problem(field, found))
}

fn type_problem(field: &StructField, found: &Field) -> Option<String> {
    let odoo = found.field_type.as_str();
    if let Some(kind) = &field.kind {
        let same = kind == odoo || [kind.as_str(), odoo] == ["json", "serialized"];
        return (!same)
            .then(|| format!("`{}` is of the type {odoo} in Odoo, not {kind}", field.wire));
    }
    if field.wire == "id" || held(&field.ty).is_none_or(|types| types.contains(&odoo)) {
        return None;
    }
    let take = TAKE.iter().find(|(name, _)| *name == odoo);
    let take = take.map_or_else(String::new, |(_, ty)| format!("; take `{ty}`"));
    Some(format!(
        "`{}` is of the type {odoo} in Odoo, which `{}` does not hold{take}",
        field.wire,
        written(&field.ty)
    ))
}

/// The field types whose values a type holds; `None` where only the derive can tell.
fn held(ty: &Type) -> Option<&'static [&'static str]> {
    let inner = parameter(ty, "Option").unwrap_or(ty);
    if let Some(item) = parameter(inner, "Vec") {
        let name = last_name(item)?;
        let list = LISTS.iter().find(|(item, _)| *item == name);
        return list.map(|(_, types)| *types);
    }
    match last_name(inner)?.as_str() {
        "Id" => Some(&["many2one"]),
        name => row(name).map(|(_, types, _)| *types),
    }
}

fn unset_problem(field: &StructField, found: &Field) -> Option<String> {
    let always_set = found.required && found.store;
    if always_set || field.wire == "id" || field.kind.is_some() {
        return None;
    }
    let name = last_name(&field.ty)?;
    let needs_option = match row(&name) {
        Some((_, _, unset)) => *unset == NeedsOption,
        None => name == "Id",
    };
    needs_option.then(|| {
        let written = written(&field.ty);
        format!(
            "`{}` can be unset in Odoo, for which `{written}` has no room; take `Option<{written}>`",
            field.wire
        )
    })
}

/// Of a relation to another struct of the sources it is known which model that reads.
fn relation_problem(field: &StructField, found: &Field, structs: &[Struct]) -> Option<String> {
    let relation = found.relation.as_deref()?;
    let inner = parameter(&field.ty, "Option").unwrap_or(&field.ty);
    let inner = parameter(inner, "Vec").unwrap_or(inner);
    let target = parameter(inner, "Many2one").or_else(|| parameter(inner, "Id"));
    let name = last_name(target.unwrap_or(inner))?;
    let mut targets = structs.iter().filter(|item| item.name == name);
    let target = targets.next()?;
    if target.model == relation || targets.any(|other| other.model == relation) {
        return None;
    }
    Some(format!(
        "`{}` leads to {relation}, but `{name}` is of {}",
        field.wire, target.model
    ))
}

/// Odoo 14 to 18 answer a condition on such a field with every record.
fn search_problem(field: &StructField, found: &Field) -> Option<String> {
    if found.searchable || field.computed {
        return None;
    }
    Some(format!(
        "Odoo does not search by `{}`; add `#[odoo(computed)]`",
        field.wire
    ))
}

fn row(name: &str) -> Option<&'static (&'static str, &'static [&'static str], Unset)> {
    TYPES.iter().find(|(known, ..)| *known == name)
}

fn parameter<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) if last.ident == name => Some(ty),
        _ => None,
    }
}

fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// A type as a person writes it.
fn written(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
}
