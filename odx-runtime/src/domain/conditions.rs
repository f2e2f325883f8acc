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

/// What a field was negated in.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`!` turns a condition around, and a field is none: write `.eq(false)` of a boolean, `.is_unset()` of any other",
    label = "a field is negated here"
)]
pub trait NegatedInOdoo {}

/// A negation over the model `M`.
#[doc(hidden)]
pub struct Negation<M>(PhantomData<M>);

/// A field of the model `M` with a `!` before it.
#[doc(hidden)]
#[must_use = "a field with `!` before it is no condition"]
pub struct Negated<M>(PhantomData<M>);

impl<M> Negated<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

/// There for its message: a field is no condition.
#[doc(hidden)]
impl<M> IntoDomain<M> for Negated<M>
where
    Negation<M>: NegatedInOdoo,
{
    fn into_domain(self) -> Domain<M> {
        unreachable!("BUG: no field is negated in Odoo")
    }
}
