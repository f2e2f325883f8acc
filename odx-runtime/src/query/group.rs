//! Groups: `read_group` up to Odoo 18 and `formatted_read_group` from 19 on, with the same result.

mod aggregate;
mod key;
mod row;

use std::marker::PhantomData;

use serde_json::{Value as JsonValue, json};

pub use aggregate::{
    AggregateValue, Aggregated, Aggregates, Averaged, Extreme, Growing, Having, Summed, count,
};
pub use key::{Granular, GroupKey, GroupKeys, Groupable, Period};
pub use row::GroupRow;

use super::{Query, Search};
use crate::{
    Call, Error, Odoo, Session,
    domain::Requirement,
    model::{Field, FieldMeta, Model},
};

/// One group: its key, how many records it has, and their aggregates.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<K, A> {
    /// The values the records share.
    pub key: K,
    /// The number of records.
    pub count: u64,
    /// The aggregates, in the order they were asked for.
    pub values: A,
}

/// What the groups are ordered by.
#[derive(Clone, Debug)]
struct GroupOrder {
    /// The name of a column of the answer.
    column: String,
    descending: bool,
}

/// One aggregate: `amount_total:sum`.
#[derive(Clone, Debug)]
struct Aggregate {
    field: &'static FieldMeta,
    function: &'static str,
}

impl Aggregate {
    fn column(&self) -> String {
        format!("{}:{}", self.field.name(), self.function)
    }
}

/// A search whose records are grouped: made by `M::group_by` or [`Query::group_by`].
#[must_use = "groups are not read until they are fetched"]
pub struct GroupBy<M, K, A = ()> {
    search: Search,
    keys: K,
    aggregates: Vec<Aggregate>,
    having: Vec<Having>,
    order: Vec<GroupOrder>,
    values: PhantomData<fn() -> (M, A)>,
}

impl<M: Model> Query<M> {
    /// Groups the records that match: `.group_by((F.state, F.date_order.month()))`.
    ///
    /// Order, limit and offset of the query are not the groups'; set them after this.
    pub fn group_by<K: GroupKeys<M>>(self, keys: K) -> GroupBy<M, K> {
        let search = Search {
            limit: None,
            offset: 0,
            order: Vec::new(),
            ..self.search
        };
        GroupBy {
            search,
            keys,
            aggregates: Vec::new(),
            having: Vec::new(),
            order: Vec::new(),
            values: PhantomData,
        }
    }
}

/// Methods that add an aggregate, whose value comes last in [`Group::values`].
macro_rules! aggregates {
    ($($(#[$doc:meta])* $name:ident = $function:literal: $value:ty, where $class:path;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<F, C>(self, field: Field<M, F, C>) -> GroupBy<M, K, A::Longer<$value>>
            where
                F: $class,
                A: Growing,
            {
                self.aggregate(field.meta(), $function)
            }
        )*
    };
}

impl<M: Model, K: GroupKeys<M>, A: Aggregates> GroupBy<M, K, A> {
    aggregates! {
        /// The sum; `None` where no record has a value.
        sum = "sum": Option<F::Sum>, where Summed;
        /// The average; `None` where no record has a value.
        avg = "avg": Option<f64>, where Averaged;
        /// The smallest value.
        min = "min": Option<F::Value>, where Extreme;
        /// The largest value.
        max = "max": Option<F::Value>, where Extreme;
    }

    /// The number of different values.
    pub fn count_distinct<F, C>(self, field: Field<M, F, C>) -> GroupBy<M, K, A::Longer<u64>>
    where
        A: Growing,
    {
        self.aggregate(field.meta(), "count_distinct")
    }

    fn aggregate<B>(
        mut self,
        field: &'static FieldMeta,
        function: &'static str,
    ) -> GroupBy<M, K, B> {
        self.aggregates.push(Aggregate { field, function });
        let Self {
            search,
            keys,
            aggregates,
            having,
            order,
            ..
        } = self;
        GroupBy {
            search,
            keys,
            aggregates,
            having,
            order,
            values: PhantomData,
        }
    }

    /// Only the groups for which this holds: `.having(count().gt(2))`.
    pub fn having(mut self, condition: Having) -> Self {
        self.having.push(condition);
        self
    }

    /// Orders the groups by their number of records, the largest first.
    pub fn by_count(self) -> Self {
        self.ordered("__count".to_owned(), true)
    }

    /// Orders the groups by the last aggregate, the smallest first.
    pub fn ascending(self) -> Self {
        let column = self.last_column();
        self.ordered(column, false)
    }

    /// Orders the groups by the last aggregate, the largest first.
    pub fn descending(self) -> Self {
        let column = self.last_column();
        self.ordered(column, true)
    }

    fn last_column(&self) -> String {
        self.aggregates
            .last()
            .map_or_else(|| "__count".to_owned(), Aggregate::column)
    }

    fn ordered(mut self, column: String, descending: bool) -> Self {
        self.order.push(GroupOrder { column, descending });
        self
    }

    /// At most so many groups.
    pub fn limit(mut self, limit: u64) -> Self {
        self.search.limit = Some(limit);
        self
    }

    /// Leaves out the first groups.
    pub fn offset(mut self, offset: u64) -> Self {
        self.search.offset = offset;
        self
    }

    /// Reads the groups.
    pub fn fetch<O: Odoo>(self, odoo: &O) -> O::Answer<'_, Vec<Group<K::Row, A>>> {
        let session = self.search.session(odoo);
        let specs = self.keys.specs();
        let read_key = self.keys.reader();
        let plan = Plan {
            search: self.search,
            specs,
            requirements: self.keys.requirements(),
            aggregates: self.aggregates,
            having: self.having,
            order: self.order,
        };
        odoo.answer(async move {
            let rows = plan.rows(&session).await?;
            rows.iter()
                .map(|row| {
                    let values = plan
                        .aggregates
                        .iter()
                        .map(|aggregate| row.column(&aggregate.column()))
                        .collect::<Vec<_>>();
                    Ok(Group {
                        key: read_key(row, &plan.specs)?,
                        count: row.count()?,
                        values: A::read(row, &values)?,
                    })
                })
                .collect()
        })
    }
}

