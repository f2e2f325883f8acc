//! The macros of odx-runtime.
//!
//! They never read a schema: they name the handles of the generated models by the user's own tokens, and the compiler
//! checks them. All logic stands in modules that know no compiler, so that it is tested like any other code.

mod derive;
mod domain;
mod field;
mod group;
mod names;
mod runtime;
mod value;
mod values;

use proc_macro::TokenStream;

/// `odx_runtime::domain!`, behind the name of the runtime.
#[proc_macro]
pub fn domain(input: TokenStream) -> TokenStream {
    runtime::behind_name(input.into(), domain::expand).into()
}

/// `odx_runtime::values!`, behind the name of the runtime.
#[proc_macro]
pub fn values(input: TokenStream) -> TokenStream {
    runtime::behind_name(input.into(), values::expand).into()
}

/// Reads rows into a struct.
///
/// With `#[odoo(model = ResPartner)]` the struct is a projection of a generated model: it reads its own fields and no
/// others. `#[odoo(field = "country_id")]` names the field where the struct's name for it differs. A field of a
/// relation may be another projection, or a `Vec` of one.
///
/// With `#[odoo(name = "res.partner")]` the struct is a model of its own, for programs without generated code: it has
/// handles (`Partner::F`), `search`, `create` and the rest. The kinds of its fields follow from their Rust types;
/// `#[odoo(kind = "selection")]` says what they do not tell. `#[odoo(required)]` marks what a create must give,
/// `#[odoo(readonly)]` what it cannot, and `#[odoo(computed)]` what Odoo neither stores nor searches. `odx check --source`
/// compares such structs with an Odoo.
///
/// Where `Cargo.toml` has another name for the runtime (`erp = { package = "odx-runtime", .. }`), or another crate hands it
/// on, `#[odoo(crate = "erp")]` says its path. The other macros need no such word.
#[proc_macro_derive(OdooModel, attributes(odoo))]
pub fn odoo_model(input: TokenStream) -> TokenStream {
    derive::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Reads groups into a struct whose fields have names.
///
/// A field without an attribute is what records are grouped by, under its own name; `#[odoo(key = "..")]` names that, in Odoo's
/// notation: `date_order:month`, `partner_id.country_id`, `date_order.day_of_week`. `#[odoo(count)]` is the number of records.
/// `sum`, `avg`, `min`, `max` and `count_distinct` are aggregates, of the field that they name or of the one of that name.
/// Each has the type that the value is read as; the compiler says which.
#[proc_macro_derive(OdooGroup, attributes(odoo))]
pub fn odoo_group(input: TokenStream) -> TokenStream {
    group::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
