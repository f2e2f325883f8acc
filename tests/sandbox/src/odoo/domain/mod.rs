//! Odoo's domain language: reading it, and deciding which records it matches.

mod before_19;
mod calendar;
mod compare;
mod eval;
mod hierarchy;
mod like;
mod parse;
mod resolve;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use calendar::{DatePart, local, to_utc};
pub(crate) use parse::Domain;
pub(crate) use resolve::NAMES;
