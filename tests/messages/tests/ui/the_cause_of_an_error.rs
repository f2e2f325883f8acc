#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use odx_runtime::Error;

fn main() {}

fn why(error: &Error) {
    error.cause();
}
