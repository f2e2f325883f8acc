//! Typed records, domains, queries and writes for Odoo.
//!
//! The crates that `odx generate` writes link against this one. A program uses it through them:
//!
//! ```ignore
//! use models::{ResCountry, ResPartner};
//! use odx_runtime::{OdooInstance, OdxProxy};
//!
//! let odoo = OdxProxy::new("https://proxy.example.com", proxy_key)?
//!     .session(OdooInstance::new("https://erp.example.com", "prod", 2, odoo_key));
//! let belgians = ResPartner::filter(|p| p.is_company.eq(true) & p.country_id.hop(|c| c.code).eq("BE"))
//!     .order(ResPartner::F.name.asc())
//!     .limit(100)
//!     .fetch(&odoo)
//!     .await?;
//! ```
//!
//! Without the feature `client` (on by default) the crate is the typed core, with no HTTP stack. The feature `serde` lets
//! programs hand on ids and other values in structs with `derive(Serialize)`.

#[cfg(feature = "client")]
pub mod blocking;
pub mod domain;
pub mod error;
#[doc(hidden)]
pub mod macros_support;
pub mod model;
pub mod query;
mod secret;
pub mod session;
#[cfg(feature = "client")]
pub mod transport;
pub mod write;

pub use domain::{Domain, all, none};
pub use error::{Error, OdooError};
#[cfg(feature = "jiff")]
#[doc(no_inline)]
pub use jiff;
pub use model::{Id, Many2one, Model, RecordId};
pub use odx_derive::{OdooModel, domain, values};
pub use odx_facts::Series;
#[cfg(feature = "rust_decimal")]
#[doc(no_inline)]
pub use rust_decimal;
pub use secret::SecretString;
#[cfg(feature = "time")]
#[doc(no_inline)]
pub use time;

#[doc(hidden)]
pub use serde_core as serde;
pub use session::{Call, Context, Odoo, OdooInstance, Reply, Session};
#[cfg(feature = "client")]
pub use transport::{OdxProxy, OdxProxyBuilder, RetryPolicy};
pub use write::{Command, Values};

/// Includes the models that `odx_codegen::build` wrote in this crate's build script.
#[macro_export]
macro_rules! include_models {
    () => {
        include!(concat!(env!("OUT_DIR"), "/odx_models.rs"));
    };
}
