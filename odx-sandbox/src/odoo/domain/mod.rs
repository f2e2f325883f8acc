//! Odoo's domain language: reading it, and deciding which records it matches.

mod added;
mod calendar;
mod compare;
mod eval;
mod expression;
mod hierarchy;
mod like;
mod parse;
mod resolve;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use calendar::{DatePart, local, to_utc};
pub(crate) use expression::{normalized, with_added};
pub(crate) use parse::Domain;
