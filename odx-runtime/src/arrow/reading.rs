//! A walk whose pages are record batches.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::{
    array::{Row, batch},
    column::Column,
};
use crate::{
    Call, Error, RecordId, Reply, Session,
    model::{Absent, FieldMeta, Slot},
    query::{PageRows, Reading, distinct_ids, in_order, names, with_content},
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

    async fn rows(&self, reply: &Reply) -> Result<(Vec<RecordId>, Vec<Row>), Error> {
        let page = reply
            .rows(
                self.model,
                &self.fields,
                Absent::Refuse,
                Vec::new,
                adding(&self.columns),
            )
            .await?;
        Ok((distinct_ids(self.model, &page)?, page.rows))
    }

    /// The batch of rows, if there are any.
    fn batches(&self, ids: &[RecordId], rows: &[Row]) -> Result<Vec<RecordBatch>, Error> {
        match rows.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(vec![batch(self.model, &self.columns, ids, rows)?]),
        }
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

    fn fields(&self) -> &[&'static FieldMeta] {
        &self.fields
    }

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
        let (ids, rows) = self.rows(&session.execute(call).await?).await?;
        let rows = self.batches(&ids, &rows)?;
        Ok(PageRows { ids, rows })
    }

    async fn read(&self, session: &Session, ids: &[RecordId]) -> Result<Vec<RecordBatch>, Error> {
        let call = Call::new(self.model, "read")
            .ids(ids.iter().copied())
            .arg(names(&self.fields));
        let call = with_content(call, session, &self.fields);
        let (came, rows) = self.rows(&session.execute(call).await?).await?;
        let ordered = in_order(self.model, ids, came, rows)?;
        let (ids, rows): (Vec<_>, Vec<_>) = ordered.into_iter().unzip();
        self.batches(&ids, &rows)
    }
}
