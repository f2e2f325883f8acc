#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
struct Contact {
    name: Option<String>,
}

fn main() {}
