#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    nam: Option<String>,
    #[odoo(field = "contry_id")]
    country: Option<String>,
}

fn main() {}
