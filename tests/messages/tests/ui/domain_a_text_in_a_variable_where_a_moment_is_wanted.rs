// The way out: `text.parse::<DateTime<Utc>>()?`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::domain;

fn main() {
    let since = String::from("2026-01-01 00:00:00");
    let _ = domain!(ResPartner, create_date >= since);
}
