//! Times how long generated models take to compile, beside what a user would write instead: plain structs with
//! `#[derive(Serialize, Deserialize)]` for the same fields.
//!
//! ```sh
//! cargo run -p odx-compile-time -- odx-codegen/tests/data/odoo-19.0-fields_get.json.gz
//! ```
//!
//! Both crates are compiled in turn, so that what else the machine does hits both; only the crates themselves are
//! compiled, not what they depend on. The ratios count, not the seconds.

mod plain;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use odx_codegen::{Config, generate, schema::Meta, source};

const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let saved = env::args()
        .nth(1)
        .ok_or("usage: odx-compile-time FIELDS_GET.json[.gz]")?;
    let folder = env::temp_dir().join("odx-compile-time");
    let (schema, _) = source::read_saved(Path::new(&saved), None, Meta::default())?;
    let fields: usize = schema.models().map(|model| model.fields.len()).sum();

    let generated = folder.join("models");
    let mut config = Config::parse("", Path::new("odx.toml"))?;
    config.output.runtime_path = Some(workspace().join("odx-runtime"));
    generate(&schema, &config)?.write(&generated)?;
    let plain = folder.join("plain");
    plain::write(&schema, &plain)?;

    println!(
        "{} models, {fields} fields; {ROUNDS} rounds, the least of each counts",
        schema.models().len()
    );
    for command in ["check", "build"] {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        compile(command, &generated)?;
        compile(command, &plain)?;
        for _ in 0..ROUNDS {
            ours = ours.min(compile(command, &generated)?);
            theirs = theirs.min(compile(command, &plain)?);
        }
        println!(
            "cargo {command}: generated {:.1} s, serde {:.1} s, {:.1} times faster",
            ours.as_secs_f64(),
            theirs.as_secs_f64(),
            theirs.as_secs_f64() / ours.as_secs_f64()
        );
    }
    Ok(())
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles the crate alone, from nothing; what it depends on is there after the first time.
fn compile(command: &str, folder: &Path) -> Result<Duration, Box<dyn Error>> {
    let library = folder.join("src/lib.rs");
    fs::File::options()
        .append(true)
        .open(library)?
        .set_modified(std::time::SystemTime::now())?;
    let began = Instant::now();
    let status = Command::new("cargo")
        .args([command, "--quiet"])
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("../target"))
        .status()?;
    if !status.success() {
        return Err(format!("cargo {command} failed in {}", folder.display()).into());
    }
    Ok(began.elapsed())
}
