//! The type of a selection field.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc_line, docs, ident};
use crate::config::TypesConfig;
use crate::ir::{Definition, Key, Model, Selection, Variant};

/// The type, and with `types.serde` that it is serialised.
pub(super) fn selection(selection: &Selection, model: &Model, types: &TypesConfig) -> TokenStream {
    let name = ident(&selection.name);
    let docs = doc_line(&docs::selection(
        &selection.label,
        &selection.field,
        &model.wire,
    ));
    let serde = types
        .serde
        .then(|| quote!(odx_runtime::selection_serde! { #name }));
    match &selection.definition {
        Definition::Enum(variants) => {
            let integers: Vec<String> = variants.iter().filter_map(integer).collect();
            let integers = (!integers.is_empty()).then(|| quote!(integers #(#integers),*));
            let variants = variants.iter().map(variant);
            quote! {
                odx_runtime::selection! { #docs pub enum #name { #(#variants,)* } #integers }
                #serde
            }
        }
        Definition::Text(keys) => {
            let keys = keys.iter().map(text);
            quote! {
                odx_runtime::selection_text! { #docs pub struct #name; #(#keys),* }
                #serde
            }
        }
        Definition::Alias {
            module,
            name: owner,
        } => {
            let owner = ident(owner);
            match *module == model.module {
                true => quote!(#docs pub type #name = #owner;),
                false => {
                    let module = ident(module);
                    quote!(#docs pub type #name = super::#module::#owner;)
                }
            }
        }
    }
}

fn variant(variant: &Variant) -> TokenStream {
    let key = text(&variant.key);
    let docs = doc_line(&docs::variant(&variant.label, &key));
    let name = ident(&variant.name);
    quote!(#docs #name = #key)
}

fn integer(variant: &Variant) -> Option<String> {
    match &variant.key {
        Key::Text(_) => None,
        Key::Integer(key) => Some(key.to_string()),
    }
}

fn text(key: &Key) -> String {
    match key {
        Key::Text(key) => key.clone(),
        Key::Integer(key) => key.to_string(),
    }
}
