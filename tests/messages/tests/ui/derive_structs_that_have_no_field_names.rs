#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Pair(String, i64);

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
enum Kind {
    Company,
}

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Any<T> {
    name: Option<T>,
}

fn main() {}
