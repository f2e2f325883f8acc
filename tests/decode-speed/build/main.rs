//! Generates the models of the recorded pages, and the structs that a user without odx would read them into.

mod plain;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::read::GzDecoder;
use odx_codegen::{schema::Meta, source};
use serde_json::{Map, Value};

/// What `fields_get` answered for the models of the pages.
const FIELDS_GET: &str = "fields_get.json.gz";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={FIELDS_GET}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("not run by cargo")?);
    let (schema, _) = source::read_saved(Path::new(FIELDS_GET), None, Meta::default())?;
    let snapshot = out.join("odoo-schema");
    fs::create_dir_all(&snapshot)?;
    source::write_snapshot(&schema, &snapshot)?;
    let config = out.join("odx.toml");
    fs::write(&config, "")?;
    odx_codegen::build(config)?;
    let mut plain = String::new();
    for model in schema.models() {
        plain.push_str(&plain::module(model, &first_row(&model.model)?));
    }
    fs::write(out.join("plain.rs"), plain)?;
    Ok(())
}

/// The first row of the model's page.
fn first_row(model: &str) -> Result<Map<String, Value>, Box<dyn Error>> {
    let path = format!("pages/{model}.json.gz");
    println!("cargo::rerun-if-changed={path}");
    let answer: Value = serde_json::from_reader(GzDecoder::new(fs::File::open(&path)?))?;
    let row = answer["result"][0].as_object().cloned();
    row.ok_or_else(|| format!("{path} has no row").into())
}
