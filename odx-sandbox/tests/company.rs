//! The embedded company behaves like the Odoo it is a picture of.

mod support;

use odx_sandbox::{LIMITED_KEY, LIMITED_USER, company};
use serde_json::{Value, json};
use support::Client;

#[tokio::test]
async fn every_field_of_every_record_can_be_read() {
    let client = Client::start().await;
    let models = client
        .result("search_read", "ir.model", json!([[], ["model"]]))
        .await;
    for model in models.as_array().unwrap() {
        let model = model["model"].as_str().unwrap();
        let fields = client.result("fields_get", model, json!([])).await;
        let rows = client.result("search_read", model, json!([[]])).await;
        for row in rows.as_array().unwrap() {
            let fields = fields.as_object().unwrap();
            assert_eq!(row.as_object().unwrap().len(), fields.len(), "{model}");
            for (name, field) in fields {
                check_shape(model, name, field, &row[name]);
            }
        }
    }
}

fn check_shape(model: &str, name: &str, field: &Value, value: &Value) {
    let unset = *value == json!(false);
    let fits = match field["type"].as_str().unwrap() {
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "float" | "monetary" => value.is_f64(),
        "many2one" => unset || value[0].is_i64(),
        "one2many" | "many2many" | "properties" | "properties_definition" => value.is_array(),
        "selection" => {
            let keys = field["selection"].as_array().unwrap();
            unset || keys.iter().any(|pair| pair[0] == *value)
        }
        "json" => true,
        _ => unset || value.is_string() || value.is_i64(),
    };
    assert!(fits, "{model}.{name}: {value}");
    let required = field["required"] == json!(true) && field["store"] == json!(true);
    let x2many = value.is_array() && field["type"] != "many2one";
    assert!(
        !required || x2many || !unset || value.is_boolean() && field["type"] == "boolean",
        "{model}.{name} is required"
    );
}

#[tokio::test]
async fn an_order_is_named_priced_and_confirmed() {
    let client = Client::start().await;
    let values = json!({"partner_id": 5, "order_line": [
        [0, 0, {"product_id": 1, "product_uom_qty": 2.0, "tax_ids": [1]}],
        [0, 0, {"product_id": 21, "discount": 50.0}],
    ]});
    let id = client.result("create", "sale.order", json!([values])).await;
    let fields = json!([
        "name",
        "state",
        "partner_invoice_id",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "order_line"
    ]);
    let rows = client
        .result("read", "sale.order", json!([[id], fields]))
        .await;
    let order = &rows[0];
    assert_eq!(order["name"], "S00061");
    assert_eq!(order["state"], "draft");
    assert_eq!(order["partner_invoice_id"][0], 5);
    assert_eq!(order["amount_untaxed"], 292.5);
    assert_eq!(order["amount_tax"], 54.18);
    assert_eq!(order["amount_total"], 346.68);
    let lines = client
        .result(
            "read",
            "sale.order.line",
            json!([order["order_line"], ["name", "price_unit"]]),
        )
        .await;
    assert_eq!(lines[0]["name"], "[CH-001] Oak Chair");
    assert_eq!(lines[1]["price_unit"], 69.0);
    let confirmed = client
        .call_method("sale.order", "action_confirm", json!([[id]]))
        .await;
    assert_eq!(confirmed["result"], true);
    let again = client
        .call_method("sale.order", "action_confirm", json!([[id]]))
        .await;
    assert_eq!(again["error"]["data"]["name"], "odoo.exceptions.UserError");
    client
        .result("unlink", "sale.order.line", json!([[lines[0]["id"]]]))
        .await;
    let rows = client
        .result(
            "read",
            "sale.order",
            json!([[id], ["amount_untaxed", "state"]]),
        )
        .await;
    assert_eq!(
        rows,
        json!([{"id": id, "amount_untaxed": 34.5, "state": "sale"}])
    );
}

#[tokio::test]
async fn a_method_may_return_an_action() {
    let client = Client::start().await;
    let envelope = client
        .call_method("account.move", "action_register_payment", json!([[1]]))
        .await;
    assert_eq!(envelope["result"]["res_model"], "account.payment.register");
}

