#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, Id};

fn main() {
    ResPartner::values().set(ResPartner::F.id, Id::new(5));
}
