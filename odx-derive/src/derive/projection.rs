//! The struct as what rows are read into.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{Field, Struct, parameter};
use crate::field::{self, Scope};

/// Implements `Projection`.
pub(super) fn expand(item: &Struct) -> TokenStream {
    let (name, model) = (&item.name, item.model());
    let scope = Scope::new(&model);
    let count = item.fields.len();
    let handles: Vec<TokenStream> = item
        .fields
        .iter()
        .map(|field| field.segment().handle(&scope))
        .collect();
    let accesses: Vec<TokenStream> = item
        .fields
        .iter()
        .zip(&handles)
        .map(|(field, handle)| access(field, handle))
        .collect();
    let fields: Vec<_> = item.fields.iter().map(|field| &field.ident).collect();
    let checks = item
        .fields
        .iter()
        .zip(&handles)
        .flat_map(|(field, handle)| {
            let can_be_unset = check_unset(field, handle);
            field
                .segment()
                .check(&scope)
                .into_iter()
                .chain(can_be_unset)
        });
    quote! {
        #(const _: () = #checks;)*

        #[automatically_derived]
        impl ::odx_runtime::model::Watches<{ true #(&& #handles.is_watched())* }> for #name {}

        #[automatically_derived]
        impl ::odx_runtime::model::Projection for #name {
            type Model = #model;

            fn fields() -> &'static [&'static ::odx_runtime::model::FieldMeta] {
                static FIELDS: ::std::sync::LazyLock<[&::odx_runtime::model::FieldMeta; #count]> =
                    ::std::sync::LazyLock::new(|| [#(#handles.meta()),*]);
                &*FIELDS
            }

            fn blank() -> Self {
                Self { #(#fields: (#accesses.blank)()),* }
            }

            fn slots<'a>(&'a self, list: &mut ::std::vec::Vec<&'a dyn ::odx_runtime::model::Slot>) {
                #(list.push((#accesses.slot)(&self.#fields));)*
            }

            fn slots_mut<'a>(&'a mut self, list: &mut ::std::vec::Vec<&'a mut dyn ::odx_runtime::model::Slot>) {
                #(list.push((#accesses.slot_mut)(&mut self.#fields));)*
            }
        }
    }
}

/// How a field is reached as a slot. A type that cannot hold the field is marked as the user wrote it.
fn access(field: &Field, handle: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    let access = quote_spanned!(ty.span()=> .kept_as::<#ty>());
    quote!(#handle #access)
}

/// The check that a field which can be unset has a type with room for that.
fn check_unset(field: &Field, handle: &TokenStream) -> Option<TokenStream> {
    let ty = &field.ty;
    if parameter(ty, "Option").is_some() || parameter(ty, "Vec").is_some() {
        return None;
    }
    let instead = format!("Option<{}>", written(ty));
    let access = access(field, handle);
    Some(field::check(
        "check_holds",
        ty.span(),
        &[quote!(#handle), quote!(&#access), quote!(#instead)],
    ))
}

/// A type as a person writes it.
fn written(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
}
