// The way out: `odx fields res.partner` lists the keys; `invoice` is `ResPartnerType::Invoice`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResPartner, ResPartnerType};
use odx_runtime::Model;

fn main() {
    ResPartner::search(|p| p.r#type.eq(ResPartnerType::Invoic));
}
