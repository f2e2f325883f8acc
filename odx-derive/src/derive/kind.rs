//! The kinds of fields, which a struct without generated code tells by its Rust types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Type, spanned::Spanned};

use super::parameter;
use crate::names::suggestion;

/// A field type of Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// The name that Odoo has for it.
    name: &'static str,
    /// The kind of the handle.
    handle: Handle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handle {
    /// A kind without parameters.
    Plain(&'static str),
    Choice,
    ToOne,
    ToMany,
}

/// The type that a field's kind names.
pub(super) enum Related {
    Nothing,
    Model(TokenStream),
    Selection(TokenStream),
}

const fn kind(name: &'static str, handle: Handle) -> Kind {
    Kind { name, handle }
}

static KINDS: [Kind; 20] = [
    kind("char", Handle::Plain("Char")),
    kind("text", Handle::Plain("Text")),
    kind("html", Handle::Plain("Html")),
    kind("integer", Handle::Plain("Integer")),
    kind("float", Handle::Plain("Float")),
    kind("monetary", Handle::Plain("Monetary")),
    kind("boolean", Handle::Plain("Boolean")),
    kind("date", Handle::Plain("Date")),
    kind("datetime", Handle::Plain("Datetime")),
    kind("binary", Handle::Plain("Binary")),
    kind("selection", Handle::Choice),
    kind("reference", Handle::Plain("Reference")),
    kind("many2one", Handle::ToOne),
    kind("many2one_reference", Handle::Plain("AnyId")),
    kind("one2many", Handle::ToMany),
    kind("many2many", Handle::ToMany),
    kind("json", Handle::Plain("Json")),
    kind("serialized", Handle::Plain("Json")),
    kind("properties", Handle::Plain("Properties")),
    kind(
        "properties_definition",
        Handle::Plain("PropertiesDefinition"),
    ),
];

/// The Rust types that tell a kind.
static TYPES: [(&str, &str); 18] = [
    ("String", "char"),
    ("i64", "integer"),
    ("f64", "float"),
    ("Decimal", "float"),
    ("bool", "boolean"),
    ("NaiveDate", "date"),
    ("Date", "date"),
    ("NaiveDateTime", "datetime"),
    ("DateTime", "datetime"),
    ("Timestamp", "datetime"),
    ("OffsetDateTime", "datetime"),
    ("Blob", "binary"),
    ("RecordRef", "reference"),
    ("ResId", "many2one_reference"),
    ("Many2one", "many2one"),
    ("Id", "many2one"),
    ("JsonValue", "json"),
    ("Value", "json"),
];

impl Kind {
    /// The kind with that name in Odoo.
    pub(super) fn named(name: &LitStr) -> syn::Result<Self> {
        let value = name.value();
        of_name(&value).ok_or_else(|| {
            let suggestion = suggestion(&value, KINDS.iter().map(|kind| kind.name));
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
        let found = match (many, name) {
            (true, "Id") => Some("many2many"),
            (true, "Property") => Some("properties"),
            (true, "PropertyDefinition") => Some("properties_definition"),
            (true, _) => None,
            (false, name) => TYPES
                .iter()
                .find(|(ty, _)| *ty == name)
                .map(|(_, kind)| *kind),
        };
        found.and_then(of_name).ok_or_else(|| {
            let example = if many { "one2many" } else { "selection" };
            syn::Error::new(ty.span(), format!("this type does not tell the type of the field in Odoo: add `#[odoo(kind = \"{example}\")]`, or another kind"))
        })
    }

    /// The name that Odoo has for it.
    pub(super) fn name(self) -> &'static str {
        self.name
    }

    /// Whether Odoo keeps the records of the field elsewhere, so that it does not sort by them.
    pub(super) fn is_to_many(self) -> bool {
        self.handle == Handle::ToMany
    }

    /// The kind of the handle of a field with that Rust type.
    pub(super) fn handle(self, ty: &Type) -> TokenStream {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        match self.handle {
            Handle::Plain(name) => plain(name),
            // Of a selection in a text the keys are not known.
            Handle::Choice if last_name(inner).as_deref() == Some("String") => plain("Char"),
            Handle::Choice => quote!(::odx_runtime::model::Choice<#inner>),
            Handle::ToOne | Handle::ToMany => {
                let target = self.target(ty);
                let name = if self.is_to_many() { "ToMany" } else { "ToOne" };
                let name = Ident::new(name, Span::call_site());
                quote!(::odx_runtime::model::#name<#target>)
            }
        }
    }

    /// What the table of the fields cannot hold of this one.
    pub(super) fn related(self, ty: &Type) -> Related {
        let inner = parameter(ty, "Option").unwrap_or(ty);
        match self.handle {
            Handle::Choice if last_name(inner).as_deref() != Some("String") => {
                Related::Selection(quote!(#inner))
            }
            Handle::ToOne | Handle::ToMany => Related::Model(self.target(ty)),
            Handle::Plain(_) | Handle::Choice => Related::Nothing,
        }
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
    KINDS.iter().copied().find(|kind| kind.name == name)
}

fn plain(name: &str) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    quote!(::odx_runtime::model::#name)
}

fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}
