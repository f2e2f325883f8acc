//! Orders with their customers, lines and products.

use models::prelude::*;
use odx_runtime::model::NaiveDate;

use crate::customers::Customer;

/// An order, and all that is shown of it.
#[derive(OdooModel, Debug)]
#[odoo(model = SaleOrder)]
pub struct Order {
    /// Its number.
    pub name: String,
    /// How far it is.
    pub state: Option<SaleOrderState>,
    /// Who ordered.
    #[odoo(field = "partner_id")]
    pub customer: Customer,
    /// What was ordered.
    #[odoo(field = "order_line")]
    pub lines: Vec<Line>,
    /// What it comes to.
    pub amount_total: f64,
}

/// A line of an order.
#[derive(OdooModel, Debug)]
#[odoo(model = SaleOrderLine)]
pub struct Line {
    /// What it says.
    pub name: String,
    /// The product; a note has none.
    pub product_id: Option<Product>,
    /// How many.
    pub product_uom_qty: f64,
}

/// A product.
#[derive(OdooModel, Debug)]
#[odoo(model = ProductProduct)]
pub struct Product {
    /// Its name, with its code.
    pub display_name: Option<String>,
    /// Its price.
    pub list_price: f64,
}

/// The latest five orders of something.
///
/// # Errors
/// Those of the search.
pub async fn latest_orders(odoo: &Session, since: NaiveDate) -> Result<Vec<Order>, Error> {
    SaleOrder::search(|o| o.date_order.ge(since) & o.order_line.any(|l| l.product_uom_qty.gt(0.0)))
        .order(|o| (o.date_order.desc(), o.id.desc()))
        .limit(5)
        .fetch_as(odoo)
        .await
}
