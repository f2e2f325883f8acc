#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Model, all};

fn main() {
    ResPartner::all().order(|_| ResCountry::F.name.asc());
}
