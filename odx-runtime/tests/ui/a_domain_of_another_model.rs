#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};

fn main() {
    ResPartner::search(ResCountry::F.code.eq("BE"));
}
