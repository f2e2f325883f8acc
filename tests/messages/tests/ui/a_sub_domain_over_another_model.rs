#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::Model;

fn main() {
    ResPartner::search(|p| p.child_ids.any(|_| ResCountry::F.code.eq("BE")));
}
