#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(modle = ResPartner)]
struct Contact {
    #[odoo(feild = "name")]
    title: Option<String>,
    #[odoo(required)]
    date: Option<String>,
    #[odoo(field = "name", field = "name")]
    other: Option<String>,
}

fn main() {}
