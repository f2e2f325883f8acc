#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{FetchAs, Model, OdooModel};

#[derive(OdooModel)]
#[odoo(model = ResCountry)]
struct Country {
    code: String,
}

async fn read(odoo: &odx_runtime::Session) -> Result<Vec<Country>, odx_runtime::Error> {
    ResPartner::all().fetch_as(odoo).await
}

fn main() {}
