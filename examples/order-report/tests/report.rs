//! The report's queries, against the sandbox.

use example_connect::Backend;
use order_report::{backlog, best_months, largest_orders};

#[tokio::test]
async fn the_largest_orders_come_with_customers_and_lines_in_three_calls() {
    let backend = Backend::sandbox().await.unwrap();
    let orders = largest_orders(&backend.session(), "BE", 3).await.unwrap();

    let names: Vec<_> = orders.iter().map(|order| order.name.as_str()).collect();
    assert_eq!(names, ["S00013", "S00041", "S00039"]);
    let library = &orders[0];
    assert_eq!(library.customer.name.as_deref(), Some("Library of Ghent"));
    assert_eq!(library.amount_total, 12217.07);
    assert!(
        library
            .lines
            .iter()
            .all(|line| line.product.is_some() && line.quantity > 0.0)
    );
    assert!(!library.lines.is_empty());

    let calls = backend.sandbox.expect("a sandbox").calls();
    assert_eq!(
        calls.len(),
        3,
        "one for the orders, one for the customers, one for the lines"
    );
}

#[tokio::test]
async fn the_months_are_summed_by_the_server() {
    let backend = Backend::sandbox().await.unwrap();
    let months = best_months(&backend.session(), 100).await.unwrap();

    assert!(months.windows(2).all(|pair| pair[0].total >= pair[1].total));
    assert_eq!(months.iter().map(|month| month.orders).sum::<u64>(), 49);
    let total: f64 = months.iter().map(|month| month.total).sum();
    assert!((total - 191_239.94).abs() < 0.01, "{total}");
}

#[tokio::test]
async fn the_backlog_is_counted_over_several_pages() {
    let backend = Backend::sandbox().await.unwrap();
    let backlog = backlog(&backend.session()).await.unwrap();

    assert!(backlog.lines > 0 && backlog.pieces >= backlog.lines as f64);
    assert!(backend.sandbox.expect("a sandbox").calls().len() > 1);
}
