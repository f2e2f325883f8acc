#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, model::Blob};

fn main() {
    ResPartner::search(|p| p.image.eq(Blob::new(b"x")));
}
