#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Error, Model, Session};

async fn codes(odoo: &Session) -> Result<Vec<String>, Error> {
    ResPartner::all().pluck(|p| p.country_id.hop(|c| c.code)).fetch(odoo).await
}

fn main() {}
