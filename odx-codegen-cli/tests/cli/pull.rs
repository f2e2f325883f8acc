use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use odx_sandbox::{Fault, OdooError};
use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

fn json_of(place: &Workplace, file: &str) -> Value {
    serde_json::from_str(&place.read(file)).expect("JSON")
}

fn access_error() -> Fault {
    Fault::Odoo(OdooError::new(
        "odoo.exceptions.AccessError",
        "You are not allowed to access this.",
    ))
}

#[test]
fn a_snapshot_holds_a_file_a_model_and_where_it_was_read() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull"])
        .succeeds()
        .says("connected to Odoo 19.0 as nora")
        .says("by ir.model")
        .says("next: odx generate");
    let meta = json_of(&place, "odoo-schema/_meta.json");
    assert_eq!(
        (&meta["odoo_version"], &meta["lang"], &meta["user"]),
        (&json!("19.0"), &json!("en_US"), &json!("nora"))
    );
    assert!(
        meta["modules"]
            .as_array()
            .expect("a list")
            .contains(&json!("sale"))
    );
    let order = json_of(&place, "odoo-schema/sale.order.json");
    assert_eq!(order["name"], "Sales Order");
    assert_eq!(order["fields"]["partner_id"]["relation"], "res.partner");
}

#[test]
fn the_same_server_gives_the_same_bytes() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let first = place.files("odoo-schema");
    place
        .odx(["pull", "--concurrency", "1"])
        .succeeds()
        .says("(unchanged)");
    assert_eq!(place.files("odoo-schema"), first);
}

#[test]
fn labels_are_asked_for_in_english_whatever_the_user_speaks_and_in_another_language_on_request() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "uom.uom"]).succeeds();
    place
        .odx(["pull", "--models", "uom.uom", "--lang", "fr_BE"])
        .succeeds();
    let calls = sandbox.server.calls();
    let languages: Vec<&Value> = calls
        .iter()
        .filter(|call| call.model == "uom.uom" && call.method == "fields_get")
        .map(|call| &call.keyword["context"]["lang"])
        .collect();
    assert_eq!(languages, ["en_US", "fr_BE"]);
}

#[test]
fn required_fields_tell_whether_odoo_has_a_default_for_them() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "sale.order"]).succeeds();
    let order = json_of(&place, "odoo-schema/sale.order.json");
    assert_eq!(order["fields"]["company_id"]["default"], true);
    assert_eq!(order["fields"]["partner_id"]["default"], false);
    assert_eq!(
        order["fields"]["note"].get("default"),
        None,
        "it is not required"
    );
}

#[test]
fn a_model_that_cannot_tell_its_defaults_is_pulled_all_the_same() {
    let sandbox = Sandbox::start();
    sandbox
        .server
        .fail("", "default_get", access_error(), usize::MAX);
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "sale.order"]).succeeds();
    let order = json_of(&place, "odoo-schema/sale.order.json");
    assert_eq!(order["fields"]["company_id"].get("default"), None);
}

#[test]
fn globs_choose_the_models_and_flags_win_over_the_configuration() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.write(
        "odx.toml",
        "[models]\ninclude = [\"sale.*\"]\nexclude = [\"*.line\"]\n",
    );
    place.odx(["pull"]).succeeds();
    assert_eq!(
        place.names("odoo-schema"),
        ["_meta.json", "sale.order.json"]
    );
    place
        .odx(["pull", "--models", "sale.*", "res.bank", "--exclude", "x"])
        .succeeds();
    assert_eq!(
        place.names("odoo-schema"),
        [
            "_meta.json",
            "res.bank.json",
            "sale.order.json",
            "sale.order.line.json"
        ]
    );
}

#[test]
fn relations_are_followed_on_request_but_never_to_excluded_models() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx([
            "pull",
            "--models",
            "res.country.state",
            "--exclude",
            "res.users",
            "--follow",
        ])
        .succeeds();
    let names = place.names("odoo-schema");
    assert!(names.contains(&"res.country.json".to_owned()), "{names:?}");
    assert!(
        names.contains(&"res.currency.json".to_owned()),
        "through res.country: {names:?}"
    );
    assert!(!names.contains(&"res.users.json".to_owned()), "{names:?}");
}

#[test]
fn models_that_relations_led_to_are_generated_too() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.write(
        "odx.toml",
        "[source]\nfollow-relations = true\n[models]\ninclude = [\"res.country.state\"]\nexclude = [\"res.users\"]\n",
    );
    place.odx(["pull"]).succeeds();
    place.odx(["generate"]).succeeds();
    assert!(place.path("models/src/res_country.rs").exists());
    assert!(!place.path("models/src/res_users.rs").exists());
}

#[test]
fn a_user_who_may_not_read_ir_model_gets_the_models_that_odoo_offers() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    place.as_limited_user();
    place
        .odx(["pull"])
        .succeeds()
        .says("by ir.model.get_available_models")
        .says("this user may not read ir.model");
    assert_eq!(
        json_of(&place, "odoo-schema/sale.order.json")["name"],
        "Sales Order"
    );
}

#[test]
fn where_no_list_is_to_be_had_the_names_of_the_configuration_are_read() {
    let sandbox = Sandbox::start();
    sandbox
        .server
        .fail("ir.model", "search_read", access_error(), usize::MAX);
    sandbox.server.fail(
        "ir.model",
        "get_available_models",
        access_error(),
        usize::MAX,
    );
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull"])
        .fails()
        .says("may not list the models")
        .says("name them in [models] include");
    assert!(!place.path("odoo-schema").exists());
    place
        .odx(["pull", "--models", "res.partner", "res.country*"])
        .succeeds()
        .says("by the configuration")
        .says("only those that the configuration names");
    assert_eq!(
        place.names("odoo-schema"),
        ["_meta.json", "res.partner.json"]
    );
}

