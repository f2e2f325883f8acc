//! Tests against a real Odoo, 19 or 14, with the addon `odx_probe`; skipped unless `ODX_LIVE=1`.

mod commands;
mod contexts;
mod every_model;
mod exports;
mod failures;
mod fields;
mod files;
mod importing;
mod languages_and_companies;
mod metadata;
mod methods;
mod moments;
mod odx;
mod partial;
mod properties;
mod roads;
mod streams;
mod structs;
