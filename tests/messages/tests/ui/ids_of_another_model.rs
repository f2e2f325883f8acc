#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Id, Model, Session};

fn main() {}

async fn unlink(odoo: &Session, countries: &[Id<ResCountry>]) {
    ResPartner::unlink(odoo, countries).await;
}
