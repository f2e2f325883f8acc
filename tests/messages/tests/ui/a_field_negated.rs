#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    ResPartner::search(|p| !p.is_company);
    ResPartner::search(|p| !p.name);
}
