#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::domain;

fn main() {
    let _ = domain!(ResPartner, [("create_date", ">=", "2024-02-29T12:00:00Z")]);
}
