//! The typed language as a table: what can be said, in which versions of Odoo, in which Rust, and what is sent for it.
//!
//! The rows stand once, in [`domains`], [`reads`], [`groups`] and [`writes`]; `tests/in_memory.rs` runs each against the
//! sandbox as every version of Odoo and holds `docs/language.md` to them, `tests/live.rs` runs each against a real Odoo 19.

pub mod document;
pub mod domains;
pub mod groups;
pub mod kinds;
mod meanings;
pub mod reads;
pub mod row;
mod world;
pub mod writes;

pub use meanings::meanings;
pub use world::{World, database, has_field, is_of_a_newer_field};

/// The versions of Odoo that odx knows.
pub const VERSIONS: std::ops::RangeInclusive<u16> = 14..=19;

/// The version that is told of, and that odx was not run on: the sandbox does what is told.
pub const TOLD: u16 = 20;

/// The fields of the model that the rows are about.
pub type Fields = <odx_live::models::OdxProbe as odx_runtime::Model>::Fields;
