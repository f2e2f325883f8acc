//! Without generated code.

#![allow(unused)]

use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(name = "res.partner")]
struct Partner {
    #[odoo(kind = "selektion")]
    lang: Option<String>,
    #[odoo(kind = "integer")]
    name: Option<String>,
}

fn main() {}
