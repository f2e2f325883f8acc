//! XML-RPC as Python's `xmlrpc` reads and writes it, which is what Odoo uses.

mod read;
mod write;

pub(super) use read::MethodCall;
pub(super) use write::{Code, Nil, fault, response};
