//! What the manifests say.

use serde_json::{Value, json};

use crate::support::{PUBLISHED, is_member, packages, published};

/// The addresses that manifests may have: those that exist. There is none yet.
const ADDRESSES: [&str; 0] = [];

fn texts<'a>(package: &'a Value, key: &str) -> Vec<&'a str> {
    let texts = package[key].as_array().expect("a list");
    texts.iter().filter_map(Value::as_str).collect()
}

#[test]
fn these_crates_are_published_and_no_others() {
    let mut publishable: Vec<&str> = packages()
        .iter()
        .filter(|package| is_member(package) && package["publish"].is_null())
        .filter_map(|package| package["name"].as_str())
        .collect();
    publishable.sort_unstable();
    let mut published = PUBLISHED;
    published.sort_unstable();
    assert_eq!(publishable, published);
}

/// A registry's own limits: five keywords of 20 characters, five categories.
#[test]
fn a_published_crate_says_what_a_registry_shows() {
    for (name, package) in published() {
        let description = package["description"].as_str().expect("a description");
        assert!((20..250).contains(&description.len()), "{name}");
        assert_eq!(package["license"], "MIT OR Apache-2.0", "{name}");
        assert_eq!(package["readme"], "README.md", "{name}");
        let (keywords, categories) = (texts(package, "keywords"), texts(package, "categories"));
        assert!((1..=5).contains(&keywords.len()), "{name}: {keywords:?}");
        assert!(
            keywords.iter().all(|word| word.len() <= 20),
            "{name}: {keywords:?}"
        );
        assert!(
            (1..=5).contains(&categories.len()),
            "{name}: {categories:?}"
        );
        let docs = &package["metadata"]["docs"]["rs"];
        assert_eq!(docs["all-features"], json!(true), "{name}");
        assert!(docs["targets"].is_array(), "{name}");
    }
}

#[test]
fn no_manifest_has_an_address_that_does_not_exist() {
    for package in packages().iter().filter(|package| is_member(package)) {
        for key in ["repository", "homepage", "documentation"] {
            let address = package[key].as_str();
            assert!(
                address.is_none_or(|address| ADDRESSES.contains(&address)),
                "{}: {key} = {address:?}; is it there? then add it to ADDRESSES",
                package["name"]
            );
        }
    }
}

/// `1.89` or `1.89.0`, to compare.
fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text
        .split('.')
        .map(|part| part.parse().expect("a number"))
        .collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_needs_a_newer_rust_than_odx_says() {
    let mut stated = Vec::new();
    for (name, package) in published() {
        let text = package["rust_version"].as_str();
        stated.push(version(
            text.unwrap_or_else(|| panic!("{name} states no rust-version")),
        ));
    }
    stated.dedup();
    assert_eq!(stated.len(), 1, "the crates state one version of Rust");
    for package in packages() {
        let Some(needs) = package["rust_version"].as_str() else {
            continue;
        };
        assert!(
            version(needs) <= stated[0],
            "{} {} needs Rust {needs}",
            package["name"],
            package["version"]
        );
    }
}

/// What a build script pays for: no HTTP stack, no command line.
#[test]
fn the_generator_brings_neither_a_client_nor_a_command_line() {
    let (_, codegen) = published()
        .find(|(name, _)| *name == "odx-codegen")
        .expect("the generator");
    let defaults = &codegen["features"]["default"];
    assert!(
        defaults.is_null() || defaults == &json!([]),
        "odx-codegen has default features: {defaults}"
    );
    let always = codegen["dependencies"].as_array().expect("dependencies");
    let always: Vec<&str> = always
        .iter()
        .filter(|dependency| dependency["kind"].is_null() && dependency["optional"] == json!(false))
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    for no in ["clap", "odx-runtime", "odx-sandbox", "reqwest", "tokio"] {
        assert!(!always.contains(&no), "odx-codegen always has {no}");
    }
    assert!(always.contains(&"quote"));
}
