// The way out: `Option<Country>`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{OdooModel, model::Model};

#[derive(OdooModel)]
#[odoo(model = ResCountry)]
struct Country {
    name: String,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Partner {
    country_id: Vec<Country>,
}

fn main() {}
