//! The database that is mirrored into.

use std::collections::BTreeMap;
use std::process;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::source::Row;

const ROWS: &str =
    "SELECT id, name, color, parent_id, archived, write_date FROM res_partner_category";
const GIVEN: &str = "SELECT given, unchanged FROM odx_mirror";

/// A database.
pub enum Target {
    Sqlite(TempDir),
    /// In the cluster of an Odoo, named as `key=value` pairs.
    Postgres {
        cluster: String,
        database: String,
    },
}

impl Target {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    /// A new database in that cluster.
    pub async fn postgres(cluster: &str) -> Self {
        let database = format!("odx_mirror_{}", process::id());
        let create = format!("CREATE DATABASE {database} TEMPLATE template0");
        let client = connect(cluster).await;
        client.batch_execute(&create).await.expect("a database");
        Self::Postgres {
            cluster: cluster.to_owned(),
            database,
        }
    }

    pub async fn drop(self) {
        if let Self::Postgres { cluster, database } = self {
            let drop = format!("DROP DATABASE {database} WITH (FORCE)");
            let client = connect(&cluster).await;
            client.batch_execute(&drop).await.expect("it is dropped");
        }
    }

    /// As the mirror takes it.
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.path().join("mirror.sqlite").display().to_string(),
            Self::Postgres { cluster, database } => {
                let value = |name: &str| {
                    let mut pairs = cluster.split(' ').filter_map(|pair| pair.split_once('='));
                    let found = pairs.find(|(key, _)| *key == name);
                    found.expect("a setting of the cluster").1
                };
                let (user, host) = (value("user"), value("host").replace('/', "%2F"));
                format!("postgres://{user}@{host}/{database}")
            }
        }
    }

    pub async fn rows(&self) -> BTreeMap<i64, Row> {
        match self {
            Self::Sqlite(_) => {
                let connection = Connection::open(self.name()).expect("the mirror");
                let mut select = connection.prepare(ROWS).expect("a statement");
                let rows = select.query_map([], |row| {
                    let id = row.get(0)?;
                    let row = Row {
                        name: row.get(1)?,
                        color: row.get(2)?,
                        parent: row.get(3)?,
                        archived: row.get(4)?,
                        written: row.get(5)?,
                    };
                    Ok((id, row))
                });
                rows.expect("rows").collect::<Result<_, _>>().expect("rows")
            }
            Self::Postgres { .. } => {
                let client = connect(&self.name()).await;
                let rows = client.query(ROWS, &[]).await.expect("rows");
                let row = |row: &tokio_postgres::Row| {
                    let written = Row {
                        name: row.get(1),
                        color: row.get(2),
                        parent: row.get(3),
                        archived: row.get(4),
                        written: row.get(5),
                    };
                    (row.get(0), written)
                };
                rows.iter().map(row).collect()
            }
        }
    }

    /// How many records the mirror was given, and how many of them as they were.
    pub async fn given(&self) -> (i64, i64) {
        match self {
            Self::Sqlite(_) => {
                let connection = Connection::open(self.name()).expect("the mirror");
                let given = connection.query_row(GIVEN, [], |row| Ok((row.get(0)?, row.get(1)?)));
                given.expect("a tally")
            }
            Self::Postgres { .. } => {
                let client = connect(&self.name()).await;
                let row = client.query_one(GIVEN, &[]).await.expect("a tally");
                (row.get(0), row.get(1))
            }
        }
    }
}

async fn connect(to: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(to, NoTls)
        .await
        .expect("PostgreSQL");
    tokio::spawn(connection);
    client
}
