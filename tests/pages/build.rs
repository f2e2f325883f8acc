//! Takes the Rust out of the pages, each as a module: of the example's models, which are run, and of models with names that
//! nobody should have, which are compiled.

use std::path::{Path, PathBuf};
use std::{env, fs};

use odx_codegen::config::Mode;
use odx_codegen::{Config, GeneratedFile, generate, pages, schema::Meta, source};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    write_examples(&root.join("examples/models"), &out);
    write_hostile(&root.join("odx-codegen/tests/data/hostile.json"), &out);
}

/// `examples.rs`: the modules, and `run`, which calls what they declare.
fn write_examples(models: &Path, out: &Path) {
    println!("cargo::rerun-if-changed={}", models.display());
    let mut config = Config::load(models.join("odx.toml")).expect("the configuration");
    // The tests see the models as a crate.
    config.output.mode = Mode::Crate;
    let schema = source::read_snapshot(models.join("odoo-schema")).expect("the snapshot");
    let pages = pages(&schema, &config).expect("the pages");
    let mut calls = String::new();
    for (index, file) in models_pages(&pages.files).enumerate() {
        let model = file.model.as_deref().unwrap_or_default();
        calls.push_str(&format!(
            "read.push(({model:?}, example_{index}::rows(odoo).await.map(|rows| format!(\"{{rows:?}}\"))));\n"
        ));
    }
    let code = format!(
        "{}async fn run(odoo: &odx_runtime::Session) -> Vec<(&'static str, Result<String, odx_runtime::Error>)> {{\n\
         let mut read = Vec::new();\n{calls}read\n}}\n",
        modules(&pages.files)
    );
    fs::write(out.join("examples.rs"), code).expect("written");
}

/// `hostile.rs`: the models and the modules.
fn write_hostile(answers: &Path, out: &Path) {
    println!("cargo::rerun-if-changed={}", answers.display());
    let (schema, _) = source::read_saved(answers, None, Meta::default()).expect("the schema");
    let mut config = Config::default();
    config.output.mode = Mode::Module;
    config.output.dir = out.join("hostile_models");
    let models = generate(&schema, &config).expect("the models");
    models.write(&config.output.dir).expect("written");
    let pages = pages(&schema, &config).expect("the pages");
    let index = config.output.dir.join("mod.rs");
    let code = format!(
        "#[path = {index:?}]\nmod hostile_models;\n{}",
        modules(&pages.files)
    );
    fs::write(out.join("hostile.rs"), code).expect("written");
}

fn models_pages(files: &[GeneratedFile]) -> impl Iterator<Item = &GeneratedFile> {
    files.iter().filter(|file| file.model.is_some())
}

fn modules(files: &[GeneratedFile]) -> String {
    let pages = models_pages(files).enumerate();
    let modules = pages.map(|(index, file)| {
        // What the test calls.
        let code = example(&file.content)
            .replace("async fn rows", "pub(super) async fn rows")
            .replace("\nstruct ", "\npub(super) struct ");
        format!("mod example_{index} {{\n{code}}}\n")
    });
    modules.collect()
}

/// The code of a page.
fn example(page: &str) -> String {
    let (_, rest) = page
        .split_once("<pre tabindex=\"0\"><code>")
        .expect("the code");
    let (code, _) = rest.split_once("</code>").expect("its end");
    code.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
