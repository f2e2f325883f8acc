#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Command, Id, values};

fn main() {
    let country: Id<ResCountry> = Id::new(1);
    let _ = values!(ResPartner { child_ids: [Command::Link(country)] });
}
