#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;

fn main() {
    ResPartner::search(|p| p.is_company.eq(true));
}
