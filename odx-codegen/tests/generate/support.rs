//! The schemas that tests read.

use std::path::{Path, PathBuf};

use odx_codegen::schema::Meta;
use odx_codegen::{Config, Output, Schema, generate, source};
use serde_json::{Map, Value, json};

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

/// The same, where `sale.order` has methods.
pub(crate) fn documented_order() -> Schema {
    with_methods(
        odoo_19(),
        "sale.order",
        include_bytes!("../data/doc-bearer-sale.order.json"),
    )
}

/// A model whose methods are named and documented as nobody should.
pub(crate) fn hostile_methods() -> Schema {
    const EVIL: &str = "<p>*/ ``` &lt;script&gt; [x](y)\n#![evil] \u{202e}</p>";
    const NAMES: [&str; 15] = [
        "",
        "F",
        "a b",
        "a-b",
        "a_b",
        "call",
        "clone",
        "crate",
        "x\") }\nmod evil {",
        "new",
        "search",
        "self",
        "type",
        "x`",
        "é",
    ];
    let parameter = json!({"doc": EVIL, "annotation": "`evil`\n", "default": "\"*/"});
    let mut parameters = Map::new();
    for name in ["arg", "ids", "kwarg", "odoo", "send", "type", "x)"] {
        parameters.insert(name.to_owned(), json!({"doc": EVIL, "annotation": "int"}));
        parameters.insert(format!("{name} "), parameter.clone());
    }
    parameters.insert("more".to_owned(), json!({"kind": "VAR_POSITIONAL"}));
    parameters.insert("rest".to_owned(), json!({"kind": "VAR_KEYWORD"}));
    let method = json!({
        "model": "x.methods", "signature": "()", "doc": EVIL, "parameters": parameters,
        "return": {"annotation": "`evil`", "doc": EVIL},
    });
    let methods = NAMES.map(|name| (name.to_owned(), method.clone()));
    model_of_methods(Map::from_iter(methods))
}

/// A model, `x.methods`, that is documented to have these methods.
pub(crate) fn model_of_methods(methods: Map<String, Value>) -> Schema {
    let fields = json!({"id": {"type": "integer", "store": true}});
    let answers = [("x.methods".to_owned(), fields)];
    let (schema, _) = Schema::from_fields_get(answers, &[], Meta::default());
    let document = json!({"methods": methods});
    with_methods(schema, "x.methods", document.to_string().as_bytes())
}

fn with_methods(mut schema: Schema, model: &str, document: &[u8]) -> Schema {
    let mut model = schema.model(model).expect("a model").clone();
    model.read_methods(document).expect("a document");
    schema.insert(model);
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
