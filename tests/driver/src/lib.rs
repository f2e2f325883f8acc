//! Compiles a generated crate into a program that reads rows of any of its models into the record and writes them back.
//!
//! The tests that look at every model of an Odoo share it: the types exist only once the schema was read, so a program
//! has to be compiled for it. Helpers panic with what went wrong, as a test would.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const PROGRAM: &str = include_str!("../program/main.rs");

/// The compiled program.
pub struct Driver {
    program: PathBuf,
}

/// Rows of one model, as Odoo sent them.
pub struct Page {
    /// The model.
    pub model: String,
    /// A JSON list of rows, in which `NaN` may stand.
    pub rows: Vec<u8>,
}

/// What a round trip found.
#[derive(Debug)]
pub struct Report {
    /// How many rows were read into records.
    pub rows: u64,
    /// How many values were written back and compared.
    pub values: u64,
    /// One for each row or value that did not come through.
    pub problems: Vec<String>,
}

impl Driver {
    /// Compiles the program for the generated crate in `models`, with warnings as errors. `folder` holds its source, and
    /// `target` what is compiled, the program under this name.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn build(name: &str, models: &Path, folder: &Path, target: &Path) -> Self {
        let sources = [("main.rs", PROGRAM), ("table.rs", &table(models))];
        Self {
            program: build(name, models, &[], &sources, folder, target),
        }
    }

    /// The fields of each model's record.
    ///
    /// # Panics
    /// If the program fails.
    pub fn records(&self) -> Vec<(String, Vec<String>)> {
        lines(&self.run(&["records"], Vec::new()))
            .map(|line| {
                let fields = serde_json::from_value(line["fields"].clone());
                (text(&line["model"]), fields.expect("a list of fields"))
            })
            .collect()
    }

    /// Reads rows into records, writes the records back, and compares.
    ///
    /// # Panics
    /// If the program fails.
    pub fn round_trip(&self, pages: impl IntoIterator<Item = Page>) -> Report {
        let mut input = String::new();
        for page in pages {
            let rows = String::from_utf8(page.rows).expect("rows are UTF-8");
            input.push_str(&json!({"model": page.model, "rows": rows}).to_string());
            input.push('\n');
        }
        let mut report = Report {
            rows: 0,
            values: 0,
            problems: Vec::new(),
        };
        for line in lines(&self.run(&["round-trip"], input.into_bytes())) {
            match line.get("problem") {
                Some(problem) => report.problems.push(text(problem)),
                None => {
                    report.rows += line["rows"].as_u64().expect("a number of rows");
                    report.values += line["values"].as_u64().expect("a number of values");
                }
            }
        }
        report
    }

    fn run(&self, arguments: &[&str], input: Vec<u8>) -> Vec<u8> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the driver starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // The program answers while it reads, so one thread writes and this one reads.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("the driver ends");
        writer
            .join()
            .expect("the writer ends")
            .expect("the driver reads all");
        assert!(output.status.success(), "the driver failed");
        output.stdout
    }
}

/// Compiles a program over the generated crate in `models`, with warnings as errors, and tells where it is. It may use
/// `models`, `odx_runtime` with these features alone, and `serde_json`.
///
/// # Panics
/// If it does not compile.
pub fn build(
    name: &str,
    models: &Path,
    features: &[&str],
    sources: &[(&str, &str)],
    folder: &Path,
    target: &Path,
) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let runtime = runtime();
    let manifest = format!(
        "[package]\nname = {name:?}\nedition = \"2024\"\n\n[workspace]\n\n[profile.dev]\ndebug = 0\n\n[dependencies]\n\
         models = {{ path = {models:?} }}\n\
         odx-runtime = {{ path = {runtime:?}, default-features = false, features = {features:?} }}\n\
         # Without the feature it misses the last digit of some floats.\nserde_json = {{ version = \"1\", features = [\"float_roundtrip\"] }}\n"
    );
    let lock = fs::read_to_string(workspace.join("Cargo.lock")).expect("the workspace's lock file");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    put(&folder.join("Cargo.toml"), &manifest);
    // The versions this workspace is tested with, and no network to find others.
    fs::write(folder.join("Cargo.lock"), lock).expect("a lock file");
    for (file, source) in sources {
        put(&folder.join("src").join(file), source);
    }
    cargo(folder, target);
    target.join("debug").join(name)
}

/// The runtime that generated crates are to depend on.
pub fn runtime() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../odx-runtime");
    path.canonicalize().expect("the runtime")
}

/// What did not change is left alone, so that nothing is compiled twice.
fn put(path: &Path, content: &str) {
    if fs::read_to_string(path).is_ok_and(|found| found == content) {
        return;
    }
    fs::write(path, content).expect("a file of the driver");
}

/// What the program knows of each model.
fn table(models: &Path) -> String {
    let entries: String = records(models)
        .iter()
        .map(|record| format!("    model::<models::{record}>(),\n"))
        .collect();
    format!(
        "//! Every model.\n\nuse crate::{{Model, model}};\n\npub(crate) static MODELS: &[Model] = &[\n{entries}];\n"
    )
}

/// The records of a generated crate, in the order of their files.
fn records(models: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(models.join("src"))
        .expect("the sources of the models")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files
        .iter()
        .filter_map(|file| {
            let source = fs::read_to_string(file).expect("a source");
            record(&source).map(str::to_owned)
        })
        .collect()
}

/// The name of the record that a generated file defines.
fn record(source: &str) -> Option<&str> {
    let (_, after) = source.split_once("odx_runtime::record!")?;
    let name = after.trim_start_matches(|c: char| !c.is_alphabetic());
    name.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

fn cargo(folder: &Path, target: &Path) {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-D warnings -D missing_docs")
        .current_dir(folder)
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "the program does not compile:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn lines(output: &[u8]) -> impl Iterator<Item = Value> {
    output
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("the driver writes JSON lines"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
