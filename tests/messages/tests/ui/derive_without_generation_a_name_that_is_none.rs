//! Without generated code.

#![allow(unused)]

use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(name = "Res Partner")]
struct Partner {
    name: Option<String>,
}

fn main() {}
