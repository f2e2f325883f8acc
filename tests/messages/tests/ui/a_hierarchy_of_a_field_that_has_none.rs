#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, Id};

fn main() {
    ResPartner::search(|p| p.name.child_of([Id::new(1)]));
}
