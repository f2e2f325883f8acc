//! Takes the Rust out of the pages, each as a module: of the example's models, which are run, and of models with names that
//! nobody should have, which are compiled.

use std::path::{Path, PathBuf};
use std::{env, fs};

use odx_codegen::config::Mode;
use odx_codegen::{Config, GeneratedFile, Schema, generate, pages, schema::Meta, source};
use serde_json::json;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    write_examples(&root.join("examples/models"), &out);
    write_hostile(&root.join("odx-codegen/tests/data/hostile.json"), &out);
    write_namesakes(&root.join("odx-runtime/src/prelude.rs"), &out);
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
    write_compiled("hostile", &schema, out);
}

/// `namesakes.rs`: models with the names of what the runtime's prelude shows.
fn write_namesakes(prelude: &Path, out: &Path) {
    println!("cargo::rerun-if-changed={}", prelude.display());
    let prelude = fs::read_to_string(prelude).expect("the prelude");
    let code = prelude.lines().filter(|line| !line.starts_with("//"));
    let words: Vec<&str> = code
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
        // A model `fetch.as` makes the prelude itself ambiguous, which the compiler says.
        .filter(|word| *word != "FetchAs")
        .collect();
    assert!(
        words.contains(&"OdooModel") && words.contains(&"Many2one"),
        "{words:?}"
    );
    let models = words.iter().zip(words.iter().cycle().skip(1));
    let models = models.map(|(word, next)| {
        let stored = |of_type: &str| json!({"type": of_type, "store": true, "searchable": true});
        let mut link = stored("many2one");
        link["relation"] = wire(next).into();
        (
            wire(word),
            json!({"id": stored("integer"), "name": stored("char"), "link": link}),
        )
    });
    let (schema, _) = Schema::from_fields_get(models, &[], Meta::default());
    write_compiled("namesakes", &schema, out);
}

/// `any.session`, whose record is `AnySession`.
fn wire(name: &str) -> String {
    let mut wire = String::new();
    for (index, c) in name.chars().enumerate() {
        if index > 0 && c.is_ascii_uppercase() {
            wire.push('.');
        }
        wire.push(c.to_ascii_lowercase());
    }
    wire
}

/// The models of a schema as a module, and the code of their pages as others.
fn write_compiled(name: &str, schema: &Schema, out: &Path) {
    let mut config = Config::default();
    config.output.mode = Mode::Module;
    config.output.dir = out.join(format!("{name}_models"));
    let models = generate(schema, &config).expect("the models");
    models.write(&config.output.dir).expect("written");
    let pages = pages(schema, &config).expect("the pages");
    let index = config.output.dir.join("mod.rs");
    let modules = modules(&pages.files);
    let code = format!("#[path = {index:?}]\nmod {name}_models;\n{modules}");
    fs::write(out.join(format!("{name}.rs")), code).expect("written");
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
