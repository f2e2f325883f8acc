//! The models of an Odoo as tables of [DataFusion](https://datafusion.apache.org), by the snapshot that `odx pull` writes or by
//! what the server tells of its fields: joins, groups and windows over any models, in SQL.
//!
//! Only the columns that a query names are read. Conditions become domains, exact where Odoo can say them, else checked again
//! by the engine; `explain` shows what goes out. A table is read in parts side by side, each page after page in constant memory.

#![warn(clippy::missing_errors_doc)]

mod columns;
mod error;
mod filter;
mod model;
mod scan;
mod split;
mod table;
mod tables;
pub mod wire;

pub use datafusion;
pub use error::Error;
pub use table::OdooTable;
pub use tables::Tables;
