//! What tests share.

pub mod queries;
pub mod random;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;

/// The rows of a query.
pub async fn rows(engine: &SessionContext, sql: &str) -> RecordBatch {
    let frame = engine.sql(sql).await;
    let frame = frame.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let schema = std::sync::Arc::clone(frame.schema().inner());
    let batches = frame.collect().await;
    let batches = batches.unwrap_or_else(|error| panic!("{sql}: {error}"));
    concat_batches(&schema, &batches).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The numbers of the first column.
pub async fn numbers(engine: &SessionContext, sql: &str) -> Vec<i64> {
    let rows = rows(engine, sql).await;
    rows.column(0).as_primitive::<Int64Type>().values().to_vec()
}

/// The physical plan, line by line.
pub async fn explained(engine: &SessionContext, sql: &str) -> String {
    let rows = rows(engine, &format!("explain format indent {sql}")).await;
    let plans = rows.column(1).as_string::<i32>();
    plans.value(rows.num_rows() - 1).to_owned()
}
