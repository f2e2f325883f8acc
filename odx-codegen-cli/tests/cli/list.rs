use serde_json::Value;

use crate::support::{Sandbox, Workplace};

#[test]
fn models_are_listed_as_a_table_and_as_json() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let run = place
        .odx(["models", "sale.*"])
        .succeeds()
        .says("listed 2 models")
        .says("next: odx fields sale.order");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.stdout);
    assert!(
        lines[0].starts_with("model ") && lines[0].ends_with("label"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("sale.order ") && lines[1].ends_with("Sales Order"),
        "{}",
        lines[1]
    );

    let run = place.odx(["models", "sale.*", "--json"]).succeeds();
    let models: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(models[0]["model"], "sale.order");
    assert!(models[0]["fields"].as_u64() > Some(10));
}

#[test]
fn models_of_a_server_are_listed_without_a_snapshot() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["models", "--live", "res.country*"])
        .succeeds()
        .prints("res.country.state");
    assert_eq!(place.names("."), Vec::<String>::new());
}

#[test]
fn fields_are_listed_as_a_table_and_as_json() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull"]).succeeds();
    let run = place
        .odx(["fields", "sale.order"])
        .succeeds()
        .says("next: odx generate --stdout sale.order");
    let line = |name: &str| {
        run.stdout
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")))
            .expect("a line")
            .to_owned()
    };
    let partner = line("partner_id");
    assert!(
        partner.contains("many2one")
            && partner.contains("res.partner")
            && partner.contains("required"),
        "{partner}"
    );
    assert!(
        line("state").contains("draft sent sale cancel"),
        "{}",
        line("state")
    );

    for arguments in [
        ["fields", "sale.order", "--json"].as_slice(),
        &["fields", "sale.order", "--json", "--live"],
    ] {
        let run = match arguments {
            [a, b, c] => place.odx([a, b, c]),
            [a, b, c, d] => place.odx([a, b, c, d]),
            _ => unreachable!(),
        };
        let fields: Vec<Value> = serde_json::from_str(&run.succeeds().stdout).expect("JSON");
        let partner = fields
            .iter()
            .find(|field| field["name"] == "partner_id")
            .expect("a field");
        assert_eq!(partner["relation"], "res.partner");
    }
}

#[test]
fn a_model_that_is_not_there_is_told_with_the_one_that_was_meant() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["fields", "sale.ordre", "--live"])
        .fails()
        .says("did you mean `sale.order`?");
    place.odx(["pull", "--models", "sale.order"]).succeeds();
    place
        .odx(["fields", "sale.ordre"])
        .fails()
        .says("did you mean `sale.order`?");
    place
        .odx(["fields", "zzz"])
        .fails()
        .says("`odx models` lists them");
}
