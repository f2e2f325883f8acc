use futures_util::{StreamExt, TryStreamExt};
use odx_e2e::{Sandbox, models::*};
use odx_runtime::model::Model;
use odx_runtime::{Context, Error, FetchAs, Id, OdooModel, RecordId, domain, none};
use serde_json::json;

#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Contact {
    id: Id<ResPartner>,
    name: Option<String>,
    #[odoo(field = "country_id")]
    country: Option<odx_runtime::Many2one<ResCountry>>,
}

fn names(partners: &[ResPartner]) -> Vec<&str> {
    partners
        .iter()
        .filter_map(|partner| partner.name.as_deref())
        .collect()
}

#[tokio::test]
async fn a_search_filters_orders_limits_and_skips() {
    let sandbox = Sandbox::start().await;
    let belgians =
        ResPartner::search(|p| p.is_company.eq(true) & p.country_id.hop(|c| c.code).eq("BE"))
            .order(|p| p.name.desc())
            .offset(1)
            .limit(2)
            .fetch(&sandbox.session())
            .await
            .unwrap();
    assert_eq!(names(&belgians), ["Linden & Oak", "Library of Ghent"]);
}

#[tokio::test]
async fn the_macro_and_the_closure_say_the_same() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let built =
        ResPartner::search(|p| p.is_company.eq(true) & p.country_id.hop(|c| c.code).eq("BE"))
            .ids(&odoo)
            .await
            .unwrap();
    let rust = domain!(ResPartner, is_company == true && country_id.code == "BE");
    let pasted = domain!(
        ResPartner,
        [("is_company", "=", true), ("country_id.code", "=", "BE")]
    );
    assert!(!built.is_empty());
    assert_eq!(ResPartner::matching(rust).ids(&odoo).await.unwrap(), built);
    assert_eq!(
        ResPartner::matching(pasted).ids(&odoo).await.unwrap(),
        built
    );
}

#[tokio::test]
async fn a_projection_reads_just_its_own_fields() {
    let sandbox = Sandbox::start().await;
    let contacts: Vec<Contact> = ResPartner::search(|p| p.id.eq(Id::new(5)))
        .fetch_as(&sandbox.session())
        .await
        .unwrap();
    let [contact] = &contacts[..] else {
        panic!("{contacts:?}")
    };
    assert_eq!(
        (contact.id.record_id(), contact.name.as_deref()),
        (RecordId::new(5), Some("Atelier Verhaegen"))
    );
    assert_eq!(
        contact
            .country
            .as_ref()
            .and_then(|country| country.name.as_deref()),
        Some("Belgium")
    );
    let calls = sandbox.server.calls();
    assert_eq!(
        calls.last().unwrap().keyword["fields"],
        json!(["id", "name", "country_id"])
    );
}

#[tokio::test]
async fn some_fields_come_as_tuples() {
    let sandbox = Sandbox::start().await;
    let rows = ResPartner::search(|p| p.id.is_in([Id::new(5), Id::new(6)]))
        .order(|p| p.id.asc())
        .select(|p| (p.id, p.name))
        .fetch(&sandbox.session())
        .await
        .unwrap();
    let expected = [(5, "Atelier Verhaegen"), (6, "Café Mokka")];
    assert_eq!(
        rows,
        expected.map(|(id, name)| (Id::new(id), Some(name.to_owned())))
    );
}

#[tokio::test]
async fn first_ids_count_and_any_agree_with_fetch() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let drafts = || SaleOrder::search(|o| o.state.eq(SaleOrderState::Draft)).order(|o| o.id.asc());
    let fetched: Vec<Id<SaleOrder>> = drafts()
        .fetch(&odoo)
        .await
        .unwrap()
        .iter()
        .map(|order| order.id)
        .collect();
    let ids: Vec<Id<SaleOrder>> = drafts().ids(&odoo).await.unwrap();
    assert_eq!(fetched.len(), 7);
    assert_eq!(ids, fetched);
    assert_eq!(drafts().count(&odoo).await.unwrap(), 7);
    assert_eq!(drafts().first(&odoo).await.unwrap().unwrap().id, fetched[0]);
    assert!(drafts().any(&odoo).await.unwrap());
    assert!(
        SaleOrder::matching(none())
            .first(&odoo)
            .await
            .unwrap()
            .is_none()
    );
    assert!(!SaleOrder::matching(none()).any(&odoo).await.unwrap());
}

