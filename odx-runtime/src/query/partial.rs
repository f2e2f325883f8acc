//! Reads of what can be read, where a field or a record fails its page.

mod apart;

use std::{fmt, sync::Arc};

use crate::{Error, RecordId};

pub(super) use apart::{Apart, is_of_a_field_or_record};

/// The records that could be read, and what could not.
#[derive(Debug)]
#[non_exhaustive]
pub struct Partial<P> {
    /// The records that could be read. A field that could not is `None` in a record whose struct holds an `Option` there,
    /// and stands in [`failed`](Self::failed); a record whose struct has no room for that is left out.
    pub rows: Vec<P>,
    /// What could not be read: all of it.
    pub failed: Vec<Unread>,
}

/// One record of a stream that goes on where a record or a field fails.
#[derive(Debug)]
#[non_exhaustive]
pub struct PartialRow<P> {
    /// The record's id.
    pub id: RecordId,
    /// The record, as in [`Partial::rows`]; `None` where it is left out.
    pub row: Option<P>,
    /// What of it could not be read.
    pub failed: Vec<Unread>,
}

/// A field of a record that could not be read, or a record.
#[derive(Clone)]
#[non_exhaustive]
pub struct Unread {
    /// The model.
    pub model: &'static str,
    /// The record.
    pub id: RecordId,
    /// The field; `None` where no field of the record can be read.
    pub field: Option<&'static str>,
    /// Why.
    pub error: Arc<Error>,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", self.model, self.id)?;
        if let Some(field) = self.field {
            write!(f, ".{field}")?;
        }
        write!(f, " could not be read: {}", self.error)
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<P> Partial<P> {
    /// The records that were read, and beside them what was not.
    fn of(rows: Vec<PartialRow<P>>) -> Self {
        let mut partial = Self {
            rows: Vec::with_capacity(rows.len()),
            failed: Vec::new(),
        };
        for row in rows {
            partial.rows.extend(row.row);
            partial.failed.extend(row.failed);
        }
        partial
    }
}

pub(super) async fn read_partial<P: crate::model::Projection>(
    session: &crate::Session,
    search: &super::Search,
) -> Result<Partial<P>, Error> {
    let apart = Apart::<P>::new();
    match search.read(session, apart.shape()).await {
        Ok(rows) => Ok(Partial {
            rows,
            failed: Vec::new(),
        }),
        Err(error) if is_of_a_field_or_record(&error) => {
            let ids = search.ids(session).await?;
            Ok(Partial::of(apart.read_apart(session, &ids).await?))
        }
        Err(error) => Err(error),
    }
}
