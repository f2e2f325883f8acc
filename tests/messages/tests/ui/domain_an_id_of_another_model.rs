#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Id, domain};

fn main() {
    let partner: Id<ResPartner> = Id::new(1);
    let _ = domain!(ResPartner, country_id in [partner, 2] || country_id child_of partner);
}
