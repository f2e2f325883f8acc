#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Model, OdooGroup};

#[derive(OdooGroup)]
#[odoo(model = ResPartner)]
struct Partners {
    #[odoo(count)]
    partners: u64,
}

fn main() {
    ResCountry::group_as::<Partners>();
}
