#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;

fn main() {
    ResPartner::filter(|p| p.name.hop(|n| n.code).eq("BE"));
}
