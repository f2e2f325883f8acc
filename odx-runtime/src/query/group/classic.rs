//! `read_group`, of Odoo 14 to 18. It knows no `having`, orders by other names on each series, and up to 16 ignores an
//! offset without a limit: so all groups come, and are chosen, ordered and cut here.

use odx_facts::{AGGREGATES_OF_KEYS, RANGE_BY_SPEC, Series};
use serde_json::{Value as JsonValue, json};

use super::{
    aggregate::Aggregate,
    cell::{Answered, Raw, refused},
    key::KeyColumn,
    plan::{Plan, Row, Rows},
    share,
};
use crate::{Call, Error, Session};

pub(super) async fn rows(plan: &Plan, session: &Session, series: Series) -> Result<Rows, Error> {
    let asked = Asked::of(plan, series);
    let call = Call::new(plan.search.model, "read_group")
        .arg(plan.search.domain_json(session).await?)
        .arg(asked.fields())
        .arg(plan.specs())
        .kwarg("lazy", false);
    let reply = session.execute(call).await?;
    let mut rows = Answered::all(plan.search.model, &reply)?
        .iter()
        .map(|group| asked.row(group))
        .collect::<Result<Vec<_>, _>>()?;
    rows.retain(|row| plan.admits(row));
    Ok(Rows {
        rows,
        are_cut: false,
    })
}

/// What is asked of `read_group`, and where each part of the answer stands.
struct Asked<'a> {
    plan: &'a Plan,
    series: Series,
    values: Vec<Source<'a>>,
}

/// Where an aggregate comes from.
enum Source<'a> {
    /// A column of the answer. Without an alias, some series write it over the key.
    Alias(String, &'a Aggregate),
    /// The key in that place: the server gives no aggregate of its field.
    Key(usize, &'a Aggregate),
}

impl<'a> Asked<'a> {
    fn of(plan: &'a Plan, series: Series) -> Self {
        let mut prefix = "odx_".to_owned();
        while plan.keys.iter().any(|key| key.spec.starts_with(&prefix)) {
            prefix.push('_');
        }
        let values = plan
            .aggregates
            .iter()
            .enumerate()
            .map(|(index, aggregate)| match plan.telling_key(aggregate) {
                Some(key) if !AGGREGATES_OF_KEYS.holds(series) => Source::Key(key, aggregate),
                _ => Source::Alias(format!("{prefix}{index}"), aggregate),
            })
            .collect();
        Self {
            plan,
            series,
            values,
        }
    }

    fn fields(&self) -> Vec<String> {
        let fields: Vec<String> = self
            .values
            .iter()
            .filter_map(|source| match source {
                Source::Alias(alias, Aggregate { field, function }) => {
                    Some(format!("{alias}:{function}({})", field.name()))
                }
                Source::Key(..) => None,
            })
            .collect();
        if fields.is_empty() {
            // An empty list means all fields up to Odoo 17.
            return vec!["__count".to_owned()];
        }
        fields
    }

    fn row(&self, group: &Answered) -> Result<Row, Error> {
        let count = group.count()?;
        let keys = self
            .plan
            .keys
            .iter()
            .enumerate()
            .map(|(index, key)| self.key(group, index, key))
            .collect::<Result<Vec<_>, _>>()?;
        let values = self
            .values
            .iter()
            .map(|source| match source {
                Source::Alias(alias, aggregate) => group.aliased(alias, &aggregate.spec()),
                Source::Key(key, aggregate) => Ok(share::aggregate(aggregate, &keys[*key], count)),
            })
            .collect::<Result<_, _>>()?;
        Ok(Row {
            count,
            keys,
            values,
            secrets: group.secrets(),
        })
    }

    /// A part of the key, as `formatted_read_group` gives it: a span comes as its label alone.
    fn key(&self, group: &Answered, index: usize, key: &KeyColumn) -> Result<Raw, Error> {
        let value = group.column(&key.spec)?;
        if !key.is_span() || value.is_unset() {
            return Ok(value);
        }
        let start = if RANGE_BY_SPEC.holds(self.series) {
            range_start(group, &key.spec)
        } else {
            self.domain_start(group, index)?
        };
        let start = start.ok_or_else(|| {
            let found = "a group that does not tell it".to_owned();
            refused(self.plan.search.model, &key.spec, "a start", found)
        })?;
        Ok(Raw::new(json!([start, value.json()]).to_string()))
    }

    /// The start of the span in that place of the key, out of the domain of the group: the conditions of the keys come
    /// first in it, in their order, and the domain of the query after them.
    fn domain_start(&self, group: &Answered, index: usize) -> Result<Option<String>, Error> {
        let domain = group.column("__domain")?.json();
        let terms = domain.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut terms = terms.iter().filter(|term| *term != "&");
        for spec in self.plan.specs() {
            let Some(key) = self.plan.keys.iter().find(|key| key.spec == spec) else {
                return Ok(None);
            };
            let start = terms.next().and_then(|term| condition(term, key));
            if !key.is_span() || group.column(spec)?.is_unset() {
                match start {
                    Some(("=", _)) => continue,
                    _ => return Ok(None),
                }
            }
            let end = terms.next().and_then(|term| condition(term, key));
            let (Some((">=", start)), Some(("<", _))) = (start, end) else {
                return Ok(None);
            };
            if self.plan.keys[index].spec == spec {
                return Ok(start.as_str().map(str::to_owned));
            }
        }
        Ok(None)
    }
}

/// The operator and value of a condition on the field of a key.
fn condition<'t>(term: &'t JsonValue, key: &KeyColumn) -> Option<(&'t str, &'t JsonValue)> {
    let [field, operator, value] = term.as_array()?.as_slice() else {
        return None;
    };
    (field == key.field.name()).then(|| Some((operator.as_str()?, value)))?
}

fn range_start(group: &Answered, spec: &str) -> Option<String> {
    let ranges = group.find("__range")?.json();
    ranges.get(spec)?.get("from")?.as_str().map(str::to_owned)
}
