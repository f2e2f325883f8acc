//! `odx check` of structs that were written by hand.

use serde_json::json;

use crate::support::{Sandbox, Workplace};

/// As the sandbox's company has it.
const RIGHT: &str = r#"
use odx_runtime::{Id, Many2one, OdooModel};

#[derive(Clone, Debug, OdooModel)]
#[odoo(name = "res.country")]
struct Country {
    id: Id<Country>,
    name: String,
    code: Option<String>,
}

mod contacts {
    #[derive(Debug, OdooModel)]
    #[odoo(name = "res.partner")]
    pub struct Partner {
        id: Id<Partner>,
        #[odoo(field = "name")]
        title: Option<String>,
        is_company: bool,
        credit: Option<f64>,
        #[odoo(kind = "selection")]
        r#type: Option<Kind>,
        country_id: Option<Many2one<Country>>,
        #[odoo(field = country_id, kind = "many2one")]
        country: Option<Country>,
        child_ids: Vec<Id<Partner>>,
    }
}

/// Not a model of its own.
#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    no_such_field: String,
}
"#;

const WRONG: &str = r#"
#[derive(OdooModel)]
#[odoo(name = "res.partner")]
struct Partner {
    nmae: Option<String>,
    phone: String,
    is_company: Option<String>,
    #[odoo(kind = "char")]
    r#type: Option<String>,
    country_id: Option<Many2one<Partner>>,
    child_ids: Vec<Property>,
}

#[derive(OdooModel)]
#[odoo(name = "res.parnter")]
struct Typo {
    id: Id<Typo>,
}
"#;

const PROBLEMS: &str = "\
src/main.rs:5: Partner.nmae: res.partner has no field `nmae`; did you mean `name`?
src/main.rs:6: Partner.phone: `phone` can be unset in Odoo, for which `String` has no room; take `Option<String>`
src/main.rs:7: Partner.is_company: `is_company` is of the type boolean in Odoo, which `Option<String>` does not hold; take `bool`
src/main.rs:9: Partner.type: `type` is of the type selection in Odoo, not char
src/main.rs:10: Partner.country_id: `country_id` leads to res.country, but `Partner` is of res.partner
src/main.rs:11: Partner.child_ids: `child_ids` is of the type one2many in Odoo, which `Vec<Property>` does not hold; take `Vec<Id<..>>`
src/main.rs:16: Typo: there is no model `res.parnter`";

#[test]
fn structs_are_compared_with_the_server_without_a_snapshot() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.write("src/main.rs", RIGHT);
    let run = place
        .odx(["check", "--live", "--source", "src/**/*.rs"])
        .succeeds()
        .says("same: 2 hand-written structs, nothing differs from the server");
    assert_eq!(run.stdout, "");
    assert!(place.names("odoo-schema").is_empty());
}

#[test]
fn what_is_wrong_with_a_struct_is_told_by_file_line_and_field() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.write("src/main.rs", WRONG);
    place
        .odx(["check", "--live", "--source", "src/**/*.rs"])
        .differs()
        .prints(PROBLEMS)
        .says("7 problems in 2 hand-written structs");
    place.odx(["pull"]).succeeds();
    place
        .odx(["check", "--source", "src/**/*.rs"])
        .differs()
        .prints(PROBLEMS)
        .prints("there is no model `res.parnter`; did you mean `res.partner`?");
}

#[test]
fn the_sources_of_the_configuration_are_checked_beside_what_is_generated() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.write("odx.toml", "[check]\nsources = [\"src/*.rs\"]\n");
    place.write("src/main.rs", RIGHT);
    place.odx(["check", "--live"]).succeeds();
    place.odx(["pull"]).succeeds();
    place
        .odx(["check", "--live"])
        .succeeds()
        .says("hand-written structs, nothing differs from the server")
        .says("same: the server has what odoo-schema says");
    place.odx(["check"]).succeeds();
    place.odx(["generate"]).succeeds();
    place
        .odx(["check"])
        .succeeds()
        .says("hand-written structs, nothing differs from the snapshot")
        .says("in models as the snapshot gives them");
    place.write("src/main.rs", WRONG);
    place.odx(["check"]).differs().prints(PROBLEMS);
}

#[test]
fn a_field_that_odoo_does_not_search_by_must_be_said_to_be_computed() {
    let place = Workplace::with_snapshot(&json!({
        "a.b": {"total": {"type": "float", "string": "Total", "store": false, "searchable": false}},
    }));
    let item = |attribute: &str| {
        format!(
            "#[derive(odx_runtime::OdooModel)]\n#[odoo(name = \"a.b\")]\nstruct A {{\n{attribute}\ntotal: f64,\n}}\n"
        )
    };
    place.write("a.rs", &item(""));
    place
        .odx(["check", "--source", "a.rs"])
        .differs()
        .prints("a.rs:5: A.total: Odoo does not search by `total`; add `#[odoo(computed)]`");
    place.write("a.rs", &item("#[odoo(computed)]"));
    place.odx(["check", "--source", "a.rs"]).succeeds();
}

#[test]
fn the_check_could_not_tell_of_sources_that_cannot_be_read() {
    let place = Workplace::with_snapshot(&json!({
        "a.b": {"name": {"type": "char", "string": "Name", "store": true}},
    }));
    place
        .odx(["check", "--source", "nowhere/*.rs"])
        .fails()
        .says("no file matches `nowhere/*.rs`")
        .says("name your sources with --source");
    place
        .odx(["check", "--source", "[.rs"])
        .fails()
        .says("`[.rs` is no glob");
    place.write("broken.rs", "fn main() {\n    let\n}\n");
    place
        .odx(["check", "--source", "broken.rs"])
        .fails()
        .says("broken.rs:3: this is not Rust");
}
