#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let _ = values!(ResPartner { country_id: "Belgium" });
}
