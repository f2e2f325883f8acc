//! The short forms: one record, one id, one field, new records in a list, groups ordered by name.

use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{
    Error, FetchAs, Id, Many2one, Model, OdooGroup, OdooModel, ReadAs,
    query::{
        NotOne,
        group::{Group, Period, count},
    },
    values,
};
use serde_json::json;

#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Contact {
    id: Id<ResPartner>,
    name: Option<String>,
}

#[tokio::test]
async fn one_record_is_got_by_its_id_and_a_missing_one_is_an_error() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let partner = ResPartner::get(&odoo, Id::new(5)).await.unwrap();
    let contact = ResPartner::get_as::<Contact>(&odoo, partner.id)
        .await
        .unwrap();
    assert_eq!(
        (contact.id, contact.name),
        (Id::new(5), partner.name.clone())
    );
    let blocking = sandbox.blocking();
    let again = tokio::task::spawn_blocking(move || ResPartner::get(&blocking, Id::new(5)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again.name, partner.name);
    let missing = ResPartner::get(&odoo, Id::new(999_999)).await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "res.partner has no record with id 999999; it may have been deleted"
    );
}

#[tokio::test]
async fn one_record_is_found_and_none_and_several_are_errors() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let belgium = || ResCountry::search(|c| c.code.eq("BE"));
    let id = belgium().one_id(&odoo).await.unwrap();
    assert_eq!(belgium().one(&odoo).await.unwrap().id, id);

    let error = ResCountry::search(|c| c.code.eq("XX"))
        .one(&odoo)
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::NotOne(error) if matches!(**error, NotOne::None { .. })));
    assert_eq!(
        error.to_string(),
        "no res.country matches [('code', '=', 'XX')], and one was asked for: where there may be none, take `.first(..)`; \
         archived records are found by `.with_archived()`"
    );

    let error = ResCountry::all()
        .one_as::<Country>(&odoo)
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::NotOne(error) if matches!(**error, NotOne::Several { .. })));
    assert!(
        error
            .to_string()
            .starts_with("more than one res.country matches []"),
        "{error}"
    );
}

#[derive(OdooModel, Debug)]
#[odoo(model = ResCountry)]
struct Country {
    #[allow(dead_code)] // No row is read into it.
    id: Id<ResCountry>,
}

#[tokio::test]
async fn one_field_is_read_as_what_a_projection_could_hold_it_in() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let orders = || SaleOrder::all().order(|o| o.id.asc()).limit(2);
    let names: Vec<String> = orders().pluck(|o| o.name).fetch(&odoo).await.unwrap();
    let partners: Vec<Many2one<ResPartner>> =
        orders().pluck(|o| o.partner_id).fetch(&odoo).await.unwrap();
    let records = orders().fetch(&odoo).await.unwrap();
    assert_eq!(names, [records[0].name.clone(), records[1].name.clone()]);
    assert_eq!(partners[0], records[0].partner_id);
    let first: Option<String> = orders().pluck(|o| o.name).first(&odoo).await.unwrap();
    assert_eq!(first, Some(records[0].name.clone()));
}

#[tokio::test]
async fn a_field_that_may_have_no_value_is_not_read_as_a_type_without_room_for_that() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let emails = ResPartner::all().pluck::<String, _>(|p| p.email);
    assert_eq!(
        emails.fetch(&odoo).await.unwrap_err().to_string(),
        "`res.partner.email` may have no value: read it as an `Option`"
    );
    let emails: Vec<Option<String>> = ResPartner::all()
        .pluck(|p| p.email)
        .fetch(&odoo)
        .await
        .unwrap();
    assert!(emails.contains(&None));
}

#[tokio::test]
async fn a_list_of_values_creates_the_records_behind_a_relation() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let values = values!(ResPartner {
        name: "Acme",
        child_ids: [
            values!(ResPartner { name: "Ada" }),
            values!(ResPartner { name: "Grace" })
        ]
    });
    let acme = ResPartner::create(&odoo, values).await.unwrap();
    let names: Vec<Option<String>> = ResPartner::search(|p| p.parent_id.eq(acme))
        .order(|p| p.name.asc())
        .pluck(|p| p.name)
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(names, [Some("Ada".to_owned()), Some("Grace".to_owned())]);
}

type ByState<A> = Vec<Group<Option<SaleOrderState>, A>>;