#[test]
fn a_list_that_fails_for_another_reason_does_not_shrink_the_snapshot() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let before = place.files("odoo-schema");
    sandbox.server.fail(
        "ir.model",
        "search_read",
        Fault::UpstreamTimeout,
        usize::MAX,
    );
    place
        .odx(["pull"])
        .fails()
        .says("Odoo did not answer the proxy in time");
    assert_eq!(place.files("odoo-schema"), before);
}

#[test]
fn a_model_that_fails_is_told_and_costs_nothing_else() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    sandbox
        .server
        .fail("res.bank", "fields_get", access_error(), usize::MAX);
    place
        .odx(["pull"])
        .succeeds()
        .says("warning: `res.bank` was not read: Odoo refused res.bank.fields_get")
        .says("next: odx generate");
    let names = place.names("odoo-schema");
    assert!(
        !names.contains(&"res.bank.json".to_owned())
            && names.contains(&"res.partner.json".to_owned()),
        "{names:?}"
    );
}

#[test]
fn a_model_that_fails_for_once_stays_in_the_snapshot() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let before = place.read("odoo-schema/res.bank.json");
    sandbox
        .server
        .fail("res.bank", "fields_get", access_error(), usize::MAX);
    place
        .odx(["pull"])
        .succeeds()
        .says("the snapshot keeps what it had of it")
        .says("(unchanged)");
    assert_eq!(place.read("odoo-schema/res.bank.json"), before);
}

#[test]
fn a_model_that_is_named_and_not_there_makes_the_pull_incomplete() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull", "--models", "res.parnter", "res.bank"])
        .fails()
        .says("`res.parnter` was not read: there is no such model in this Odoo; did you mean `res.partner`?");
    assert_eq!(place.names("odoo-schema"), ["_meta.json", "res.bank.json"]);
}

#[test]
fn globs_that_no_model_fits_write_nothing() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull", "--models", "nothing.*"])
        .fails()
        .says("is included by [models]: nothing.*");
    assert!(!place.path("odoo-schema").exists());
}

#[test]
fn a_connection_that_breaks_half_way_leaves_the_snapshot_as_it_was() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let before = place.files("odoo-schema");
    sandbox.server.fail(
        "stock.move",
        "fields_get",
        Fault::LicenceExpired,
        usize::MAX,
    );
    place
        .odx(["pull"])
        .fails()
        .says("the licence of the proxy has expired");
    assert_eq!(place.files("odoo-schema"), before);
}

#[test]
fn saved_answers_give_a_snapshot_without_a_server() {
    let place = Workplace::new();
    let answers = json!({
        "res.partner": {"name": {"type": "char", "string": "Name", "store": true}},
        "mail.thread": {"id": {"type": "integer"}},
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(answers.to_string().as_bytes())
        .expect("packed");
    std::fs::write(
        place.path("fields.json.gz"),
        packed.finish().expect("packed"),
    )
    .expect("a file");
    place.write(
        "models.json",
        &json!([{"model": "res.partner", "name": "Contact", "modules": "mail, base"}, {"model": "mail.thread", "abstract": true}]).to_string(),
    );
    place
        .odx([
            "pull",
            "--from-json",
            "fields.json.gz",
            "--ir-model",
            "models.json",
            "--odoo-version",
            "17.0",
            "--schema",
            "kept",
        ])
        .succeeds()
        .says("pulled 2 models, 2 fields into kept")
        .says("next: odx generate --schema kept");
    let mut meta = json_of(&place, "kept/_meta.json");
    let files = meta["files"].take();
    let files = files.as_object().expect("an object").keys();
    assert!(files.eq(["mail.thread.json", "res.partner.json"]));
    assert_eq!(
        meta,
        json!({"format_version": 1, "odoo_version": "17.0", "modules": ["base", "mail"], "files": null})
    );
    assert_eq!(json_of(&place, "kept/res.partner.json")["name"], "Contact");
    assert_eq!(json_of(&place, "kept/mail.thread.json")["abstract"], true);
}

#[test]
fn a_model_that_is_named_and_was_not_saved_makes_the_pull_incomplete() {
    let place = Workplace::new();
    place.write(
        "saved.json",
        &json!({"res.bank": {}, "res.partner": {}}).to_string(),
    );
    place
        .odx([
            "pull",
            "--from-json",
            "saved.json",
            "--models",
            "res.bank",
            "res.parnter",
        ])
        .fails()
        .says("`res.parnter` is not in saved.json; did you mean `res.partner`?");
    assert_eq!(place.names("odoo-schema"), ["_meta.json", "res.bank.json"]);
}

#[test]
fn no_key_is_in_the_snapshot_or_in_what_is_printed() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull"])
        .succeeds()
        .shows_nowhere(crate::support::PROXY_KEY)
        .shows_nowhere(odx_sandbox::COMPANY_KEY);
    for (path, bytes) in place.files("odoo-schema") {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [
            crate::support::PROXY_KEY,
            odx_sandbox::COMPANY_KEY,
            "127.0.0.1",
        ] {
            assert!(!text.contains(secret), "{}", path.display());
        }
    }
}
