//! Whether a Rust type holds what Odoo has in a field, by the type's name.

use odx_codegen::schema::Field;
use odx_facts::{FieldType, Nullable, RustType, rust_type};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use super::read::{Struct, StructField};

/// What is wrong with a field of a struct, if anything.
pub(super) fn problem(field: &StructField, found: &Field, structs: &[Struct]) -> Option<String> {
    type_problem(field, found)
        .or_else(|| unset_problem(field, found))
        .or_else(|| relation_problem(field, found, structs))
        .or_else(|| search_problem(field, found))
}

fn type_problem(field: &StructField, found: &Field) -> Option<String> {
    let odoo = FieldType::of(&found.field_type);
    if let Some(kind) = &field.kind {
        let same = FieldType::of(kind).kind() == odoo.kind();
        return (!same)
            .then(|| format!("`{}` is of the type {odoo} in Odoo, not {kind}", field.wire));
    }
    if field.wire == "id" || held_by(&field.ty).is_none_or(|row| row.holds.contains(&odoo.value()))
    {
        return None;
    }
    let text = odoo.value().rust_text();
    let take = match odoo.nullable() {
        _ if odoo == FieldType::Unknown => String::new(),
        Nullable::Never => format!("; take `{text}`"),
        Nullable::Always | Nullable::UnlessRequired => format!("; take `Option<{text}>`"),
    };
    Some(format!(
        "`{}` is of the type {} in Odoo, which `{}` does not hold{take}",
        field.wire,
        found.field_type,
        written(&field.ty)
    ))
}

/// What a type holds; `None` where only the derive can tell.
fn held_by(ty: &Type) -> Option<&'static RustType> {
    let inner = parameter(ty, "Option").unwrap_or(ty);
    match parameter(inner, "Vec") {
        Some(item) => rust_type(&last_name(item)?, true),
        None => rust_type(&last_name(inner)?, false),
    }
}

fn unset_problem(field: &StructField, found: &Field) -> Option<String> {
    let always_set = found.required && found.store;
    if always_set || field.wire == "id" || field.kind.is_some() {
        return None;
    }
    rust_type(&last_name(&field.ty)?, false)?
        .needs_option
        .then(|| {
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
