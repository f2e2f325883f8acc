// The way out: `Id::new(5)`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let country = 5;
    let _ = values!(ResPartner { country_id: country, .. });
}
