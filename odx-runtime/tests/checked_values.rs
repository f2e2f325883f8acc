//! Values and conditions that Odoo would take for others are refused before anything is sent.

#[allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of the models"
)]
#[path = "support/models.rs"]
mod models;

use std::sync::Arc;

use models::{ResCountry, ResPartner};
use odx_runtime::{
    Call, Command, Error, Id, Model, Reply, Session, Values,
    model::{DateTime, Utc},
    session::{BoxFuture, CallOptions, Connection, ServerVersion},
    values,
    write::PropertyValues,
};
use serde_json::json;

/// An Odoo that must not be asked.
struct Unreachable;

impl Connection for Unreachable {
    fn protocol(&self) -> &'static str {
        "no server"
    }

    fn execute<'a>(&'a self, call: &'a Call, _: &'a CallOptions) -> BoxFuture<'a, Reply> {
        panic!("{call:?} was sent")
    }

    fn version<'a>(&'a self, _: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        panic!("the version was asked")
    }
}

fn odoo() -> Session {
    Session::new(Arc::new(Unreachable))
}

fn usage<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Usage(message)) => message.into(),
        other => panic!("{other:?}"),
    }
}

/// Trip (`x_trip`).
struct Trip;

struct TripFields {
    country_ids: odx_runtime::model::Field<Trip, odx_runtime::model::ToMany<ResCountry>>,
}

odx_runtime::model! {
    Trip, TripFields, "x_trip", related { country_ids: 0 }
    "
country_ids many2many sdgw res.country
"
}

fn related() -> odx_runtime::model::Related {
    odx_runtime::model::Related {
        models: const { &[("res.country", odx_runtime::model::Table::of::<ResCountry>())] },
        selections: &[],
        series: "",
    }
}

const P: &models::ResPartnerFields = &ResPartner::F;

fn partner() -> Values<ResPartner> {
    Values::new()
}

