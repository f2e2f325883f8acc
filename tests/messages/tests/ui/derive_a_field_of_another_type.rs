#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    name: Option<i64>,
    is_company: String,
    country_id: Option<String>,
    child_ids: Vec<String>,
    date: std::path::PathBuf,
}

fn main() {}
