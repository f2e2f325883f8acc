//! A walk whose pages are record batches.

use std::{collections::HashMap, sync::Arc};

use arrow_array::RecordBatch;

use super::{
    array::{Row, batch},
    column::Column,
};
use crate::{
    Call, Error, RecordId, Reply, Session,
    model::{Absent, FieldMeta, Page, Slot},
    query::{PageRows, Reading, WalkError, distinct_ids, names, with_content},
};

/// Reads pages into batches.
#[derive(Clone)]
pub(super) struct Batches {
    model: &'static str,
    columns: Arc<[Column]>,
    fields: Arc<[&'static FieldMeta]>,
}

impl Batches {
    pub(super) fn new(model: &'static str, columns: Arc<[Column]>) -> Self {
        let fields = columns.iter().map(|column| column.field).collect();
        Self {
            model,
            columns,
            fields,
        }
    }

    async fn rows(&self, reply: &Reply) -> Result<(Vec<RecordId>, Page<Row>), Error> {
        let page = reply
            .rows(
                self.model,
                &self.fields,
                Absent::Refuse,
                Vec::new,
                adding(&self.columns),
            )
            .await?;
        Ok((distinct_ids(self.model, &page)?, page))
    }

    fn batch(&self, page: &Page<Row>) -> Result<RecordBatch, Error> {
        Ok(batch(self.model, &self.columns, page)?)
    }
}

/// Makes the slots of a row, and adds them to a list.
fn adding(columns: &[Column]) -> impl for<'a> Fn(&'a mut Row, &mut Vec<&'a mut dyn Slot>) {
    move |row, list| {
        row.extend(columns.iter().map(Column::slot));
        list.extend(row.iter_mut().map(|slot| &mut **slot));
    }
}

impl Reading for Batches {
    type Row = RecordBatch;

    fn records(batches: &[RecordBatch]) -> usize {
        batches.iter().map(RecordBatch::num_rows).sum()
    }

    async fn search_read(
        &self,
        session: &Session,
        call: Call,
    ) -> Result<PageRows<RecordBatch>, Error> {
        let call = call.kwarg("fields", names(&self.fields));
        let call = with_content(call, session, &self.fields);
        let (ids, page) = self.rows(&session.execute(call).await?).await?;
        let rows = match ids.is_empty() {
            true => Vec::new(),
            false => vec![self.batch(&page)?],
        };
        Ok(PageRows { ids, rows })
    }

    async fn read(&self, session: &Session, ids: &[RecordId]) -> Result<Vec<RecordBatch>, Error> {
        let call = Call::new(self.model, "read")
            .ids(ids.iter().copied())
            .arg(names(&self.fields));
        let call = with_content(call, session, &self.fields);
        let (came, page) = self.rows(&session.execute(call).await?).await?;
        let mut rows: HashMap<RecordId, Row> = came.into_iter().zip(page.rows).collect();
        let mut ordered = Page {
            rows: Vec::with_capacity(rows.len()),
            ids: Vec::with_capacity(rows.len()),
            references: Vec::new(),
            unfit: Vec::new(),
        };
        for id in ids {
            if let Some(row) = rows.remove(id) {
                ordered.rows.push(row);
                ordered.ids.push(Some(*id));
            }
        }
        if let Some(id) = rows.into_keys().next() {
            let model = self.model;
            return Err(WalkError::NotAsked { model, id }.into());
        }
        Ok(match ordered.rows.is_empty() {
            true => Vec::new(),
            false => vec![self.batch(&ordered)?],
        })
    }
}
