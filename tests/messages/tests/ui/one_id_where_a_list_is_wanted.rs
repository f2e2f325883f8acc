#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Id, Model, Session, values};

fn main() {}

async fn write(odoo: &Session, id: Id<ResPartner>) {
    ResPartner::write(odoo, id, values!(ResPartner { name: "Acme", .. })).await;
}
