//! Ranges of ids, so that the parts of a table are read side by side.

use datafusion::error::Result;
use futures_util::future::try_join_all;
use odx_facts::Operator;
use odx_runtime::Session;
use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::model::Model;

/// A table that is to be read in parts.
pub(crate) struct Splitting<'a> {
    pub(crate) session: &'a Session,
    pub(crate) model: &'a Model,
    pub(crate) domain: &'a [Json],
    pub(crate) page_size: usize,
    /// How many parts there are at most.
    pub(crate) at_most: usize,
}

impl Splitting<'_> {
    /// The ids that parts begin with, but for the first. Whatever they are, the parts are the whole: the first has no
    /// beginning, the last no end.
    ///
    /// Not split is what is read in a page or two, and a view, whose ids may be others in the next call.
    pub(crate) async fn parts(&self, limit: Option<usize>) -> Result<Vec<i64>> {
        let is_small = limit.is_some_and(|limit| limit <= self.page_size);
        if is_small || self.at_most < 2 || !self.model.has_table() {
            return Ok(Vec::new());
        }
        let count = usize::try_from(self.count().await?).unwrap_or(usize::MAX);
        let records = limit.map_or(count, |limit| limit.min(count));
        let parts = records.div_ceil(self.page_size).min(self.at_most);
        let places = (1..parts).map(|part| count / parts * part);
        let starts = try_join_all(places.map(|place| self.id_at(place))).await?;
        let mut starts: Vec<i64> = starts.into_iter().flatten().collect();
        starts.sort_unstable();
        starts.dedup();
        Ok(starts)
    }

    async fn count(&self) -> Result<u64> {
        count(self.session, &self.model.name, self.domain).await
    }

    async fn id_at(&self, place: usize) -> Result<Option<i64>> {
        let session = self.session.with_archived();
        let call = session
            .call(self.model.name.clone(), "search")
            .arg(self.domain.to_vec())
            .kwarg("offset", place as u64)
            .kwarg("limit", 1)
            .kwarg("order", "id");
        let ids: Vec<i64> = call.send().await.map_err(|source| self.failed(source))?;
        Ok(ids.first().copied())
    }

    fn failed(&self, source: odx_runtime::Error) -> Error {
        Error::Odoo {
            model: self.model.name.clone(),
            source,
        }
    }
}

/// How many records match.
pub(crate) async fn count(session: &Session, model: &str, domain: &[Json]) -> Result<u64> {
    let session = session.with_archived();
    let call = session
        .call(model.to_owned(), "search_count")
        .arg(domain.to_vec());
    let count = call.send().await.map_err(|source| Error::Odoo {
        model: model.to_owned(),
        source,
    })?;
    Ok(count)
}

/// The conditions of a part.
pub(crate) fn of_part(starts: &[i64], part: usize) -> Vec<Json> {
    let from = part.checked_sub(1).and_then(|before| starts.get(before));
    let from = from.map(|id| json!(["id", Operator::Ge.as_str(), id]));
    let until = starts.get(part);
    let until = until.map(|id| json!(["id", Operator::Lt.as_str(), id]));
    from.into_iter().chain(until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_every_id_once() {
        let starts = [10, 20];
        assert_eq!(Json::from(of_part(&starts, 0)), json!([["id", "<", 10]]));
        assert_eq!(
            Json::from(of_part(&starts, 1)),
            json!([["id", ">=", 10], ["id", "<", 20]])
        );
        assert_eq!(Json::from(of_part(&starts, 2)), json!([["id", ">=", 20]]));
        assert_eq!(of_part(&[], 0), Vec::<Json>::new());
    }
}
