#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;

fn main() {
    ResPartner::all();
}
