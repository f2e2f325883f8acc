#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    ResPartner::search(|p| p.industry_id.hop(|i| i.name).eq("Retail"));
}
