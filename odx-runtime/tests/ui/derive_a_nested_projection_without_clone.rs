#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResCountry)]
struct Country {
    code: String,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    country_id: Option<Country>,
}

fn main() {}
