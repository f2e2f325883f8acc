//! What most programs use: the traits that a model's verbs are of, the macros, and the types that stand in signatures.
//!
//! The prelude of a generated crate has all of it beside the models: `use models::prelude::*;`.

pub use crate::{
    AnySession, Command, Context, Domain, Error, Id, Many2one, Model, OdooGroup, OdooModel,
    RecordId, Session, Values, domain,
    query::{FetchAs, ReadAs, group::count},
    values,
};
#[cfg(feature = "client")]
pub use crate::{Odoo, blocking, query::changes::FollowAs};
