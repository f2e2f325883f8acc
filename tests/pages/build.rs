//! Takes the Rust out of the pages of the example's models, each as a module, and a list of what each of them reads.

use std::path::Path;
use std::{env, fs};

use odx_codegen::{Config, pages, source};

fn main() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/models");
    println!("cargo::rerun-if-changed={}", models.display());
    let mut config = Config::load(models.join("odx.toml")).expect("the configuration");
    // The tests see the models as a crate.
    config.output.mode = odx_codegen::config::Mode::Crate;
    let schema = source::read_snapshot(models.join("odoo-schema")).expect("the snapshot");
    let pages = pages(&schema, &config).expect("the pages");

    let mut code = String::new();
    let mut runs = String::new();
    let shown = pages.files.iter().filter(|file| file.model.is_some());
    for (index, file) in shown.enumerate() {
        let example = example(&file.content);
        code.push_str(&format!("mod example_{index} {{\n{}}}\n", public(&example)));
        let model = file.model.as_deref().unwrap_or_default();
        runs.push_str(&format!(
            "read.push(({model:?}, example_{index}::rows(odoo).await.map(|rows| format!(\"{{rows:?}}\"))));\n"
        ));
    }
    code.push_str(&format!(
        "async fn run(odoo: &odx_runtime::Session) -> Vec<(&'static str, Result<String, odx_runtime::Error>)> {{\n\
         let mut read = Vec::new();\n{runs}read\n}}\n"
    ));
    let out = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("examples.rs");
    fs::write(out, code).expect("written");
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

/// The code, with what the test calls.
fn public(example: &str) -> String {
    example
        .replace("async fn rows", "pub(super) async fn rows")
        .replace("\nstruct ", "\n#[allow(dead_code)]\npub(super) struct ")
}
