#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Id, OdooGroup};

#[derive(OdooGroup)]
#[odoo(model = ResPartner)]
struct Partners {
    country_id: Id<ResCountry>,
    #[odoo(sum = "credit_limit")]
    credit: f64,
    #[odoo(count)]
    partners: i64,
}

fn main() {}
