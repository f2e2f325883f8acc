//! Typed records, domains, queries and writes for Odoo.
//!
//! The crates that `odx generate` writes link against this one. A program uses it through them:
//!
//! ```
#![doc = include_str!("example_models.md")]
//! # #[cfg(feature = "client")]
//! # async fn example(proxy_key: String, odoo_key: String) -> Result<(), Error> {
//! // in a program: use models::prelude::*;
//! use odx_runtime::{OdooInstance, OdxProxy};
//!
//! let odoo = OdxProxy::new("https://proxy.example.com", proxy_key)?
//!     .session(OdooInstance::new("https://erp.example.com", "prod", 2, odoo_key));
//! let belgians = ResPartner::search(|p| p.is_company.eq(true) & p.country_id.hop(|c| c.code).eq("BE"))
//!     .order(|p| p.name.asc())
//!     .limit(100)
//!     .fetch(&odoo)
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Without the feature `client` (on by default) the crate is the typed core, with no HTTP stack. The feature `serde` lets
//! programs hand on ids and other values in structs with `derive(Serialize)`.

#![warn(clippy::missing_errors_doc)]

#[cfg(feature = "arrow")]
pub mod arrow;
#[cfg(feature = "client")]
pub mod blocking;
pub mod domain;
pub mod error;
#[cfg(feature = "client")]
pub mod files;
#[doc(hidden)]
pub mod macros_support;
pub mod model;
pub mod prelude;
pub mod query;
mod secret;
pub mod session;
#[cfg(feature = "client")]
pub mod transport;
pub mod write;

pub use domain::{Domain, all, none};
pub use error::{Error, OdooError};
#[doc(no_inline)]
pub use futures_core::Stream;
#[cfg(feature = "jiff")]
#[doc(no_inline)]
pub use jiff;
pub use model::{Id, Many2one, Model, RecordId};
/// Tuples name nothing; a struct does:
///
/// ```
/// use odx_runtime::{prelude::*, query::group::Period};
/// # #[derive(OdooModel)]
/// # #[odoo(name = "sale.order")]
/// # struct SaleOrder {
/// #     id: Id<SaleOrder>, state: Option<String>, amount_total: f64, #[odoo(kind = "datetime")] date_order: Option<String>,
/// # }
///
/// #[derive(OdooGroup)]
/// #[odoo(model = SaleOrder)]
/// struct Month {
///     #[odoo(key = "date_order:month")]
///     month: Option<Period>,
///     state: Option<String>,
///     #[odoo(sum = "amount_total")]
///     total: Option<f64>,
///     #[odoo(count)]
///     orders: u64,
/// }
///
/// # async fn example(odoo: odx_runtime::Session) -> Result<(), Error> {
/// let months: Vec<Month> = SaleOrder::group_as::<Month>()
///     .having(|_| count().gt(2))
///     .order(|o| o.amount_total.sum().desc())
///     .fetch(&odoo)
///     .await?;
/// # Ok(())
/// # }
/// ```
pub use odx_derive::OdooGroup;
/// A projection of a model, and a model written by hand:
///
/// ```
#[doc = include_str!("example_models.md")]
/// #[derive(OdooModel)]
/// #[odoo(model = ResPartner)]
/// struct Contact {
///     id: Id<ResPartner>,
///     name: Option<String>,
///     #[odoo(field = "country_id")]
///     country: Option<Many2one<ResCountry>>,
/// }
///
/// #[derive(OdooModel)]
/// #[odoo(name = "res.bank")]
/// struct ResBank {
///     id: Id<ResBank>,
///     #[odoo(required)]
///     name: String,
///     bic: Option<String>,
/// }
/// ```
///
pub use odx_derive::OdooModel;
pub use odx_facts::Series;
pub use query::{FetchAs, ReadAs};
#[cfg(feature = "client")]
#[doc(no_inline)]
pub use reqwest;
#[cfg(feature = "rust_decimal")]
#[doc(no_inline)]
pub use rust_decimal;
pub use secret::SecretString;
#[doc(no_inline)]
pub use serde_json;
#[cfg(feature = "time")]
#[doc(no_inline)]
pub use time;

#[doc(hidden)]
pub use serde_core as serde;
pub use session::{AnySession, Call, Context, OdooInstance, Reply, Session};
#[cfg(feature = "client")]
pub use transport::{Odoo, OdxProxy, OdxProxyBuilder, RetryPolicy};
pub use write::{Command, Values};

/// This crate, by a path that a `use` can give another name: `$crate` alone is none.
#[doc(hidden)]
pub mod this {
    pub use crate::*;
}

/// A domain, checked while it compiles.
///
/// In Rust's syntax:
///
/// ```
#[doc = include_str!("example_models.md")]
/// # let domain: Domain<ResPartner> =
/// domain!(ResPartner, is_company && country_id.code in ["BE", "NL"] && !(email is set || phone == None))
/// # ;
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
/// ```
#[doc = include_str!("example_models.md")]
/// # let domain: Domain<ResPartner> =
/// domain!(ResPartner, ["|", ("email", "!=", False), ("phone", "!=", False), ("child_ids", "any", [("name", "ilike", "invoice")])])
/// # ;
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
#[macro_export]
macro_rules! domain {
    ($($domain:tt)*) => {
        $crate::macros_support::domain!($crate $($domain)*)
    };
}

/// The values of a create or a write, checked while it compiles.
///
/// ```
#[doc = include_str!("example_models.md")]
/// # let belgium = Id::<ResCountry>::new(20);
/// # let values =
/// values!(ResPartner { name: "Acme", country_id: belgium, email: None })
/// # ;
/// # let values =
/// values!(ResPartner { phone: "+32 2", .. })
/// # ;
/// ```
///
/// `None` clears a field. Fields that Odoo demands of a new record must be given, unless the list ends with `..`: then
/// the others are left as they are. `..base` takes them from other values.
#[macro_export]
macro_rules! values {
    ($($values:tt)*) => {
        $crate::macros_support::values!($crate $($values)*)
    };
}

/// Includes the models that `odx_codegen::build` wrote in this crate's build script.
#[macro_export]
macro_rules! include_models {
    () => {
        include!(concat!(env!("OUT_DIR"), "/odx_models.rs"));
    };
}

/// The code of the README compiles, and runs where it may.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
