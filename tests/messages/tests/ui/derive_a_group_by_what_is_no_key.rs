#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{OdooGroup, model::Blob};

#[derive(OdooGroup)]
#[odoo(model = ResPartner)]
struct Partners {
    create_date: Option<String>,
    #[odoo(key = "country_id.nam")]
    country: Option<String>,
    #[odoo(sum = "name")]
    names: Option<f64>,
}

fn main() {}
