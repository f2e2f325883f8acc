//! Groups: `read_group` up to Odoo 18 and `formatted_read_group` from 19 on, with the same result.

mod aggregate;
mod cell;
mod classic;
mod formatted;
mod having;
mod key;
mod named;
mod number;
mod order;
mod plan;
mod share;

use std::marker::PhantomData;

pub use aggregate::{AggregateValue, Aggregates, Averaged, Extreme, Growing, Summed};
pub use cell::GroupCell;
pub use having::{Aggregated, Having, Ranked, count};
pub use key::{Granular, GroupKey, GroupKeys, Groupable, KeyColumn, Period};
pub use named::{
    GroupAs, GroupColumns, GroupRow, GroupRowOf, GroupValue, GroupValues, HoldsInGroup,
};
pub use number::Number;
pub use plan::{GroupOrder, IntoGroupOrder};

use aggregate::Aggregate;
use cell::Raw;
use plan::{Plan, Row};

use super::{Query, Search};
use crate::{
    AnySession, Error,
    model::{Field, FieldMeta, Model, OverFields},
};

/// One group: its key, how many records it has, and their aggregates.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group<K, A> {
    /// The values the records share.
    pub key: K,
    /// The number of records.
    pub count: u64,
    /// The aggregates, in the order they were asked for.
    pub values: A,
}

/// A search whose records are grouped: made by `M::group_by` or [`Query::group_by`].
///
/// The groups have one order, on every version of Odoo: that of [`order`](Self::order), and then that of their keys, the
/// smallest first. So no two groups stand at one place, and pages by `limit` and `offset` fit together.
/// What is unset is last, whatever the direction. Texts are ordered by their code points, selections by their keys, related
/// records by their ids, and NaN is larger than all numbers.
///
/// Where the server can order the groups so, which Odoo 19 can where the keys are numbers, booleans, many2ones or spans of
/// time, it is asked for those between offset and limit only; otherwise all groups are read and ordered here.
#[must_use = "groups are not read until they are fetched"]
pub struct GroupBy<M, K, A = ()> {
    grouping: Grouping,
    model: PhantomData<fn() -> M>,
    group: PhantomData<fn() -> (K, A)>,
}

/// What groups are asked for, without its types.
struct Grouping {
    search: Search,
    keys: Vec<KeyColumn>,
    aggregates: Vec<Aggregate>,
    having: Vec<Having>,
    order: Vec<GroupOrder>,
}

