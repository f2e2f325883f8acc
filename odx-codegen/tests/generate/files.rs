//! Whole generated files, as they are written.

use crate::support::{documented_order, file, generated, hostile, odoo_19};

const SOME_MODELS: &str = r#"
    [models]
    include = ["res.country", "res.country.state", "res.lang", "ir.model", "ir.model.fields", "mail.guest"]
"#;

#[test]
fn a_model_of_odoo_19() {
    let output = generated(&odoo_19(), SOME_MODELS);
    insta::assert_snapshot!("res_country", file(&output, "src/res_country.rs"));
    insta::assert_snapshot!("res_lang", file(&output, "src/res_lang.rs"));
}

#[test]
fn a_model_whose_selection_is_text() {
    let output = generated(&odoo_19(), SOME_MODELS);
    insta::assert_snapshot!("mail_guest", file(&output, "src/mail_guest.rs"));
}

#[test]
fn the_files_of_a_crate() {
    let output = generated(&odoo_19(), SOME_MODELS);
    insta::assert_snapshot!("crate_manifest", file(&output, "Cargo.toml"));
    insta::assert_snapshot!("crate_index", file(&output, "src/lib.rs"));
    insta::assert_snapshot!("not_generated", file(&output, "src/not_generated.rs"));
}

#[test]
fn a_crate_depends_on_the_runtime_by_the_name_that_it_has_in_the_code() {
    const RENAMED: &str =
        "[models]\ninclude = [\"res.lang\"]\n[output]\nruntime-crate = \"erp-runtime\"\n";
    let output = generated(&odoo_19(), RENAMED);
    let manifest = file(&output, "Cargo.toml");
    assert!(
        manifest.contains("erp-runtime = { package = \"odx-runtime\", version = "),
        "{manifest}"
    );
    for path in ["src/lib.rs", "src/res_lang.rs", "src/not_generated.rs"] {
        let code = file(&output, path);
        assert!(code.contains("use ::erp_runtime as odx_runtime;"), "{code}");
    }
}

#[test]
fn the_index_of_a_module() {
    let output = generated(
        &odoo_19(),
        "[models]\ninclude = [\"res.country\"]\n[output]\nmode = \"module\"\n",
    );
    insta::assert_snapshot!("module_index", file(&output, "mod.rs"));
}

#[test]
fn the_types_that_the_configuration_chooses() {
    let output = generated(
        &odoo_19(),
        r#"
        [models]
        include = ["res.currency.rate"]
        [types]
        date-time = "jiff"
        decimal = "rust_decimal"
        partial-eq = true
        serde = true
        "#,
    );
    insta::assert_snapshot!("chosen_types", file(&output, "src/res_currency_rate.rs"));
    insta::assert_snapshot!("chosen_types_manifest", file(&output, "Cargo.toml"));
}

#[test]
fn hostile_names_labels_and_keys() {
    let output = generated(&hostile(), "");
    insta::assert_snapshot!("hostile_model", file(&output, "src/x_hostile.rs"));
    insta::assert_snapshot!("hostile_index", file(&output, "src/lib.rs"));
    insta::assert_snapshot!(
        "hostile_not_generated",
        file(&output, "src/not_generated.rs")
    );
    let diagnostics: Vec<String> = output.diagnostics.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("hostile_diagnostics", diagnostics.join("\n"));
}

#[test]
fn the_methods_of_a_model() {
    let output = generated(
        &documented_order(),
        r#"
        [models]
        include = ["sale.order", "sale.order.line", "mail.message"]
        [methods]
        include = ["sale.order.*"]
        exclude = ["sale.order.message_mail_*"]
        [[method]]
        name = "sale.order.create_document_from_attachment"
        returns = "action"
        [[method]]
        name = "sale.order.line.search"
        on = "model"
        parameters = [
            { name = "type", type = "text" },
            { name = "order", type = "id of sale.order", optional = true, doc = "Where to look." },
            { name = "lines", type = "ids of sale.order.line" },
        ]
        returns = "ids of sale.order"
        doc = "Looks for lines"
        [[method]]
        name = "sale.order.line.message_post"
        "#,
    );
    let methods = |path| {
        let file = file(&output, path);
        let start = file.find("impl SaleOrder").expect("methods");
        file[start..].to_owned()
    };
    insta::assert_snapshot!("methods", methods("src/sale_order.rs"));
    insta::assert_snapshot!("declared_methods", methods("src/sale_order_line.rs"));
}
