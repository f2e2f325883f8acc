//! The Rust on each page of the example's models, compiled and run against the company's sandbox.
// Nobody reads the fields of what is an example.
#![allow(dead_code)]

use example_connect::Backend;

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

#[tokio::test]
async fn the_rust_on_a_models_page_reads_its_records() {
    let company = Backend::sandbox().await.expect("the company");
    let read = run(&company.session()).await;
    assert_eq!(read.len(), 8);
    for (model, rows) in &read {
        assert!(rows.is_ok(), "{model}: {rows:?}");
    }
    let (_, orders) = (read.iter())
        .find(|(model, _)| *model == "sale.order")
        .expect("the orders");
    let orders = orders.as_deref().expect("read");
    assert!(
        orders.contains("SaleOrderRow {") && orders.contains("state: Some(\"draft\")"),
        "{orders}"
    );
}
