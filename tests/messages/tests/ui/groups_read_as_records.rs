#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, OdooGroup, Session, query::FetchAs};

#[derive(OdooGroup)]
#[odoo(model = ResPartner)]
struct Partners {
    #[odoo(count)]
    partners: u64,
}

fn main() {}

async fn read(odoo: &Session) {
    ResPartner::all().fetch_as::<Partners>(odoo).await;
}
