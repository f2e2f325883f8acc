//! What a query gives, and whether two of them are the same.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::util::display::{ArrayFormatter, FormatOptions};
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

/// Rows as texts, sorted where the query does not.
pub fn texts(sql: &str, rows: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default();
    let columns: Vec<_> = rows
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).expect("it is shown"))
        .collect();
    let rows = (0..rows.num_rows()).map(|row| {
        let cells = columns.iter().map(|column| column.value(row).to_string());
        cells.collect()
    });
    sorted(sql, rows.collect())
}

/// Rows in an order of their own, where the query has none.
pub fn sorted(sql: &str, mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    if !sql.contains("order by 2 desc") {
        rows.sort();
    }
    rows
}

/// Whether the cells are the same, numbers up to what floats add up to.
fn same(left: &str, right: &str) -> bool {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => (left - right).abs() <= 1e-6 * left.abs().max(1.0),
        _ => left == right,
    }
}

/// Asserts that two answers are the same, whatever their order where the query has none.
pub fn assert_same(sql: &str, found: &[Vec<String>], wanted: &[Vec<String>]) {
    let are_same = |(found, wanted): (&Vec<String>, &Vec<String>)| {
        found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| same(a, b))
    };
    assert!(
        found.len() == wanted.len() && found.iter().zip(wanted).all(are_same),
        "{sql}\nfound  {found:?}\nwanted {wanted:?}"
    );
}
