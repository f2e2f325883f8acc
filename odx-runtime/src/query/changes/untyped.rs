//! Changes of a model that has no Rust type.

use odx_facts::{ACTIVE, WRITE_DATE};
use serde_json::{Map, Value as JsonValue, json};

use super::{
    Batch, Changed, Cursor,
    asked::{Asked, second_of},
    follow::{self, AskLater},
    given::hash,
    round::{RawBatch, Settings},
    rows::{Found, ReadChanged, search_read},
    with_archived,
};
use crate::{
    AnySession, Error, RecordId,
    query::search::{ID, not_more, with_added},
    session::BoxFuture,
};

/// A record as Odoo sends it, by the names of its fields.
pub type JsonRecord = Map<String, JsonValue>;

/// The changes of a model by its name on the wire: made by [`Session::changes`](crate::Session::changes). What is read are objects of JSON; see
/// [`Changes`](super::Changes) for the rest.
#[must_use = "nothing is read before the changes are streamed or followed"]
pub struct UntypedChanges<'a, O> {
    odoo: &'a O,
    model: &'static str,
    cursor: Cursor,
    domain: Vec<JsonValue>,
    fields: Vec<String>,
    settings: Settings,
}

impl<'a, O: AnySession> UntypedChanges<'a, O> {
    pub(crate) fn new(odoo: &'a O, model: &'static str, cursor: Cursor) -> Self {
        Self {
            odoo,
            model,
            cursor,
            domain: Vec::new(),
            fields: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// Only the records that match a domain, in Odoo's notation. It is sent as it is.
    pub fn domain(mut self, items: impl IntoIterator<Item = JsonValue>) -> Self {
        self.domain = items.into_iter().collect();
        self
    }

    /// The fields to read, beside `id`.
    pub fn fields<F: Into<String>>(mut self, names: impl IntoIterator<Item = F>) -> Self {
        self.fields = names.into_iter().map(Into::into).collect();
        self
    }

    /// As [`Changes::with_unwatched_fields`](super::Changes::with_unwatched_fields).
    pub fn with_unwatched_fields(mut self) -> Self {
        self.settings = self.settings.with_unwatched_fields();
        self
    }

    /// As [`Changes::page_size`](super::Changes::page_size).
    pub fn page_size(mut self, records: usize) -> Self {
        self.settings = self.settings.page_size(records as u64);
        self
    }

    /// As [`Changes::overlap`](super::Changes::overlap).
    pub fn overlap(mut self, overlap: std::time::Duration) -> Self {
        self.settings = self.settings.overlap(overlap);
        self
    }

    /// As [`Changes::every`](super::Changes::every).
    pub fn every(mut self, pause: std::time::Duration) -> Self {
        self.settings = self.settings.every(pause);
        self
    }

    /// As [`Changes::compare_every`](super::Changes::compare_every).
    pub fn compare_every(mut self, interval: std::time::Duration) -> Self {
        self.settings = self.settings.compare_every(interval);
        self
    }

    /// The changes up to now: one round, in batches.
    ///
    /// # Errors
    /// As [`FollowAs::stream_as`](super::FollowAs::stream_as).
    pub fn stream(self) -> O::Rows<Batch<RecordId, JsonRecord>> {
        self.batches(false)
    }

    /// The changes up to now, and on and on.
    ///
    /// # Errors
    /// As [`FollowAs::follow_as`](super::FollowAs::follow_as).
    pub fn follow(self) -> O::Rows<Batch<RecordId, JsonRecord>> {
        self.batches(true)
    }

    fn batches(self, goes_on: bool) -> O::Rows<Batch<RecordId, JsonRecord>> {
        let session = self.odoo.session().with_context(with_archived());
        let (model, domain) = (self.model, self.domain);
        let later: AskLater = Box::new(move || -> BoxFuture<'static, Asked> {
            Box::pin(async move {
                Ok(Asked {
                    domain: with_added(model, domain),
                    session,
                    model,
                })
            })
        });
        let reading = JsonRecords {
            fields: self.fields,
        };
        self.odoo.rows(follow::batches(
            later,
            self.cursor,
            reading,
            self.settings,
            goes_on,
            batch,
        ))
    }
}

fn batch(raw: RawBatch<JsonRecord>, cursor: Cursor) -> Batch<RecordId, JsonRecord> {
    let changed = |rows: Vec<(u32, JsonRecord)>| {
        let rows = rows.into_iter();
        rows.map(|(id, record)| Changed {
            id: id.into(),
            record,
        })
        .collect()
    };
    Batch {
        written: changed(raw.written),
        archived: changed(raw.archived),
        deleted: raw.deleted.into_iter().map(RecordId::from).collect(),
        caught_up: raw.caught_up,
        cursor,
    }
}

/// Reads objects of JSON.
struct JsonRecords {
    fields: Vec<String>,
}

impl ReadChanged for JsonRecords {
    type Record = JsonRecord;

    fn fields(&self) -> Vec<String> {
        self.fields.clone()
    }

    async fn read(
        &self,
        asked: &Asked,
        conditions: &[JsonValue],
        limit: Option<u64>,
        has_active: bool,
    ) -> Result<Vec<Found<JsonRecord>>, Error> {
        let beside = [ID, WRITE_DATE]
            .into_iter()
            .chain(has_active.then_some(ACTIVE));
        let beside: Vec<&str> = beside
            .filter(|name| !self.fields.iter().any(|field| field == name))
            .collect();
        let names: Vec<&str> = self
            .fields
            .iter()
            .map(String::as_str)
            .chain(beside.iter().copied())
            .collect();
        let call = search_read(asked, conditions, limit).kwarg("fields", json!(names));
        let reply = asked.session.execute(call).await?;
        let rows: Vec<JsonRecord> = reply.to()?;
        if let Some(limit) = limit {
            not_more(asked.model, limit, rows.len())?;
        }
        let found = rows.into_iter().map(|mut record| {
            let id = record.get(ID).and_then(RecordId::from_json);
            let id = id.ok_or_else(|| reply.mismatch("rows with an id"))?;
            let parts = names.iter().map(|name| {
                record
                    .get(*name)
                    .map(JsonValue::to_string)
                    .unwrap_or_default()
            });
            let hash = hash(parts);
            let written = record.get(WRITE_DATE).and_then(second_of);
            let is_archived = has_active && record.get(ACTIVE) == Some(&json!(false));
            for name in beside.iter().filter(|name| **name != ID) {
                record.remove(*name);
            }
            Ok(Found {
                id,
                record,
                written,
                is_archived,
                hash,
            })
        });
        found.collect()
    }
}
