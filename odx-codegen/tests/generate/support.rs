//! The schemas that tests read.

use std::path::{Path, PathBuf};

use odx_codegen::schema::Meta;
use odx_codegen::{Config, Output, Schema, generate, source};

pub(crate) fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(file)
}

/// Names, labels and keys that nobody should have.
pub(crate) fn hostile() -> Schema {
    let meta = Meta {
        odoo_version: Some("19.0\n#![evil]".to_owned()),
        ..Meta::default()
    };
    source::read_saved(data("hostile.json"), None, meta)
        .expect("the hostile schema")
        .0
}

/// All 730 models of an Odoo 19.
pub(crate) fn odoo_19() -> Schema {
    let meta = Meta {
        odoo_version: Some("19.0".to_owned()),
        lang: Some("en_US".to_owned()),
        ..Meta::default()
    };
    let ir_model = data("odoo-19.0-ir.model.json.gz");
    let (schema, diagnostics) =
        source::read_saved(data("odoo-19.0-fields_get.json.gz"), Some(&ir_model), meta)
            .expect("the schema");
    assert_eq!(diagnostics, []);
    schema
}

pub(crate) fn config(toml: &str) -> Config {
    Config::parse(toml, Path::new("odx.toml")).expect("a configuration")
}

pub(crate) fn generated(schema: &Schema, toml: &str) -> Output {
    generate(schema, &config(toml)).expect("generated")
}

pub(crate) fn file<'a>(output: &'a Output, path: &str) -> &'a str {
    let file = output
        .files
        .iter()
        .find(|file| file.path == Path::new(path));
    &file.unwrap_or_else(|| panic!("no file {path}")).content
}
