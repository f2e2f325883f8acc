// The way out: `Option<Id<ResCountry>>` holds the id alone
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    country_id: i64,
}

fn main() {}
