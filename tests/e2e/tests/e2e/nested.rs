use std::collections::BTreeMap;

use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{Error, FetchAs, Id, Model, OdooModel};
use serde_json::{Map, Value, json};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Customer {
    name: Option<String>,
}

#[derive(OdooModel)]
#[odoo(model = ProductProduct)]
struct Product {
    id: Id<ProductProduct>,
}

#[derive(OdooModel)]
#[odoo(model = SaleOrderLine)]
struct Line {
    id: Id<SaleOrderLine>,
    product_id: Option<Product>,
}

#[derive(OdooModel)]
#[odoo(model = SaleOrder)]
struct Order {
    id: Id<SaleOrder>,
    partner_id: Customer,
    order_line: Vec<Line>,
}

const ORDERS: i64 = 1_000;
const LINES: i64 = 2;
const FIRST: i64 = 10_001;

fn row(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_thousand_orders_take_one_call_a_relation_and_batch() {
    let orders = (0..ORDERS).map(|n| {
        row(json!({"id": FIRST + n, "name": format!("N{n}"), "partner_id": 5 + n % 10, "company_id": 1, "state": "draft"}))
    });
    let lines = (0..ORDERS * LINES).map(|n| {
        row(json!({"id": FIRST + n, "order_id": FIRST + n / LINES, "product_id": 1 + n % 3, "name": "a line", "sequence": n % LINES}))
    });
    let database = furniture_maker()
        .with_records("sale.order", orders)
        .unwrap()
        .with_records("sale.order.line", lines)
        .unwrap();
    let sandbox = Sandbox::with(database).await;

    let orders: Vec<Order> = SaleOrder::search(|o| o.id.ge(Id::new(FIRST)))
        .order(|o| o.id.asc())
        .fetch_as(&sandbox.session())
        .await
        .unwrap();

    assert_eq!(orders.len(), 1_000);
    for (n, order) in (0_i64..).zip(&orders) {
        assert_eq!(order.id.record_id(), FIRST + n);
        assert!(order.partner_id.name.is_some());
        let lines: Vec<_> = order
            .order_line
            .iter()
            .map(|line| line.id.record_id())
            .collect();
        assert_eq!(lines, [FIRST + n * LINES, FIRST + n * LINES + 1]);
        let products: Vec<_> = order
            .order_line
            .iter()
            .flat_map(|line| &line.product_id)
            .map(|product| product.id.record_id())
            .collect();
        assert_eq!(products, [1 + n * LINES % 3, 1 + (n * LINES + 1) % 3]);
    }
    let mut calls = BTreeMap::new();
    for call in sandbox.calls() {
        *calls.entry(call).or_insert(0) += 1;
    }
    // Lines come in batches of 1,000 ids, and their products with each batch. One call a record would be 4,001.
    let expected = [
        ("product.product.read", 2),
        ("res.partner.read", 1),
        ("sale.order.line.read", 2),
        ("sale.order.search_read", 1),
    ];
    assert_eq!(
        calls,
        expected
            .map(|(call, count)| (call.to_owned(), count))
            .into()
    );
}

#[tokio::test]
async fn a_relation_that_may_not_be_read_is_named() {
    let sandbox =
        Sandbox::with(furniture_maker().deny("product.product", odx_sandbox::LIMITED_USER)).await;
    let error = SaleOrder::all()
        .fetch_as::<Order>(&sandbox.limited())
        .await
        .map(|orders| orders.len())
        .unwrap_err();
    let Error::Relation(relation) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(relation.path, "order_line.product_id");
    assert_eq!(
        error.to_string(),
        "the records behind `order_line.product_id` could not be read"
    );
    assert!(
        relation.source.odoo().is_some_and(|odoo| odoo.is_access()),
        "{error:?}"
    );
}
