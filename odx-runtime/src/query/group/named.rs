//! Groups as structs whose fields have names.

use std::marker::PhantomData;

use super::{
    Averaged, Extreme, GroupCell, GroupKey, Grouping, Having, IntoGroupOrder, KeyColumn, Summed,
    aggregate::{Aggregate, AggregateValue},
    choices,
};
use crate::{
    AnySession, Error,
    model::{Field, FieldMeta, Model, OverFields, Value},
    query::Query,
};

/// A struct that groups are read into, made by `#[derive(OdooGroup)]`.
#[diagnostic::on_unimplemented(
    message = "groups cannot be read into `{Self}`",
    note = "put `#[derive(OdooGroup)] #[odoo(model = ...)]` on the struct"
)]
pub trait GroupRow: Sized + Send + 'static {
    /// The model whose records are grouped.
    type Model: Model;

    /// What the records are grouped by, and what is worked out of each group.
    fn columns() -> GroupColumns<Self::Model>;

    /// Reads a group.
    ///
    /// # Errors
    /// [`Error::Decode`] where a value is of another type.
    fn read(group: &GroupValues<'_>) -> Result<Self, Error>;
}

/// What groups of the model `M` are read into.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read groups of `{M}`: use a struct with `#[derive(OdooGroup)] #[odoo(model = {M})]`",
    label = "does not read groups of `{M}`"
)]
pub trait GroupRowOf<M>: GroupRow<Model = M> {}

#[diagnostic::do_not_recommend]
impl<M, G: GroupRow<Model = M>> GroupRowOf<M> for G {}

/// One value of each group: what it is asked for by, and how it is read.
pub struct GroupValue<M, V> {
    asked: Asked,
    read: fn(&GroupCell<'_>) -> Result<V, Error>,
    model: PhantomData<fn() -> M>,
}

enum Asked {
    Key(KeyColumn),
    Aggregate(Aggregate),
}

impl<M: Model, V> GroupValue<M, V> {
    /// What the records of a group share.
    pub fn key<K: GroupKey<M, Value = V>>(key: &K) -> Self {
        Self {
            asked: Asked::Key(key.column()),
            read: K::read,
            model: PhantomData,
        }
    }

    fn aggregate(field: &'static FieldMeta, function: &'static str) -> Self
    where
        V: AggregateValue,
    {
        Self {
            asked: Asked::Aggregate(Aggregate { field, function }),
            read: V::read,
            model: PhantomData,
        }
    }
}

impl<M: Model, V: Value> GroupValue<M, Option<V>> {
    /// The sum.
    pub fn sum<K: Summed<Sum = V>, C>(field: &Field<M, K, C>) -> Self {
        Self::aggregate(field.meta(), "sum")
    }

    /// The smallest value.
    pub fn min<K: Extreme<Value = V>, C>(field: &Field<M, K, C>) -> Self {
        Self::aggregate(field.meta(), "min")
    }

    /// The largest value.
    pub fn max<K: Extreme<Value = V>, C>(field: &Field<M, K, C>) -> Self {
        Self::aggregate(field.meta(), "max")
    }
}

impl<M: Model> GroupValue<M, Option<f64>> {
    /// The average.
    pub fn avg<K: Averaged, C>(field: &Field<M, K, C>) -> Self {
        Self::aggregate(field.meta(), "avg")
    }
}

impl<M: Model> GroupValue<M, u64> {
    /// The number of different values.
    pub fn count_distinct<K, C>(field: &Field<M, K, C>) -> Self {
        Self::aggregate(field.meta(), "count_distinct")
    }
}

/// What records of the model `M` are grouped by, and what is worked out of each group.
pub struct GroupColumns<M> {
    keys: Vec<KeyColumn>,
    aggregates: Vec<Aggregate>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Default for GroupColumns<M> {
    /// Nothing yet: one group of all records.
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            aggregates: Vec::new(),
            model: PhantomData,
        }
    }
}

impl<M: Model> GroupColumns<M> {
    /// Asks for this, too.
    pub fn with<V>(mut self, value: GroupValue<M, V>) -> Self {
        match value.asked {
            Asked::Key(key) => self.keys.push(key),
            Asked::Aggregate(aggregate) => self.aggregates.push(aggregate),
        }
        self
    }
}

/// The values of a group, as they came, each in the place where it was asked for.
pub struct GroupValues<'a> {
    pub(super) keys: Vec<GroupCell<'a>>,
    pub(super) count: u64,
    pub(super) values: Vec<GroupCell<'a>>,
}

impl GroupValues<'_> {
    /// The number of records.
    pub fn count<T: HoldsInGroup<u64>>(&self) -> T {
        T::from_group(self.count)
    }
}

impl<M: Model, V> GroupValue<M, V> {
    /// Reads the value that stands at the place, among the keys or among the aggregates.
    ///
    /// # Errors
    /// [`Error::Decode`] where it is of another type.
    ///
    /// # Panics
    /// If so many were not asked for.
    pub fn read<T: HoldsInGroup<V>>(
        &self,
        group: &GroupValues<'_>,
        place: usize,
    ) -> Result<T, Error> {
        let cells = match self.asked {
            Asked::Key(_) => &group.keys,
            Asked::Aggregate(_) => &group.values,
        };
        (self.read)(&cells[place]).map(T::from_group)
    }
}

/// The type that a field of a [`GroupRow`] has: that of the value itself.
#[diagnostic::on_unimplemented(
    message = "this value of a group is read as `{V}`, and not as `{Self}`",
    label = "write `{V}` here"
)]
pub trait HoldsInGroup<V> {
    /// The value.
    fn from_group(value: V) -> Self;
}

#[diagnostic::do_not_recommend]
impl<V> HoldsInGroup<V> for V {
    fn from_group(value: V) -> Self {
        value
    }
}

/// A search whose records are grouped and read into a struct: made by `M::group_as` or [`Query::group_as`]. The groups have
/// the order of [`GroupBy`](super::GroupBy).
#[must_use = "groups are not read until they are fetched"]
pub struct GroupAs<M, G> {
    grouping: Grouping,
    row: PhantomData<fn() -> (M, G)>,
}

impl<M: Model> Query<M> {
    /// Groups the records that match, into a struct with `#[derive(OdooGroup)]`: `.group_as::<Month>()`.
    ///
    /// Order, limit and offset of the query are not the groups'; set them after this.
    pub fn group_as<G: GroupRowOf<M>>(self) -> GroupAs<M, G> {
        let GroupColumns {
            keys, aggregates, ..
        } = G::columns();
        GroupAs {
            grouping: Grouping {
                aggregates,
                ..Grouping::of(self.search, keys)
            },
            row: PhantomData,
        }
    }
}

impl<M: Model, G: GroupRowOf<M>> GroupAs<M, G> {
    choices!();

    /// Reads the groups.
    ///
    /// # Errors
    /// As of [`GroupBy::fetch`](super::GroupBy::fetch).
    pub fn fetch<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<G>> {
        self.grouping.fetch(odoo, G::read)
    }
}
