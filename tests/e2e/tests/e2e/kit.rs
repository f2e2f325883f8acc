//! The face of the sandbox, as users' tests know it.

use std::time::{Duration, Instant};

use odx_e2e::models::prelude::*;
use odx_runtime::Session;
use odx_runtime::error::Cause;
use odx_sandbox::{Fault, MakeError, OdooError, Road, Sandbox, SandboxError, User};
use serde_json::json;

/// A snapshot that lacks what some of its relations lead to: companies, currencies, users, units.
const SNAPSHOT: &str = "../../examples/models/odoo-schema";

const ROADS: [Road; 7] = [
    Road::OdxProxy,
    Road::OdxProxyV2,
    Road::Json2,
    Road::JsonRpc,
    Road::WebSession,
    Road::XmlRpc,
    Road::Rpc2,
];

async fn snapshot() -> Sandbox {
    Sandbox::from_snapshot(SNAPSHOT).await.unwrap()
}

#[tokio::test]
async fn a_snapshot_gives_an_odoo_of_its_own_models() {
    let sandbox = snapshot().await;
    let odoo = sandbox.connect().await.unwrap();
    let acme = sandbox
        .make(values!(ResPartner { name: "Acme" }))
        .await
        .unwrap();
    let partner = ResPartner::get(&odoo, acme).await.unwrap();
    assert_eq!(partner.name.as_deref(), Some("Acme"));
    assert_eq!(odoo.version().await.unwrap().text, "19.0");
}

#[tokio::test]
async fn it_is_asked_over_each_road_and_tells_which() {
    let sandbox = snapshot().await;
    sandbox
        .make(values!(ResPartner { name: "Acme" }))
        .await
        .unwrap();
    for road in ROADS {
        let odoo = sandbox.connect_over(road).await.unwrap();
        sandbox.clear_calls();
        let names = ResPartner::search(|p| p.name.eq("Acme")).pluck(|p| p.name);
        let names: Vec<Option<String>> = names.fetch(&odoo).await.unwrap();
        assert_eq!(names, [Some("Acme".to_owned())], "{road:?}");
        let calls = sandbox.calls();
        assert!(calls.iter().all(|call| call.road == road), "{calls:?}");
        assert_eq!(calls.last().unwrap().method, "search_read");
    }
}

#[tokio::test]
async fn the_small_company_is_asked_over_each_road_too() {
    let sandbox = Sandbox::company().await.unwrap();
    for road in ROADS {
        let odoo = sandbox.connect_over(road).await.unwrap();
        assert_eq!(SaleOrder::all().count(&odoo).await.unwrap(), 60, "{road:?}");
    }
}

#[tokio::test]
async fn an_order_fills_itself_and_makes_its_customer() {
    let sandbox = snapshot().await;
    let odoo = sandbox.connect().await.unwrap();
    let order = sandbox
        .make(values!(SaleOrder {
            client_order_ref: "A1",
            ..
        }))
        .await
        .unwrap();
    let order = SaleOrder::get(&odoo, order).await.unwrap();
    assert_eq!(order.client_order_ref.as_deref(), Some("A1"));
    let customer = ResPartner::get(&odoo, order.partner_id.id).await.unwrap();
    assert_eq!(customer.name, order.partner_id.name);
    assert_eq!(order.partner_invoice_id.id, customer.id);
}

#[tokio::test]
async fn a_computed_field_is_set_as_the_test_wants_it() {
    let sandbox = snapshot().await;
    let odoo = sandbox.connect().await.unwrap();
    let order = sandbox
        .make(values!(SaleOrder {
            client_order_ref: "A1",
            ..
        }))
        .set(|o| o.amount_total, 12_000.0)
        .await
        .unwrap();
    let found = SaleOrder::search(|o| o.amount_total.gt(10_000.0));
    let found: Vec<f64> = found.pluck(|o| o.amount_total).fetch(&odoo).await.unwrap();
    assert_eq!(found, [12_000.0]);
    assert_eq!(
        SaleOrder::get(&odoo, order).await.unwrap().amount_total,
        12_000.0
    );
}

