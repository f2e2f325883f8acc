//! Sums that Odoo makes, and one that a stream makes.

use futures_util::TryStreamExt;
use models::prelude::*;
use odx_runtime::query::group::Period;

use crate::orders::Product;

/// What was sold in a month, by state.
#[derive(OdooGroup, Debug)]
#[odoo(model = SaleOrder)]
pub struct Sales {
    /// The month.
    #[odoo(key = "date_order:month")]
    pub month: Option<Period>,
    /// How far the orders are.
    pub state: Option<SaleOrderState>,
    /// What they come to.
    #[odoo(sum = "amount_total")]
    pub total: Option<f64>,
    /// How many they are.
    #[odoo(count)]
    pub orders: u64,
}

/// The sales, without what was cancelled.
///
/// # Errors
/// Those of the groups.
pub async fn sales(odoo: &Session) -> Result<Vec<Sales>, Error> {
    SaleOrder::search(|o| o.state.ne(SaleOrderState::Cancel))
        .group_as::<Sales>()
        .fetch(odoo)
        .await
}

/// The three best customers: name and turnover.
///
/// # Errors
/// Those of the groups.
pub async fn best(odoo: &Session) -> Result<Vec<(String, f64)>, Error> {
    let groups = SaleOrder::matching(domain!(SaleOrder, state in ["sale"]))
        .group_by(|o| o.partner_id)
        .sum(|o| o.amount_total)
        .order(|o| o.amount_total.sum().desc())
        .limit(3)
        .fetch(odoo)
        .await?;
    let named = groups.into_iter().map(|group| {
        let (total,) = group.values;
        let name = group.key.and_then(|customer| customer.name);
        (name.unwrap_or_default(), total.unwrap_or_default())
    });
    Ok(named.collect())
}

/// How many products there are, and what one of each costs; a page of them is in memory at a time.
///
/// # Errors
/// Those of the search.
pub async fn price_all(odoo: &Session) -> Result<(usize, f64), Error> {
    let mut products = ProductProduct::all()
        .with_archived()
        .page_size(200)
        .stream_as::<Product>(odoo);
    let (mut seen, mut sum) = (0, 0.0);
    while let Some(product) = products.try_next().await? {
        seen += 1;
        sum += product.list_price;
    }
    Ok((seen, sum))
}
