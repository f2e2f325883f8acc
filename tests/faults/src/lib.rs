//! What odx makes of a server that misbehaves.
//!
//! [`sections`] is the table of faults: a name, what the server does, and how. [`Server`] does it over raw TCP, since a well-kept
//! HTTP library would refuse to. [`VERBS`] are the calls that a program makes. The test runs each fault in a process of its
//! own, so that its memory can be measured, and `docs/faults.md` is what it found.

use std::time::Duration;

mod answers;
mod document;
mod faults;
pub mod model;
mod report;
mod server;
mod verbs;
mod watched;

pub use document::{path, render};
pub use faults::{Fault, Section, sections};
pub use report::{Call, Finding, Findings, Report, Task};
pub use server::Server;
pub use verbs::{VERBS, Verb};
pub use watched::run;

/// The proxy's key in every test.
pub const PROXY_KEY: &str = "Prox/key+5f0c\"Zq";

/// Odoo's key in every test.
pub const ODOO_KEY: &str = "odoo-key-9A1e";

/// The largest answer that a client of the tests takes. What a fault takes of memory is held against it.
pub const LARGEST_ANSWER: usize = 2 << 20;

/// The time limit of each call to a server that uses it up.
pub const SHORT_LIMIT: Duration = Duration::from_secs(3);

/// The time limit of each other call: long enough for a slow machine that tries many at once.
pub const LIMIT: Duration = Duration::from_secs(30);
