#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::Model;

fn main() {
    ResPartner::matching(ResPartner::F.is_company.eq(true) & ResCountry::F.code.eq("BE"));
}
