//! XML-RPC as Python's `xmlrpc` reads and writes it, which is what Odoo uses.

mod read;
mod write;

pub(crate) use read::{MethodCall, read_response};
pub(super) use write::{Code, Nil, fault, response};
