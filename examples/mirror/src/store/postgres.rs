//! A database of PostgreSQL.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls};

use super::{
    Changes, StoreError, Table,
    table::{CURSOR, CURSORS, SET_CURSOR, Value},
};

pub(super) async fn open(url: &str) -> Result<Client, StoreError> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        // The next statement fails, and says why.
        let _ = connection.await;
    });
    Ok(client)
}

pub(super) async fn cursor(client: &Client, table: &Table) -> Result<Option<Vec<u8>>, StoreError> {
    client.batch_execute(CURSORS).await?;
    client.batch_execute(&table.create()).await?;
    let row = client.query_opt(CURSOR, &[&table.model()]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// How many rows are other than they were.
pub(super) async fn apply(
    client: &mut Client,
    table: &Table,
    changes: &Changes,
) -> Result<usize, StoreError> {
    let transaction = client.transaction().await?;
    let write = transaction.prepare(&table.write()).await?;
    let mut changed = 0;
    for row in &changes.rows {
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&row.id, &row.archived];
        values.extend(row.values.iter().map(|value| value as &(dyn ToSql + Sync)));
        changed += transaction.execute(&write, &values).await? as usize;
    }
    let delete = transaction.prepare(&table.delete()).await?;
    for id in &changes.deleted {
        transaction.execute(&delete, &[id]).await?;
    }
    let given = changes.rows.len();
    let (given, unchanged) = (given as i64, (given - changed) as i64);
    transaction
        .execute(
            SET_CURSOR,
            &[&table.model(), &changes.cursor, &given, &unchanged],
        )
        .await?;
    transaction.commit().await?;
    Ok(changed)
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => number.to_sql(ty, out),
            Self::Float(number) => number.to_sql(ty, out),
            Self::Boolean(value) => value.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        <i64 as FromSql>::accepts(ty)
            || <f64 as FromSql>::accepts(ty)
            || <bool as FromSql>::accepts(ty)
            || <String as FromSql>::accepts(ty)
    }

    to_sql_checked!();
}
