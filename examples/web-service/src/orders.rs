//! `/orders`.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use models::{ResPartner, SaleOrder, SaleOrderLine, SaleOrderState};
use odx_runtime::{FetchAs, Id, Model, OdooModel, domain};
use serde::{Deserialize, Serialize};

use crate::answer::Failure;
use crate::session::RequestSession;

/// The most orders that one answer lists.
const MOST_ORDERS: usize = 100;

#[derive(Deserialize)]
pub(crate) struct Filter {
    country: Option<String>,
    #[serde(default = "twenty")]
    limit: usize,
}

fn twenty() -> usize {
    20
}

#[derive(OdooModel, Debug, Serialize)]
#[odoo(model = SaleOrder)]
pub(crate) struct Summary {
    id: Id<SaleOrder>,
    name: String,
    state: Option<SaleOrderState>,
    amount_total: f64,
    #[odoo(field = "partner_id")]
    customer: Customer,
}

#[derive(OdooModel, Debug, Serialize)]
#[odoo(model = SaleOrder)]
pub(crate) struct Details {
    name: String,
    amount_total: f64,
    #[odoo(field = "partner_id")]
    customer: Customer,
    #[odoo(field = "order_line")]
    lines: Vec<Line>,
}

#[derive(OdooModel, Clone, Debug, Serialize)]
#[odoo(model = ResPartner)]
struct Customer {
    name: Option<String>,
}

#[derive(OdooModel, Clone, Debug, Serialize)]
#[odoo(model = SaleOrderLine)]
struct Line {
    name: String,
    #[odoo(field = "product_uom_qty")]
    quantity: f64,
    #[odoo(field = "price_subtotal")]
    subtotal: f64,
}

pub(crate) async fn list(
    RequestSession(odoo): RequestSession,
    Query(filter): Query<Filter>,
) -> Result<Json<Vec<Summary>>, Failure> {
    let mut orders = SaleOrder::search(|order| order.state.eq(SaleOrderState::Sale));
    if let Some(country) = filter.country {
        orders = orders.and(|_| domain!(SaleOrder, partner_id.country_id.code == country));
    }
    let found = orders
        .order(|o| (o.date_order.desc(), o.id.desc()))
        .limit(filter.limit.min(MOST_ORDERS))
        .fetch_as(&odoo)
        .await?;
    Ok(Json(found))
}

pub(crate) async fn one(
    RequestSession(odoo): RequestSession,
    Path(id): Path<i64>,
) -> Result<Json<Details>, Failure> {
    let id: Id<SaleOrder> = Id::new(id);
    let order = SaleOrder::search(|order| order.id.eq(id))
        .first_as(&odoo)
        .await?;
    order.map(Json).ok_or(Failure::NotFound)
}

pub(crate) async fn confirm(
    RequestSession(odoo): RequestSession,
    Path(order): Path<i64>,
) -> Result<StatusCode, Failure> {
    let order = Id::new(order);
    if SaleOrder::exists(&odoo, [order]).await?.is_empty() {
        return Err(Failure::NotFound);
    }
    SaleOrder::action_confirm(&odoo, [order]).await?;
    Ok(StatusCode::NO_CONTENT)
}
