// The way out: `#[derive(OdooModel)] #[odoo(model = ResCountry)]` on `Country`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{OdooModel, model::Model};

struct Country {
    name: String,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Partner {
    country_id: Option<Country>,
}

fn main() {}
