#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{model::Projection, values};

fn main() {
    let partner = ResPartner::blank();
    let _ = values!(ResPartner { properties: partner.properties });
}
