//! A file of SQLite.

use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{
    Changes, StoreError, Table,
    table::{CURSOR, CURSORS, SET_CURSOR, Value},
};

pub(super) fn open(file: &str) -> Result<Connection, StoreError> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

pub(super) fn cursor(
    connection: &Connection,
    table: &Table,
) -> Result<Option<Vec<u8>>, StoreError> {
    connection.execute(CURSORS, [])?;
    connection.execute(&table.create(), [])?;
    let mut cursor = connection.prepare(CURSOR)?;
    Ok(cursor
        .query_row([table.model()], |row| row.get(0))
        .optional()?)
}

/// How many rows are other than they were.
pub(super) fn apply(
    connection: &mut Connection,
    table: &Table,
    changes: &Changes,
) -> Result<usize, StoreError> {
    let transaction = connection.transaction()?;
    let mut changed = 0;
    let mut write = transaction.prepare(&table.write())?;
    for row in &changes.rows {
        let head = [Value::Integer(row.id), Value::Boolean(row.archived)];
        changed += write.execute(params_from_iter(head.iter().chain(&row.values)))?;
    }
    drop(write);
    let mut delete = transaction.prepare(&table.delete())?;
    for id in &changes.deleted {
        delete.execute([id])?;
    }
    drop(delete);
    let given = changes.rows.len();
    transaction.execute(
        SET_CURSOR,
        params![
            table.model(),
            changes.cursor,
            given as i64,
            (given - changed) as i64
        ],
    )?;
    transaction.commit()?;
    Ok(changed)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(rusqlite::types::Null.into()),
            Self::Integer(number) => number.to_sql(),
            Self::Float(number) => number.to_sql(),
            Self::Boolean(value) => value.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}
