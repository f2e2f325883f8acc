#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::domain;

fn main() {
    let belgium = domain!(ResCountry, code == "BE");
    let _ = domain!(ResPartner, is_company && { belgium });
}
