//! Markers for the models that relations lead to and that were not generated.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{doc_line, docs, ident};
use crate::ir::Missing;

/// The items of `not_generated.rs`.
pub(crate) fn not_generated(missing: &[Missing]) -> TokenStream {
    missing.iter().map(marker).collect()
}

/// A model of which nothing is known but its name. Its `Model` impl asks for a trait that nothing implements, so that
/// the compiler's message is the trait's.
fn marker(missing: &Missing) -> TokenStream {
    let wire = &missing.wire;
    let name = ident(&missing.type_name);
    let bound = format_ident!("{}IsGenerated", missing.type_name);
    let docs = doc_line(&format!("{} was not generated.", docs::code(wire)));
    // Braces are placeholders in a diagnostic.
    let shown = wire.replace(['{', '}'], "?");
    let message = format!(
        "the model `{shown}` was not generated: add it to `include` under [models] in odx.toml, then run `odx pull` and `odx generate`"
    );
    quote! {
        #docs
        pub struct #name<T = ()>(core::marker::PhantomData<T>);

        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = #message, label = "leads to a model that was not generated")]
        pub trait #bound {
            type Fields: 'static;
            const F: Self::Fields;
        }

        impl<T: #bound + 'static> odx_runtime::model::Model for #name<T> {
            type Fields = T::Fields;
            const NAME: &'static str = #wire;
            const F: T::Fields = T::F;
        }
    }
}
