//! The generated code compiles without a warning, in the editions that its users have. Runs `cargo` on crates of its own
//! in the target folder, offline, against the runtime of this workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{config, documented_order, hostile, hostile_methods, odoo_19};
use odx_codegen::schema::Meta;
use odx_codegen::{Schema, config::Mode, generate, source};
use serde_json::{Map, Value, json};

const LIB: &str =
    "//! A crate that forgives nothing.\n#![deny(warnings, missing_docs)]\n\npub mod models;\n";

/// A crate with the models of `schema` as a module.
fn krate(name: &str, edition: &str, schema: &Schema, toml: &str, features: &[&str]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut config = config(toml);
    config.output.mode = Mode::Module;
    let output = generate(schema, &config).expect("generated");
    output.write(dir.join("src/models")).expect("written");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../odx-runtime");
    let called = config.output.runtime_crate;
    let manifest = format!(
        "[package]\nname = {name:?}\nedition = {edition:?}\n\n[workspace]\n\n[dependencies]\n\
         {called} = {{ package = \"odx-runtime\", path = {runtime:?}, default-features = false, features = {features:?} }}\n"
    );
    fs::write(dir.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(dir.join("src/lib.rs"), LIB).expect("a crate");
    // The versions this workspace was tested with, and no network to find others.
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"),
        dir.join("Cargo.lock"),
    )
    .expect("a lock file");
    dir
}

fn cargo(dir: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--quiet"])
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"),
        )
        .env("RUSTDOCFLAGS", "-D warnings")
        .current_dir(dir)
        .output()
        .expect("cargo");
    assert!(
        output.status.success(),
        "cargo {arguments:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

const SOME_MODELS: &str =
    "[models]\ninclude = [\"res.*\", \"ir.model*\", \"product.product\", \"product.template\"]\n";

#[test]
fn models_of_odoo_19_compile_and_are_documented() {
    let dir = krate("odoo-2024", "2024", &odoo_19(), SOME_MODELS, &[]);
    cargo(&dir, &["check"]);
    cargo(&dir, &["doc", "--no-deps"]);
}

#[test]
fn models_of_odoo_19_compile_in_edition_2021() {
    cargo(
        &krate("odoo-2021", "2021", &odoo_19(), SOME_MODELS, &[]),
        &["check"],
    );
}

#[test]
fn a_program_may_use_few_of_its_models() {
    let dir = krate("program", "2024", &odoo_19(), SOME_MODELS, &[]);
    fs::remove_file(dir.join("src/lib.rs")).expect("removed");
    fs::write(
        dir.join("src/main.rs"),
        "#![deny(warnings)]\nmod models;\nfn main() {\n    println!(\"{:?}\", models::ResLang::F.name);\n}\n",
    )
    .expect("a program");
    cargo(&dir, &["check"]);
}

/// The lints that a strict program sets, as errors, and the two ways to have the models in it: shown and kept.
const STRICT: &str = "\
#![deny(warnings, future_incompatible, let_underscore, nonstandard_style, rust_2018_idioms, unused)]
#![deny(clippy::all, clippy::cargo, clippy::nursery, clippy::pedantic)]
#![deny(
    ambiguous_negative_literals, elided_lifetimes_in_paths, explicit_outlives_requirements, let_underscore_drop,
    meta_variable_misuse, missing_abi, missing_copy_implementations, missing_debug_implementations, missing_docs,
    non_ascii_idents, redundant_imports, redundant_lifetimes, single_use_lifetimes, trivial_casts,
    trivial_numeric_casts, unit_bindings, unnameable_types, unreachable_pub, unsafe_code, unused_extern_crates,
    unused_import_braces, unused_lifetimes, unused_macro_rules, unused_qualifications, unused_results,
    variant_size_differences
)]
#![allow(clippy::cargo_common_metadata, clippy::multiple_crate_versions, reason = \"about packages\")]
";

