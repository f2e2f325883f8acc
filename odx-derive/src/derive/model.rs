//! The struct as a model of its own, for programs without generated code.

use odx_facts::{Flag, KEPT_BY_ODOO, capability, flags};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::{
    Field, Struct,
    kind::{Kind, Related},
    parameter,
};
use crate::names;

/// Implements `Model`, with handles for the struct's own fields.
pub(super) fn expand(item: &Struct, wire: &str) -> TokenStream {
    let (name, visibility) = (&item.name, &item.visibility);
    let fields: Vec<OwnField> = item.fields.iter().map(OwnField::new).collect();
    let handles_name = format_ident!("{name}Fields");
    let docs = format!("The fields of [`{name}`], reached as `{name}::F`.");
    let handles = fields.iter().map(|field| field.handle(name));
    let table: String = fields.iter().map(OwnField::row).collect();
    let related = related(&fields);
    let idents = fields.iter().map(|field| &field.ident);
    let indices = (0..fields.len()).map(proc_macro2::Literal::usize_unsuffixed);
    quote! {
        #[doc = #docs]
        #[allow(dead_code, non_snake_case)]
        #visibility struct #handles_name { #(#handles,)* }

        #[allow(dead_code)]
        const _: () = {
            #related
            ::odx_runtime::model! { #name, #handles_name, #wire, related { #(#idents: #indices),* } #table }
        };
    }
}

/// The models and selections of the fields, by the name that the table has for them: the field's own.
fn related(fields: &[OwnField]) -> TokenStream {
    let (mut models, mut selections) = (Vec::new(), Vec::new());
    for OwnField { field, kind, .. } in fields.iter().filter(|field| !field.is_key()) {
        let name = &field.wire;
        match kind.related(&field.ty) {
            Related::Model(model) => {
                models.push(quote!((#name, ::odx_runtime::model::Table::of::<#model>())));
            }
            Related::Selection(ty) => {
                selections.push(quote!((#name, ::odx_runtime::model::keys::<#ty>())));
            }
            Related::Nothing => {}
        }
    }
    quote! {
        fn related() -> ::odx_runtime::model::Related {
            ::odx_runtime::model::Related {
                models: const { &[#(#models),*] },
                selections: const { &[#(#selections),*] },
                series: "",
            }
        }
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
        let capability = Ident::new(capability(self.uses()), Span::call_site());
        quote! {
            #[doc = #docs]
            #visibility #ident: ::odx_runtime::model::Field<#model, #kind, ::odx_runtime::model::#capability>
        }
    }

    /// `name char rsdogw`, a line of the table.
    fn row(&self) -> String {
        let name = &self.field.wire;
        let field_type = match self.is_key() {
            true => "integer",
            false => self.kind.name(),
        };
        format!("{name} {field_type} {} {name}\n", self.flags())
    }

    fn is_key(&self) -> bool {
        self.field.wire == "id"
    }

    fn is_writable(&self) -> bool {
        !self.field.attributes.readonly
            && !self.field.attributes.computed
            && !KEPT_BY_ODOO.contains(&self.field.wire.as_str())
    }

    /// What Odoo lets be done with the field. Of one that is not stored, nothing is known.
    fn uses(&self) -> u16 {
        if self.field.wire == "display_name" {
            return flags::SEARCH;
        }
        if self.field.attributes.computed {
            return 0;
        }
        let ordered = match self.kind.is_to_many() {
            true => 0,
            false => flags::SORT | flags::GROUP,
        };
        let written = if self.is_writable() { flags::WRITE } else { 0 };
        flags::SEARCH | ordered | written
    }

    /// The letters of the flags, as the runtime's tables have them.
    fn flags(&self) -> String {
        let attributes = &self.field.attributes;
        let stored = !attributes.computed && self.field.wire != "display_name";
        // A type without room for unset says that the field always has a value, not that a create must give it.
        let always_set = attributes.required || parameter(&self.field.ty, "Option").is_none();
        let set = [
            (flags::STORED, stored),
            (flags::REQUIRED, always_set),
            (flags::DEFAULT, !attributes.required),
        ];
        let bits = set
            .into_iter()
            .filter(|(_, holds)| *holds)
            .fold(self.uses(), |bits, (bit, _)| bits | bit);
        Flag::letters(bits).collect()
    }
}
