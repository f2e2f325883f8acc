//! The file that names all others: `lib.rs`, `mod.rs`, or what a build script includes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{doc, doc_line, docs, ident, model::name_in_table};
use crate::ir::{Crate, Model};

/// The version of what generated code asks of the runtime. The macro `generated!` of `odx-runtime` has the same, and refuses
/// others: a number more, there and here, with each change after which generated code would not compile, or mean
/// something else.
const CONTRACT: u32 = 1;

/// The modules and what they show. `folder` is where the files stand, if not beside this one.
pub(crate) fn index(lowered: &Crate, folder: Option<&str>) -> TokenStream {
    let modules = lowered.models.iter().map(|model| {
        let docs = doc(&docs::model(model)[..1]);
        let module = module(&model.module, folder);
        quote!(#docs #module)
    });
    let missing = (!lowered.missing.is_empty()).then(|| {
        let docs = doc_line("Models that relations lead to and that were not generated.");
        let module = module("not_generated", folder);
        quote!(#docs #module)
    });
    // A field that leads to one is held in a type that names it: `Many2one<ResCompany>`.
    let missing_types = (!lowered.missing.is_empty()).then(|| {
        quote!(
            pub use super::not_generated::*;
        )
    });
    let shown = lowered.models.iter().map(shown);
    let related = related(lowered);
    let contract = Literal::u32_unsuffixed(CONTRACT);
    quote! {
        odx_runtime::generated!(#contract);

        #(#modules)*
        #missing
        // A program uses some of the models.
        #[allow(unreachable_pub, unused_imports)]
        #[rustfmt::skip]
        pub use self::{#(#shown),*};

        /// The models, and what programs need beside them: `use models::prelude::*;`.
        // A model may have the name of something in it.
        #[allow(ambiguous_glob_reexports, unreachable_pub, unused_imports)]
        pub mod prelude {
            #missing_types
            pub use super::*;
            pub use odx_runtime::prelude::*;
        }

        #related
    }
}

/// What the models' tables name.
fn related(lowered: &Crate) -> TokenStream {
    let models = lowered.models.iter().map(|model| {
        let (wire, name) = (name_in_table(&model.wire), ident(&model.type_name));
        quote!((#wire, odx_runtime::model::Table::of::<#name>()))
    });
    let selections = lowered.models.iter().flat_map(|model| &model.selections);
    let selections = selections.map(|selection| {
        let (text, name) = (&selection.name, ident(&selection.name));
        quote!((#text, odx_runtime::model::keys::<#name>()))
    });
    let series = lowered.odoo_version.as_deref().unwrap_or_default();
    quote! {
        // Long, but a constant.
        #[allow(clippy::large_stack_arrays, clippy::too_many_lines)]
        #[rustfmt::skip]
        const fn related() -> odx_runtime::model::Related {
            odx_runtime::model::Related {
                models: const { &[#(#models),*] },
                selections: const { &[#(#selections),*] },
                series: #series,
            }
        }
    }
}

/// A module. Generated files are compared byte for byte, so rustfmt is to leave them alone, here as in the index itself.
fn module(name: &str, folder: Option<&str>) -> TokenStream {
    let path = folder.map(|folder| {
        let path = format!("{folder}/{name}.rs");
        quote!(#[path = #path])
    });
    let name = ident(name);
    quote! {
        #[rustfmt::skip]
        #[allow(clippy::doc_markdown, clippy::too_long_first_doc_paragraph, unreachable_pub)]
        #path
        pub mod #name;
    }
}

/// What of a model is shown beside its module: its record and its selections.
fn shown(model: &Model) -> TokenStream {
    let module = ident(&model.module);
    let record = ident(&model.type_name);
    let selections = model
        .selections
        .iter()
        .map(|selection| ident(&selection.name));
    match model.selections.is_empty() {
        true => quote!(#module::#record),
        false => quote!(#module::{#record, #(#selections),*}),
    }
}
