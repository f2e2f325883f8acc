use std::time::SystemTime;

use serde_json::json;

use crate::support::Workplace;

fn small() -> Workplace {
    Workplace::with_snapshot(&json!({
        "res.partner": {
            "name": {"type": "char", "string": "Name", "store": true, "searchable": true},
            "country_id": {"type": "many2one", "relation": "res.country", "string": "Country", "store": true},
        },
        "res.country": {"code": {"type": "char", "string": "Code", "store": true}},
    }))
}

fn runtime() -> String {
    format!("{}/../odx-runtime", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_crate_of_its_own_is_written() {
    let place = small();
    place
        .odx(["generate"])
        .succeeds()
        .says("generated 2 models into models (4 files written)");
    assert_eq!(place.names("models"), ["Cargo.toml", "src"]);
    assert_eq!(
        place.names("models/src"),
        ["lib.rs", "res_country.rs", "res_partner.rs"]
    );
}

#[test]
fn a_second_run_touches_no_file() {
    let place = small();
    place.odx(["generate"]).succeeds();
    let changed = |name: &str| -> SystemTime {
        place
            .path(name)
            .metadata()
            .and_then(|meta| meta.modified())
            .expect("a time")
    };
    let before = changed("models/src/lib.rs");
    place.odx(["generate"]).succeeds().says("(unchanged)");
    assert_eq!(changed("models/src/lib.rs"), before);
}

#[test]
fn a_module_tree_goes_into_an_existing_crate() {
    let place = small();
    place.write(
        "odx.toml",
        "[output]\nmode = \"module\"\ndir = \"src/odoo\"\n",
    );
    place
        .odx(["generate"])
        .succeeds()
        .says("next: cargo check\n".trim_end());
    assert_eq!(
        place.names("src/odoo"),
        ["mod.rs", "res_country.rs", "res_partner.rs"]
    );
}

#[test]
fn flags_choose_the_folders_and_the_models() {
    let place = small();
    std::fs::rename(place.path("odoo-schema"), place.path("kept")).expect("moved");
    place
        .odx([
            "generate",
            "--schema",
            "kept",
            "--out",
            "out/erp",
            "--models",
            "res.country",
        ])
        .succeeds();
    assert_eq!(place.names("out/erp/src"), ["lib.rs", "res_country.rs"]);
}

#[test]
fn the_runtime_at_a_path_takes_the_place_of_the_released_one() {
    let place = small();
    place
        .odx(["generate", "--runtime-path", &runtime()])
        .succeeds();
    let manifest = place.read("models/Cargo.toml");
    let path = manifest
        .split("path = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a path");
    assert!(
        place.path("models").join(path).join("Cargo.toml").is_file(),
        "{manifest}"
    );
    place
        .odx(["check", "--runtime-path", &runtime()])
        .succeeds();
}

#[test]
fn a_runtime_that_is_not_there_is_told() {
    let place = small();
    place
        .odx(["generate", "--runtime-path", "nowhere"])
        .fails()
        .says("no odx-runtime in nowhere");
    assert!(!place.path("models").exists());
}

#[test]
fn the_code_of_one_model_is_printed_and_nothing_written() {
    let place = small();
    place
        .odx(["generate", "--stdout", "res.partner"])
        .succeeds()
        .prints("pub struct ResPartner {")
        .prints("super::ResCountry")
        .says("next: odx generate");
    assert!(!place.path("models").exists());
    place
        .odx(["generate", "--stdout", "res.parnter"])
        .fails()
        .says("`res.parnter` is not in the schema; did you mean `res.partner`?");
    place
        .odx(["generate", "--exclude", "res.*", "--stdout", "res.partner"])
        .fails()
        .says("`res.partner` is excluded");
}

#[test]
fn a_file_of_somebody_else_is_not_overwritten() {
    let place = small();
    place.write("models/src/lib.rs", "//! Mine.\n");
    place
        .odx(["generate"])
        .fails()
        .says("was not written by odx");
    assert_eq!(place.names("models"), ["src"]);
    assert_eq!(place.read("models/src/lib.rs"), "//! Mine.\n");
}
