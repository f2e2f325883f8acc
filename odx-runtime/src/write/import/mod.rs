//! Import: records that are created or updated by external id, many at a time.
//!
//! ```
#![doc = include_str!("../../example_models.md")]
//! use odx_runtime::write::Ref;
//!
//! # async fn load(odoo: &odx_runtime::Session) -> Result<(), Error> {
//! let rows = [
//!     ("crm.acme", values!(ResPartner { name: "Acme", country_id: Ref::external("base.be"), .. })),
//!     ("crm.ada", values!(ResPartner { name: "Ada", country_id: Ref::name("France"), .. })),
//! ];
//! let imported = ResPartner::import(odoo, rows).send().await?;
//! for refused in &imported.refused {
//!     eprintln!("{refused}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//! Rows go to Odoo's own `load`, many in a call. One bad row makes Odoo take the whole call back, so the rows that it names are
//! taken out, the others are sent again, and each that was named is then sent alone: what it says alone is what is told. A call
//! that Odoo rejects without naming a row is sent in halves.
//!
//! Every row has an external id, so it can be sent twice: the second time writes what is there already. So a call whose answer
//! was lost is sent again, and an import that was stopped at any moment is run again with the same rows.
//!
//! Rows that others refer to by external id come first. Where rows refer to each other in a circle, one reference of it is
//! written when all are there.
//!
//! What Odoo would take for something else without a word is not sent: the same external id twice, a name that several records
//! have, an external id of another model, a word that is no boolean, a text that is too long. A field whose values Odoo drops is
//! refused with all rows.
//!
//! # What it cannot do
//! - Lines of a one2many have no external ids there, and would be created again each time: import them as rows of their own
//!   model, with a reference to their parent.
//! - An empty text is no value for `load`: the field is cleared.
//! - The records of a many2many are set as a whole.

#[cfg(feature = "client")]
mod cell;
#[cfg(feature = "client")]
mod check;
#[cfg(feature = "client")]
mod column;
#[cfg(feature = "client")]
mod given;
#[cfg(feature = "client")]
mod names;
#[cfg(feature = "client")]
mod order;
#[cfg(feature = "client")]
mod outcome;
mod reference;
#[cfg(feature = "client")]
mod run;
#[cfg(feature = "client")]
mod sent;
#[cfg(feature = "client")]
mod strangers;
#[cfg(feature = "client")]
mod typed;
#[cfg(feature = "client")]
mod untyped;

pub use reference::Ref;
pub(super) use reference::is_reference;

#[cfg(feature = "client")]
pub use check::check;
#[cfg(feature = "client")]
pub use outcome::{Fault, ImportStopped, Refused, Settled, Why};
#[cfg(feature = "client")]
pub use typed::{Import, Imported};
#[cfg(feature = "client")]
pub use untyped::UntypedImport;

#[cfg(feature = "client")]
use typed::{Settings, collected, settled};
