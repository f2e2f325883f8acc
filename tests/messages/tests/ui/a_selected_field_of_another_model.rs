#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Model, all};

fn main() {
    let _ = ResPartner::all().select(|p| (p.name, ResCountry::F.code));
}
