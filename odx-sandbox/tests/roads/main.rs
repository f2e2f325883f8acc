//! Each road of the sandbox, asked with plain requests: what a real Odoo of the series sends, it sends.

#[path = "../support/mod.rs"]
mod support;

mod json2;
mod jsonrpc;
mod odxproxy_v2;
mod rpc2;
mod table;
mod web;
mod xml;
mod xmlrpc;
