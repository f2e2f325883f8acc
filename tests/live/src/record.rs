//! What the live runs gave: `roads.json`, which they are compared with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use odx_runtime::Error;
use odx_runtime::transport::RoadName;

/// Outcomes by what was tried.
pub type Outcomes = BTreeMap<String, String>;

/// The outcome of what works.
pub const WORKS: &str = "works";

/// The outcomes of a road by [promise](crate::Promise).
pub const PROMISES: &str = "promises";
/// The outcomes of a road by [credentials](crate::Credentials).
pub const CREDENTIALS: &str = "credentials";
/// Of a series: the roads that it does not have.
pub const ABSENT: &str = "absent";
/// Of a series: the road that is taken by itself, by credentials.
pub const TAKEN: &str = "taken";
/// The same behind a proxy.
pub const TAKEN_BEHIND_A_PROXY: &str = "taken behind a proxy";

/// Every recorded run: outcomes, by kind, by series and road.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs(BTreeMap<String, BTreeMap<String, Outcomes>>);

/// The name of the run of a road.
pub fn key(series: u16, road: RoadName) -> String {
    format!("{series} {road}")
}

impl Runs {
    /// As they are recorded.
    ///
    /// # Panics
    /// If the file is no record.
    pub fn read() -> Self {
        let text = fs::read_to_string(path()).unwrap_or_else(|_| "{}".to_owned());
        Self(serde_json::from_str(&text).expect("roads.json holds runs"))
    }

    /// The series of which a run was recorded.
    pub fn series(&self) -> Vec<u16> {
        self.0.keys().filter_map(|run| run.parse().ok()).collect()
    }

    /// The outcomes of a kind of a run.
    pub fn outcomes(&self, run: &str, kind: &str) -> Option<&Outcomes> {
        self.0.get(run)?.get(kind)
    }

    /// What came of one.
    pub fn outcome(&self, run: &str, kind: &str, name: &str) -> Option<&str> {
        Some(self.outcomes(run, kind)?.get(name)?.as_str())
    }
}

/// Compares what a run gave with what is recorded. With `UPDATE_EXPECT=1` it is recorded.
///
/// # Panics
/// If it differs.
pub fn compare(run: &str, kind: &str, found: Outcomes) {
    static WRITING: Mutex<()> = Mutex::new(());
    let writing = WRITING.lock().expect("no panic");
    let mut runs = Runs::read();
    if is_update() {
        let kinds = runs.0.entry(run.to_owned()).or_default();
        kinds.insert(kind.to_owned(), found.clone());
        let text = serde_json::to_string_pretty(&runs.0).expect("texts");
        fs::write(path(), text + "\n").expect("the record can be written");
    }
    drop(writing);
    let recorded = runs.outcomes(run, kind).cloned().unwrap_or_default();
    assert!(
        recorded == found,
        "tests/live/roads.json has other {kind} of Odoo {run}; UPDATE_EXPECT=1 records this run.\nrecorded: {recorded:#?}\nfound: {found:#?}"
    );
}

/// Whether what differs is to be written.
pub fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("roads.json")
}

/// An error as the record has it: its variant, and the cause where Odoo told it.
pub fn named(error: &Error) -> String {
    let variant = error.name();
    match error.odoo() {
        Some(odoo) => format!("Error::{variant}, Cause::{:?}", odoo.cause()),
        None => format!("Error::{variant}"),
    }
}
