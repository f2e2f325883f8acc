//! The whole of a real Odoo.

use std::fs;

use crate::support::{config, generated, odoo_19};
use odx_codegen::schema::diff;
use odx_codegen::source;

#[test]
fn every_model_is_generated_without_a_diagnostic() {
    let schema = odoo_19();
    let output = generated(&schema, "");
    assert_eq!(schema.models().len(), 730);
    assert_eq!(output.diagnostics, []);
    // A file a model, the index, the manifest.
    assert_eq!(output.files.len(), 732);
}

#[test]
fn the_same_schema_gives_the_same_bytes() {
    let first = generated(&odoo_19(), "");
    let second = generated(&odoo_19(), "");
    assert!(first.files == second.files);
    assert!(first.files.is_sorted());
}

#[test]
fn a_snapshot_is_written_once_and_generates_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let schema = odoo_19();
    assert_eq!(
        source::write_snapshot(&schema, dir.path())
            .expect("written")
            .written
            .len(),
        731
    );
    assert!(
        source::write_snapshot(&schema, dir.path())
            .expect("written")
            .is_unchanged()
    );
    let read = source::read_snapshot(dir.path()).expect("read");
    assert!(read == schema);
    assert!(diff(&schema, &read).is_empty());
}

#[test]
fn an_unchanged_second_run_writes_no_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let output = generated(&odoo_19(), "");
    assert_eq!(
        output.write(dir.path()).expect("written").written.len(),
        732
    );
    assert!(output.write(dir.path()).expect("written").is_unchanged());
    assert_eq!(output.compare(dir.path()).expect("compared"), []);
}

#[test]
fn a_check_names_the_files_that_differ() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut config = config("[models]\ninclude = [\"res.country\", \"res.lang\"]");
    config.schema.dir = dir.path().join("schema");
    config.output.dir = dir.path().join("models");
    source::write_snapshot(&odoo_19(), &config.schema.dir).expect("written");
    assert_eq!(odx_codegen::check(&config).expect("checked").len(), 5);

    let schema = source::read_snapshot(&config.schema.dir).expect("read");
    let output = odx_codegen::generate(&schema, &config).expect("generated");
    output.write(&config.output.dir).expect("written");
    assert_eq!(odx_codegen::check(&config).expect("checked"), []);

    let edited = config.output.dir.join("src/res_lang.rs");
    let text = fs::read_to_string(&edited).expect("a file");
    fs::write(&edited, text.replace("pub code: String", "pub code: Text")).expect("a file");
    let differences = odx_codegen::check(&config).expect("checked");
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].path, edited);
    assert!(
        differences[0]
            .hunk()
            .contains("-    pub code: Text,\n+    pub code: String,\n"),
        "{}",
        differences[0].hunk()
    );
}

#[test]
#[should_panic(expected = "run `odx generate`")]
fn a_downstream_test_fails_when_the_generated_code_is_old() {
    let dir = tempfile::tempdir().expect("a folder");
    source::write_snapshot(&odoo_19(), dir.path().join("odoo-schema")).expect("written");
    fs::write(
        dir.path().join("odx.toml"),
        "[models]\ninclude = [\"res.lang\"]\n",
    )
    .expect("a file");
    odx_codegen::testing::assert_up_to_date(dir.path().join("odx.toml"));
}
