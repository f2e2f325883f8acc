//! An Odoo in memory: the object service, from `execute_kw` down to the records.

mod arguments;
mod behaviour;
mod business;
mod call;
mod database;
mod domain;
mod env;
mod errors;
mod files;
#[cfg(test)]
mod fixture;
mod group;
mod load;
mod make;
mod methods;
mod order;
mod properties;
mod read;
mod schema;
mod values;
mod variants;
mod write;

pub use call::{Answer, ObjectCall};
pub use database::{Database, Default, ModelOptions, ReadFrom, User};
pub use errors::OdooError;
pub(crate) use files::{File, REPORT};
pub use make::MakeError;
pub use read::Row;
