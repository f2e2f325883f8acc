//! What is read of an order line, and what is written of it.

use futures_util::{Stream, TryStreamExt};
use models::{ProductProduct, ResPartner, SaleOrder, SaleOrderLine};
use odx_runtime::model::{DateTime, Utc};
use odx_runtime::query::Query;
use odx_runtime::{Error, FetchAs, Id, Many2one, OdooModel, RecordId, Session};
use serde::Serialize;

/// What is read. All of it stands on the line itself, so a page is one call.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = SaleOrderLine)]
pub struct OrderLine {
    /// The record.
    pub id: Id<SaleOrderLine>,
    /// The order.
    #[odoo(field = "order_id")]
    pub order: Many2one<SaleOrder>,
    /// Who ordered.
    #[odoo(field = "order_partner_id")]
    pub customer: Option<Many2one<ResPartner>>,
    /// The product, unless the line is a section or a note.
    #[odoo(field = "product_id")]
    pub product: Option<Many2one<ProductProduct>>,
    /// How many.
    #[odoo(field = "product_uom_qty")]
    pub quantity: f64,
    /// Of one piece.
    #[odoo(field = "price_unit")]
    pub unit_price: f64,
    /// Without taxes.
    #[odoo(field = "price_subtotal")]
    pub subtotal: f64,
    /// When the line was made.
    #[odoo(field = "create_date")]
    pub created: Option<DateTime<Utc>>,
    /// When it last changed.
    #[odoo(field = "write_date")]
    pub changed: Option<DateTime<Utc>>,
}

/// What is written: flat, names beside ids, dates as RFC 3339.
#[derive(Serialize, Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `OrderLine`")]
pub struct Row {
    pub id: RecordId,
    pub order_id: RecordId,
    pub order: Option<String>,
    pub customer_id: Option<RecordId>,
    pub customer: Option<String>,
    pub product_id: Option<RecordId>,
    pub product: Option<String>,
    pub quantity: f64,
    pub unit_price: f64,
    pub subtotal: f64,
    pub created: Option<String>,
    pub changed: Option<String>,
}

impl From<OrderLine> for Row {
    fn from(line: OrderLine) -> Self {
        let (customer_id, customer) = id_and_name(line.customer);
        let (product_id, product) = id_and_name(line.product);
        Self {
            id: line.id.into(),
            order_id: line.order.id.into(),
            order: line.order.name,
            customer_id,
            customer,
            product_id,
            product,
            quantity: line.quantity,
            unit_price: line.unit_price,
            subtotal: line.subtotal,
            created: line.created.map(|time| time.to_rfc3339()),
            changed: line.changed.map(|time| time.to_rfc3339()),
        }
    }
}

fn id_and_name<M>(record: Option<Many2one<M>>) -> (Option<RecordId>, Option<String>) {
    record.map_or((None, None), |record| (Some(record.id.into()), record.name))
}

/// The lines that a query finds, a page at a time. It needs no order: pages then follow by id, so that lines that come
/// or go meanwhile neither repeat nor hide others.
pub fn order_lines(
    odoo: &Session,
    query: Query<SaleOrderLine>,
) -> impl Stream<Item = Result<Row, Error>> + use<> {
    query.stream_as::<OrderLine>(odoo).map_ok(Row::from)
}
