//! The file of a model: record, handles, table, and the macros of the runtime that implement its traits.

use odx_facts::{Flag, Value};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{doc, doc_line, docs, ident, selection};
use crate::config::{DateTime, Decimal, TypesConfig};
use crate::ir::{Field, Kind, MOST_IN_TUPLE, Model, Target};

/// The items of a model's file.
pub(crate) fn model(model: &Model, types: &TypesConfig) -> TokenStream {
    let record = record(model, types);
    let handles = handles(model);
    let impls = impls(model, types);
    let selections = model
        .selections
        .iter()
        .map(|selection| selection::selection(selection, model, types));
    quote! {
        use odx_runtime::model::*;

        #record
        #handles
        #impls
        #(#selections)*
    }
}

fn record(model: &Model, types: &TypesConfig) -> TokenStream {
    let name = ident(&model.type_name);
    let docs = doc(&docs::model(model));
    let fields = model.record().map(|field| {
        let docs = doc_line(&docs::value(field));
        let ident = ident(&field.ident);
        let ty = value_type(model, field, types);
        quote!(#docs pub #ident: #ty)
    });
    quote! {
        #docs
        pub struct #name { #(#fields,)* }
    }
}

fn value_type(model: &Model, field: &Field, types: &TypesConfig) -> TokenStream {
    let ty = match (field.field_type.value(), &field.kind) {
        (_, Kind::Key) => quote!(Id<Self>),
        (Value::Selection, Kind::Choice(selection)) => {
            let selection = ident(selection);
            quote!(#selection)
        }
        (Value::Many2one, Kind::Relation(target)) => {
            let target = path_or(model, target, &quote!(Self));
            quote!(Many2one<#target>)
        }
        (Value::Ids, Kind::Relation(target)) => {
            let target = path_or(model, target, &quote!(Self));
            quote!(Vec<Id<#target>>)
        }
        (value, _) => plain_type(value, types),
    };
    match field.optional {
        true => quote!(Option<#ty>),
        false => ty,
    }
}

/// The type of a field's value, as a program that uses the models writes it.
#[cfg(feature = "pages")]
pub(crate) fn value_type_text(model: &Model, field: &Field, types: &TypesConfig) -> String {
    let tokens = value_type(model, field, types).to_string();
    tokens
        .replace(' ', "")
        .replace("super::not_generated::", "")
        .replace("super::", "")
        .replace("<Self>", &format!("<{}>", model.type_name))
}

fn plain_type(value: Value, types: &TypesConfig) -> TokenStream {
    match value {
        Value::Text => quote!(String),
        Value::Integer => quote!(i64),
        Value::Boolean => quote!(bool),
        Value::Float => match types.decimal {
            Decimal::F64 => quote!(f64),
            Decimal::RustDecimal => quote!(odx_runtime::rust_decimal::Decimal),
        },
        Value::Date => match types.date_time {
            DateTime::Chrono => quote!(NaiveDate),
            DateTime::Jiff => quote!(odx_runtime::jiff::civil::Date),
            DateTime::Time => quote!(odx_runtime::time::Date),
            DateTime::String => quote!(String),
        },
        Value::Datetime => match types.date_time {
            DateTime::Chrono => quote!(DateTime<Utc>),
            DateTime::Jiff => quote!(odx_runtime::jiff::Timestamp),
            DateTime::Time => quote!(odx_runtime::time::OffsetDateTime),
            DateTime::String => quote!(String),
        },
        Value::Blob => quote!(Blob),
        Value::RecordRef => quote!(RecordRef),
        Value::ResId => quote!(ResId),
        Value::Properties => quote!(Vec<Property>),
        Value::PropertiesDefinition => quote!(Vec<PropertyDefinition>),
        // The first three have a type of their own wherever they are what the schema says.
        Value::Selection | Value::Many2one | Value::Ids | Value::Json => quote!(JsonValue),
    }
}

pub(super) fn path(target: &Target) -> TokenStream {
    let name = ident(&target.type_name);
    match target.module {
        Some(_) => quote!(super::#name),
        None => quote!(super::not_generated::#name),
    }
}

/// The path of a target out of a model's file, or what this calls itself.
fn path_or(model: &Model, target: &Target, itself: &TokenStream) -> TokenStream {
    match target.module.is_some() && target.type_name == model.type_name {
        true => itself.clone(),
        false => path(target),
    }
}

fn handles(model: &Model) -> TokenStream {
    let name = ident(&model.handles_name);
    let record = ident(&model.type_name);
    let docs = doc_line(&format!(
        "The fields of [`{0}`], reached as `{0}::F`.",
        model.type_name
    ));
    let handles = model.fields.iter().map(|field| {
        let docs = doc(&docs::handle(field));
        let ident = ident(&field.ident);
        let kind = kind(model, field);
        let capability = match field.capability {
            "Full" => quote!(),
            capability => {
                let capability = self::ident(capability);
                quote!(, #capability)
            }
        };
        quote!(#docs pub #ident: Field<#record, #kind #capability>)
    });
    quote! {
        #docs
        pub struct #name { #(#handles,)* }
    }
}

fn kind(model: &Model, field: &Field) -> TokenStream {
    let kind = ident(match field.kind {
        Kind::Key => "Key",
        _ => field.field_type.kind(),
    });
    match &field.kind {
        Kind::Plain => quote!(#kind),
        Kind::Key => {
            let model = ident(&model.type_name);
            quote!(#kind<#model>)
        }
        Kind::Choice(selection) => {
            let selection = ident(selection);
            quote!(#kind<#selection>)
        }
        Kind::Relation(target) => {
            let name = ident(&model.type_name);
            let target = path_or(model, target, &quote!(#name));
            quote!(#kind<#target>)
        }
    }
}

/// The lines of `odx_runtime::model::table`: the record's fields, then the others.
fn table(model: &Model) -> String {
    let mut table = String::from("\n");
    let mut in_record = true;
    for field in &model.fields {
        if in_record && !field.in_record {
            in_record = false;
            table.push('\n');
        }
        table.push_str(&row(field));
    }
    table
}

/// The name of a model as tables have it: on one line.
pub(super) fn name_in_table(wire: &str) -> String {
    wire.replace('\n', " ")
}

fn row(field: &Field) -> String {
    let flags = or_dash(Flag::letters(field.flags).collect());
    let size = field.size.map(|size| size.to_string());
    let more = match &field.kind {
        Kind::Plain | Kind::Key => size,
        Kind::Relation(target) => Some(name_in_table(&target.wire)),
        Kind::Choice(selection) => Some(selection.clone()),
    };
    let mut columns = vec![field.wire.clone(), field.field_type.to_string(), flags];
    match &field.links {
        Some(links) => columns.extend([or_dash(more.unwrap_or_default()), links.clone()]),
        None => columns.extend(more),
    }
    columns.join(" ") + "\n"
}

/// A column, which is never empty.
fn or_dash(column: String) -> String {
    match column.is_empty() {
        true => "-".to_owned(),
        false => column,
    }
}

fn impls(model: &Model, types: &TypesConfig) -> TokenStream {
    let name = ident(&model.type_name);
    let handles = ident(&model.handles_name);
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let ident = ident(&field.ident);
        let index = Literal::usize_unsuffixed(index);
        quote!(#ident: #index)
    });
    let (wire, table, slots) = (&model.wire, table(model), slots(model));
    let equality = types
        .partial_eq
        .then(|| quote!(odx_runtime::record_eq! { #name }));
    let serde = types
        .serde
        .then(|| quote!(odx_runtime::record_serde! { #name }));
    quote! {
        odx_runtime::model! { #name, #handles, #wire, super::related { #(#fields),* } #table }
        odx_runtime::record! { #name { #slots } }
        #equality
        #serde
    }
}

/// The fields of the record as `odx_runtime::record!` takes them.
fn slots(model: &Model) -> TokenStream {
    let slots: Vec<Ident> = model.record().map(|field| ident(&field.ident)).collect();
    let tuples = slots.chunks(MOST_IN_TUPLE).map(|slots| quote!(#(#slots),*));
    quote!(#(#tuples);*)
}
