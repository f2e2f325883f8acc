//! IR to tokens. Nothing is decided here, and nothing can fail.

mod docs;
mod index;
mod methods;
mod model;
mod not_generated;
mod selection;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::config::TypesConfig;
use crate::ir::Model;

pub(crate) use docs::plain;
#[cfg(feature = "pages")]
pub(crate) use docs::{code, is_unseen};
pub(crate) use index::index;
#[cfg(feature = "pages")]
pub(crate) use model::value_type_text;
pub(crate) use not_generated::not_generated;

/// The items of a model's file.
pub(crate) fn model(model: &Model, types: &TypesConfig) -> TokenStream {
    let items = model::model(model, types);
    let methods = methods::methods(model);
    quote!(#items #methods)
}

/// Gives the runtime the name that generated code has for it, where the crate has another.
pub(crate) fn runtime(name: &str) -> TokenStream {
    let name = ident(name);
    quote!(use ::#name as odx_runtime;)
}

/// An identifier that the names module made.
fn ident(name: &str) -> Ident {
    format_ident!("{name}")
}

/// Lines of documentation.
fn doc<'a>(lines: impl IntoIterator<Item = &'a String>) -> TokenStream {
    let lines = lines.into_iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

fn doc_line(line: &str) -> TokenStream {
    let line = format!(" {line}");
    quote!(#[doc = #line])
}
