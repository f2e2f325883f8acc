// The way out: `ResPartnerType::from_key(kind)`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let kind = "invoice";
    let _ = values!(ResPartner { r#type: kind, .. });
}
