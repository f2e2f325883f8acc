//! Reading the records that changed.

use std::future::Future;

use odx_facts::{ACTIVE, FieldType, WRITE_DATE, flags};
use serde_json::{Value as JsonValue, json};

use super::{
    ChangesError,
    asked::{Asked, second_of},
    given::hash,
};
use crate::{
    Call, Error, RecordId, Session,
    model::{Absent, FieldMeta, Page, Projection, Slot, slots},
    query::{
        complete,
        search::{ID, distinct_ids, with_content},
    },
    session::BoxFuture,
};

/// A record that came.
pub(super) struct Found<R> {
    pub(super) id: RecordId,
    pub(super) record: R,
    /// The second of its `write_date`.
    pub(super) written: Option<i64>,
    pub(super) is_archived: bool,
    /// Of all that was read of it.
    pub(super) hash: u64,
}

/// How the records are read.
pub(super) trait ReadChanged: Send + Sync + 'static {
    /// What a record is read into.
    type Record: Send + 'static;

    /// The fields to read.
    fn fields(&self) -> Vec<String>;

    /// Refuses what is not seen to be changed and no server tells.
    fn check(&self, _model: &'static str) -> Result<(), ChangesError> {
        Ok(())
    }

    /// Reads the records that meet the conditions, too, by rising ids.
    fn read(
        &self,
        asked: &Asked,
        conditions: &[JsonValue],
        limit: Option<u64>,
        has_active: bool,
    ) -> impl Future<Output = Result<Vec<Found<Self::Record>>, Error>> + Send;
}

/// A `search_read` that still lacks its fields.
pub(super) fn search_read(asked: &Asked, conditions: &[JsonValue], limit: Option<u64>) -> Call {
    let call = Call::new(asked.model, "search_read")
        .arg(asked.domain_with(conditions))
        .kwarg("order", ID);
    match limit {
        Some(limit) => call.kwarg("limit", limit),
        None => call,
    }
}

static DATE: FieldMeta = FieldMeta::plain(WRITE_DATE, FieldType::Datetime, flags::STORED);
static IS_ACTIVE: FieldMeta = FieldMeta::plain(ACTIVE, FieldType::Boolean, flags::STORED);

/// Reads projections.
pub(super) struct Projections<P>(std::marker::PhantomData<fn() -> P>);

impl<P> Projections<P> {
    pub(super) fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

/// A projection with what it may lack.
struct Dated<P> {
    record: P,
    date: JsonValue,
    active: JsonValue,
}

fn blank<P: Projection>() -> Dated<P> {
    Dated {
        record: P::blank(),
        date: JsonValue::Null,
        active: JsonValue::Null,
    }
}

fn lacks<P: Projection>(name: &str) -> bool {
    !P::fields().iter().any(|field| field.name() == name)
}

/// The fields of the projection, and those beside them.
fn fields_with<P: Projection>(has_active: bool) -> Vec<&'static FieldMeta> {
    let mut fields = P::fields().to_vec();
    fields.extend(lacks::<P>(WRITE_DATE).then_some(&DATE));
    fields.extend((has_active && lacks::<P>(ACTIVE)).then_some(&IS_ACTIVE));
    fields
}

fn dated_slots<'a, P: Projection>(row: &'a mut Dated<P>, list: &mut Vec<&'a mut dyn Slot>) {
    row.record.slots_mut(list);
    if lacks::<P>(WRITE_DATE) {
        list.push(&mut row.date);
    }
}

fn dated_slots_with_active<'a, P: Projection>(
    row: &'a mut Dated<P>,
    list: &mut Vec<&'a mut dyn Slot>,
) {
    row.record.slots_mut(list);
    if lacks::<P>(WRITE_DATE) {
        list.push(&mut row.date);
    }
    if lacks::<P>(ACTIVE) {
        list.push(&mut row.active);
    }
}

impl<P: Projection> ReadChanged for Projections<P> {
    type Record = P;

    fn fields(&self) -> Vec<String> {
        P::fields()
            .iter()
            .map(|field| field.name().to_owned())
            .collect()
    }

    /// What nested projections read changes with other records.
    fn check(&self, model: &'static str) -> Result<(), ChangesError> {
        let blank = P::blank();
        let nested = P::fields().iter().zip(slots(&blank));
        let fields: Vec<String> = nested
            .filter(|(_, slot)| slot.nested().is_some())
            .map(|(field, _)| format!("{} (read of other records)", field.name()))
            .collect();
        match fields.is_empty() {
            true => Ok(()),
            false => Err(ChangesError::Unwatched { model, fields }),
        }
    }

    async fn read(
        &self,
        asked: &Asked,
        conditions: &[JsonValue],
        limit: Option<u64>,
        has_active: bool,
    ) -> Result<Vec<Found<P>>, Error> {
        let fields = fields_with::<P>(has_active);
        let call = search_read(asked, conditions, limit)
            .kwarg("fields", crate::query::search::names(&fields));
        let call = with_content(call, &asked.session, &fields);
        let reply = asked.session.execute(call).await?;
        let add_slots = match has_active {
            true => dated_slots_with_active::<P>,
            false => dated_slots::<P>,
        };
        let page = reply
            .rows(asked.model, &fields, Absent::Refuse, blank::<P>, add_slots)
            .await?;
        let ids = distinct_ids(asked.model, &page)?;
        let (rows, beside) = completed(&asked.session, page).await?;
        let found = ids.into_iter().zip(rows).zip(beside);
        Ok(found
            .map(|((id, record), beside)| found_of(id, record, beside))
            .collect())
    }
}

/// `write_date` and `active`, where the projection lacks them.
type Beside = (JsonValue, JsonValue);

/// Reads what the nested projections lack.
fn completed<P: Projection>(
    session: &Session,
    page: Page<Dated<P>>,
) -> BoxFuture<'_, (Vec<P>, Vec<Beside>)> {
    let (rows, beside): (Vec<P>, Vec<Beside>) = page
        .rows
        .into_iter()
        .map(|row| (row.record, (row.date, row.active)))
        .unzip();
    let page = Page {
        rows,
        ids: page.ids,
        // The slots of the projection are the first ones.
        references: page.references,
        unfit: page.unfit,
    };
    Box::pin(async move { Ok((complete(session, page).await?, beside)) })
}

fn found_of<P: Projection>(id: RecordId, record: P, (date, active): Beside) -> Found<P> {
    let (mut date, mut active) = (date, active);
    let mut parts = Vec::with_capacity(P::fields().len() + 2);
    for (field, slot) in P::fields().iter().zip(slots(&record)) {
        let value = slot.to_wire();
        parts.push(value.to_string());
        match field.name() {
            WRITE_DATE => date = value,
            ACTIVE => active = value,
            _ => {}
        }
    }
    parts.push(date.to_string());
    parts.push(active.to_string());
    Found {
        id,
        record,
        written: second_of(&date),
        is_archived: active == json!(false),
        hash: hash(parts),
    }
}
