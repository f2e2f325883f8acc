#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    #[odoo(field = "country_id.code")]
    code: Option<String>,
}

fn main() {}
