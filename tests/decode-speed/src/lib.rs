//! Pages that a real Odoo 19 sent, and three readers of them: odx's row reader, structs with serde's derive, and
//! `serde_json::Value`.

pub mod models;
pub mod pages;
pub mod plain;
