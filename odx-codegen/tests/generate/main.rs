//! From schemas to files: what is generated, that it compiles, and that nothing in a schema breaks out.

mod compile;
mod files;
mod hostile;
mod made_up;
mod methods;
mod names;
mod odoo_19;
mod support;
