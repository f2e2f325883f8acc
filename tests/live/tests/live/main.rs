//! Tests against a real Odoo 19 with the addon `odx_probe`; skipped unless `ODX_LIVE=1`.

mod contexts;
mod every_model;
mod failures;
mod methods;
mod records;
