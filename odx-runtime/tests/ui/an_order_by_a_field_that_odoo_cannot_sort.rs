#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::all;

fn main() {
    ResPartner::search(all()).order(ResPartner::F.child_ids.asc());
}
