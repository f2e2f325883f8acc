// The way out: `search` takes a closure, `matching` a finished domain
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    ResPartner::matching(|p| p.is_company.eq(true));
}
