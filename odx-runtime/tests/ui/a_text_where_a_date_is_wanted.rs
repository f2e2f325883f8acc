#![allow(unused)]

#[path = "../support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::Model;

fn main() {
    ResPartner::filter(|p| p.date.ge("2024-01-01"));
}
