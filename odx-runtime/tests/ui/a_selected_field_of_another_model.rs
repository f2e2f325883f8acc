#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Model, all};

fn main() {
    let _ = ResPartner::search(all()).select((ResPartner::F.name, ResCountry::F.code));
}
