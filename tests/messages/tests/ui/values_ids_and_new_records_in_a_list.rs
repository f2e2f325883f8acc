// The way out: each as a command, `[Command::Link(child), Command::Create(values!(..))]`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Id, values};

fn main() {
    let child: Id<ResPartner> = Id::new(5);
    let _ = values!(ResPartner { child_ids: [child, values!(ResPartner { name: "Acme" })], .. });
}
