//! All models of a real Odoo 19 are generated, compile without a warning, and read every row that it sent.
//!
//! `ODX_CORPUS` names the folder with what was recorded: `odoo-19.0-fields_get.json.gz`, `odoo-19.0-ir.model.json.gz` and
//! `odoo-19.0-rows.jsonl.gz`. Without it the test says that it was skipped.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use odx_codegen::{Config, Schema, generate, schema::Meta, source};
use odx_driver::{Driver, Page};
use serde_json::Value;

#[test]
fn every_row_of_a_real_odoo_passes_through_its_generated_record() {
    let Some(corpus) = env::var_os("ODX_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: ODX_CORPUS does not name a folder with recorded answers of an Odoo 19");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    let schema = snapshot(&corpus, &folder.join("snapshot"));
    assert_eq!(schema.models().count(), 730);

    let models = folder.join("models");
    let mut config = Config::default();
    config.output.runtime_path = Some(odx_driver::runtime());
    config.output.dir.clone_from(&models);
    let write = || {
        let output = generate(&schema, &config).expect("the models are generated");
        output.write(&models).expect("the models are written")
    };
    write();
    let again = write();
    assert!(again.is_unchanged(), "a second run writes {again:?}");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drivers");
    let driver = Driver::build("driver-corpus", &models, &folder.join("driver"), &target);

    let report = driver.round_trip(recorded(&corpus));
    assert_eq!(report.problems, Vec::<String>::new());
    assert!(report.rows > 0 && report.values > report.rows, "{report:?}");
    eprintln!("{} rows, {} values", report.rows, report.values);
}

/// The schema, by way of a snapshot on disk.
fn snapshot(corpus: &Path, dir: &Path) -> Schema {
    let meta = Meta {
        odoo_version: Some("19.0".to_owned()),
        lang: Some("en_US".to_owned()),
        ..Meta::default()
    };
    let ir_model = corpus.join("odoo-19.0-ir.model.json.gz");
    let answers = corpus.join("odoo-19.0-fields_get.json.gz");
    let (schema, diagnostics) =
        source::read_saved(&answers, Some(&ir_model), meta).expect("the recorded schema");
    assert_eq!(diagnostics, []);
    fs::create_dir_all(dir).expect("a folder");
    source::write_snapshot(&schema, dir).expect("the snapshot is written");
    source::read_snapshot(dir).expect("the snapshot is read")
}

/// The pages of rows that were recorded; models that nobody may read have none.
fn recorded(corpus: &Path) -> impl Iterator<Item = Page> {
    let file = File::open(corpus.join("odoo-19.0-rows.jsonl.gz")).expect("the recorded rows");
    BufReader::new(GzDecoder::new(file))
        .lines()
        .filter_map(|line| {
            let line: Value = serde_json::from_str(&line.expect("a line")).expect("a JSON line");
            let response = line["response"].as_str().expect("a response");
            let (_, rows) = response.split_once("\"result\":")?;
            let (rows, _) = rows.rsplit_once('}').expect("an end of the envelope");
            Some(Page {
                model: line["model"].as_str().expect("a model").to_owned(),
                rows: rows.trim().into(),
            })
        })
}