impl Grouping {
    /// Groups of all that a search finds, however it is ordered and cut.
    fn of(search: Search, keys: Vec<KeyColumn>) -> Self {
        Self {
            search: Search {
                limit: None,
                offset: 0,
                order: Vec::new(),
                ..search
            },
            keys,
            aggregates: Vec::new(),
            having: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Reads the groups, each by `read`, which is given the values of the key, the number of records and the aggregates.
    ///
    /// # Errors
    /// Those of [`GroupBy::fetch`].
    fn fetch<O: AnySession, R: Send + 'static>(
        self,
        odoo: &O,
        read: fn(&GroupValues<'_>) -> Result<R, Error>,
    ) -> O::Answer<'_, Vec<R>> {
        let session = self.search.session(odoo);
        let model = self.search.model;
        let plan = Plan::new(
            self.search,
            self.keys,
            self.aggregates,
            self.having,
            self.order,
        );
        odoo.answer(async move {
            let keys: Vec<_> = plan.keys.iter().map(|key| key.spec.clone()).collect();
            let columns: Vec<_> = plan.aggregates[..plan.asked]
                .iter()
                .map(Aggregate::spec)
                .collect();
            let rows = plan.rows(&session).await?;
            let group = |row: &Row| {
                read(&GroupValues {
                    keys: row.cells(model, &keys, &row.keys),
                    count: row.count,
                    values: row.cells(model, &columns, &row.values),
                })
            };
            rows.iter().map(group).collect()
        })
    }
}

/// Which of the groups, and in which order: the same for those read into tuples and those read into a struct.
macro_rules! choices {
    () => {
        /// Only the groups for which this holds: `.having(|o| o.amount_total.sum().gt(100))`, or `.having(|_| count().gt(2))`.
        pub fn having(mut self, condition: impl OverFields<M, Having>) -> Self {
            self.grouping.having.push(condition(M::F));
            self
        }

        /// Orders the groups: `.order(|o| o.amount_total.sum().desc())`, or `.order(|_| count().desc())`. Further orders come
        /// after those before, and the order of the keys after them.
        pub fn order<T: IntoGroupOrder>(mut self, order: impl OverFields<M, T>) -> Self {
            self.grouping.order.push(order(M::F).into_group_order());
            self
        }

        /// At most so many groups.
        pub fn limit(mut self, limit: usize) -> Self {
            self.grouping.search.limit = Some(limit as u64);
            self
        }

        /// Leaves out the first groups.
        pub fn offset(mut self, offset: usize) -> Self {
            self.grouping.search.offset = offset as u64;
            self
        }
    };
}
use choices;

impl<M: Model> Query<M> {
    /// Groups the records that match: `.group_by(|o| (o.state, o.date_order.month()))`. Into a struct, by names:
    /// [`group_as`](Self::group_as).
    ///
    /// Order, limit and offset of the query are not the groups'; set them after this.
    pub fn group_by<K: GroupKeys<M>>(self, keys: impl OverFields<M, K>) -> GroupBy<M, K> {
        GroupBy {
            grouping: Grouping::of(self.search, keys(M::F).columns()),
            model: PhantomData,
            group: PhantomData,
        }
    }
}

/// Methods that add an aggregate, whose value comes last in [`Group::values`].
macro_rules! aggregates {
    ($($(#[$doc:meta])* $name:ident = $function:literal: $value:ty, where $class:path;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<F, C>(
                self,
                field: impl OverFields<M, Field<M, F, C>>,
            ) -> GroupBy<M, K, A::Longer<$value>>
            where
                F: $class,
                A: Growing,
            {
                self.aggregate(field(M::F).meta(), $function)
            }
        )*
    };
}

impl<M: Model, K: GroupKeys<M>, A: Aggregates> GroupBy<M, K, A> {
    aggregates! {
        /// The sum; `None` where no record has a value.
        ///
        /// Of a float that is grouped by, Odoo 14 to 16 do not give it: it is worked out from the key and the number of
        /// records, and may differ in the last digit from what PostgreSQL adds up.
        sum = "sum": Option<F::Sum>, where Summed;
        /// The average; `None` where no record has a value.
        avg = "avg": Option<f64>, where Averaged;
        /// The smallest value.
        min = "min": Option<F::Value>, where Extreme;
        /// The largest value.
        max = "max": Option<F::Value>, where Extreme;
    }

    /// The number of different values; those that are unset do not count.
    pub fn count_distinct<F, C>(
        self,
        field: impl OverFields<M, Field<M, F, C>>,
    ) -> GroupBy<M, K, A::Longer<u64>>
    where
        A: Growing,
    {
        self.aggregate(field(M::F).meta(), "count_distinct")
    }

    fn aggregate<B>(
        mut self,
        field: &'static FieldMeta,
        function: &'static str,
    ) -> GroupBy<M, K, B> {
        self.grouping.aggregates.push(Aggregate { field, function });
        GroupBy {
            grouping: self.grouping,
            model: PhantomData,
            group: PhantomData,
        }
    }

    choices!();

    /// Reads the groups.
    ///
    /// # Errors
    /// [`Error::Unsupported`], before anything is sent, where the version cannot give what was
    /// asked for; [`Error::Usage`] of a condition on a number that is none;
    /// [`Error::Decode`] where a value that was asked for did not come.
    pub fn fetch<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<Group<K::Row, A>>> {
        self.grouping.fetch(odoo, |group| {
            Ok(Group {
                key: K::read(&group.keys)?,
                count: group.count,
                values: A::read(&group.values)?,
            })
        })
    }
}

impl Row {
    fn cells<'a>(
        &'a self,
        model: &'static str,
        columns: &'a [String],
        raws: &'a [Raw],
    ) -> Vec<GroupCell<'a>> {
        columns
            .iter()
            .zip(raws)
            .map(|(column, raw)| GroupCell {
                model,
                column,
                raw,
                secrets: &self.secrets,
            })
            .collect()
    }
}
