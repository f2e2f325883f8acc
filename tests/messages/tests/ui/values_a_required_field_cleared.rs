#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResCountry;
use odx_runtime::values;

fn main() {
    let _ = values!(ResCountry { name: "Belgium", code: None });
}
