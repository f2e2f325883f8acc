#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Id, Model, Session, values};

fn main() {}

async fn verbs(odoo: &Session, id: Id<ResPartner>, partner: ResPartner) {
    ResPartner::update(odoo, [id], values!(ResPartner { name: "Acme", .. })).await;
    ResPartner::delete(odoo, [id]).await;
    ResPartner::first(odoo).await;
    partner.save(odoo).await;
    ResPartner::filter(|p| p.is_company.eq(true));
    ResPartner::find(odoo, id).await;
    ResPartner::browse(odoo, [id]).await;
    ResPartner::count(odoo).await;
    ResPartner::search_read(odoo, [("name", "=", "Acme")], ["name"]).await;
    ResPartner::search_count(odoo, [("name", "=", "Acme")]).await;
}
