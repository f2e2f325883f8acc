#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{OdooModel, model::Model};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Child {
    name: Option<String>,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Parent {
    child_ids: Child,
}

fn main() {}
