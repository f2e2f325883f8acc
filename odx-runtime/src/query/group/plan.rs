//! What is asked for, without its types, and what the groups come to.

use odx_facts::{FORMATTED_READ_GROUP, Feature, Series};

use super::{
    Search,
    aggregate::{Aggregate, Column},
    cell::Raw,
    classic, formatted,
    having::Having,
    key::KeyColumn,
    order::{Place, Rank},
};
use crate::{Error, Session, domain::Requirement, secret::Secrets};

/// What groups are ordered by, and in which direction: `o.amount_total.sum().desc()`, `count().asc()`.
#[derive(Clone, Copy, Debug)]
pub struct GroupOrder {
    pub(super) column: Column,
    pub(super) descending: bool,
}

/// What groups are ordered by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of groups: order them by what is worked out of each, `r.amount_total.sum().desc()`, or by their size, `count().desc()`",
    label = "not an order of groups",
    note = "groups that this leaves equal are ordered by their keys"
)]
pub trait IntoGroupOrder {
    /// The order.
    fn into_group_order(self) -> GroupOrder;
}

impl IntoGroupOrder for GroupOrder {
    fn into_group_order(self) -> Self {
        self
    }
}

/// What is asked for.
pub(super) struct Plan {
    pub(super) search: Search,
    pub(super) keys: Vec<KeyColumn>,
    /// What the program asked for and, after it, what only the order is by, and what only conditions are about.
    pub(super) aggregates: Vec<Aggregate>,
    /// How many of them the program asked for.
    pub(super) asked: usize,
    /// How many have to come: those asked for and those that the order is by. Which groups fulfil a condition, a server
    /// can say by itself.
    pub(super) needed: usize,
    pub(super) having: Vec<Having>,
    pub(super) order: Vec<GroupOrder>,
}

/// One group, each value in the place where it was asked for.
pub(super) struct Row {
    pub(super) count: u64,
    pub(super) keys: Vec<Raw>,
    pub(super) values: Vec<Raw>,
    /// What an error about it must not show.
    pub(super) secrets: Secrets,
}

/// The groups of an answer.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Whether the server has already left out the groups before the offset and beyond the limit.
    pub(super) are_cut: bool,
}

impl Plan {
    pub(super) fn new(
        search: Search,
        keys: Vec<KeyColumn>,
        mut aggregates: Vec<Aggregate>,
        having: Vec<Having>,
        order: Vec<GroupOrder>,
    ) -> Self {
        let asked = aggregates.len();
        order
            .iter()
            .for_each(|order| add(&mut aggregates, order.column));
        let needed = aggregates.len();
        having
            .iter()
            .for_each(|condition| add(&mut aggregates, condition.column));
        Self {
            search,
            keys,
            aggregates,
            asked,
            needed,
            having,
            order,
        }
    }

    pub(super) async fn rows(&self, session: &Session) -> Result<Vec<Row>, Error> {
        self.having.iter().try_for_each(Having::check)?;
        self.aggregates.iter().try_for_each(Aggregate::check)?;
        if self.search.matches_nothing() {
            return Ok(Vec::new());
        }
        let series = session.series().await?;
        self.check(series)?;
        let Rows { mut rows, are_cut } = if FORMATTED_READ_GROUP.holds(series) {
            formatted::rows(self, session).await?
        } else {
            classic::rows(self, session, series).await?
        };
        rows.sort_by_cached_key(|row| self.places(row));
        let (offset, limit) = (self.search.offset, self.search.limit);
        let skipped = if are_cut { 0 } else { whole(offset) };
        Ok(rows
            .into_iter()
            .skip(skipped)
            .take(limit.map_or(usize::MAX, whole))
            .collect())
    }

    /// Refuses what the series does not have.
    fn check(&self, series: Series) -> Result<(), Error> {
        for requirement in self.keys.iter().flat_map(|key| &key.requirements) {
            requirement.check(series)?;
        }
        for aggregate in &self.aggregates {
            let keys = self.keys_of(aggregate);
            if keys.is_empty() || self.telling_key(aggregate).is_some() {
                continue;
            }
            let specs: Vec<_> = keys.iter().map(|key| key.spec.as_str()).collect();
            let group = format!("{} by {}", aggregate.spec(), specs.join(", "));
            Requirement::new(Feature::AGGREGATE_OF_KEY, group).check(series)?;
        }
        Ok(())
    }

    /// The keys that are about the field of an aggregate.
    fn keys_of(&self, aggregate: &Aggregate) -> Vec<&KeyColumn> {
        let is_about = |key: &&KeyColumn| key.field.name() == aggregate.field.name();
        self.keys.iter().filter(is_about).collect()
    }

    /// The place of the key that an aggregate can be worked out from.
    pub(super) fn telling_key(&self, aggregate: &Aggregate) -> Option<usize> {
        self.keys.iter().position(|key| {
            key.field.name() == aggregate.field.name() && key.tells(aggregate.function)
        })
    }

    /// The place of a value in [`Row::values`].
    fn place_of(&self, wanted: &Aggregate) -> usize {
        self.aggregates
            .iter()
            .position(|aggregate| aggregate.is_same(wanted))
            .expect("BUG: what is ordered or chosen by is asked for")
    }

    /// Whether all conditions hold for a group.
    pub(super) fn admits(&self, row: &Row) -> bool {
        self.having.iter().all(|condition| {
            let value = match &condition.column {
                Column::Count => Some(row.count.into()),
                Column::Aggregate(aggregate) => row.values[self.place_of(aggregate)].number(),
            };
            condition.holds(value)
        })
    }

    /// Where a group stands among the others: by what was asked for, then by its key, so that no two stand at one place.
    fn places(&self, row: &Row) -> Vec<Place> {
        let ordered = self.order.iter().map(|order| Place {
            rank: match &order.column {
                Column::Count => Rank::Number(row.count.into()),
                Column::Aggregate(aggregate) => {
                    Rank::of(aggregate.shape(), &row.values[self.place_of(aggregate)])
                }
            },
            descending: order.descending,
        });
        let keys = self.keys.iter().zip(&row.keys).map(|(key, raw)| Place {
            rank: Rank::of(key.shape, raw),
            descending: false,
        });
        ordered.chain(keys).collect()
    }

    /// The same order for a server that can say it: `NULLS LAST` in both directions, then the keys.
    pub(super) fn ordered_alike(&self) -> Option<String> {
        let mut terms = Vec::new();
        for GroupOrder { column, descending } in &self.order {
            if let Column::Aggregate(aggregate) = column
                && !aggregate.is_ordered_alike()
            {
                return None;
            }
            let direction = if *descending { "desc" } else { "asc" };
            terms.push(format!("{} {direction} nulls last", column.spec()));
        }
        for key in &self.keys {
            terms.push(format!("{} asc nulls last", key.ordered_alike()?));
        }
        Some(terms.join(", "))
    }

    /// What to group by, each once.
    pub(super) fn specs(&self) -> Vec<&str> {
        let mut specs: Vec<&str> = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            if !specs.contains(&key.spec.as_str()) {
                specs.push(&key.spec);
            }
        }
        specs
    }
}

/// Adds what a column is of, unless it is there already.
fn add(aggregates: &mut Vec<Aggregate>, column: Column) {
    if let Column::Aggregate(wanted) = column
        && !aggregates
            .iter()
            .any(|aggregate| aggregate.is_same(&wanted))
    {
        aggregates.push(wanted);
    }
}

/// As many as there can be in memory.
fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
