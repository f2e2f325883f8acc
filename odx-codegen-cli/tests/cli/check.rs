use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

fn generated() -> Workplace {
    let place = Workplace::with_snapshot(&json!({
        "res.partner": {"name": {"type": "char", "string": "Name", "store": true}},
        "res.country": {"code": {"type": "char", "string": "Code", "store": true}},
    }));
    place.odx(["generate"]).succeeds();
    place
}

#[test]
fn code_that_the_snapshot_gives_is_the_same() {
    let place = generated();
    let run = place
        .odx(["check"])
        .succeeds()
        .says("same: 4 files in models");
    assert_eq!(run.stdout, "");
}

#[test]
fn code_that_was_edited_is_shown_as_a_diff_and_left_alone() {
    let place = generated();
    place.replace(
        "models/src/res_partner.rs",
        "pub name: Option<String>",
        "pub name: String",
    );
    let edited = place.read("models/src/res_partner.rs");
    place
        .odx(["check"])
        .differs()
        .prints("res_partner.rs: differs")
        .prints("-    pub name: String,")
        .prints("+    pub name: Option<String>,")
        .says("1 file in models not as generated")
        .says("next: odx generate");
    assert_eq!(place.read("models/src/res_partner.rs"), edited);
}

#[test]
fn missing_and_left_over_files_are_named() {
    let place = generated();
    std::fs::remove_file(place.path("models/src/res_country.rs")).expect("removed");
    let partner = place.read("models/src/res_partner.rs");
    place.write("models/src/res_old.rs", &partner);
    place.write("models/src/mine.rs", "// Mine.\n");
    let run = place
        .odx(["check"])
        .differs()
        .prints("res_country.rs: missing")
        .prints("res_old.rs: left over");
    assert!(!run.stdout.contains("mine.rs"), "{}", run.stdout);
}

#[test]
fn the_check_could_not_tell_without_a_snapshot() {
    let place = Workplace::new();
    place
        .odx(["check"])
        .fails()
        .says("no schema in odoo-schema: run `odx pull` first");
}

#[test]
fn a_server_that_has_what_the_snapshot_says_is_the_same() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let run = place
        .odx(["check", "--live"])
        .succeeds()
        .says("same: the server has what odoo-schema says");
    assert_eq!(run.stdout, "");
}

#[test]
fn what_changed_on_the_server_is_told_by_field_and_the_snapshot_left_alone() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    place.replace(
        "odoo-schema/sale.order.json",
        "\"type\": \"monetary\"",
        "\"type\": \"float\"",
    );
    std::fs::remove_file(place.path("odoo-schema/res.bank.json")).expect("removed");
    place.keep_edited_snapshot();
    let before = place.files("odoo-schema");
    place
        .odx(["check", "--live"])
        .differs()
        .prints("`sale.order.amount_total`: float -> monetary, breaking")
        .prints("`res.bank`: added, additive")
        .says("next: odx pull && odx generate");
    assert_eq!(place.files("odoo-schema"), before);
}

#[test]
fn the_server_is_asked_in_the_language_of_the_snapshot() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull", "--lang", "fr_BE", "--models", "res.bank"])
        .succeeds();
    place
        .odx(["check", "--live", "--models", "res.bank"])
        .succeeds();
}

#[test]
fn the_check_could_not_tell_without_a_server() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    place.set("ODX_PROXY_URL", "http://127.0.0.1:1");
    place
        .odx(["check", "--live"])
        .fails()
        .says("no connection to the server");
}

#[test]
fn the_check_could_not_tell_of_a_model_that_failed() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let refused = odx_sandbox::OdooError::new("odoo.exceptions.UserError", "Not today.");
    sandbox.server.fail(
        "res.bank",
        "fields_get",
        odx_sandbox::Fault::Odoo(refused),
        usize::MAX,
    );
    place
        .odx(["check", "--live"])
        .fails()
        .says("could not be compared");
}

#[test]
fn a_model_that_is_named_and_not_there_is_no_success() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "res.bank"]).succeeds();
    let named = ["check", "--live", "--models", "res.bank", "res.parnter"];
    place
        .odx(named)
        .fails()
        .says("`res.parnter` was not read: there is no such model in this Odoo; did you mean `res.partner`?")
        .says("could not be compared");
}

#[test]
fn two_snapshots_are_compared_by_field() {
    let place = generated();
    let copy = Workplace::with_snapshot(
        &json!({"res.partner": {"name": {"type": "html", "string": "Name", "store": true}}}),
    );
    let (old, new) = (place.path("odoo-schema"), copy.path("odoo-schema"));
    let (old, new) = (old.to_str().expect("text"), new.to_str().expect("text"));
    place
        .odx(["diff", old, new])
        .differs()
        .prints("`res.country`: removed, breaking\n")
        .prints("`res.partner.name`: char -> html, breaking\n")
        .says("found 2 differences, 2 breaking");
    place
        .odx(["diff", old, old])
        .succeeds()
        .says("the snapshots do not differ");
    place
        .odx(["diff", old, "nowhere"])
        .fails()
        .says("nowhere holds no snapshot")
        .says("two folders that `odx pull` wrote");

    let run = place.odx(["diff", old, new, "--json"]).differs();
    let diff: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(diff["changes"][1]["field"], "name");
    assert_eq!(diff["changes"][1]["impact"], "breaking");
}
