use crate::support::{Sandbox, Workplace};

#[test]
fn init_writes_a_commented_configuration_and_names_the_next_command() {
    let place = Workplace::new();
    place
        .odx(["init"])
        .succeeds()
        .says("wrote odx.toml")
        .says("next: odx pull");
    assert_eq!(place.read("odx.toml"), odx_codegen::config::REFERENCE);
}

#[test]
fn init_never_overwrites() {
    let place = Workplace::new();
    place.write("odx.toml", "# mine\n");
    place
        .odx(["init"])
        .fails()
        .says("odx.toml is there already");
    assert_eq!(place.read("odx.toml"), "# mine\n");
}

#[test]
fn init_says_where_it_cannot_write() {
    let place = Workplace::new();
    place
        .odx(["init", "--config", "no/such/odx.toml"])
        .fails()
        .says("cannot write no/such/odx.toml");
}

#[test]
fn the_commands_that_are_named_next_lead_from_init_to_code() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["init"]).succeeds();
    place.odx(["pull"]).succeeds().says("next: odx generate");
    place
        .odx(["generate"])
        .succeeds()
        .says("next: cargo check --manifest-path models/Cargo.toml");
    place
        .odx(["check"])
        .succeeds()
        .says("next: odx check --live");
    place.odx(["check", "--live"]).succeeds();
}
