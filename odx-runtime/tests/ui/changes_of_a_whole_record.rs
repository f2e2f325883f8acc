#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::prelude::*;
use odx_runtime::query::changes::{Cursor, FollowAs};

fn follow(odoo: &odx_runtime::Session) {
    ResPartner::changes(Cursor::start()).stream_as::<ResPartner>(odoo);
}

fn main() {}
