//! How the methods are read that Odoo documents.

use odx_codegen::schema::{Method, Model, ParameterKind};
use serde_json::json;

/// Recorded from Odoo 19.0, cut down to a method of every shape.
const DOCUMENT: &[u8] = include_bytes!("../data/doc-bearer-sale.order.json");

fn order() -> Model {
    let mut model = Model::default();
    model.read_methods(DOCUMENT).expect("a document");
    model
}

fn parameters(method: &Method) -> Vec<(&str, bool)> {
    let parameters = method.parameters.iter();
    parameters
        .map(|parameter| (parameter.name.as_str(), parameter.optional))
        .collect()
}

#[test]
fn a_snapshot_gives_methods_back_and_is_as_it_was_without_any() {
    let order = order();
    let json = odx_snapshot::to_json(&order);
    let read = serde_json::from_slice::<Model>(json.as_bytes()).expect("a model");
    assert_eq!(read, order);
    let json = odx_snapshot::to_json(&Model::default());
    assert_eq!(json, "{\n  \"model\": \"\",\n  \"fields\": {}\n}\n");
}

#[test]
fn methods_of_every_model_are_left_out() {
    let order = order();
    let names: Vec<&str> = order.methods.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "action_confirm",
            "action_view_invoice",
            "activity_feedback",
            "create_document_from_attachment",
            "find_or_create_record",
            "message_mail_with_source",
            "message_subscribe",
        ]
    );
}

#[test]
fn a_documented_method_keeps_its_words_as_plain_text() {
    let order = order();
    let confirm = &order.methods["action_confirm"];
    assert_eq!(
        confirm.doc.as_deref(),
        Some("Confirm the given quotation(s) and set their confirmation date.")
    );
    assert_eq!(
        (confirm.returns.as_deref(), confirm.returns_doc.as_deref()),
        (Some("bool"), Some("True"))
    );
    assert!(!confirm.api_model && confirm.parameters.is_empty());
}

#[test]
fn parameters_keep_their_order_and_tell_which_may_be_left_out() {
    let order = order();
    assert_eq!(
        parameters(&order.methods["activity_feedback"]),
        [
            ("act_type_xmlids", false),
            ("user_id", true),
            ("feedback", true),
            ("attachment_ids", true),
            ("only_automated", true)
        ]
    );
    let find = &order.methods["find_or_create_record"];
    assert!(find.api_model);
    assert_eq!(parameters(find), [("model_name", false), ("name", false)]);
}

#[test]
fn a_default_is_kept_unless_it_is_none() {
    let order = order();
    let default = |method: &str, index: usize| {
        let parameter = &order.methods[method].parameters[index];
        (parameter.name.as_str(), parameter.default.clone())
    };
    assert_eq!(
        default("action_view_invoice", 0),
        ("invoices", Some(json!(false)))
    );
    assert_eq!(default("activity_feedback", 1), ("user_id", None));
}

#[test]
fn a_default_that_is_no_json_still_makes_a_parameter_optional() {
    let mut model = Model::default();
    let document = json!({"methods": {"m": {
        "model": "x", "signature": "(a, b=<object object at 0x7f>)", "parameters": {"a": {}, "b": {}}
    }}});
    model
        .read_methods(document.to_string().as_bytes())
        .expect("a document");
    assert_eq!(parameters(&model.methods["m"]), [("a", false), ("b", true)]);
}

#[test]
fn further_names_have_a_kind_of_their_own() {
    let order = order();
    let last = order.methods["message_mail_with_source"].parameters.last();
    assert_eq!(last.expect("a parameter").kind, ParameterKind::VarKeyword);
}

#[test]
fn what_is_no_document_is_an_error() {
    assert!(Model::default().read_methods(b"{}").is_err());
    assert!(Model::default().read_methods(b"<html>").is_err());
}
