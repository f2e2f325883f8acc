//! Without generated code.

#![allow(unused)]

use odx_runtime::Many2one;
use odx_runtime::OdooModel;

#[derive(OdooModel)]
#[odoo(name = "res.partner")]
struct Partner {
    country_id: Option<Many2one<Country>>,
}

struct Country;

fn main() {}
