//! Reads that go on where a field or a record fails.

#[allow(dead_code, unreachable_pub)]
#[path = "support/models.rs"]
mod models;
#[allow(dead_code, unreachable_pub)]
#[path = "support/table.rs"]
mod table;

use futures_util::TryStreamExt;
use models::{ResCountry, ResPartner};
use odx_runtime::query::{Partial, PartialRow, Unread};
use odx_runtime::{Error, FetchAs, Id, Model, OdooModel};
use serde_json::json;
use table::Table;

/// A name may be blank, whether it is a company may not.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Row {
    id: Id<ResPartner>,
    name: Option<String>,
    is_company: bool,
    credit_limit: Option<f64>,
}

fn number(row: &Row) -> i64 {
    row.id.number().expect("a number")
}

/// Record and field of what failed; no field is the record.
fn cells(failed: &[Unread]) -> Vec<(i64, Option<&'static str>)> {
    let cell = |unread: &Unread| (unread.id.number().expect("a number"), unread.field);
    failed.iter().map(cell).collect()
}

async fn read(table: &Table) -> Partial<Row> {
    let query = ResPartner::all();
    query.fetch_partial_as(&table.session()).await.unwrap()
}

#[tokio::test]
async fn what_does_not_fail_is_read_by_one_call() {
    let table = Table::of(1..=500);
    let read = read(&table).await;
    assert_eq!((read.rows.len(), read.failed.len()), (500, 0));
    assert_eq!(table.methods(), ["search_read"]);
}

#[tokio::test]
async fn one_field_of_one_record_is_found_by_few_calls_and_blank_where_there_is_room() {
    for bad in [1, 77, 250, 500] {
        let table = Table::of(1..=500).failing(move |id, field| id == bad && field == "name");
        let read = read(&table).await;
        assert_eq!(cells(&read.failed), [(bad, Some("name"))]);
        assert_eq!(
            read.rows.iter().map(number).collect::<Vec<_>>(),
            (1..=500).collect::<Vec<_>>()
        );
        for row in &read.rows {
            let expected = (number(row) != bad).then_some("a name");
            assert_eq!(row.name.as_deref(), expected);
            assert!(row.is_company);
            assert_eq!(row.credit_limit, Some(1.5));
        }
        let calls = table.methods().len();
        assert!(calls <= 45, "{bad}: {calls}");
    }
}

#[tokio::test]
async fn a_record_that_is_deleted_meanwhile_comes_whole_or_not_at_all() {
    for calls in 1..40 {
        let table = Table::of(1..=20)
            .failing(|id, field| id == 7 && field == "credit_limit")
            .deleting(8, calls);
        let read = read(&table).await;
        assert_eq!(cells(&read.failed), [(7, Some("credit_limit"))]);
        for row in read.rows.iter().filter(|row| number(row) != 7) {
            assert!(row.is_company, "{calls}: {row:?}");
            assert_eq!(row.name.as_deref(), Some("a name"), "{calls}");
            assert_eq!(row.credit_limit, Some(1.5), "{calls}");
        }
        let others = read.rows.iter().filter(|row| number(row) != 8).count();
        assert_eq!(others, 19, "{calls}");
    }
}

#[tokio::test]
async fn a_record_that_has_no_room_for_a_field_is_left_out_and_listed() {
    let table = Table::of(1..=50).failing(|id, field| id == 9 && field == "is_company");
    let read = read(&table).await;
    assert_eq!(cells(&read.failed), [(9, Some("is_company"))]);
    let left = (1..=50).filter(|id| *id != 9).collect::<Vec<_>>();
    assert_eq!(read.rows.iter().map(number).collect::<Vec<_>>(), left);
    assert_eq!(
        read.failed[0].to_string(),
        "res.partner(9).is_company could not be read: Odoo refused this server: record 9 cannot be computed (builtins.KeyError)"
    );
}

#[tokio::test]
async fn a_record_of_which_nothing_can_be_read_is_listed_alone() {
    let table = Table::of(1..=500).failing(|id, _| id == 321);
    let read = read(&table).await;
    assert_eq!(cells(&read.failed), [(321, None)]);
    assert_eq!(read.rows.len(), 499);
    let calls = table.methods().len();
    assert!(calls <= 40, "{calls}");
}

#[tokio::test]
async fn a_field_that_always_fails_is_found_by_few_calls() {
    let table = Table::of(1..=500).failing(|_, field| field == "credit_limit");
    let read = read(&table).await;
    let expected: Vec<_> = (1..=500).map(|id| (id, Some("credit_limit"))).collect();
    assert_eq!(cells(&read.failed), expected);
    assert_eq!(read.rows.len(), 500);
    assert!(
        read.rows
            .iter()
            .all(|row| row.credit_limit.is_none() && row.is_company)
    );
    let calls = table.methods().len();
    assert!(calls <= 60, "{calls}");
}

#[tokio::test]
async fn one_of_many_fields_is_found_by_halving_them() {
    let table = Table::of(1..=1).failing(|_, field| field == "image");
    let read = ResPartner::all().fetch_partial(&table.session()).await;
    assert_eq!(cells(&read.unwrap().failed), [(1, Some("image"))]);
    let calls = table.methods().len();
    assert!(calls <= 10, "{calls}");
}

