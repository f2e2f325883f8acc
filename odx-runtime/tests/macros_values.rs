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
