#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Error, Model, Odoo};

fn main() {}

async fn count() -> Result<u64, Error> {
    let odoo = Odoo::from_env()?;
    ResPartner::all().count(&odoo).await
}
