//! A test of one's own code against an Odoo in memory of one's own models, as the README shows it.

use models::prelude::*;
use odx_runtime::Session;

/// What is tested: the total of a customer's orders.
async fn turnover(odoo: &Session, customer: Id<ResPartner>) -> Result<f64, Error> {
    let orders = SaleOrder::search(|o| o.partner_id.eq(customer))
        .fetch(odoo)
        .await?;
    Ok(orders.iter().map(|order| order.amount_total).sum())
}

// README: from here
use odx_sandbox::Sandbox;

#[tokio::test]
async fn the_turnover_is_that_of_the_customer_alone() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::from_snapshot("odoo-schema").await?; // what `odx pull` wrote
    let acme = sandbox.make(values!(ResPartner { name: "Acme" })).await?;
    let sale = values!(SaleOrder {
        partner_id: acme,
        ..
    }); // the rest is filled
    sandbox.make(sale).set(|o| o.amount_total, 12_000.0).await?;
    let another = values!(SaleOrder { .. }); // its customer is made with it
    sandbox.make(another).set(|o| o.amount_total, 500.0).await?;
    assert_eq!(turnover(&sandbox.connect().await?, acme).await?, 12_000.0);
    Ok(())
}
// README: to here

#[test]
fn the_readme_of_the_sandbox_shows_this_test() {
    let source = include_str!("ten_lines.rs");
    let (_, shown) = source
        .split_once("// README: from here\n")
        .expect("the lines");
    let (shown, _) = shown.split_once("// README: to here\n").expect("the lines");
    let readme = include_str!("../../../odx-sandbox/README.md");
    assert!(readme.contains(shown), "it does not show\n{shown}");
}
