//! Conditions, as a search takes them.

use crate::model::Model;

/// A closure over the fields of the model `M` that gives a domain: `|p| p.is_company.eq(true)`.
// As `OverFields`, with a message of its own: a finished domain has another verb.
#[diagnostic::on_unimplemented(
    message = "a closure over the fields of `{M}` is wanted here, as in `{M}::search(|r| r.id.eq(id))`, and not `{Self}`: give a finished domain to `{M}::matching(domain)`",
    label = "not a closure over the fields of `{M}`",
    note = "in a query, `.and(|_| domain)` takes a finished domain"
)]
pub trait Conditions<M: Model, D>: FnOnce(M::Fields) -> D {}

#[diagnostic::do_not_recommend]
impl<M: Model, D, F: FnOnce(M::Fields) -> D> Conditions<M, D> for F {}
