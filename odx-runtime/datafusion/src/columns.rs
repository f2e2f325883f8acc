//! The columns of a table: what is read of a record, and how its values lie in columns of SQL.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, make_array};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef};
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use odx_runtime::Session;
use odx_runtime::arrow::Column as WireColumn;
use serde::{Deserialize, Serialize};

use crate::model::{Field, Model};

/// What follows the name of a many2one in the name of the column that has the names of its records.
const NAME_SUFFIX: &str = "_name";

/// A column of a table.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Column {
    /// As SQL names it.
    pub(crate) name: String,
    /// The field that it is read from.
    pub(crate) field: String,
    pub(crate) part: Part,
}

/// What of a field's value a column has.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The id of a many2one, which tables are joined by.
    Id,
    /// The name of a many2one.
    Name,
}

/// The columns of a model, and the Arrow schema of all of them.
pub(crate) fn of(model: &Model, every_field: bool, session: &Session) -> (Vec<Column>, SchemaRef) {
    let fields: Vec<(&String, &Field)> = model
        .fields
        .iter()
        .filter(|(name, field)| every_field || model.is_cheap(name, field))
        .collect();
    let wire = wire_schema(session, model, fields.iter().map(|(name, _)| name.as_str()));
    let names: HashSet<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut columns = Vec::new();
    let mut schema = Vec::new();
    for field in wire.fields() {
        let mut add = |name: String, part: Part, data_type: DataType, nullable: bool| {
            schema.push(ArrowField::new(&name, data_type, nullable));
            let field = field.name().clone();
            columns.push(Column { name, field, part });
        };
        match field.data_type() {
            DataType::Struct(parts) => {
                add(
                    field.name().clone(),
                    Part::Id,
                    parts[0].data_type().clone(),
                    true,
                );
                let name = format!("{}{NAME_SUFFIX}", field.name());
                // A field of that name has it.
                if !names.contains(name.as_str()) {
                    add(name, Part::Name, parts[1].data_type().clone(), true);
                }
            }
            // The keys differ from batch to batch, which files and shuffles of Arrow do not take.
            DataType::Dictionary(_, values) => {
                add(
                    field.name().clone(),
                    Part::Whole,
                    *values.clone(),
                    field.is_nullable(),
                );
            }
            other => {
                add(
                    field.name().clone(),
                    Part::Whole,
                    other.clone(),
                    field.is_nullable(),
                );
            }
        }
    }
    (columns, Arc::new(Schema::new(schema)))
}

fn wire_schema<'m>(
    session: &Session,
    model: &'m Model,
    fields: impl Iterator<Item = &'m str>,
) -> SchemaRef {
    let columns = wire_columns(model, fields);
    session.arrow(&model.name, columns).schema()
}

/// The Arrow schema of some columns of a model.
pub(crate) fn schema(model: &Model, columns: &[Column], session: &Session) -> SchemaRef {
    let (all, schema) = of(model, true, session);
    let chosen = columns.iter().filter_map(|column| {
        let at = all.iter().position(|other| other.name == column.name)?;
        Some(Arc::clone(&schema.fields()[at]))
    });
    Arc::new(Schema::new(chosen.collect::<Vec<_>>()))
}

/// The columns as the runtime reads them.
pub(crate) fn wire_columns<'m>(
    model: &'m Model,
    fields: impl Iterator<Item = &'m str>,
) -> Vec<WireColumn> {
    fields
        .filter_map(|name| {
            let field = model.fields.get(name)?;
            Some(WireColumn::new(name, field.field_type()))
        })
        .collect()
}

/// The names of the fields that columns are read from, each once.
pub(crate) fn fields(columns: &[Column]) -> Vec<&str> {
    let mut seen = HashSet::new();
    let fields = columns.iter().map(|column| column.field.as_str());
    fields.filter(|field| seen.insert(*field)).collect()
}

/// A batch of what was read, in the columns that were asked for.
pub(crate) fn laid_out(
    batch: &RecordBatch,
    columns: &[Column],
    schema: &SchemaRef,
) -> Result<RecordBatch, DataFusionError> {
    let arrays = columns.iter().zip(schema.fields()).map(|(column, field)| {
        let array = batch
            .column_by_name(&column.field)
            .ok_or_else(|| ArrowError::SchemaError(format!("`{}` was not read", column.field)))?;
        match column.part {
            Part::Whole if array.data_type() != field.data_type() => cast(array, field.data_type()),
            Part::Whole => Ok(Arc::clone(array)),
            Part::Id => part(array, 0),
            Part::Name => part(array, 1),
        }
    });
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(
        Arc::clone(schema),
        arrays,
        &rows,
    )?)
}

/// A part of a struct, null where the struct is.
fn part(array: &ArrayRef, at: usize) -> Result<ArrayRef, ArrowError> {
    let whole = array.as_struct();
    let part = whole.column(at);
    let nulls = NullBuffer::union(whole.nulls(), part.nulls());
    let data = part.to_data().into_builder().nulls(nulls);
    Ok(make_array(data.build()?))
}
