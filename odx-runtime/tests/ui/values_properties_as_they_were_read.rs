#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let partner = ResPartner::default();
    let _ = values!(ResPartner { properties: partner.properties });
}
