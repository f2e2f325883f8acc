//! Models of a small company's Odoo, generated from the snapshot in `odoo-schema` by `odx generate`.

mod company;

pub use company::*;
