//! The struct as a model of its own, for programs without generated code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::{Field, Struct, kind::Kind, parameter};
use crate::names;

/// What Odoo sets itself.
const LOG_FIELDS: [&str; 7] = [
    "id",
    "display_name",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "__last_update",
];

/// Implements `Model`, with handles for the struct's own fields.
pub(super) fn expand(item: &Struct, wire: &str) -> TokenStream {
    let (name, visibility) = (&item.name, &item.visibility);
    let fields: Vec<OwnField> = item.fields.iter().map(OwnField::new).collect();
    let handles_name = format_ident!("{name}Fields");
    let docs = format!("The fields of [`{name}`], reached as `{name}::F`.");
    let handles = fields.iter().map(|field| field.handle(name));
    let entries = fields.iter().map(OwnField::meta);
    let idents = fields.iter().map(|field| &field.ident);
    let indices = (0..fields.len()).map(proc_macro2::Literal::usize_unsuffixed);
    quote! {
        #[doc = #docs]
        #[allow(dead_code, non_snake_case)]
        #visibility struct #handles_name { #(#handles,)* }

        #[allow(dead_code)]
        const _: () = {
            static META: ::odx_runtime::model::ModelMeta = ::odx_runtime::model::ModelMeta::new(#wire, &[#(#entries,)*]);
            ::odx_runtime::model! { #name, #handles_name, META { #(#idents: #indices),* } }
        };
    }
}

/// A field whose kind is known.
struct OwnField<'a> {
    field: &'a Field,
    /// The handle's name: the name on the wire, as in generated code.
    ident: Ident,
    kind: Kind,
}

impl<'a> OwnField<'a> {
    fn new(field: &'a Field) -> Self {
        let ident = names::handle(&field.wire, field.span).ident;
        let kind = field
            .kind
            .expect("BUG: the fields of a model of its own have kinds");
        Self { field, ident, kind }
    }

    /// `pub name: Field<Partner, Char>`.
    fn handle(&self, model: &Ident) -> TokenStream {
        let Self { field, ident, kind } = self;
        let docs = format!("`{}`.", field.wire);
        let visibility = &field.visibility;
        let kind = if self.is_key() {
            quote!(::odx_runtime::model::Key<#model>)
        } else {
            kind.handle(&field.ty)
        };
        let capability = Ident::new(self.capability(), Span::call_site());
        quote! {
            #[doc = #docs]
            #visibility #ident: ::odx_runtime::model::Field<#model, #kind, ::odx_runtime::model::#capability>
        }
    }

    /// `FieldMeta::new("name", FieldType::Char, ..)`.
    fn meta(&self) -> TokenStream {
        let Self { field, kind, .. } = self;
        let wire = &field.wire;
        let flags = self.flags();
        let flags = quote!(#(::odx_runtime::model::flags::#flags)|*);
        let (field_type, details) = match self.is_key() {
            true => (Ident::new("Integer", Span::call_site()), TokenStream::new()),
            false => (kind.field_type(), kind.details(&field.ty)),
        };
        quote!(::odx_runtime::model::FieldMeta::new(#wire, ::odx_runtime::model::FieldType::#field_type, #flags) #details)
    }

    fn is_key(&self) -> bool {
        self.field.wire == "id"
    }

    fn is_writable(&self) -> bool {
        !self.field.attributes.readonly
            && !self.field.attributes.computed
            && !LOG_FIELDS.contains(&self.field.wire.as_str())
    }

    /// What Odoo lets be done with a stored field of the type; of others nothing is known.
    fn capability(&self) -> &'static str {
        if self.field.wire == "display_name" {
            return "Search";
        }
        match (
            self.field.attributes.computed,
            self.kind.is_to_many(),
            self.is_writable(),
        ) {
            (true, ..) => "Read",
            (false, true, true) => "SearchWrite",
            (false, true, false) => "Search",
            (false, false, true) => "Full",
            (false, false, false) => "SearchSortGroup",
        }
    }

    fn flags(&self) -> Vec<Ident> {
        let attributes = &self.field.attributes;
        let allowed = match self.capability() {
            "Read" => vec![],
            "Search" if self.field.wire == "display_name" => vec!["SEARCH"],
            "Search" => vec!["STORED", "SEARCH"],
            "SearchWrite" => vec!["STORED", "SEARCH", "WRITE"],
            "SearchSortGroup" => vec!["STORED", "SEARCH", "SORT", "GROUP"],
            _ => vec!["STORED", "SEARCH", "SORT", "GROUP", "WRITE"],
        };
        // A type without room for unset says that the field always has a value, not that a create must give it.
        let always_set = attributes.required || parameter(&self.field.ty, "Option").is_none();
        let default = if attributes.required {
            None
        } else {
            Some("DEFAULT")
        };
        let required = if always_set { Some("REQUIRED") } else { None };
        allowed
            .into_iter()
            .chain(required)
            .chain(default)
            .map(|flag| Ident::new(flag, Span::call_site()))
            .collect()
    }
}
