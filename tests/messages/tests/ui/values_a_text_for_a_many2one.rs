// The way out: its id, or in a row of an import `Ref::name("Belgium")` or `Ref::external("base.be")`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let _ = values!(ResPartner { country_id: "Belgium" });
}
