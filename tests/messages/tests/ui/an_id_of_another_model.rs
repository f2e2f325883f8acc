#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Model, Id};

fn main() {
    let partner: Id<ResPartner> = Id::new(1);
    ResPartner::search(|p| p.country_id.eq(partner));
}
