//! A schema is what a server says. Nothing of it leaves the output folder, its token or its comment.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use crate::support::{file, generated, hostile, hostile_methods};
use odx_codegen::schema::Meta;
use odx_codegen::{Schema, source};
use quote::ToTokens;
use serde_json::{Map, Value, json};
use syn::{Item, Meta as Attribute};

#[test]
fn every_file_is_below_the_output_folder_and_has_a_name_of_its_own() {
    let output = generated(&hostile(), "");
    let mut names = BTreeSet::new();
    for file in &output.files {
        let components: Vec<Component> = file.path.components().collect();
        assert!(
            components
                .iter()
                .all(|component| matches!(component, Component::Normal(_))),
            "{:?}",
            file.path
        );
        let name = file
            .path
            .file_name()
            .expect("a name")
            .to_str()
            .expect("UTF-8");
        assert!(name.len() <= 120 && name.is_ascii(), "{name}");
        assert!(names.insert(name.to_ascii_lowercase()), "{name} twice");
    }
}

#[test]
fn the_snapshot_of_a_hostile_schema_stays_in_its_folder_and_is_read_back() {
    let outer = tempfile::tempdir().expect("a folder");
    let dir = outer.path().join("a/b/c/d");
    let schema = hostile();
    source::write_snapshot(&schema, &dir).expect("written");
    assert_eq!(source::read_snapshot(&dir).expect("read"), schema);
    assert_eq!(
        std::fs::read_dir(outer.path()).expect("a folder").count(),
        1
    );
    assert_eq!(
        std::fs::read_dir(&dir).expect("a folder").count(),
        schema.models().len() + 1
    );
}

/// Every item of every file is one that odx writes.
#[test]
fn no_text_becomes_code() {
    for generated in &generated(&hostile(), "").files {
        if generated.path == Path::new("Cargo.toml") {
            continue;
        }
        let parsed = syn::parse_file(&generated.content)
            .unwrap_or_else(|error| panic!("{:?}: {error}", generated.path));
        for attribute in &parsed.attrs {
            assert!(is_ours(&attribute.meta), "{:?}", generated.path);
        }
        for item in parsed.items {
            let attributes = match &item {
                Item::Use(item) => &item.attrs,
                Item::Struct(item) => &item.attrs,
                Item::Static(item) => &item.attrs,
                Item::Macro(item) => &item.attrs,
                Item::Fn(item) if item.sig.ident == "related" => &item.attrs,
                Item::Mod(item) if item.content.is_none() || is_prelude(item) => &item.attrs,
                Item::Type(item) => &item.attrs,
                Item::Trait(item) if generated.path.ends_with("not_generated.rs") => &item.attrs,
                Item::Impl(item) if generated.path.ends_with("not_generated.rs") => &item.attrs,
                _ => panic!("{:?} has an item that odx does not write", generated.path),
            };
            assert!(
                attributes.iter().all(|attribute| is_ours(&attribute.meta)),
                "{:?}",
                generated.path
            );
        }
    }
}

/// The prelude, which hands on what is named elsewhere.
fn is_prelude(module: &syn::ItemMod) -> bool {
    let items = module.content.iter().flat_map(|(_, items)| items);
    let texts: Vec<_> = items
        .map(|item| item.to_token_stream().to_string())
        .collect();
    module.ident == "prelude"
        && texts
            == [
                "pub use super :: not_generated :: * ;",
                "pub use super :: * ;",
                "pub use odx_runtime :: prelude :: * ;",
            ]
}

/// The functions of methods, and the calls they make, are all there is beside a model.
#[test]
fn no_text_of_a_method_becomes_code() {
    let output = generated(&hostile_methods(), "[methods]\ninclude = [\"*.*\"]\n");
    let text = file(&output, "src/x_methods.rs");
    let parsed = syn::parse_file(text).expect("Rust");
    let mut functions = BTreeSet::new();
    for item in parsed.items {
        let attributes = match item {
            Item::Impl(item) => {
                let of_model = item.generics.params.is_empty();
                for item in item.items {
                    let syn::ImplItem::Fn(function) = item else {
                        panic!("an item that odx does not write");
                    };
                    assert!(
                        function
                            .attrs
                            .iter()
                            .all(|attribute| is_ours(&attribute.meta))
                    );
                    if of_model {
                        functions.insert(function.sig.ident.to_string());
                    }
                }
                item.attrs
            }
            Item::Use(item) => item.attrs,
            Item::Struct(item) => item.attrs,
            Item::Static(item) => item.attrs,
            Item::Macro(item) => item.attrs,
            _ => panic!("an item that odx does not write"),
        };
        assert!(attributes.iter().all(|attribute| is_ours(&attribute.meta)));
    }
    assert_eq!(functions.len(), 15, "{functions:?}");
}

