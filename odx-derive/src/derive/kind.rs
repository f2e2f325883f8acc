//! The kinds of fields, which a struct without generated code tells by its Rust types.

use odx_facts::{FieldType, rust_type};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Type, spanned::Spanned};

use super::{bare, parameter};
use crate::names::suggestion;

/// A field type of Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(FieldType);

/// The type that a field's kind names.
pub(super) enum Related {
    Nothing,
    Model(TokenStream),
    Selection(TokenStream),
}

impl Kind {
    /// The kind with that name in Odoo.
    pub(super) fn named(name: &LitStr) -> syn::Result<Self> {
        let value = name.value();
        of_name(&value).ok_or_else(|| {
            let names = FieldType::ALL.iter().map(|known| known.as_str());
            let suggestion = suggestion(&value, names);
            syn::Error::new(
                name.span(),
                format!("`{value}` is not a field type of Odoo: {suggestion}"),
            )
        })
    }

    /// The kind that a Rust type tells.
    pub(super) fn of_type(ty: &Type) -> syn::Result<Self> {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        let (name, many) = match parameter(inner, "Vec") {
            Some(item) => (last_name(item), true),
            None => (last_name(inner), false),
        };
        let name = name.as_deref().unwrap_or_default();
        let found = rust_type(name, many).map(|row| Self(row.tells));
        found.ok_or_else(|| {
            let example = if many { "one2many" } else { "selection" };
            syn::Error::new(ty.span(), format!("this type does not tell the type of the field in Odoo: add `#[odoo(kind = \"{example}\")]`, or another kind"))
        })
    }

    /// The name that Odoo has for it.
    pub(super) fn name(self) -> &'static str {
        self.0.as_str()
    }

    /// Whether Odoo keeps the records of the field elsewhere, so that it does not sort by them.
    pub(super) fn is_to_many(self) -> bool {
        self.0.is_to_many()
    }

    /// The kind of the handle of a field with that Rust type.
    pub(super) fn handle(self, ty: &Type) -> TokenStream {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        let kind = Ident::new(self.0.kind(), Span::call_site());
        if self.0.is_relation() {
            let target = self.target(ty);
            return quote!(::odx_runtime::model::#kind<#target>);
        }
        if !self.0.is_selection() {
            return quote!(::odx_runtime::model::#kind);
        }
        // Of a selection in a text the keys are not known.
        match last_name(inner).as_deref() {
            Some("String") => quote!(::odx_runtime::model::Char),
            _ => quote!(::odx_runtime::model::#kind<#inner>),
        }
    }

    /// What the table of the fields cannot hold of this one.
    pub(super) fn related(self, ty: &Type) -> Related {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        if self.0.is_relation() {
            return Related::Model(self.target(ty));
        }
        if self.0.is_selection() && last_name(inner).as_deref() != Some("String") {
            return Related::Selection(quote!(#inner));
        }
        Related::Nothing
    }

    /// The model at the other end of the relation.
    fn target(self, ty: &Type) -> TokenStream {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        let inner = parameter(inner, "Vec").unwrap_or(inner);
        match parameter(inner, "Many2one").or_else(|| parameter(inner, "Id")) {
            Some(model) => quote!(#model),
            None => quote!(<#inner as ::odx_runtime::model::Projection>::Model),
        }
    }
}

fn of_name(name: &str) -> Option<Kind> {
    let field_type = FieldType::of(name);
    (field_type != FieldType::Unknown).then_some(Kind(field_type))
}

fn last_name(ty: &Type) -> Option<String> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}
