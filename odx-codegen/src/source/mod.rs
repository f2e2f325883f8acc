//! Where a [`Schema`](crate::Schema) comes from: a snapshot folder, saved `fields_get` answers, or a live Odoo (feature `live`).

mod folder;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "live")]
mod methods;
mod saved;

pub use folder::{read_snapshot, write_snapshot, write_snapshot_when_free};
pub use saved::read_saved;
