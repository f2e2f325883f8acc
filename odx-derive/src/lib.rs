//! The macros of odx-runtime.
//!
//! They never read a schema: they name the handles of the generated models by the user's own tokens, and the compiler
//! checks them. All logic stands in modules that know no compiler, so that it is tested like any other code.

mod derive;
mod domain;
mod field;
mod names;
mod value;
mod values;

use proc_macro::TokenStream;

/// A domain, checked while it compiles.
///
/// In Rust's syntax:
///
/// ```ignore
/// domain!(ResPartner, is_company && country_id.code in ["BE", "NL"] && !(email is set || phone == None))
/// ```
///
/// - comparisons: `==`, `!=`, `<`, `<=`, `>`, `>=`, and `=?` (no condition where the value is `None`);
/// - lists: `in [..]`, `not in [..]`, or any iterator in place of the list;
/// - texts: `like`, `ilike`, `=like`, `=ilike`, and `not` before each;
/// - hierarchies: `child_of`, `parent_of`, with an `Id` or a list of ids;
/// - relations: `line_ids any (qty > 1)`, `line_ids not any (..)`;
/// - unset: `== None`, `!= None`, `is set`, `is not set`;
/// - parts of dates (Odoo 18): `date_order.month_number == 3`; a property: `lead_properties["color"] == "red"`;
/// - the methods of a handle: `name.ilike("x")`, `line_ids.any(qty > 1)`;
/// - a boolean field alone is a condition; `&&`, `||`, `!` and parentheses join conditions;
/// - a `{ block }` in place of a condition is a domain made elsewhere.
///
/// Or in Odoo's notation, pasted as it is but for the quotes, which Rust wants double:
///
/// ```ignore
/// domain!(ResPartner, ["|", ("email", "!=", False), ("phone", "!=", False), ("child_ids", "any", [("type", "=", "invoice")])])
/// ```
///
/// A property's name stands after its field's: `("lead_properties.a1b2c3d4e5f60718", "=", 1)` where it is one of the
/// names that Odoo gives, 16 hexadecimal digits; any other as `(lead_properties["color"], "=", 1)`.
///
/// Values are literals, which are checked against the field, or any expression. Texts are compared with the keys of a
/// selection and read as dates while the program compiles; where the model is `Self`, by `cargo build` and not yet by
/// `cargo check`.
///
/// The end of a path that is called as a part of a date (`month_number`) is that part, never a field of that name.
#[proc_macro]
pub fn domain(input: TokenStream) -> TokenStream {
    domain::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The values of a create or a write, checked while it compiles.
///
/// ```ignore
/// values!(ResPartner { name: "Acme", country_id: belgium, email: None })
/// values!(ResPartner { phone: "+32 2", .. })
/// ```
///
/// `None` clears a field. Fields that Odoo demands of a new record must be given, unless the list ends with `..`: then
/// the others are left as they are. `..base` takes them from other values.
#[proc_macro]
pub fn values(input: TokenStream) -> TokenStream {
    values::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Reads rows into a struct.
///
/// With `#[odoo(model = ResPartner)]` the struct is a projection of a generated model: it reads its own fields and no
/// others. `#[odoo(field = "country_id")]` names the field where the struct's name for it differs. A field of a
/// relation may be another projection, or a `Vec` of one.
///
/// ```ignore
/// #[derive(OdooModel)]
/// #[odoo(model = ResPartner)]
/// struct Contact {
///     id: Id<ResPartner>,
///     name: Option<String>,
///     #[odoo(field = "country_id")]
///     country: Option<Many2one<ResCountry>>,
/// }
/// ```
///
/// With `#[odoo(name = "res.partner")]` the struct is a model of its own, for programs without generated code: it has
/// handles (`Partner::F`), `search`, `create` and the rest. The kinds of its fields follow from their Rust types;
/// `#[odoo(kind = "selection")]` says what they do not tell. `#[odoo(required)]` marks what a create must give,
/// `#[odoo(readonly)]` what it cannot, and `#[odoo(computed)]` what Odoo neither stores nor searches. `odx check --source`
/// compares such structs with an Odoo.
#[proc_macro_derive(OdooModel, attributes(odoo))]
pub fn odoo_model(input: TokenStream) -> TokenStream {
    derive::expand(input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