#[test]
fn a_module_of_models_is_clean_in_a_strict_program() {
    const MODELS: &str = "
        [models]
        include = [\"*\"]
        [methods]
        include = [\"sale.order.*\"]
        [types]
        partial-eq = true
        serde = true
    ";
    let lib = format!("//! Shows its models.\n{STRICT}\npub mod models;\n");
    let main = format!("//! Keeps its models.\n{STRICT}\nmod models;\n\nfn main() {{}}\n");
    let real = krate("strict", "2024", &documented_order(), MODELS, &["serde"]);
    let hostile = krate("strict-hostile", "2024", &hostile(), "", &[]);
    for dir in [real, hostile] {
        fs::write(dir.join("src/lib.rs"), &lib).expect("a library");
        fs::write(dir.join("src/main.rs"), &main).expect("a program");
        cargo(&dir, &["clippy"]);
    }
}

#[test]
fn models_of_a_build_script_are_clean_in_a_strict_program_that_renames_the_runtime() {
    const MODELS: &str = "
        [models]
        include = [\"res.*\", \"product.*\", \"sale.*\"]
        [methods]
        include = [\"sale.order.*\"]
        [output]
        runtime-crate = \"erp\"
    ";
    let schema = documented_order();
    let dir = krate("strict-build-script", "2024", &schema, MODELS, &[]);
    fs::remove_dir_all(dir.join("src")).expect("removed");
    fs::create_dir(dir.join("src")).expect("a folder");
    source::write_snapshot(&schema, dir.join("odoo-schema")).expect("a snapshot");
    let codegen = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(dir.join("Cargo.toml")).expect("a manifest");
    let files = [
        (
            "Cargo.toml",
            format!("{manifest}\n[build-dependencies]\nodx-codegen = {{ path = {codegen:?}, default-features = false }}\n"),
        ),
        ("odx.toml", MODELS.to_owned()),
        (
            "build.rs",
            "//! Generates.\n\nfn main() -> Result<(), odx_codegen::Error> {\n    odx_codegen::build(\"odx.toml\")\n}\n".to_owned(),
        ),
        (
            "src/main.rs",
            format!("//! Keeps its models.\n{STRICT}\nmod models {{\n    erp::include_models!();\n}}\n\nfn main() {{}}\n"),
        ),
    ];
    for (file, text) in files {
        fs::write(dir.join(file), text).expect("a file");
    }
    cargo(&dir, &["clippy"]);
}

const RENAMED: &str = "\
//! Calls the runtime by a name of its own.
#![deny(warnings, missing_docs)]

pub mod models;

use erp::{Domain, Id, Many2one, OdooModel, Values, domain, values};
use models::{ResCountry, ResPartner};

/// A projection.
#[derive(OdooModel)]
#[odoo(crate = \"erp\", model = ResPartner)]
pub struct Contact {
    /// The key.
    pub id: Id<ResPartner>,
    /// The country.
    #[odoo(field = \"country_id\")]
    pub country: Option<Many2one<ResCountry>>,
}

/// A model of its own.
#[derive(OdooModel)]
#[odoo(name = \"res.partner\", crate = \"erp\")]
pub struct Partner {
    /// The key.
    pub id: Id<Partner>,
    /// The name.
    pub name: Option<String>,
    /// Those below.
    #[odoo(kind = \"one2many\")]
    pub child_ids: Vec<Id<Partner>>,
}

/// In Rust's notation.
#[must_use]
pub fn companies() -> Domain<ResPartner> {
    domain!(ResPartner, is_company && country_id.code in [\"BE\", \"NL\"] && child_ids any (name ilike \"x\"))
}

/// In Odoo's notation.
#[must_use]
pub fn reachable() -> Domain<Partner> {
    domain!(Partner, [\"|\", (\"name\", \"!=\", false), (\"child_ids\", \"=\", false)])
}

/// Of a new record.
#[must_use]
pub fn acme() -> Values<ResPartner> {
    values!(ResPartner { name: \"Acme\", email: None, color: 5, .. })
}
";

#[test]
fn a_program_may_call_the_runtime_by_another_name() {
    let models = format!("{SOME_MODELS}[output]\nruntime-crate = \"erp\"\n");
    let dir = krate("renamed", "2024", &odoo_19(), &models, &[]);
    fs::write(dir.join("src/lib.rs"), RENAMED).expect("a crate");
    cargo(&dir, &["check"]);
}

#[test]
fn hostile_models_compile_and_are_documented() {
    let dir = krate("hostile-2024", "2024", &hostile(), "", &[]);
    cargo(&dir, &["check"]);
    cargo(&dir, &["doc", "--no-deps"]);
}

/// Type parameters have such names, in generated code and in what the runtime's macros become.
#[test]
fn models_of_one_letter_compile_generated_or_not() {
    let relations: Map<String, Value> = ('a'..='z')
        .map(|letter| {
            let field = json!({"type": "many2one", "relation": letter, "store": true});
            (format!("{letter}_id"), field)
        })
        .collect();
    let models = ('a'..='z').map(|letter| {
        let mut fields = relations.clone();
        fields.insert("id".to_owned(), json!({"type": "integer", "store": true}));
        let state = json!({"type": "selection", "selection": [[letter, "A"]], "store": true});
        fields.insert("state".to_owned(), state);
        (letter.to_string(), Value::Object(fields))
    });
    let (schema, _) = Schema::from_fields_get(models, &[], Meta::default());
    for (name, include) in [("letters", "*"), ("letter", "a")] {
        let toml = format!(
            "[models]\ninclude = [{include:?}]\n[types]\nserde = true\npartial-eq = true\n"
        );
        cargo(&krate(name, "2024", &schema, &toml, &["serde"]), &["check"]);
    }
}

#[test]
fn methods_compile_and_are_documented() {
    const METHODS: &str = r#"
        [models]
        include = ["sale.order", "mail.message"]
        [methods]
        include = ["sale.order.*"]
        [[method]]
        name = "sale.order.activity_feedback"
        parameters = [
            { name = "ref", type = "ids of sale.order" },
            { name = "odoo", type = "text" },
            { name = "price", type = "float", optional = true },
            { name = "message", type = "id of mail.message", optional = true },
        ]
        returns = "ids of mail.message"
        [[method]]
        name = "mail.message.type"
        parameters = [{ name = "done", type = "boolean", optional = true }]
        on = "model"
        returns = "text"
    "#;
    let dir = krate("methods-2024", "2024", &documented_order(), METHODS, &[]);
    cargo(&dir, &["check"]);
    cargo(&dir, &["doc", "--no-deps"]);
}

#[test]
fn hostile_methods_compile_and_are_documented() {
    const METHODS: &str = "[methods]\ninclude = [\"*.*\"]\n";
    for edition in ["2021", "2024"] {
        let name = format!("hostile-methods-{edition}");
        let dir = krate(&name, edition, &hostile_methods(), METHODS, &[]);
        cargo(&dir, &["check"]);
        cargo(&dir, &["doc", "--no-deps"]);
    }
}

#[test]
fn hostile_models_compile_in_edition_2021() {
    cargo(
        &krate("hostile-2021", "2021", &hostile(), "", &[]),
        &["check"],
    );
}

#[test]
fn every_choice_of_types_compiles() {
    const MODELS: &str =
        "[models]\ninclude = [\"res.currency.rate\", \"res.lang\", \"res.partner\"]\n";
    for (date_time, feature) in [("jiff", "jiff"), ("time", "time")] {
        let types = format!(
            "{MODELS}[types]\ndate-time = {date_time:?}\ndecimal = \"rust_decimal\"\npartial-eq = true\nserde = true\n"
        );
        let dir = krate(
            &format!("types-{date_time}"),
            "2024",
            &odoo_19(),
            &types,
            &[feature, "rust_decimal", "serde"],
        );
        cargo(&dir, &["check"]);
    }
    let types = format!("{MODELS}[types]\ndate-time = \"string\"\n");
    cargo(
        &krate("types-string", "2024", &odoo_19(), &types, &[]),
        &["check"],
    );
}