#[tokio::test]
async fn many_records_have_names_of_their_own() {
    let sandbox = snapshot().await;
    let odoo = sandbox.connect().await.unwrap();
    let values = std::iter::repeat_n(
        values!(ResPartner {
            comment: "made",
            ..
        }),
        3,
    );
    let made = sandbox.make_many(values).await.unwrap();
    assert_eq!(made.len(), 3);
    let partners = ResPartner::read(&odoo, made).await.unwrap().all().unwrap();
    let mut names: Vec<_> = partners
        .into_iter()
        .map(|partner| partner.name.unwrap())
        .collect();
    names.dedup();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[tokio::test]
async fn what_is_inherited_from_a_model_that_the_snapshot_lacks_is_kept() {
    let dir = std::env::temp_dir().join(format!("odx-kit-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for file in ["_meta.json", "product.product.json"] {
        let text = std::fs::read_to_string(format!("{SNAPSHOT}/{file}")).unwrap();
        let mut content: serde_json::Value = serde_json::from_str(&text).unwrap();
        content.as_object_mut().unwrap().remove("files");
        std::fs::write(dir.join(file), content.to_string()).unwrap();
    }
    let sandbox = Sandbox::from_snapshot(&dir).await;
    std::fs::remove_dir_all(&dir).unwrap();
    let sandbox = sandbox.unwrap();
    let odoo = sandbox.connect().await.unwrap();
    let chair = values!(ProductProduct { name: "Chair", .. });
    let chair = ProductProduct::create(&odoo, chair).await.unwrap_err();
    assert!(chair.to_string().contains("product_tmpl_id"), "{chair}");
    let chair = sandbox
        .make(values!(ProductProduct { name: "Chair", .. }))
        .await
        .unwrap();
    let read = ProductProduct::all()
        .pluck(|p| p.name)
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(
        (chair.number(), read),
        (Some(1), vec![Some("Chair".to_owned())])
    );
}

#[tokio::test]
async fn a_model_that_the_snapshot_lacks_is_named_with_what_to_add() {
    let sandbox = snapshot().await;
    for road in ROADS {
        let odoo = sandbox.connect_over(road).await.unwrap();
        let call = odoo
            .call("res.currency", "search")
            .kwarg("domain", json!([]));
        let error = call.send::<serde_json::Value>().await.unwrap_err();
        let text = error.to_string();
        let advice = "add `res.currency` to `[models] include` in odx.toml, and run `odx pull`";
        assert!(text.contains(advice), "{road:?}: {text}");
        assert!(
            error.odoo().unwrap().cause() == Cause::UnknownModel,
            "{road:?}: {error:?}"
        );
    }
    let odoo = sandbox.connect().await.unwrap();
    let domain = json!([["currency_id.name", "=", "EUR"]]);
    let call = odoo.call("sale.order", "search").kwarg("domain", domain);
    let error = call
        .send::<serde_json::Value>()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("add `res.currency` to"), "{error}");
}

#[tokio::test]
async fn the_moment_and_the_series_are_the_tests_own() {
    for series in ["14.0", "17.0", "18.0", "19.0"] {
        let sandbox = Sandbox::from_snapshot(SNAPSHOT)
            .series(series)
            .now("2024-02-29 23:59:59");
        let sandbox = sandbox.await.unwrap();
        let odoo = sandbox.connect().await.unwrap();
        assert_eq!(odoo.version().await.unwrap().text, series);
        let order = sandbox.make(values!(SaleOrder { .. })).await.unwrap();
        let order = SaleOrder::get(&odoo, order).await.unwrap();
        assert_eq!(
            order.create_date.unwrap().to_string(),
            "2024-02-29 23:59:59 UTC"
        );
        assert_eq!(order.date_order, order.create_date.unwrap());
    }
}

#[tokio::test]
async fn users_and_companies_are_added() {
    let sandbox = Sandbox::company()
        .company("Acme Netherlands")
        .user(User::internal(7, "sevens-key").login("seven"))
        .await
        .unwrap();
    let odoo = sandbox.connect_as("seven").await.unwrap();
    let me = ResUsers::search(|u| u.login.eq("seven")).first(&odoo);
    assert_eq!(me.await.unwrap().unwrap().id.number(), Some(7));
    let odoo = sandbox.connect().await.unwrap();
    let company = ResCompany::search(|c| c.name.eq("Acme Netherlands"));
    let company = company.first(&odoo).await.unwrap().unwrap();
    let there = odoo.company(company.id);
    let order = SaleOrder::all().count(&there).await.unwrap();
    assert_eq!(order, 0);
    let nobody = sandbox.connect_as("nobody").await.unwrap_err();
    assert!(matches!(nobody, SandboxError::NoUser { .. }));
    let told = nobody.to_string();
    let there = "no user of the sandbox has the login `nobody`, there are `nora`, `tom`, `ines`, `seven`: add one";
    assert!(told.starts_with(there), "{told}");
}

#[tokio::test]
async fn a_language_is_installed() {
    let sandbox = Sandbox::from_snapshot(SNAPSHOT)
        .language("fr_BE")
        .await
        .unwrap();
    let odoo = sandbox.connect().await.unwrap().lang("fr_BE");
    let country = sandbox
        .make(values!(ResCountry {
            name: "Belgium",
            ..
        }))
        .await
        .unwrap();
    ResCountry::write(
        &odoo,
        [country],
        values!(ResCountry {
            name: "Belgique",
            ..
        }),
    )
    .await
    .unwrap();
    let name = |odoo: Session| async move { ResCountry::get(&odoo, country).await.unwrap().name };
    assert_eq!(name(odoo.clone()).await, "Belgique");
    assert_eq!(name(odoo.lang("en_US")).await, "Belgium");
}

#[tokio::test]
async fn a_circle_of_required_records_is_told() {
    let fields = json!({
        "a": {"b_id": {"type": "many2one", "relation": "b", "required": true}},
        "b": {"a_id": {"type": "many2one", "relation": "a", "required": true}},
    });
    let models = serde_json::from_value(fields).unwrap();
    let database = odx_sandbox::Database::new(models).with_user(User::administrator(2, "key"));
    let sandbox = Sandbox::of(database).await.unwrap();
    let error: MakeError = sandbox.make_record("a", json!({})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot make a record of `a`: `a_id` of `b` needs a record of `a`, which is being made itself (a > b > a): \
         put one into the database first, or give a value that ends the circle"
    );
    assert!(sandbox.ids("b").is_empty(), "nothing is left half made");
}

#[tokio::test]
async fn faults_come_over_one_road_and_calls_are_slow_on_demand() {
    let sandbox = snapshot().await;
    let json2 = sandbox.connect_over(Road::Json2).await.unwrap();
    let web = sandbox.connect_over(Road::WebSession).await.unwrap();
    let refusal = OdooError::new("odoo.exceptions.UserError", "not today");
    sandbox.fail_over(Road::WebSession, Fault::Odoo(refusal), 1);
    ResPartner::all().count(&json2).await.unwrap();
    let error = ResPartner::all().count(&web).await.unwrap_err();
    assert!(error.to_string().contains("not today"), "{error}");
    ResPartner::all().count(&web).await.unwrap();

    sandbox.slow(Duration::from_millis(50));
    let before = Instant::now();
    ResPartner::all().count(&json2).await.unwrap();
    assert!(before.elapsed() >= Duration::from_millis(50));
    sandbox.slow(Duration::ZERO);
    let impatient = json2.timeout(Duration::from_millis(100));
    sandbox.fail(
        "res.partner",
        "search_count",
        Fault::Delay(Duration::from_secs(60)),
        1,
    );
    let error = ResPartner::all().count(&impatient).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}
