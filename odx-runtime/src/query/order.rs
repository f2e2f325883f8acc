//! The order of records.

use std::{fmt, marker::PhantomData};

use odx_facts::{Feature, Series, flags};

use crate::domain::{Requirement, Unsupported};
use crate::model::{CanSort, Field, FieldMeta, Model};

/// A field and a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    field: &'static str,
    descending: bool,
    /// What the series needs for this order.
    needs: Option<Feature>,
}

impl Order {
    pub(super) const fn ascending(field: &'static str) -> Self {
        Self {
            field,
            descending: false,
            needs: None,
        }
    }

    /// Whether not every series takes the order.
    pub(super) fn depends_on_series(&self) -> bool {
        self.needs.is_some()
    }

    /// Refuses an order that the series would leave out.
    pub(super) fn check(&self, series: Series) -> Result<(), Unsupported> {
        match self.needs {
            Some(feature) => Requirement::new(feature, format!("order {self}")).check(series),
            None => Ok(()),
        }
    }

    pub(super) fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        if self.descending {
            f.write_str(" desc")
        } else {
            Ok(())
        }
    }
}

/// What an order by the field needs of a series.
fn needs(field: &FieldMeta) -> Option<Feature> {
    if field.has(flags::COMPANY) {
        return Some(Feature::ORDER_BY_COMPANY_VALUE);
    }
    if !field.has(flags::RELATED) {
        return None;
    }
    match field.inherited() {
        Some(field) => needs(field),
        None => Some(Feature::ORDER_BY_RELATED),
    }
}

/// An order by one field of the model `M`.
pub struct OrderOf<M> {
    order: Order,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for OrderOf<M> {
    fn clone(&self) -> Self {
        Self {
            order: self.order.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model, K, C: CanSort> Field<M, K, C> {
    fn order(&self, descending: bool) -> OrderOf<M> {
        OrderOf {
            order: Order {
                field: self.meta().name(),
                descending,
                needs: needs(self.meta()),
            },
            model: PhantomData,
        }
    }
}

impl<M: Model, K, C> Field<M, K, C> {
    /// Smallest first. A many2one is ordered as its model is.
    pub fn asc(&self) -> OrderOf<M>
    where
        C: CanSort,
    {
        self.order(false)
    }

    /// Largest first.
    pub fn desc(&self) -> OrderOf<M>
    where
        C: CanSort,
    {
        self.order(true)
    }
}

/// What an order is given as: `p.name.asc()`, a tuple or a list of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of `{M}`: use `.asc()` or `.desc()` on a field of `{M}` itself, not on one behind a relation",
    label = "not an order of `{M}`"
)]
pub trait IntoOrder<M> {
    /// Adds the terms of the order.
    fn add_to(self, terms: &mut Vec<Order>);
}

impl<M> IntoOrder<M> for OrderOf<M> {
    fn add_to(self, terms: &mut Vec<Order>) {
        terms.push(self.order);
    }
}

impl<M> IntoOrder<M> for Vec<OrderOf<M>> {
    fn add_to(self, terms: &mut Vec<Order>) {
        terms.extend(self.into_iter().map(|term| term.order));
    }
}

impl<M, const N: usize> IntoOrder<M> for [OrderOf<M>; N] {
    fn add_to(self, terms: &mut Vec<Order>) {
        terms.extend(self.into_iter().map(|term| term.order));
    }
}

macro_rules! tuple_orders {
    ($($term:ident)+) => {
        impl<M, $($term: IntoOrder<M>),+> IntoOrder<M> for ($($term,)+) {
            fn add_to(self, terms: &mut Vec<Order>) {
                #[allow(non_snake_case)]
                let ($($term,)+) = self;
                $($term.add_to(terms);)+
            }
        }
    };
}

tuple_orders!(A);
tuple_orders!(A B);
tuple_orders!(A B D);
tuple_orders!(A B D E);