fn is_ours(attribute: &Attribute) -> bool {
    let path: Vec<String> = attribute
        .path()
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    [
        "doc",
        "allow",
        "derive",
        "must_use",
        "rustfmt::skip",
        "diagnostic::on_unimplemented",
    ]
    .contains(&path.join("::").as_str())
}

#[test]
fn documentation_is_one_line_without_code_links_or_html() {
    let output = generated(&hostile(), "");
    let model = file(&output, "src/x_hostile.rs");
    for line in model
        .lines()
        .filter(|line| line.trim_start().starts_with("///"))
    {
        assert!(
            !line.contains("```") && !line.contains("<script>") && !line.contains("://"),
            "{line}"
        );
        assert!(
            !line.contains(['\u{202e}', '\u{200b}', '\u{2028}', '\r', '\0']),
            "{line:?}"
        );
        assert!(
            !line
                .trim_start()
                .trim_start_matches("///")
                .starts_with("  "),
            "{line}"
        );
    }
}

#[test]
fn three_hundred_fields_that_collide_are_told_apart() {
    let symbols = ['-', '~', '.', '/', '+', '!', '?'];
    let mut fields = json!({"id": {"type": "integer"}, "a_a_a_a": {"type": "char"}});
    let entries = fields.as_object_mut().expect("an object");
    for number in 0..300_usize {
        let symbol = |place: u32| symbols[number / 7_usize.pow(place) % 7];
        entries.insert(
            format!("a{}a{}a{}a", symbol(0), symbol(1), symbol(2)),
            json!({"type": "char"}),
        );
    }
    let output = generated(&schema(json!({"m": fields})), "");
    let parsed = syn::parse_file(file(&output, "src/m.rs")).expect("Rust");
    let handles = parsed.items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == "MFields" => Some(&item.fields),
        _ => None,
    });
    let names: BTreeSet<String> = handles
        .expect("handles")
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .map(ToString::to_string)
        .collect();
    assert_eq!(names.len(), 302);
    assert!(names.contains("a_a_a_a") && names.contains("a_a_a_a_301"));
}

#[test]
fn fields_beyond_what_a_table_holds_are_left_out_and_counted() {
    let fields: Map<String, Value> = (0..(1 << 16) + 2)
        .map(|number| {
            (
                format!("f{number:05}"),
                json!({"type": "char", "store": false}),
            )
        })
        .collect();
    let output = generated(&schema(json!({"m": fields})), "");
    let model = file(&output, "src/m.rs");
    assert!(model.contains("pub f65534:") && !model.contains("f65535"));
    let warnings: Vec<String> = output.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        warnings.contains(&"warning: `m`: has too many fields; 3 of them were left out".to_owned()),
        "{warnings:?}"
    );
}

#[test]
fn attributes_of_any_shape_cost_no_model() {
    let values = [
        json!(null),
        json!(false),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("x"),
        json!([]),
        json!([1, "x", null]),
        json!({"a": []}),
    ];
    let attributes = [
        "type",
        "string",
        "help",
        "relation",
        "relation_field",
        "selection",
        "required",
        "readonly",
        "store",
        "searchable",
        "sortable",
        "groupable",
        "size",
        "digits",
        "currency_field",
        "translate",
        "company_dependent",
        "related",
        "aggregator",
        "group_operator",
        "model_field",
        "definition_record",
        "definition_record_field",
        "manual",
        "depends",
        "default",
        "attachment",
        "domain",
    ];
    for field_type in ["char", "many2one", "selection", "float", "properties"] {
        for attribute in attributes {
            for value in &values {
                let mut field = json!({"type": field_type, "relation": "m", "store": true});
                field[attribute] = value.clone();
                let schema = schema(json!({"m": {"id": {"type": "integer"}, "f": field}}));
                assert_eq!(schema.models().len(), 1);
                let output = generated(&schema, "");
                syn::parse_file(file(&output, "src/m.rs"))
                    .unwrap_or_else(|error| panic!("{attribute} {value}: {error}"));
            }
        }
    }
}

fn schema(models: Value) -> Schema {
    let Value::Object(models) = models else {
        panic!("a schema is an object");
    };
    Schema::from_fields_get(models, &[], Meta::default()).0
}