#[tokio::test]
async fn several_fields_and_records_are_all_found() {
    let table = Table::of(1..=300).failing(|id, field| match id {
        10 => true,
        20 | 21 => field == "name",
        30 => field == "name" || field == "credit_limit",
        _ => false,
    });
    let read = read(&table).await;
    assert_eq!(
        cells(&read.failed),
        [
            (10, None),
            (20, Some("name")),
            (21, Some("name")),
            (30, Some("name")),
            (30, Some("credit_limit")),
        ]
    );
    assert_eq!(read.rows.len(), 299);
}

#[tokio::test]
async fn where_more_fails_than_can_be_found_each_record_is_given_or_listed() {
    let fails = |id: i64, field: &str| match field {
        "name" => id % 3 == 0,
        "is_company" => id % 5 == 0,
        "credit_limit" => id % 7 == 0,
        _ => id % 11 == 0,
    };
    let table = Table::of(1..=500).failing(fails);
    let read = read(&table).await;
    let given: Vec<i64> = read.rows.iter().map(number).collect();
    let failed = cells(&read.failed);
    for id in 1..=500 {
        let listed = failed.iter().any(|(listed, _)| *listed == id);
        assert!(listed || given.contains(&id), "{id}");
        for field in ["name", "is_company", "credit_limit"] {
            let told = failed.contains(&(id, None)) || failed.contains(&(id, Some(field)));
            assert!(told || !fails(id, field), "{id} {field}");
        }
    }
    let calls = table.methods().len();
    assert!(calls <= 310, "{calls}");
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_one_field_of_one_record() {
    let table = Table::of(1..=500)
        .with_value(4, "is_company", json!("maybe"))
        .with_value(5, "credit_limit", json!("much"));
    let read = read(&table).await;
    assert_eq!(
        cells(&read.failed),
        [(4, Some("is_company")), (5, Some("credit_limit"))]
    );
    assert_eq!(read.rows.len(), 499);
    assert_eq!(table.methods(), ["search_read", "search", "read"]);
    let error = &read.failed[0].error;
    assert!(matches!(**error, Error::Decode(_)), "{error}");
}

#[tokio::test]
async fn what_is_of_no_field_and_no_record_is_an_error() {
    let table = Table::of(1..=5).refusing_reads();
    let query = || ResPartner::all();
    let error = query()
        .fetch_partial_as::<Row>(&table.session())
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the server is on fire");
    let rows = query().stream_partial_as::<Row>(&table.session());
    rows.try_collect::<Vec<_>>().await.unwrap_err();
}

#[tokio::test]
async fn a_stream_goes_on_behind_what_fails() {
    for ordered in [false, true] {
        let table =
            Table::of(1..=100).failing(|id, field| id == 42 || (id == 7 && field == "name"));
        let mut query = ResPartner::all().page_size(10);
        if ordered {
            query = query.order(|p| p.id.asc());
        }
        let rows: Vec<PartialRow<Row>> = query
            .stream_partial_as(&table.session())
            .try_collect()
            .await
            .unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id.number().unwrap()).collect();
        assert_eq!(ids, (1..=100).collect::<Vec<_>>());
        let failed: Vec<_> = rows.iter().flat_map(|row| cells(&row.failed)).collect();
        assert_eq!(failed, [(7, Some("name")), (42, None)]);
        assert!(
            rows.iter()
                .all(|row| row.row.is_some() == (row.id.number() != Some(42)))
        );
    }
}

#[tokio::test]
async fn a_limit_and_an_order_are_kept() {
    let table = Table::of(1..=100).failing(|id, field| id == 99 && field == "name");
    let query = ResPartner::all().order(|p| p.id.desc()).limit(3);
    let read: Partial<Row> = query.fetch_partial_as(&table.session()).await.unwrap();
    assert_eq!(
        read.rows.iter().map(number).collect::<Vec<_>>(),
        [100, 99, 98]
    );
    assert_eq!(cells(&read.failed), [(99, Some("name"))]);
}

/// A partner and the country behind it.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Settled {
    id: Id<ResPartner>,
    country_id: Option<Country>,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResCountry)]
struct Country {
    code: String,
}

#[tokio::test]
async fn a_record_behind_a_relation_fails_the_field_that_leads_to_it() {
    let table = Table::of(1..=50)
        .with_value(3, "country_id", json!([7, "x"]))
        .with_value(4, "country_id", json!([8, "y"]))
        .with_value(5, "country_id", json!([999, "deleted"]))
        .failing(|id, field| id == 8 && field == "code");
    let query = ResPartner::all();
    let read: Partial<Settled> = query.fetch_partial_as(&table.session()).await.unwrap();
    assert_eq!(
        cells(&read.failed),
        [(4, Some("country_id")), (5, Some("country_id"))]
    );
    assert_eq!(read.rows.len(), 50);
    let codes: Vec<_> = read
        .rows
        .iter()
        .filter(|row| row.country_id.is_some())
        .collect();
    assert_eq!(codes.len(), 1);
    assert_eq!(codes[0].id, Id::new(3));
    assert_eq!(codes[0].country_id.as_ref().unwrap().code, "a name");
}

#[test]
fn the_blocking_face_has_both() {
    let table = Table::of(1..=100).failing(|id, field| id == 42 && field == "name");
    let odoo = odx_runtime::blocking::Session::from(table.session());
    let read: Partial<Row> = ResPartner::all().fetch_partial_as(&odoo).unwrap();
    assert_eq!(cells(&read.failed), [(42, Some("name"))]);
    let rows = ResPartner::all().stream_partial_as::<Row>(&odoo);
    let failed = rows.map(|row| cells(&row.unwrap().failed).len());
    assert_eq!(failed.sum::<usize>(), 1);
}
