#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    let _ = ResPartner::group_by(|p| (p.name, p.is_company, p.country_id, p.r#type, p.tz));
}
