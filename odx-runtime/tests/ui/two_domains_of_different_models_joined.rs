#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};

fn main() {
    ResPartner::search(ResPartner::F.is_company.eq(true) & ResCountry::F.code.eq("BE"));
}
