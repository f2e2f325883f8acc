//! Names that Odoo and the runtime both have.

use serde_json::{Map, json};

use crate::support::{file, generated, model_of_methods};

/// A function of a model's own would hide the trait's.
#[test]
fn a_method_gives_way_to_every_function_that_a_model_has() {
    let base = include_str!("../../../odx-runtime/src/model/base.rs");
    let (_, projected) = include_str!("../../../odx-runtime/src/query/fetch_as.rs")
        .split_once("pub trait ReadAs")
        .expect("the trait of what a model reads into projections");
    let functions: Vec<&str> = [base, projected]
        .iter()
        .flat_map(|text| text.split("    fn ").skip(1))
        .filter_map(|function| function.split(['<', '(']).next())
        .collect();
    assert!(functions.contains(&"read_as") && functions.contains(&"search"));

    let method = json!({"model": "x.methods", "signature": "()", "parameters": {}});
    let methods = functions
        .iter()
        .map(|name| ((*name).to_owned(), method.clone()));
    let schema = model_of_methods(Map::from_iter(methods));
    let output = generated(&schema, "[methods]\ninclude = [\"x.methods.*\"]");
    let code = file(&output, "src/x_methods.rs");
    for function in functions {
        assert!(code.contains(&format!("pub fn {function}_<")), "{function}");
        assert!(!code.contains(&format!("pub fn {function}<")), "{function}");
    }
}