#[tokio::test]
async fn a_read_keeps_the_order_and_names_what_is_missing() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let asked = [7, 999_999, 5].map(Id::new);
    let found = ResPartner::read(&odoo, asked).await.unwrap();
    assert_eq!(
        names(&found.records),
        ["Grand Hôtel du Parc", "Atelier Verhaegen"]
    );
    assert_eq!(found.missing, [Id::new(999_999)]);
    let error = found.all().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("res.partner has no record with id 999999"),
        "{error}"
    );
    assert_eq!(
        ResPartner::exists(&odoo, asked).await.unwrap(),
        [7, 5].map(Id::new)
    );
}

#[tokio::test]
async fn a_stream_pages_by_id() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let rows: Vec<SaleOrder> = SaleOrder::all()
        .page_size(25)
        .stream(&odoo)
        .try_collect()
        .await
        .unwrap();
    let ids: Vec<Id<SaleOrder>> = rows.iter().map(|order| order.id).collect();
    assert_eq!(ids, (1..=60).map(Id::new).collect::<Vec<_>>());
    let calls = sandbox.calls();
    let (pages, end) = calls.split_at(3);
    assert_eq!(pages, ["sale.order.search_read"; 3]);
    assert_eq!(end, ["sale.order.search"]);
}

#[tokio::test]
async fn a_stream_in_an_order_reads_the_ids_first() {
    let sandbox = Sandbox::start().await;
    let rows: Vec<SaleOrder> = SaleOrder::all()
        .order(|o| o.name.desc())
        .page_size(25)
        .limit(40)
        .stream(&sandbox.session())
        .try_collect()
        .await
        .unwrap();
    let mut sorted: Vec<_> = rows.iter().map(|order| order.name.clone()).collect();
    sorted.sort_by(|one, other| other.cmp(one));
    assert_eq!(rows.len(), 40);
    assert_eq!(
        sorted,
        rows.iter()
            .map(|order| order.name.clone())
            .collect::<Vec<_>>()
    );
    let calls = ["sale.order.search", "sale.order.read", "sale.order.read"];
    assert_eq!(sandbox.calls(), calls);
}

#[tokio::test]
async fn a_stream_that_reads_nothing_ahead_reads_no_further_than_it_is_taken() {
    let sandbox = Sandbox::start().await;
    let taken: Vec<_> = SaleOrder::all()
        .page_size(10)
        .prefetch(0)
        .stream(&sandbox.session())
        .take(5)
        .collect()
        .await;
    assert!(taken.iter().all(Result::is_ok));
    assert_eq!(sandbox.calls().len(), 1);
}

#[tokio::test]
async fn archived_records_come_when_asked_for() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let closed = || ResPartner::search(|p| p.name.eq("Closed Shop"));
    assert_eq!(closed().count(&odoo).await.unwrap(), 0);
    assert_eq!(
        closed().with_archived().ids(&odoo).await.unwrap(),
        [Id::new(42)]
    );
    assert_eq!(closed().count(&odoo.with_archived()).await.unwrap(), 1);
}

#[tokio::test]
async fn the_context_of_the_session_and_of_the_query_travel_together() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session().lang("fr_BE").companies([1]);
    ResPartner::all()
        .limit(1)
        .tz("Europe/Brussels")
        .context(Context::new().set("mark", 7))
        .ids(&odoo)
        .await
        .unwrap();
    let calls = sandbox.server.calls();
    let expected =
        json!({"lang": "fr_BE", "allowed_company_ids": [1], "tz": "Europe/Brussels", "mark": 7});
    assert_eq!(calls.last().unwrap().keyword["context"], expected);
}

#[tokio::test]
async fn names_are_searched_as_odoo_does() {
    let sandbox = Sandbox::start().await;
    let found = ResPartner::name_search(&sandbox.session(), "mokka")
        .await
        .unwrap();
    assert!(
        found.iter().any(|partner| partner.id == Id::new(6)),
        "{found:?}"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_fit_names_model_record_and_field() {
    let sandbox = Sandbox::start().await;
    sandbox.server.fail_next(odx_sandbox::Fault::RawResult(
        r#"[{"id": 5, "name": 7, "country_id": false}]"#.to_owned(),
    ));
    let error = ResPartner::all()
        .fetch_as::<Contact>(&sandbox.session())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with(&format!("{}(5).name: expected", ResPartner::NAME)),
        "{error}"
    );
}
