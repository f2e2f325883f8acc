//! The database that a mirror is kept in.

mod postgres;
mod sqlite;
mod table;

use std::fmt;

use odx_runtime::Id;
use odx_runtime::model::Projection;
use odx_runtime::query::changes::{Batch, Cursor, CursorError};
use tokio::sync::Mutex;

pub use table::Table;

use table::{Row, rows_of};

/// Why the database could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("SQLite refused")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused.
    #[error("PostgreSQL refused")]
    Postgres(#[from] tokio_postgres::Error),
    /// The cursor is none.
    #[error("the cursor of {model} in the table odx_mirror cannot be used")]
    Cursor {
        /// The model.
        model: &'static str,
        /// Why.
        source: CursorError,
    },
}

/// A database, which is written by one batch at a time.
pub struct Store(Mutex<Kind>);

enum Kind {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

/// What a batch says, as it is stored.
struct Changes {
    rows: Vec<Row>,
    deleted: Vec<i64>,
    cursor: Vec<u8>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// How many records were given.
    pub given: usize,
    /// How many of them were there already as they are.
    pub unchanged: usize,
    /// How many were deleted.
    pub deleted: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            given,
            unchanged,
            deleted,
        } = self;
        write!(
            f,
            "{given} written ({unchanged} as they were), {deleted} deleted"
        )
    }
}

impl Store {
    /// Opens a database: `postgres://..`, or a file of SQLite.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be opened.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let is_postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| name.starts_with(scheme));
        let kind = match is_postgres {
            true => Kind::Postgres(postgres::open(name).await?),
            false => Kind::Sqlite(sqlite::open(name)?),
        };
        Ok(Self(Mutex::new(kind)))
    }

    /// Makes the table if there is none, and reads its cursor.
    ///
    /// # Errors
    /// [`StoreError`] where the database refuses, or has a cursor that is none.
    pub async fn cursor(&self, table: &Table) -> Result<Cursor, StoreError> {
        let stored = match &mut *self.0.lock().await {
            Kind::Sqlite(connection) => sqlite::cursor(connection, table)?,
            Kind::Postgres(client) => postgres::cursor(client, table).await?,
        };
        match stored {
            None => Ok(Cursor::start()),
            Some(bytes) => Cursor::from_bytes(&bytes).map_err(|source| StoreError::Cursor {
                model: table.model(),
                source,
            }),
        }
    }

    /// Stores a batch and its cursor, both or none.
    ///
    /// # Errors
    /// [`StoreError`] where the database refuses.
    pub async fn apply<M, P: Projection>(
        &self,
        table: &Table,
        batch: Batch<Id<M>, P>,
    ) -> Result<Tally, StoreError> {
        let changes = Changes {
            deleted: batch.deleted.iter().filter_map(|id| id.number()).collect(),
            cursor: batch.cursor.to_bytes(),
            rows: rows_of(batch),
        };
        let changed = match &mut *self.0.lock().await {
            Kind::Sqlite(connection) => sqlite::apply(connection, table, &changes)?,
            Kind::Postgres(client) => postgres::apply(client, table, &changes).await?,
        };
        Ok(Tally {
            given: changes.rows.len(),
            unchanged: changes.rows.len() - changed,
            deleted: changes.deleted.len(),
        })
    }
}
