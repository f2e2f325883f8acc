//! Factories: typed records that fill themselves.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use odx_runtime::model::{Field, Model, OverFields};
use odx_runtime::write::{ValueFor, WrittenAs};
use odx_runtime::{Id, Values};
use serde_json::{Map, Value};

use super::Sandbox;
use crate::odoo::MakeError;

impl Sandbox {
    /// Makes a record: what is required of it and not among the values is filled, required many2ones by records that are made
    /// as well. `values!(SaleOrder { client_order_ref: "A1", .. })` leaves the rest to it by the two dots. Await it.
    ///
    /// It is written into the database, and is none of the [`calls`](Self::calls). See
    /// [`Database::make`](crate::Database::make).
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn make<M: Model>(&self, values: Values<M>) -> Make<'_, M> {
        Make {
            sandbox: self,
            values,
            computed: Map::new(),
        }
    }

    /// Makes a record of each of these values, and gives the ids in their order. Await it.
    ///
    /// `(1..=3).map(|n| values!(ResPartner { name: format!("Customer {n}") }))`, or `repeat_n(values!(..), 3)`.
    ///
    /// # Errors
    /// [`MakeError`] of the first that cannot be made; the others before it are.
    pub fn make_many<M: Model>(
        &self,
        values: impl IntoIterator<Item = Values<M>>,
    ) -> MakeMany<'_, M> {
        MakeMany {
            made: values.into_iter().map(|values| self.make(values)).collect(),
        }
    }
}

/// A record that is not made yet: await it, which gives its id.
#[must_use = "nothing is made before it is awaited"]
#[derive(Debug)]
pub struct Make<'a, M> {
    sandbox: &'a Sandbox,
    values: Values<M>,
    computed: Map<String, Value>,
}

impl<M: Model> Make<'_, M> {
    /// Sets a field that Odoo computes, which `values!` refuses and a test needs: `.set(|o| o.amount_total, 12_000.0)`. It
    /// keeps the value until something writes to it, or, of the models of the small company, until it is computed anew.
    pub fn set<K: WrittenAs, C, V: ValueFor<K>>(
        mut self,
        field: impl OverFields<M, Field<M, K, C>>,
        value: V,
    ) -> Self {
        let field = field(M::F);
        let name = field.meta().name().to_owned();
        self.computed.insert(name, value.into_wire());
        self
    }

    fn now(self) -> Result<Id<M>, MakeError> {
        let values = match self.values.to_json() {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        let made = |database: &mut crate::Database| database.make(M::NAME, values, self.computed);
        self.sandbox.database(made).map(Id::new)
    }
}

impl<'a, M: Model> IntoFuture for Make<'a, M> {
    type Output = Result<Id<M>, MakeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let made = self.now();
        Box::pin(std::future::ready(made))
    }
}

/// Several records that are not made yet: await it, which gives their ids.
#[must_use = "nothing is made before it is awaited"]
#[derive(Debug)]
pub struct MakeMany<'a, M> {
    made: Vec<Make<'a, M>>,
}

impl<M: Model> MakeMany<'_, M> {
    /// As [`Make::set`], on every one of them.
    pub fn set<K: WrittenAs, C, V: ValueFor<K> + Clone>(
        mut self,
        field: impl OverFields<M, Field<M, K, C>> + Copy,
        value: V,
    ) -> Self {
        let each = self.made.into_iter();
        self.made = each.map(|make| make.set(field, value.clone())).collect();
        self
    }
}

impl<'a, M: Model> IntoFuture for MakeMany<'a, M> {
    type Output = Result<Vec<Id<M>>, MakeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let made = self.made.into_iter().map(Make::now).collect();
        Box::pin(std::future::ready(made))
    }
}