fn states<A>(groups: ByState<A>) -> Vec<Option<SaleOrderState>> {
    groups.into_iter().map(|group| group.key).collect()
}

#[tokio::test]
async fn groups_are_ordered_by_what_is_named_asked_for_or_not() {
    for version in ["16.0", "19.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(version)).await;
        let odoo = sandbox.session();
        let by_total: ByState<(Option<f64>,)> = SaleOrder::group_by(|o| o.state)
            .sum(|o| o.amount_total)
            .order(|o| o.amount_total.sum().desc())
            .fetch(&odoo)
            .await
            .unwrap();
        let totals: Vec<f64> = by_total.iter().filter_map(|group| group.values.0).collect();
        assert!(totals.len() > 1 && totals.is_sorted_by(|left, right| left > right));
        let unasked: ByState<()> = SaleOrder::group_by(|o| o.state)
            .order(|o| o.amount_total.sum().desc())
            .fetch(&odoo)
            .await
            .unwrap();
        let best = SaleOrder::group_by(|o| o.state)
            .order(|o| o.amount_total.sum().desc())
            .order(|_| count().asc())
            .limit(1)
            .fetch(&odoo)
            .await
            .unwrap();
        let states_by_total = states(by_total);
        assert_eq!(states(best)[0], states_by_total[0]);
        assert_eq!(states(unasked), states_by_total);
    }
}

#[derive(OdooGroup, Debug, PartialEq)]
#[odoo(model = SaleOrder)]
struct Month {
    #[odoo(key = "date_order:month")]
    month: Option<Period>,
    state: Option<SaleOrderState>,
    #[odoo(sum = "amount_total")]
    total: Option<f64>,
    #[odoo(avg)]
    amount_total: Option<f64>,
    #[odoo(count_distinct = "partner_id")]
    customers: u64,
    #[odoo(count)]
    orders: u64,
}

#[tokio::test]
async fn groups_by_names_are_those_by_positions() {
    for version in ["14.0", "16.0", "19.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(version)).await;
        let odoo = sandbox.session();
        let named: Vec<Month> = SaleOrder::group_as::<Month>()
            .having(|_| count().gt(1))
            .order(|o| o.amount_total.sum().desc())
            .limit(3)
            .fetch(&odoo)
            .await
            .unwrap();
        let placed: Vec<Month> = SaleOrder::group_by(|o| (o.date_order.month(), o.state))
            .sum(|o| o.amount_total)
            .avg(|o| o.amount_total)
            .count_distinct(|o| o.partner_id)
            .having(|_| count().gt(1))
            .order(|o| o.amount_total.sum().desc())
            .limit(3)
            .fetch(&odoo)
            .await
            .unwrap()
            .into_iter()
            .map(|group| Month {
                month: group.key.0,
                state: group.key.1,
                total: group.values.0,
                amount_total: group.values.1,
                customers: group.values.2,
                orders: group.count,
            })
            .collect();
        assert_eq!(named.len(), 3, "{version}");
        assert!(named[0].orders > 1 && named[0].total > named[0].amount_total);
        assert_eq!(named, placed, "{version}");
    }
}

#[tokio::test]
async fn groups_by_names_are_read_by_the_blocking_face_too() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.blocking();
    let months = tokio::task::spawn_blocking(move || SaleOrder::group_as::<Month>().fetch(&odoo))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(months.iter().map(|month| month.orders).sum::<u64>(), 60);
}

#[tokio::test]
async fn what_is_built_over_an_async_session_is_awaited_as_it_is() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let rows = [(
        "crm.awaited",
        values!(ResPartner {
            name: "Awaited",
            ..
        }),
    )];
    let imported = ResPartner::import(&odoo, rows).await.unwrap();
    assert!(imported.is_complete());
    let rows = [["crm.awaited", "Awaited again"]];
    let import = odoo.import("res.partner", ["id", "name"]).rows(rows);
    assert_eq!(
        import.await.unwrap().ids,
        [imported.ids[0].map(Id::record_id)]
    );

    let count = odoo.call("res.partner", "search_count");
    let named = ResPartner::call(&odoo, "search_count");
    let domain = json!([["name", "=", "Awaited again"]]);
    assert_eq!(count.arg(domain.clone()).await.unwrap(), 1);
    assert_eq!(named.arg(domain).await.unwrap(), 1);
}
