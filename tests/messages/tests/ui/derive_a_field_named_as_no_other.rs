// The way out: `odx fields res.partner` lists them all
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{OdooModel, model::Model};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    #[odoo(field = "taxes")]
    vat: Option<String>,
}

fn main() {}
