//! Questions about orders, each a typed query.

use futures_util::TryStreamExt;
use models::{ProductProduct, ResCountry, SaleOrder, SaleOrderLine, SaleOrderState};
use odx_runtime::model::{DateTime, Utc};
use odx_runtime::{Error, FetchAs, Id, Many2one, Model, OdooModel, Session, domain};

/// An order, with its customer and its lines.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = SaleOrder)]
pub struct Order {
    /// The record.
    pub id: Id<SaleOrder>,
    /// Such as `S00042`.
    pub name: String,
    /// When it was confirmed.
    pub date_order: DateTime<Utc>,
    /// Taxes included.
    pub amount_total: f64,
    /// Who ordered.
    #[odoo(field = "partner_id")]
    pub customer: Customer,
    /// What was ordered.
    #[odoo(field = "order_line")]
    pub lines: Vec<Line>,
}

/// Who ordered.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = models::ResPartner)]
pub struct Customer {
    /// The name.
    pub name: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// The country.
    #[odoo(field = "country_id")]
    pub country: Option<Many2one<ResCountry>>,
}

/// One line of an order.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = SaleOrderLine)]
pub struct Line {
    /// The product, unless the line is a section or a note.
    #[odoo(field = "product_id")]
    pub product: Option<Many2one<ProductProduct>>,
    /// How many.
    #[odoo(field = "product_uom_qty")]
    pub quantity: f64,
    /// Without taxes.
    #[odoo(field = "price_subtotal")]
    pub subtotal: f64,
}

/// The largest confirmed orders from a country, with customers and lines: three calls, however many orders.
///
/// # Errors
/// Those of a call to Odoo.
pub async fn largest_orders(
    odoo: &Session,
    country_code: &str,
    limit: usize,
) -> Result<Vec<Order>, Error> {
    SaleOrder::search(|order| {
        order.state.eq(SaleOrderState::Sale)
            & order
                .partner_id
                .hop(|partner| partner.country_id.hop(|country| country.code))
                .eq(country_code)
    })
    .order(|o| o.amount_total.desc())
    .limit(limit)
    .fetch_as(odoo)
    .await
}

/// What was sold in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    /// As Odoo calls it, in the session's language.
    pub name: String,
    /// How many orders.
    pub orders: u64,
    /// Taxes included.
    pub total: f64,
}

/// The months in which most was sold, the best first.
///
/// # Errors
/// Those of a call to Odoo.
pub async fn best_months(odoo: &Session, limit: usize) -> Result<Vec<Month>, Error> {
    let groups = SaleOrder::matching(domain!(SaleOrder, state == "sale"))
        .group_by(|o| o.date_order.month())
        .sum(|o| o.amount_total)
        .order(|o| o.amount_total.sum().desc())
        .limit(limit)
        .fetch(odoo)
        .await?;
    let months = groups.into_iter().filter_map(|group| {
        let period = group.key;
        let (total,) = group.values;
        Some(Month {
            name: period?.label,
            orders: group.count,
            total: total.unwrap_or_default(),
        })
    });
    Ok(months.collect())
}

/// How many lines ordered more pieces than were delivered, and how many pieces are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backlog {
    /// Lines.
    pub lines: u64,
    /// Pieces.
    pub pieces: f64,
}

#[derive(OdooModel)]
#[odoo(model = SaleOrderLine)]
struct Delivery {
    product_uom_qty: f64,
    qty_delivered: f64,
}

/// What is still to be delivered. Odoo cannot compare two fields, so the lines are streamed, in constant memory.
///
/// # Errors
/// Those of a call to Odoo.
pub async fn backlog(odoo: &Session) -> Result<Backlog, Error> {
    let confirmed = domain!(
        SaleOrderLine,
        order_id.state == "sale" && product_uom_qty > 0
    );
    SaleOrderLine::matching(confirmed)
        .page_size(100)
        .stream_as(odoo)
        .try_fold(Backlog::default(), async |backlog, line: Delivery| {
            let missing = line.product_uom_qty - line.qty_delivered;
            Ok(match missing > 0.0 {
                true => Backlog {
                    lines: backlog.lines + 1,
                    pieces: backlog.pieces + missing,
                },
                false => backlog,
            })
        })
        .await
}
