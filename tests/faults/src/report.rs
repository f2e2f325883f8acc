//! What the process of one fault is told, and what it tells.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a process has to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Where the server is.
    pub url: String,
    /// A certificate to trust, in PEM.
    pub root_certificate: Option<String>,
    /// Whether each call takes its whole time limit: it is short then, and all calls are made at once.
    pub is_slow: bool,
}

/// What came of one call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Call {
    /// `Ok`, or the variant of the error.
    pub outcome: String,
    /// The message of the error.
    pub message: String,
    /// What a right answer was said to be, where the call succeeded.
    pub answer: Option<serde_json::Value>,
    /// The texts in which a key was shown.
    pub shown: Vec<String>,
    /// How many bytes were logged, in which keys were looked for.
    pub logged: usize,
    /// How long it took.
    pub milliseconds: u64,
    /// By how much the memory of the process grew at most, in bytes. 0 where the system does not
    /// tell it: only Linux is asked.
    pub memory: usize,
}

/// What came of each call, by its verb.
pub type Report = BTreeMap<String, Call>;

/// What came of one fault.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What came of the calls.
    pub report: Report,
    /// How often each method reached the server whole.
    pub sent: BTreeMap<String, usize>,
}

/// What came of all faults, by their names.
pub type Findings = BTreeMap<&'static str, Finding>;
