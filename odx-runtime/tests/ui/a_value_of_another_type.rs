#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    ResPartner::filter(|p| p.name.eq(5));
}
