//! What tests share.

pub mod answers;
pub mod queries;
pub mod random;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;

use answers::rows;

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
