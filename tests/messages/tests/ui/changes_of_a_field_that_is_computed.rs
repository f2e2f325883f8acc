#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::prelude::*;
use odx_runtime::query::changes::{Cursor, FollowAs};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    name: Option<String>,
    vat_label: Option<String>,
}

fn follow(odoo: &odx_runtime::Session) {
    ResPartner::changes(Cursor::start()).follow_as::<Contact>(odoo);
}

fn main() {}
