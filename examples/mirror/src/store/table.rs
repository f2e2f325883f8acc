//! The table of a projection: its columns, and the SQL that both databases understand.

use odx_runtime::Id;
use odx_runtime::model::{FieldMeta, FieldType, Model, Projection, to_wire};
use odx_runtime::query::changes::{Batch, Changed};
use serde_json::Value as JsonValue;

/// The table of a model.
#[derive(Clone, Debug)]
pub struct Table {
    model: &'static str,
    columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: ColumnKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ColumnKind {
    Integer,
    Float,
    Boolean,
    Text,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Text(String),
}

/// A record as it is stored.
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) archived: bool,
    pub(super) values: Vec<Value>,
}

/// The table of cursors.
pub(super) const CURSORS: &str = "CREATE TABLE IF NOT EXISTS odx_mirror (model TEXT PRIMARY KEY, cursor BYTEA NOT NULL, \
     given BIGINT NOT NULL, unchanged BIGINT NOT NULL)";

pub(super) const SET_CURSOR: &str = "INSERT INTO odx_mirror (model, cursor, given, unchanged) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (model) DO UPDATE SET cursor = excluded.cursor, given = odx_mirror.given + excluded.given, \
     unchanged = odx_mirror.unchanged + excluded.unchanged";

pub(super) const CURSOR: &str = "SELECT cursor FROM odx_mirror WHERE model = $1";

impl Table {
    /// The table that holds the fields of a projection.
    pub fn of<P: Projection>() -> Self {
        let fields = P::fields().iter().copied();
        Self {
            model: P::Model::NAME,
            columns: fields
                .filter(|field| field.name() != "id")
                .map(Column::of)
                .collect(),
        }
    }

    /// The model.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// `res_partner`, in quotes.
    fn name(&self) -> String {
        quoted(&self.model.replace('.', "_"))
    }

    pub(super) fn create(&self) -> String {
        let columns: String = self
            .columns
            .iter()
            .map(|column| format!(", {} {}", quoted(column.name), column.kind.sql()))
            .collect();
        format!(
            "CREATE TABLE IF NOT EXISTS {} (id BIGINT PRIMARY KEY, archived BOOLEAN NOT NULL{columns})",
            self.name()
        )
    }

    /// Writes a record; it changes no row if there is one just like it.
    pub(super) fn write(&self) -> String {
        let names: Vec<String> = ["archived"]
            .into_iter()
            .chain(self.columns.iter().map(|column| column.name))
            .map(quoted)
            .collect();
        let table = self.name();
        let places: Vec<String> = (1..=names.len() + 1)
            .map(|place| format!("${place}"))
            .collect();
        let sets: Vec<String> = names
            .iter()
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let differs: Vec<String> = names
            .iter()
            .map(|name| format!("{table}.{name} IS DISTINCT FROM excluded.{name}"))
            .collect();
        format!(
            "INSERT INTO {table} (id, {}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {} WHERE {}",
            names.join(", "),
            places.join(", "),
            sets.join(", "),
            differs.join(" OR ")
        )
    }

    pub(super) fn delete(&self) -> String {
        format!("DELETE FROM {} WHERE id = $1", self.name())
    }
}

impl Column {
    fn of(field: &'static FieldMeta) -> Self {
        let kind = match field.field_type() {
            FieldType::Integer | FieldType::Many2one => ColumnKind::Integer,
            FieldType::Float | FieldType::Monetary => ColumnKind::Float,
            FieldType::Boolean => ColumnKind::Boolean,
            _ => ColumnKind::Text,
        };
        Self {
            name: field.name(),
            kind,
        }
    }
}

impl ColumnKind {
    fn sql(self) -> &'static str {
        match self {
            Self::Integer => "BIGINT",
            Self::Float => "DOUBLE PRECISION",
            Self::Boolean => "BOOLEAN",
            Self::Text => "TEXT",
        }
    }

    /// The value of a field as Odoo sends it, where `false` is unset.
    fn value(self, json: JsonValue) -> Value {
        match (self, json) {
            (Self::Boolean, json) => Value::Boolean(json == true),
            (_, JsonValue::Bool(false) | JsonValue::Null) => Value::Null,
            (Self::Integer, JsonValue::Array(pair)) => pair
                .first()
                .and_then(JsonValue::as_i64)
                .map_or(Value::Null, Value::Integer),
            (Self::Integer, json) => json.as_i64().map_or(Value::Null, Value::Integer),
            (Self::Float, json) => json.as_f64().map_or(Value::Null, Value::Float),
            (Self::Text, JsonValue::String(text)) => Value::Text(text),
            (Self::Text, json) => Value::Text(json.to_string()),
        }
    }
}

/// The records of a batch as rows.
pub(super) fn rows_of<M, P: Projection>(batch: Batch<Id<M>, P>) -> Vec<Row> {
    let columns = Table::of::<P>().columns;
    let row = |changed: Changed<Id<M>, P>, archived| {
        let mut wire = to_wire(&changed.record);
        Some(Row {
            id: changed.id.number()?,
            archived,
            values: columns
                .iter()
                .map(|column| column.kind.value(wire[column.name].take()))
                .collect(),
        })
    };
    let written = batch
        .written
        .into_iter()
        .filter_map(|changed| row(changed, false));
    let mut rows: Vec<Row> = written.collect();
    rows.extend(
        batch
            .archived
            .into_iter()
            .filter_map(|changed| row(changed, true)),
    );
    rows
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