#[tokio::test]
async fn a_number_that_is_none_is_no_value() {
    let line = partner().set(P.credit_limit, f64::INFINITY);
    for (values, message) in [
        (
            partner().set(P.credit_limit, f64::NAN),
            "`credit_limit` of res.partner cannot be NaN: give a finite number, or clear the field",
        ),
        (
            values!(ResPartner {
                credit_limit: f32::NEG_INFINITY
            }),
            "`credit_limit` of res.partner cannot be -inf: give a finite number, or clear the field",
        ),
        (
            partner().set_raw("credit_limit", f64::NAN),
            "`credit_limit` of res.partner cannot be null: give a finite number, or clear the field",
        ),
        (
            partner().set(P.properties, PropertyValues::new().set("a", f64::NAN)),
            "`properties` of res.partner cannot be NaN: give a finite number, or clear the field",
        ),
        (
            partner().set(
                P.child_ids,
                vec![Command::Clear, Command::Update(Id::new(3), line)],
            ),
            "`child_ids[1].credit_limit` of res.partner cannot be inf: give a finite number, or clear the field",
        ),
    ] {
        let odoo = odoo();
        assert_eq!(
            usage(ResPartner::write(&odoo, [Id::new(1)], values.clone()).await),
            message
        );
        assert_eq!(
            usage(ResPartner::create(&odoo, values.clone()).await),
            message
        );
        assert_eq!(
            usage(ResPartner::create_many(&odoo, [partner(), values]).await),
            message
        );
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_no_condition() {
    let odoo = odoo();
    assert_eq!(
        usage(
            ResPartner::matching(P.credit_limit.ge(f64::NAN))
                .fetch(&odoo)
                .await
        ),
        "`credit_limit >= NaN` is no condition on res.partner: give a finite number"
    );
    assert_eq!(
        usage(
            ResPartner::matching(P.child_ids.any(|c| c.credit_limit.is_in([f64::NAN])))
                .count(&odoo)
                .await
        ),
        "`credit_limit in NaN` is no condition on res.partner: give a finite number"
    );
}

#[tokio::test]
async fn a_text_is_measured_at_every_depth() {
    let long = "x".repeat(65);
    let grandchild = partner().set(P.name, long.as_str());
    let child = partner().set(P.child_ids, [Command::Update(Id::new(3), grandchild)]);
    let values = partner().set(P.child_ids, [Command::Create(child)]);
    let message = usage(ResPartner::write(&odoo(), [Id::new(1)], values).await);
    assert_eq!(
        message,
        "`child_ids[0].child_ids[0].name` of res.partner holds 64 characters, but the text has 65; Odoo would cut it off silently, so shorten it"
    );
}

#[tokio::test]
async fn a_new_record_needs_what_is_required_at_every_depth() {
    let line = Values::new().set(ResCountry::F.code, "BE");
    let values = Values::new().set(Trip::F.country_ids, [Command::Create(line)]);
    for answer in [
        Trip::create_many(&odoo(), [values.clone()]).await.map(drop),
        Trip::write(&odoo(), [Id::new(1)], values).await,
    ] {
        assert_eq!(
            usage(answer),
            "a new res.country needs a value for `country_ids[0].name`; set it, or give `default_name` in the context"
        );
    }
}

#[tokio::test]
async fn an_id_with_its_name_is_no_id() {
    let blue = json!([2, "Blue"]);
    let said = |field: &str, given: &str, instead: &str| {
        format!(
            "`{field}` of res.partner cannot be `{given}`, which some series of Odoo take for none without a word: {instead}"
        )
    };
    let pair = |field: &str| said(field, r#"[2,"Blue"]"#, "write the id alone, `2`");
    let child = partner().set_raw("country_id", blue.clone());
    let properties = |value| {
        partner().set(
            P.properties,
            PropertyValues::new().set("a", serde_json::Value::from(value)),
        )
    };
    for (values, message) in [
        (child.clone(), pair("country_id")),
        (
            partner().set(P.child_ids, [Command::Create(child)]),
            pair("child_ids[0].country_id"),
        ),
        (
            properties(vec![json!(2), json!("Blue")]),
            pair("properties.a"),
        ),
        (
            properties(vec![blue.clone()]),
            said("properties.a", r#"[[2,"Blue"]]"#, "write ids alone"),
        ),
        (
            partner().set_raw("country_id", json!([2])),
            said("country_id", "[2]", "write ids alone"),
        ),
    ] {
        let odoo = odoo();
        let raw = values.to_json();
        for answer in [
            ResPartner::create(&odoo, values.clone()).await.map(drop),
            ResPartner::write(&odoo, [Id::new(1)], values).await,
            ResPartner::call(&odoo, "write")
                .ids([Id::new(1)])
                .arg(raw.clone())
                .send::<()>()
                .await,
            ResPartner::call(&odoo, "create")
                .kwarg("vals_list", json!([raw]))
                .send::<()>()
                .await,
        ] {
            assert_eq!(usage(answer), message);
        }
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_no_argument() {
    let domain = P.credit_limit.ge(f64::NAN).to_json();
    let values = partner().set(P.credit_limit, f64::NAN).to_json();
    let odoo = odoo();
    let calls = [
        odoo.call("res.partner", "search").arg(domain),
        odoo.call("res.partner", "any_method")
            .kwarg("values", values),
    ];
    for (call, method) in calls.into_iter().zip(["search", "any_method"]) {
        assert_eq!(
            usage(call.send::<()>().await),
            format!("res.partner.{method} cannot be given NaN: give a finite number")
        );
    }
}

#[test]
fn what_a_float_is_written_as() {
    assert_eq!(
        partner().set(P.credit_limit, 19.99_f32).to_json(),
        json!({ "credit_limit": 19.99 })
    );
    let moment: DateTime<Utc> = "2026-11-26T03:50:00.9Z".parse().unwrap();
    let properties = PropertyValues::new()
        .set("price", 19.99_f32)
        .set("tags", vec!["a", "b"])
        .set("at", moment)
        .set("none", None::<bool>);
    assert_eq!(
        partner().set(P.properties, properties).to_json(),
        json!({ "properties": { "price": 19.99, "tags": ["a", "b"], "at": "2026-11-26 03:50:00", "none": false } })
    );
}
