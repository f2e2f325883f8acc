#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;

fn main() {
    ResPartner::filter(|p| p.name.month_number().eq(3));
}
