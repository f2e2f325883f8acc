//! Batches of a model that has no Rust type.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde_json::Value as JsonValue;

use super::{
    Column,
    column::{schema, with_decimal},
    reading::Batches,
};
use crate::{
    AnySession, Context, Error,
    domain::Node,
    model::interned,
    query::{Pages, Rows, Search, Walk},
};

/// The records of a model by its name on the wire, in record batches: made by [`Session::arrow`](crate::Session::arrow).
#[must_use = "nothing is read before the batches are streamed"]
pub struct UntypedBatches<'a, O> {
    odoo: &'a O,
    search: Search,
    columns: Arc<[Column]>,
    pages: Pages,
    after: Option<i64>,
    of_table: bool,
}

impl<'a, O: AnySession> UntypedBatches<'a, O> {
    /// The batches of a model over that session.
    pub fn new(odoo: &'a O, model: &str, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            odoo,
            search: Search::new(interned(model), Node::All(Vec::new())),
            columns: columns.into_iter().collect(),
            pages: Pages::default(),
            after: None,
            of_table: false,
        }
    }

    /// Only the records that match a domain, in Odoo's notation. It is sent as it is.
    pub fn domain(mut self, items: impl IntoIterator<Item = JsonValue>) -> Self {
        self.search.as_sent.extend(items);
        self
    }

    /// Only the records whose id is greater: where an earlier stream came to.
    pub fn after(mut self, id: i64) -> Self {
        self.after = Some(id);
        self
    }

    /// The ids are those of a table of the model's own, so that no two records share one: it has a stored `write_date`, which
    /// views do not have. Without it one more small call a page looks whether the last id comes twice.
    pub fn of_table(mut self, is_of_table: bool) -> Self {
        self.of_table = is_of_table;
        self
    }

    /// Only the records whose id is not greater: with [`after`](Self::after) a range of ids, which is read beside others.
    pub fn up_to(mut self, id: i64) -> Self {
        self.search.up_to = Some(id);
        self
    }

    /// At most so many records.
    pub fn limit(mut self, records: usize) -> Self {
        self.search.limit = Some(records as u64);
        self
    }

    /// Entries of the context, over those of the session.
    pub fn context(mut self, context: Context) -> Self {
        self.search.context = self.search.context.merged(context);
        self
    }

    /// Archived records too: `active_test` is false.
    pub fn with_archived(self) -> Self {
        self.context(Context::new().active_test(false))
    }

    /// How many records a batch has; 500 unless told.
    pub fn page_size(mut self, records: usize) -> Self {
        self.pages.size = records as u64;
        self
    }

    /// How many batches are read ahead while the program works on one; 1 unless told, 0 for none.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.ahead = pages as u64;
        self
    }

    /// As [`Query::time_budget`](crate::query::Query::time_budget).
    pub fn time_budget(mut self, budget: std::time::Duration) -> Self {
        self.pages.budget = Some(budget);
        self
    }

    /// As [`Columns::decimal`](super::Columns::decimal).
    ///
    /// # Errors
    /// As of [`Columns::decimal`](super::Columns::decimal).
    pub fn decimal(mut self, field: &str, precision: u8, scale: u8) -> Result<Self, Error> {
        self.columns = with_decimal(&self.columns, field, precision, scale)?;
        Ok(self)
    }

    /// The schema of the batches.
    pub fn schema(&self) -> SchemaRef {
        schema(&self.columns)
    }

    /// The batches, by rising ids.
    ///
    /// # Errors
    /// As of [`Query::stream_arrow`](crate::query::Query::stream_arrow).
    pub fn stream(self) -> O::Rows<RecordBatch> {
        let reading = Batches::new(self.search.model, self.columns);
        let session = self.search.session(self.odoo);
        let walk = Walk::new(
            session.into_owned(),
            self.search,
            reading,
            self.pages.size,
            self.of_table,
        );
        let walk = match self.after {
            Some(id) => walk.after(id),
            None => walk,
        };
        self.odoo.rows(Rows::new(walk, self.pages))
    }
}
