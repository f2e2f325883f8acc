#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResPartner)]
struct Parent {
    name: Option<String>,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    country_id: Option<Parent>,
}

fn main() {}
