#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Id, values};

fn main() {
    let partner: Id<ResPartner> = Id::new(1);
    let _ = values!(ResPartner { country_id: partner });
}