#[tokio::test]
async fn a_product_and_its_template_come_together() {
    let client = Client::start().await;
    let product = client
        .result(
            "create",
            "product.product",
            json!([{"name": "Stool", "default_code": "CH-009"}]),
        )
        .await;
    let rows = client
        .result(
            "read",
            "product.product",
            json!([[product], ["display_name", "product_tmpl_id", "list_price"]]),
        )
        .await;
    assert_eq!(rows[0]["display_name"], "[CH-009] Stool");
    assert_eq!(rows[0]["list_price"], 1.0);
    let template = &rows[0]["product_tmpl_id"][0];
    let variants = client
        .result(
            "read",
            "product.template",
            json!([[template], ["product_variant_ids"]]),
        )
        .await;
    assert_eq!(variants[0]["product_variant_ids"], json!([product]));
    let template = client
        .result("create", "product.template", json!([{"name": "Shelf"}]))
        .await;
    let variants = client
        .result(
            "search",
            "product.product",
            json!([[["product_tmpl_id", "=", template]]]),
        )
        .await;
    assert_eq!(variants.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_contact_is_named_after_its_company() {
    let client = Client::start().await;
    let found = client
        .call_method("res.partner", "name_search", json!(["lotte"]))
        .await;
    assert_eq!(found["result"][0][1], "Atelier Verhaegen, Lotte Verhaegen");
    client
        .result("write", "res.partner", json!([[5], {"name": "Atelier V"}]))
        .await;
    let found = client
        .result(
            "search_read",
            "res.partner",
            json!([[["name", "=", "Lotte Verhaegen"]], ["display_name"]]),
        )
        .await;
    assert_eq!(found[0]["display_name"], "Atelier V, Lotte Verhaegen");
}

#[tokio::test]
async fn a_category_is_named_after_its_parents_and_renamed_with_them() {
    let client = Client::start().await;
    for (model, parent) in [("product.category", 2), ("hr.department", 3)] {
        let values = json!({"name": "New", "parent_id": parent});
        let id = client.result("create", model, json!([values])).await;
        let names = async || {
            let fields = json!([[id, parent], ["complete_name", "display_name"]]);
            let rows = client.result("read", model, fields).await;
            let name = |row: usize, field: &str| rows[row][field].as_str().unwrap().to_owned();
            assert_eq!(name(0, "complete_name"), name(0, "display_name"), "{model}");
            [name(0, "complete_name"), name(1, "complete_name")]
        };
        let [new, above] = names().await;
        assert_eq!(new, format!("{above} / New"));
        let values = json!([[parent], {"name": "Renamed", "parent_id": false}]);
        client.result("write", model, values).await;
        assert_eq!(names().await, ["Renamed / New", "Renamed"], "{model}");
    }
}

#[tokio::test]
async fn the_sales_assistant_discovers_models_the_other_way() {
    let database = company().unwrap().deny("hr.employee", LIMITED_USER);
    let mut client = Client::with(database).await;
    client.instance["user_id"] = json!(LIMITED_USER);
    client.instance["api_key"] = json!(LIMITED_KEY);
    let error = client
        .error("search_read", "ir.model", json!([[], ["model"]]))
        .await;
    assert_eq!(error["data"]["name"], "odoo.exceptions.AccessError");
    let models = client
        .call_method("ir.model", "get_available_models", json!([]))
        .await;
    let names: Vec<&Value> = models["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| &model["model"])
        .collect();
    assert!(names.contains(&&json!("sale.order")), "{names:?}");
    assert!(!names.contains(&&json!("hr.employee")) && !names.contains(&&json!("ir.model")));
    let error = client.error("search", "hr.employee", json!([[]])).await;
    assert_eq!(error["data"]["name"], "odoo.exceptions.AccessError");
}

#[tokio::test]
async fn external_ids_lead_to_the_companys_records() {
    let client = Client::start().await;
    for (module, name, expected) in [
        ("base", "main_company", json!(["res.company", 1])),
        ("base", "be", json!(["res.country", 1])),
        ("uom", "product_uom_unit", json!(["uom.uom", 1])),
    ] {
        let found = client
            .call_method(
                "ir.model.data",
                "check_object_reference",
                json!([module, name]),
            )
            .await;
        assert_eq!(found["result"], expected, "{module}.{name}");
    }
}
