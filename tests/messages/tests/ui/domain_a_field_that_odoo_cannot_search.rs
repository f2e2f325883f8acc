#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::domain;

fn main() {
    let _ = domain!(ResPartner, vat_label == "VAT" && child_ids.vat_label == "VAT");
}
