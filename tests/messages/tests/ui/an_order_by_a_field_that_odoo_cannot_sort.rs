#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, all};

fn main() {
    ResPartner::all().order(|p| p.child_ids.asc());
}
