//! `values!` sets, clears and leaves untouched.

#![deny(warnings)]

#[path = "support/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of the models"
)]
mod models;

use models::{ResCountry, ResPartner, ResPartnerType};
use odx_runtime::{Command, Id, values};
use serde_json::json;

#[test]
fn fields_are_set_and_cleared() {
    let belgium: Id<ResCountry> = Id::new(21);
    let name = "Acme";
    let values = values!(ResPartner {
        name,
        is_company: true,
        credit_limit: 5,
        date: "2024-02-29",
        country_id: belgium,
        type: "invoice",
        tz: None,
        child_ids: [Command::Create(values!(ResPartner { name: "Child", r#type: ResPartnerType::OtherKey })), Command::Link(Id::new(3))],
    });
    assert_eq!(
        values.to_json(),
        json!({
            "name": "Acme", "is_company": true, "credit_limit": 5, "date": "2024-02-29", "country_id": 21, "type": "invoice",
            "tz": false, "child_ids": [[0, 0, { "name": "Child", "type": "other" }], [4, 3, 0]],
        })
    );
    assert_eq!(
        values!(ResPartner { child_ids: None }).to_json(),
        json!({ "child_ids": [[5, 0, 0]] })
    );
    assert_eq!(
        values!(ResPartner {
            date: Option::<odx_runtime::model::NaiveDate>::None
        })
        .to_json(),
        json!({ "date": false })
    );
}

#[test]
fn a_rest_is_left_untouched_or_comes_from_other_values() {
    assert_eq!(
        values!(ResCountry { code: "BE", .. }).to_json(),
        json!({ "code": "BE" })
    );
    assert_eq!(values!(ResCountry { .. }).to_json(), json!({}));
    let base = values!(ResCountry {
        name: "Belgium",
        code: "B",
        ..
    });
    assert_eq!(
        values!(ResCountry { code: "BE", ..base }).to_json(),
        json!({ "name": "Belgium", "code": "BE" })
    );
}

#[test]
fn a_create_with_all_it_needs_is_accepted() {
    assert_eq!(
        values!(ResCountry {
            name: "Belgium",
            code: "BE"
        })
        .to_json(),
        json!({ "name": "Belgium", "code": "BE" })
    );
}

#[test]
fn an_id_that_is_a_text_is_written_as_a_text() {
    let country = Id::<ResCountry>::from_text("01").unwrap();
    let child = Id::<ResPartner>::from_text("10").unwrap();
    assert_eq!(
        values!(ResPartner {
            country_id: country,
            child_ids: [child]
        })
        .to_json(),
        json!({ "country_id": "01", "child_ids": [[6, 0, ["10"]]] })
    );
    let commands = [
        Command::Update(child, values!(ResPartner { name: "x", .. })),
        Command::Delete(child),
        Command::Unlink(child),
        Command::Link(child),
    ];
    assert_eq!(
        values!(ResPartner {
            child_ids: commands,
            ..
        })
        .to_json(),
        json!({ "child_ids": [[1, "10", { "name": "x" }], [2, "10", 0], [3, "10", 0], [4, "10", 0]] })
    );
}
