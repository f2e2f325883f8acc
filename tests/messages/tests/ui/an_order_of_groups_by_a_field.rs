#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    let _ = ResPartner::group_by(|p| p.country_id).order(|p| p.credit_limit.desc());
}
