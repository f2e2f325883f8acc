// The way out: `text.parse::<NaiveDate>()?`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::values;

fn main() {
    let day = "2026-01-01";
    let _ = values!(ResPartner { date: day, .. });
}
