use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{Error, Id, Model, OdooModel, ReadAs, values};
use odx_sandbox::{COMPANY_KEY, COMPANY_USER, User};
use serde_json::{Map, Value, json};

const HERE: Id<ResCompany> = Id::new(1);
const THERE: Id<ResCompany> = Id::new(2);
const THEIRS: Id<SaleOrder> = Id::new(10_001);

#[derive(OdooModel, Debug)]
#[odoo(model = SaleOrder)]
struct Named {
    name: String,
}

fn row(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// With a second company, its order, and an administrator who may enter both.
async fn two_companies() -> Sandbox {
    let company = row(
        json!({"id": 2, "name": "Linden & Oak NL", "partner_id": 2, "currency_id": 1, "active": true}),
    );
    let order = row(json!({
        "id": 10_001, "name": "NL1", "partner_id": 5, "company_id": 2, "state": "draft", "date_order": "2025-06-01 22:30:00",
    }));
    let database = furniture_maker()
        .with_user(User::administrator(COMPANY_USER, COMPANY_KEY).companies([1, 2]))
        .with_records("res.company", [company])
        .unwrap()
        .with_records("sale.order", [order])
        .unwrap();
    Sandbox::with(database).await
}

#[tokio::test]
async fn a_company_sees_its_own_records_only() {
    let sandbox = two_companies().await;
    let odoo = sandbox.session();
    let orders = || SaleOrder::all();
    assert_eq!(orders().count(&odoo).await.unwrap(), 61);
    assert_eq!(orders().company(HERE).count(&odoo).await.unwrap(), 60);
    assert_eq!(orders().company(THERE).ids(&odoo).await.unwrap(), [THEIRS]);
    assert_eq!(orders().ids(&odoo.company(THERE)).await.unwrap(), [THEIRS]);
    let both = odoo.companies([THERE, HERE]);
    assert_eq!(orders().count(&both).await.unwrap(), 61);
}

#[tokio::test]
async fn the_records_of_another_company_are_refused_by_id() {
    let sandbox = two_companies().await;
    let odoo = sandbox.session().company(HERE);
    let error = SaleOrder::read(&odoo, [THEIRS]).await.unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_access()),
        "{error:?}"
    );
    let there = odoo.company(THERE);
    assert_eq!(SaleOrder::exists(&odoo, [THEIRS]).await.unwrap(), []);
    assert_eq!(SaleOrder::exists(&there, [THEIRS]).await.unwrap(), [THEIRS]);
    let named = SaleOrder::read_as::<Named>(&there, [THEIRS]).await;
    assert_eq!(named.unwrap().all().unwrap()[0].name, "NL1");
}

#[tokio::test]
async fn a_new_record_is_of_the_current_company() {
    let sandbox = two_companies().await;
    let odoo = sandbox.session().companies([THERE, HERE]);
    let values = values!(SaleOrder {
        partner_id: Id::new(5),
        ..
    });
    let id = SaleOrder::create(&odoo, values).await.unwrap();
    let found = SaleOrder::read(&odoo, [id]).await.unwrap().all().unwrap();
    assert_eq!(found[0].company_id.id, THERE);
}

#[tokio::test]
async fn a_company_that_the_user_may_not_enter_is_refused() {
    let sandbox = two_companies().await;
    let error = SaleOrder::all()
        .company(THERE)
        .ids(&sandbox.limited())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Odoo(_)), "{error:?}");
    assert!(error.odoo().is_some_and(|odoo| odoo.is_access()));
}

#[tokio::test]
async fn days_are_those_of_the_timezone() {
    let sandbox = two_companies().await;
    let odoo = sandbox.session();
    // 22:30 in UTC on the first is half past midnight in Brussels on the second.
    let day = async |tz: &str| {
        let groups = SaleOrder::all()
            .company(THERE)
            .tz(tz)
            .group_by(|o| (o.date_order.day(),))
            .fetch(&odoo)
            .await
            .unwrap();
        groups[0].key.0.as_ref().unwrap().label.clone()
    };
    assert_eq!(day("UTC").await, "01 Jun 2025");
    assert_eq!(day("Europe/Brussels").await, "02 Jun 2025");
    let read = SaleOrder::all()
        .company(THERE)
        .tz("Europe/Brussels")
        .select(|o| (o.date_order,))
        .fetch(&odoo)
        .await
        .unwrap();
    let (moment,) = read[0];
    // Datetimes are read in UTC all the same.
    assert_eq!(moment.unwrap().to_string(), "2025-06-01 22:30:00 UTC");
}

#[tokio::test]
async fn a_language_that_is_not_installed_is_refused() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let labels = |odoo| ResPartner::all().limit(1).lang(odoo);
    labels("fr_BE").ids(&odoo).await.unwrap();
    let error = labels("xx_XX").ids(&odoo).await.unwrap_err();
    assert!(
        error.to_string().contains("Invalid language code: xx_XX"),
        "{error}"
    );
}
