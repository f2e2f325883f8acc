//! What a program does with generated models, over HTTP, against the sandbox's company.

mod blocking;
mod contexts;
mod errors;
mod failures;
mod files;
mod groups;
mod importing;
mod kit;
mod metadata;
mod methods;
mod nested;
mod odoo_20;
mod reading;
mod recordings;
mod short_forms;
mod tls;
mod translations;
mod versions;
mod web;
mod writing;
mod xml;
