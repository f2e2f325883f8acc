#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, Id, Session};

async fn create(odoo: &Session, partner: Id<ResPartner>) {
    let _ = ResPartner::call(odoo, "create_company")
        .ids([partner])
        .result::<String>()
        .await;
}

fn main() {}
