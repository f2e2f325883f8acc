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

/// A trip and its stages, which cannot be without it.
#[allow(dead_code, unreachable_pub, reason = "models as they are generated")]
mod trip {
    use odx_runtime::model::*;

    pub struct Trip;

    pub struct TripFields {
        pub stage_ids: Field<Trip, ToMany<Stage>>,
    }

    odx_runtime::model! {
        Trip, TripFields, "x_trip", related { stage_ids: 0 }
        "
stage_ids one2many sdgw x_stage
"
    }

    pub struct Stage;

    pub struct StageFields {
        pub name: Field<Stage, Char>,
        pub trip_id: Field<Stage, ToOne<Trip>>,
    }

    odx_runtime::model! {
        Stage, StageFields, "x_stage", related { name: 0, trip_id: 1 }
        "
name char rsdogw
trip_id many2one rsdogw x_trip
"
    }

    fn related() -> Related {
        Related {
            models: const {
                &[
                    ("x_trip", Table::of::<Trip>()),
                    ("x_stage", Table::of::<Stage>()),
                ]
            },
            selections: &[],
            series: "",
        }
    }
}

#[test]
fn values_in_a_command_need_not_what_the_relation_gives() {
    use trip::{Stage, Trip};
    let first = "Namur";
    let stage = Id::<Stage>::new(7);
    assert_eq!(
        values!(Trip {
            stage_ids: vec![
                Command::Create(values!(Stage { name: first })),
                // A write needs nothing at all.
                Command::Update(stage, values!(Stage {})),
            ]
        })
        .to_json(),
        json!({ "stage_ids": [[0, 0, { "name": "Namur" }], [1, 7, {}]] })
    );
}
