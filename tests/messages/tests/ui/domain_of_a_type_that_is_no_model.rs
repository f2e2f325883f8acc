#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use odx_runtime::domain;

fn main() {
    struct Partner;
    let _ = domain!(Partner, name == "Acme");
}
