//! Without generated code.

#![allow(unused)]

use odx_runtime::OdooModel;

enum Lang {
    French,
}

#[derive(OdooModel)]
#[odoo(name = "res.partner")]
struct Partner {
    lang: Option<Lang>,
    child_ids: Vec<Child>,
    color: u8,
}

struct Child;

fn main() {}
