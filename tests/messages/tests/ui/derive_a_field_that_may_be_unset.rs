#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    name: String,
    country_id: odx_runtime::Id<ResCountry>,
}

fn main() {}
