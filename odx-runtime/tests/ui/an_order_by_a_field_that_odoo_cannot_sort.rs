#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, all};

fn main() {
    ResPartner::search(all()).order(ResPartner::F.child_ids.asc());
}
