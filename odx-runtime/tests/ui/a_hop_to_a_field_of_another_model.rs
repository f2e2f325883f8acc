#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;

fn main() {
    ResPartner::filter(|p| p.country_id.then(ResPartner::F.name).eq("Belgium"));
}
