// The way out: the name that the compiler offers, with or without quotes
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, OdooGroup};

#[derive(OdooGroup)]
#[odoo(model = ResPartner)]
struct Credit {
    #[odoo(sum = "credit_limt")]
    limit: Option<f64>,
}

fn main() {}
