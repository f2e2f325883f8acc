use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::schema::Meta;

fn made(models: Value) -> Output {
    let Value::Object(models) = models else {
        panic!("a schema is an object");
    };
    let (schema, _) = Schema::from_fields_get(models, &[], Meta::default());
    pages(&schema, &Config::default()).expect("pages")
}

fn text<'a>(output: &'a Output, path: &str) -> &'a str {
    let mut files = output.files.iter();
    let file = files.find(|file| file.path == Path::new(path));
    &file.unwrap_or_else(|| panic!("no file {path}")).content
}

#[test]
fn what_a_server_says_is_text() {
    const EVIL: &str = "\"><script>alert(1)</script>&amp;";
    const SHOWN: &str = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;";
    let output = made(json!({"m": {
        "a": {"type": "char", "string": EVIL, "help": EVIL, "related": EVIL},
        "s": {"type": "selection", "string": EVIL, "selection": [[EVIL, EVIL]]},
        "r": {"type": "many2one", "string": EVIL, "relation": EVIL},
        EVIL: {"type": EVIL, "string": "Text\u{202e}txet"},
    }}));
    let page = text(&output, "models/m.html");
    assert!(page.matches(SHOWN).count() >= 9, "{page}");
    assert!(
        !page.contains("<script>") && page.contains("Text\u{fffd}txet"),
        "{page}"
    );
    // A script of its own is JSON, and no page.
    let search = text(&output, "assets/search.js");
    let data = search.lines().nth(1).expect("the data");
    let data = data
        .strip_prefix("window.odxModels = ")
        .expect("an assignment");
    let data: Value = serde_json::from_str(data.trim_end_matches(';')).expect("JSON");
    let fields = data[0][3].as_array().expect("the fields");
    assert!(
        fields.contains(&json!(["a", EVIL, "char", "field-a"])),
        "{data}"
    );
}

#[test]
fn a_relation_links_to_a_page_that_is_there() {
    let output = made(json!({
        "a": {"b_id": {"type": "many2one", "relation": "b"}, "c_id": {"type": "many2one", "relation": "gone"}},
        "b": {"a_ids": {"type": "one2many", "relation": "a", "relation_field": "b_id"}},
    }));
    for file in &output.files {
        let folder = file.path.parent().expect("a folder");
        let links = file.content.split("href=\"").skip(1);
        for link in links.filter_map(|rest| rest.split('\"').next()) {
            let (page, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match page {
                "" => file.path.clone(),
                page => match page.strip_prefix("../") {
                    Some(page) => page.into(),
                    None => folder.join(page),
                },
            };
            let target = text(&output, path.to_str().expect("UTF-8"));
            let is_there = anchor.is_empty() || target.contains(&format!("id=\"{anchor}\""));
            assert!(is_there, "{} links to {link}", file.path.display());
        }
    }
    assert!(text(&output, "models/a.html").contains("<a class=\"relation\" href=\"b.html\">"));
    assert!(text(&output, "models/a.html").contains("title=\"this model is not in these pages\""));
}

#[test]
fn pages_are_replaced_whole_and_what_is_not_odxs_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let field = || json!({"a": {"type": "char"}});
    let first = made(json!({"gone": field(), "m": field()}));
    first.write(dir.path()).expect("written");
    assert!(first.write(dir.path()).expect("written").is_unchanged());
    std::fs::write(dir.path().join("models/mine.html"), "<!doctype html>mine").expect("a file");
    made(json!({"m": field()}))
        .write(dir.path())
        .expect("written");
    assert!(!dir.path().join("models/gone.html").exists());
    assert!(dir.path().join("models/mine.html").exists());

    std::fs::write(dir.path().join(PAGES_INDEX), "<!doctype html>mine").expect("a file");
    let error = first.write(dir.path()).expect_err("not ours");
    assert!(
        error
            .to_string()
            .contains("index.html was not written by odx"),
        "{error}"
    );
}

#[test]
fn no_page_names_an_address() {
    let output = made(json!({"m": {"a": {"type": "char", "help": "see https://example.com"}}}));
    for file in &output.files {
        let text = file.content.replace("https://example.com", "");
        assert!(
            !text.contains("://") && !text.contains("src=\"//"),
            "{}",
            file.path.display()
        );
    }
}
