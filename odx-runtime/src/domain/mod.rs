//! Domains: Odoo's filters, typed by model.

mod conditions;
mod lower;
mod moment;
mod node;
mod operand;
mod operators;
mod parse;
mod print;
mod relative;

use std::{
    fmt,
    marker::PhantomData,
    mem,
    ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not},
};

use odx_facts::Series;
use serde_json::Value as JsonValue;

pub use conditions::{Compared, ComparedInOdoo, Conditions, Negated, NegatedInOdoo, Negation};
pub(crate) use lower::Requirement;
pub use lower::Unsupported;
pub use node::{Condition, Node, Operand};
pub use odx_facts::{Operation, Operator};
pub use operand::{ComparedWith, OperandFor, Pattern};
pub use parse::ParseError;
pub use relative::{Relative, Unit, now, today};

use crate::model::Model;

/// A filter over the records of the model `M`.
///
/// It is made from field handles, by `domain!`, or by [`parse`](Self::parse), and joined with `&`, `|` and `!`.
pub struct Domain<M> {
    node: Node,
    model: PhantomData<fn() -> M>,
}

/// The domain that matches every record.
pub fn all<M>() -> Domain<M> {
    Domain::from_node(Node::All(Vec::new()))
}

/// The domain that matches no record.
pub fn none<M>() -> Domain<M> {
    Domain::from_node(Node::Any(Vec::new()))
}

impl<M> Domain<M> {
    pub(crate) fn from_node(node: Node) -> Self {
        Self {
            node,
            model: PhantomData,
        }
    }

    /// What matches all of the domains; every record where there is none.
    pub fn all_of<D: IntoDomain<M>>(domains: impl IntoIterator<Item = D>) -> Self {
        domains
            .into_iter()
            .fold(all(), |both, domain| both & domain)
    }

    /// What matches at least one of the domains; no record where there is none.
    pub fn any_of<D: IntoDomain<M>>(domains: impl IntoIterator<Item = D>) -> Self {
        domains
            .into_iter()
            .fold(none(), |either, domain| either | domain)
    }

    /// The tree of conditions.
    pub fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }

    /// The domain as Odoo takes it: a list with prefix operators.
    pub fn to_json(&self) -> JsonValue {
        print::to_json(&self.node)
    }

    /// The domain for an Odoo of a series, with what can be said otherwise rewritten.
    ///
    /// # Errors
    /// [`Unsupported`] names the condition that this series cannot express.
    pub fn to_json_for(&self, series: impl Into<Series>) -> Result<JsonValue, Unsupported> {
        self.node.to_json_for(series.into())
    }
}

impl Node {
    /// The domain as JSON, if every series that odx knows takes the same.
    pub(crate) fn to_json_for_any(&self) -> Option<JsonValue> {
        lower::for_any_series(self).map(|node| print::to_json(&node))
    }

    /// The domain as JSON for a series.
    pub(crate) fn to_json_for(&self, series: Series) -> Result<JsonValue, Unsupported> {
        lower::for_series(self, series).map(|node| print::to_json(&node))
    }
}

impl<M: Model> Domain<M> {
    /// Reads a domain in Odoo's notation, as JSON, and checks it against the model.
    ///
    /// # Errors
    /// [`ParseError`] names the condition and what is wrong with it: an unknown field, a field that cannot be searched,
    /// an unknown operator, one that the field does not have, or a value of another type.
    pub fn parse(json: &JsonValue) -> Result<Self, ParseError> {
        parse::parse(json, M::meta()).map(Self::from_node)
    }
}

impl<M, D: IntoDomain<M>> BitAnd<D> for Domain<M> {
    type Output = Self;

    /// Both.
    fn bitand(self, other: D) -> Self {
        Self::from_node(Node::all_of(self.node, other.into_domain().node))
    }
}

impl<M, D: IntoDomain<M>> BitOr<D> for Domain<M> {
    type Output = Self;

    /// One or the other, or both.
    fn bitor(self, other: D) -> Self {
        Self::from_node(Node::any_of(self.node, other.into_domain().node))
    }
}

/// Both: `domain &= ResPartner::F.active.eq(true)`.
impl<M, D: IntoDomain<M>> BitAndAssign<D> for Domain<M> {
    fn bitand_assign(&mut self, other: D) {
        let node = mem::replace(&mut self.node, Node::All(Vec::new()));
        self.node = Node::all_of(node, other.into_domain().node);
    }
}

/// One or the other, or both.
impl<M, D: IntoDomain<M>> BitOrAssign<D> for Domain<M> {
    fn bitor_assign(&mut self, other: D) {
        let node = mem::replace(&mut self.node, Node::All(Vec::new()));
        self.node = Node::any_of(node, other.into_domain().node);
    }
}

impl<M> Not for Domain<M> {
    type Output = Self;

    /// The opposite.
    fn not(self) -> Self {
        Self::from_node(self.node.negate())
    }
}

impl<M> Clone for Domain<M> {
    fn clone(&self) -> Self {
        Self::from_node(self.node.clone())
    }
}

impl<M> PartialEq for Domain<M> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// Odoo's notation.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::python(&print::to_json(self), f)
    }
}

/// Odoo's notation, such as `[('is_company', '=', True)]`.
impl<M> fmt::Display for Domain<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<M> fmt::Debug for Domain<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a search asks for: a domain over the model `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a domain over `{M}`: compare a field of `{M}`, or reach another model's field through a relation, as in `country_id.hop(|c| c.code).eq(..)`",
    label = "expected a domain over `{M}`"
)]
pub trait IntoDomain<M> {
    /// The domain.
    fn into_domain(self) -> Domain<M>;
}

impl<M> IntoDomain<M> for Domain<M> {
    fn into_domain(self) -> Domain<M> {
        self
    }
}

impl<M> IntoDomain<M> for &Domain<M> {
    fn into_domain(self) -> Domain<M> {
        self.clone()
    }
}
