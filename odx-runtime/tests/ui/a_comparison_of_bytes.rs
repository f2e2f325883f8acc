#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::model::Blob;

fn main() {
    ResPartner::filter(|p| p.image.eq(Blob::new(b"x")));
}