/// What is asked for, without its types.
struct Plan {
    search: Search,
    specs: Vec<String>,
    requirements: Vec<Requirement>,
    aggregates: Vec<Aggregate>,
    having: Vec<Having>,
    order: Vec<GroupOrder>,
}

impl Plan {
    async fn rows(&self, session: &Session) -> Result<Vec<GroupRow>, Error> {
        if self.search.matches_nothing() {
            return Ok(Vec::new());
        }
        let series = session.series().await?;
        self.requirements
            .iter()
            .try_for_each(|requirement| requirement.check(series))?;
        if odx_facts::FORMATTED_READ_GROUP.holds(series) {
            self.formatted(session).await
        } else {
            self.classic(session).await
        }
    }

    async fn formatted(&self, session: &Session) -> Result<Vec<GroupRow>, Error> {
        let mut columns: Vec<String> = self.aggregates.iter().map(Aggregate::column).collect();
        columns.push("__count".to_owned());
        let mut call = Call::new(self.search.model, "formatted_read_group")
            .arg(self.search.domain_json(session).await?)
            .arg(self.specs.clone())
            .arg(columns)
            .arg(self.having.iter().map(Having::to_json).collect::<Vec<_>>())
            .arg(self.search.offset)
            .arg(self.search.limit.map_or(JsonValue::Null, JsonValue::from));
        if !self.order.is_empty() {
            let terms: Vec<String> = self
                .order
                .iter()
                .map(|order| {
                    format!(
                        "{}{}",
                        order.column,
                        if order.descending { " desc" } else { "" }
                    )
                })
                .collect();
            call = call.arg(terms.join(", "));
        }
        let rows = session
            .execute(call)
            .await?
            .to::<Vec<serde_json::Map<String, JsonValue>>>()?;
        Ok(rows
            .into_iter()
            .map(|row| GroupRow::new(self.search.model, row))
            .collect())
    }

    /// `read_group` knows no `having` and orders by other names, so that is done here, as is the limit then.
    async fn classic(&self, session: &Session) -> Result<Vec<GroupRow>, Error> {
        let columns = self.classic_columns();
        let fields: Vec<String> = columns
            .iter()
            .filter_map(|(alias, column)| {
                let (field, function) = column.split_once(':')?;
                Some(format!("{alias}:{function}({field})"))
            })
            .collect();
        // An empty list of fields means all of them in Odoo 14.
        let fields = if fields.is_empty() {
            vec!["id:count_distinct".to_owned()]
        } else {
            fields
        };
        let here = !self.having.is_empty() || !self.order.is_empty();
        let mut call = Call::new(self.search.model, "read_group")
            .arg(self.search.domain_json(session).await?)
            .arg(fields)
            .arg(self.specs.clone())
            .kwarg("lazy", false);
        if !here {
            call = call.kwarg("offset", self.search.offset);
            if let Some(limit) = self.search.limit {
                call = call.kwarg("limit", limit);
            }
        }
        let rows = session
            .execute(call)
            .await?
            .to::<Vec<serde_json::Map<String, JsonValue>>>()?;
        let mut rows: Vec<GroupRow> = rows
            .into_iter()
            .map(|row| GroupRow::from_classic(self.search.model, row, &columns))
            .collect();
        if !here {
            return Ok(rows);
        }
        rows.retain(|row| self.having.iter().all(|condition| condition.holds(row)));
        rows.sort_by(|left, right| {
            self.order
                .iter()
                .fold(std::cmp::Ordering::Equal, |ordering, order| {
                    let by_column =
                        row::compare(left.column(&order.column), right.column(&order.column));
                    ordering.then(if order.descending {
                        by_column.reverse()
                    } else {
                        by_column
                    })
                })
        });
        let offset = usize::try_from(self.search.offset).unwrap_or(usize::MAX);
        let limit = self
            .search
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(offset).take(limit).collect())
    }

    /// The alias of each aggregate in `read_group`, and its column in `formatted_read_group`: of those asked for, and of
    /// those that only conditions are about.
    fn classic_columns(&self) -> Vec<(String, String)> {
        let mut columns: Vec<String> = self.aggregates.iter().map(Aggregate::column).collect();
        for condition in &self.having {
            if condition.column.contains(':') && !columns.contains(&condition.column) {
                columns.push(condition.column.clone());
            }
        }
        columns
            .into_iter()
            .enumerate()
            .map(|(index, column)| (format!("odx_{index}"), column))
            .collect()
    }
}

impl Having {
    fn to_json(&self) -> JsonValue {
        json!([self.column, self.operator.as_str(), self.value])
    }
}
