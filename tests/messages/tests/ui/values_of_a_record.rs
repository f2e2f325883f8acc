#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, Session};

fn main() {}

async fn create(odoo: &Session, partner: ResPartner) {
    ResPartner::create(odoo, partner).await;
}
