//! Conditions, as a search takes them.

use std::marker::PhantomData;

use super::{Domain, IntoDomain};
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

/// What a `bool` was compared in.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `bool` is no domain, and `==`, `<` and `&&` give one: write `.eq(value)`, `.lt(value)` and their kin, joined by `&` and `|`, or `domain!`, which takes the signs",
    label = "this is worked out in Rust, not in Odoo"
)]
pub trait ComparedInOdoo {}

/// A comparison over the model `M`.
#[doc(hidden)]
pub struct Compared<M>(PhantomData<M>);

/// There for its message: no comparison is one in Odoo.
#[doc(hidden)]
impl<M> IntoDomain<M> for bool
where
    Compared<M>: ComparedInOdoo,
{
    fn into_domain(self) -> Domain<M> {
        unreachable!("BUG: a `bool` is compared in Odoo")
    }
}
