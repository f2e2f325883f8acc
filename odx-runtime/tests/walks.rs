//! Streams and limits against a table in memory that hides, repeats and misbehaves as servers do.

#[allow(dead_code, unreachable_pub)]
#[path = "support/models.rs"]
mod models;
#[allow(dead_code, unreachable_pub)]
#[path = "support/table.rs"]
mod table;

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use models::ResPartner;
use odx_runtime::query::{OutOfTime, Reached, WalkError};
use odx_runtime::{Error, FetchAs, Id, Model, OdooModel, ReadAs, Session, none};
use serde_json::json;
use table::Table;

/// What the tests read: the id.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Row {
    id: Id<ResPartner>,
}

/// Of no field at all.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Nothing {}

type Query = odx_runtime::query::Query<ResPartner>;

/// More rows than any of the tests has: a walk without an end fails instead of going on for ever.
const ENDLESS: usize = 300_000;

async fn streamed(query: Query, odoo: &Session) -> Result<Vec<i64>, Error> {
    let rows = query.stream_as(odoo).take(ENDLESS);
    let rows: Vec<Row> = rows.try_collect().await?;
    assert!(rows.len() < ENDLESS, "walked for ever");
    Ok(rows.iter().map(number).collect())
}

fn number(row: &Row) -> i64 {
    row.id.number().expect("a number")
}

fn walk_error(error: Error) -> WalkError {
    match error {
        Error::Walk(error) => *error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_short_page_is_not_the_end() {
    let table = Table::of(1..=60).hiding(|id| id % 7 == 3);
    let visible: Vec<i64> = (1..=60).filter(|id| id % 7 != 3).collect();
    for size in [1, 3, 10, 59, 60, 1_000] {
        let query = ResPartner::all().page_size(size);
        assert_eq!(
            streamed(query, &table.session()).await.unwrap(),
            visible,
            "{size}"
        );
    }
}

/// A page by offset costs the server all records before it; one that begins at an id costs what it holds.
#[tokio::test]
async fn no_page_of_a_stream_is_further_away_than_another() {
    const SIZE: i64 = 10;
    let table = Table::of(1..=1_000);
    let query = ResPartner::all().page_size(SIZE as usize);
    streamed(query, &table.session()).await.unwrap();
    let searches = table.searches();
    let pages: Vec<_> = searches
        .iter()
        .filter(|(_, limit)| limit.is_some())
        .collect();
    assert_eq!(pages.len(), 100 + 1, "each page, and the end");
    for (page, (domain, limit)) in (0..).zip(&pages) {
        let begin = match page {
            0 => json!([]),
            page => json!([["id", ">", page * SIZE]]),
        };
        assert_eq!((domain, limit), (&begin, &Some(SIZE as u64)));
    }
    let by_name = ResPartner::all().order(|p| p.name.asc()).page_size(10);
    streamed(by_name, &table.session()).await.unwrap();
    assert_eq!(table.offsets(), Vec::<serde_json::Value>::new());
}

/// A limited user of a real Odoo 19 sees 3 of 42 activities, none of them among the first three.
#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let table = Table::of(1..=5_000).hiding(|id| id != 17 && id < 4_990);
    let visible: Vec<i64> = [17].into_iter().chain(4_990..=5_000).collect();
    for size in [1, 3, 10, 500] {
        for query in [ResPartner::all(), ResPartner::all().order(|p| p.id.asc())] {
            let query = query.page_size(size);
            assert_eq!(
                streamed(query, &table.session()).await.unwrap(),
                visible,
                "{size}"
            );
        }
    }
    let nobody = Table::of(1..=5_000).hiding(|_| true);
    let rows = streamed(ResPartner::all(), &nobody.session()).await;
    assert!(rows.unwrap().is_empty());
}

#[tokio::test]
async fn a_limit_counts_what_the_user_may_see() {
    let table = Table::of(1..=200).hiding(|id| id < 50 || id % 2 == 0);
    let odoo = table.session();
    let query = || ResPartner::all().order(|p| p.id.asc());
    let ids = |count: usize| {
        (51..)
            .step_by(2)
            .take(count)
            .map(Id::new)
            .collect::<Vec<_>>()
    };
    assert_eq!(query().limit(5).ids(&odoo).await.unwrap(), ids(5));
    let rows: Vec<Row> = query().limit(5).fetch_as(&odoo).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids(5));
    let tuples = query()
        .limit(5)
        .select(|p| (p.id,))
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(tuples.iter().map(|row| row.0).collect::<Vec<_>>(), ids(5));
    let first: Option<Row> = query().first_as(&odoo).await.unwrap();
    assert_eq!(first.map(|row| row.id), Some(Id::new(51)));
    assert!(query().any(&odoo).await.unwrap());
    assert_eq!(
        streamed(query().limit(5), &odoo).await.unwrap(),
        [51, 53, 55, 57, 59]
    );
    let by_id = ResPartner::all().limit(5).page_size(2);
    assert_eq!(streamed(by_id, &odoo).await.unwrap(), [51, 53, 55, 57, 59]);
}

#[tokio::test]
async fn a_limit_that_is_reached_costs_one_call_and_one_that_is_not_costs_two() {
    let table = Table::of(1..=10);
    let odoo = table.session();
    let fetch = |limit| ResPartner::all().limit(limit).fetch_as::<Row>(&odoo);
    assert_eq!(fetch(10).await.unwrap().len(), 10);
    assert_eq!(table.methods(), ["search_read"]);
    assert_eq!(fetch(11).await.unwrap().len(), 10);
    assert_eq!(table.methods(), ["search_read", "search_read", "search"]);
}

/// Odoo adds it up over the domain of the call.
#[derive(OdooModel, Debug)]
#[odoo(name = "account.move.line")]
struct Item {
    #[odoo(computed)]
    cumulated_balance: f64,
}

#[tokio::test]
async fn a_sum_over_a_whole_search_is_not_read_a_page_at_a_time() {
    let table = Table::of(1..=3).with_value(1, "cumulated_balance", json!(1.5));
    let odoo = table.session();
    let error = Item::all().stream(&odoo).try_next().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`cumulated_balance` of account.move.line is worked out over a whole search, and would begin anew in each page: \
         read it by `fetch`"
    );
    assert!(table.methods().is_empty());
}

/// The next one moves up into its place, which lies before where the second window begins.
#[tokio::test]
async fn a_record_that_is_deleted_between_two_windows_of_an_order_costs_no_other_one() {
    let table = Table::of(1..=100_010).deleting(5, 3);
    let ordered = || ResPartner::all().order(|p| p.id.asc()).page_size(50_000);
    let error = walk_error(streamed(ordered(), &table.session()).await.unwrap_err());
    assert!(matches!(error, WalkError::Moved { .. }), "{error}");
    assert!(error.to_string().contains("stream without an order"));
    // One of the second window moves none of the first.
    let table = Table::of(1..=100_010).deleting(100_005, 3);
    let rows = streamed(ordered(), &table.session()).await.unwrap();
    let expected = (1..=100_010).filter(|id| *id != 100_005);
    assert_eq!(rows, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn id_ends_every_order_of_which_a_part_is_read() {
    let table = Table::of(1..=3);
    let odoo = table.session();
    let by_name = || ResPartner::all().order(|p| p.name.desc());
    by_name().limit(3).fetch_as::<Row>(&odoo).await.unwrap();
    by_name().limit(3).offset(1).ids(&odoo).await.unwrap();
    by_name().select(|p| (p.name,)).first(&odoo).await.unwrap();
    by_name().any(&odoo).await.unwrap();
    streamed(by_name(), &odoo).await.unwrap();
    let mut orders = table.orders();
    orders.dedup();
    assert_eq!(orders, ["name desc, id"]);
    let by_id = ResPartner::all().order(|p| (p.id.desc(), p.name.asc()));
    by_id.limit(3).ids(&odoo).await.unwrap();
    assert_eq!(table.orders().last().unwrap(), "id desc, name");
    // All records: the order may leave some equal.
    by_name().ids(&odoo).await.unwrap();
    assert_eq!(table.orders().last().unwrap(), "name desc");
}

#[tokio::test]
async fn an_offset_without_an_order_is_refused_before_it_is_sent() {
    let table = Table::of(1..=3);
    let odoo = table.session();
    let query = || ResPartner::all().limit(2).offset(1);
    for error in [
        query().fetch_as::<Row>(&odoo).await.unwrap_err(),
        query().ids(&odoo).await.unwrap_err(),
        query().first_as::<Row>(&odoo).await.unwrap_err(),
        query().select(|p| (p.id,)).fetch(&odoo).await.unwrap_err(),
    ] {
        assert_eq!(
            error.to_string(),
            "an offset counts in an order, and the own order of res.partner may leave open which of two records comes \
             first: give one, such as `.order(|r| r.id.asc())`, or stream all records"
        );
    }
    assert_eq!(table.methods(), Vec::<String>::new());
    // A stream without an order goes by id.
    assert_eq!(streamed(query(), &odoo).await.unwrap(), [2, 3]);
}

#[tokio::test]
async fn every_record_comes_once_whatever_the_order() {
    // Ties come in another order in each call.
    let table = Table::of(1..=300).shuffling_ties();
    for size in [3, 100, 1_000] {
        let query = ResPartner::all().order(|p| p.name.asc()).page_size(size);
        let mut ids = streamed(query, &table.session()).await.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, (1..=300).collect::<Vec<_>>(), "{size}");
    }
}

#[tokio::test]
async fn negative_ids_are_walked() {
    let table = Table::of([-30, -12, -1, 0, 4, 9]);
    let query = ResPartner::all().page_size(2);
    assert_eq!(
        streamed(query, &table.session()).await.unwrap(),
        [-30, -12, -1, 0, 4, 9]
    );
}

#[tokio::test]
async fn an_id_that_rows_share_is_told_before_it_is_given() {
    for (ids, size) in [
        (vec![1, 1, 2], 10),
        (vec![1, 2, 2, 3], 2),
        (vec![1, 2, 2], 2),
    ] {
        let table = Table::of(ids.clone());
        let mut rows = ResPartner::all()
            .page_size(size)
            .stream_as::<Row>(&table.session());
        let first = rows.next().await.expect("an error");
        let shared = if ids[1] == 1 { 1 } else { 2 };
        let error = first.expect_err("rows share an id");
        assert_eq!(
            walk_error(error),
            WalkError::SameId {
                model: "res.partner",
                id: shared.into()
            },
            "{ids:?}"
        );
        assert!(rows.next().await.is_none());
        // In an order, too.
        let ordered = ResPartner::all().order(|p| p.name.asc()).page_size(size);
        let error = streamed(ordered, &table.session()).await.unwrap_err();
        assert!(matches!(walk_error(error), WalkError::SameId { .. }));
        // Read whole, they are what Odoo gives.
        let whole: Vec<Row> = ResPartner::all().fetch_as(&table.session()).await.unwrap();
        assert_eq!(whole.iter().map(number).collect::<Vec<_>>(), ids);
    }
}

#[tokio::test]
async fn rows_without_an_id_are_told_and_can_be_read_whole_without_it() {
    let table = Table::answering(
        "search_read",
        json!([{"id": false, "name": "a"}, {"id": false, "name": "b"}]),
    );
    let odoo = table.session();
    let expected = WalkError::NoId {
        model: "res.partner",
    };
    let error = streamed(ResPartner::all(), &odoo).await.unwrap_err();
    assert_eq!(walk_error(error), expected);
    let nothing: Result<Vec<Nothing>, _> = ResPartner::all().stream_as(&odoo).try_collect().await;
    assert_eq!(walk_error(nothing.unwrap_err()), expected);
    let error = ResPartner::all().fetch_as::<Row>(&odoo).await.unwrap_err();
    assert_eq!(walk_error(error), expected);
    let names = ResPartner::all()
        .select(|p| (p.name,))
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(names, [(Some("a".to_owned()),), (Some("b".to_owned()),)]);
}

#[tokio::test]
async fn ids_that_are_texts_are_walked_in_an_order_only() {
    let table = Table::of_json([json!("01"), json!("10"), json!("2")]);
    let error = streamed(ResPartner::all(), &table.session())
        .await
        .unwrap_err();
    assert!(matches!(walk_error(error), WalkError::TextIds { .. }));
    let ordered = ResPartner::all().order(|p| p.name.asc()).page_size(2);
    let rows: Vec<Row> = ordered
        .stream_as(&table.session())
        .try_collect()
        .await
        .unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.id.to_json()).collect();
    assert_eq!(ids, [json!("01"), json!("10"), json!("2")]);
}

#[tokio::test]
async fn a_server_that_gives_a_page_again_is_not_walked_for_ever() {
    for again in [
        json!([{"id": 1}, {"id": 2}]),
        json!([{"id": 2.0}, {"id": 3}]),
        json!([{"id": 2}, {"id": 1}]),
    ] {
        let table = Table::answering("search_read", again.clone());
        let error = streamed(ResPartner::all().page_size(2), &table.session())
            .await
            .unwrap_err();
        let error = walk_error(error);
        assert!(
            matches!(
                error,
                WalkError::SameId { .. } | WalkError::NotForward { .. }
            ),
            "{again}: {error}"
        );
    }
    // A page of one record, which is the last of the page before.
    let table = Table::answering("search_read", json!([{"id": 7}]));
    let error = streamed(ResPartner::all().page_size(1), &table.session())
        .await
        .unwrap_err();
    assert!(matches!(walk_error(error), WalkError::SameId { .. }));
    // No page at all, and always more beyond it.
    let table = Table::answering("search_read", json!([])).and("search", json!([5]));
    let error = streamed(ResPartner::all(), &table.session())
        .await
        .unwrap_err();
    assert!(matches!(walk_error(error), WalkError::NotForward { .. }));
}

#[tokio::test]
async fn more_than_was_asked_for_is_an_error() {
    let rows: Vec<_> = (1..=50).map(|id| json!({"id": id})).collect();
    let ids: Vec<i64> = (1..=50).collect();
    let table = Table::answering("search_read", rows.clone().into())
        .and("search", ids.into())
        .and("read", rows.into());
    let odoo = table.session();
    let query = || ResPartner::all().limit(5);
    let errors = [
        query().fetch_as::<Row>(&odoo).await.unwrap_err(),
        query().ids(&odoo).await.unwrap_err(),
        query().first_as::<Row>(&odoo).await.unwrap_err(),
        query().select(|p| (p.id,)).fetch(&odoo).await.unwrap_err(),
        query().any(&odoo).await.unwrap_err(),
        streamed(query(), &odoo).await.unwrap_err(),
        streamed(query().order(|p| p.id.asc()), &odoo)
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(walk_error(error), WalkError::TooMany { .. }));
    }
    let one_more: Vec<_> = (1..=6).map(|id| json!({"id": id})).collect();
    let table_of_one_more = Table::answering("search_read", one_more.into());
    let fetched = query().fetch_as::<Row>(&table_of_one_more.session()).await;
    let error = walk_error(fetched.unwrap_err());
    assert!(matches!(error, WalkError::TooMany { .. }));
    let error = ResPartner::read(&odoo, [Id::new(1)]).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    let error = ResPartner::read_as::<Row>(&odoo, [Id::new(1)])
        .await
        .unwrap_err();
    assert!(matches!(walk_error(error), WalkError::NotAsked { .. }));
}

#[tokio::test]
async fn a_projection_of_no_field_reads_the_id_alone() {
    let table = Table::of(1..=3);
    let odoo = table.session();
    let rows: Vec<Nothing> = ResPartner::all().fetch_as(&odoo).await.unwrap();
    assert_eq!(rows.len(), 3);
    ResPartner::read_as::<Nothing>(&odoo, [Id::new(1)])
        .await
        .unwrap();
    assert_eq!(table.fields(), [json!(["id"]), json!(["id"])]);
}

#[tokio::test]
async fn a_search_for_nothing_gives_nothing() {
    let table = Table::of(1..=3);
    let odoo = table.session();
    let query = || ResPartner::matching(none());
    assert!(streamed(query(), &odoo).await.unwrap().is_empty());
    assert!(!query().any(&odoo).await.unwrap());
    assert!(query().first_as::<Row>(&odoo).await.unwrap().is_none());
}

/// `ir.attachment` leaves out the files of fields unless the domain names `id` or `res_field`.
mod attachments {
    use super::*;

    #[derive(OdooModel, Debug)]
    #[odoo(name = "ir.attachment")]
    struct IrAttachment {
        id: Id<IrAttachment>,
        #[odoo(kind = "char")]
        res_field: Option<String>,
    }

    #[tokio::test]
    async fn all_pages_ask_what_fetch_and_count_ask() {
        let table = Table::of(1..=50).with_files_of_fields(|id| id % 3 != 0);
        let odoo = table.session().for_version(19);
        let count = IrAttachment::all().count(&odoo).await.unwrap();
        assert_eq!(count, 16);
        for size in [3, 100, 1_000] {
            for query in [
                IrAttachment::all(),
                IrAttachment::all().order(|a| a.id.desc()),
            ] {
                let rows: Vec<IrAttachment> = query
                    .page_size(size)
                    .stream(&odoo)
                    .try_collect()
                    .await
                    .unwrap();
                assert_eq!(rows.len() as u64, count, "{size}");
            }
            let named = || IrAttachment::search(|a| a.id.gt(Id::new(0)));
            let rows: Vec<IrAttachment> = named()
                .page_size(size)
                .stream(&odoo)
                .try_collect()
                .await
                .unwrap();
            assert_eq!(rows.len(), 50, "{size}");
            let files = IrAttachment::search(|a| a.res_field.is_set());
            let rows: Vec<IrAttachment> = files
                .page_size(size)
                .stream(&odoo)
                .try_collect()
                .await
                .unwrap();
            assert_eq!(rows.len(), 34, "{size}");
        }
    }
}

#[tokio::test]
async fn the_next_page_is_on_its_way_while_the_program_works() {
    for (prefetch, pages) in [(None, 2), (Some(0), 1), (Some(1), 2), (Some(2), 3)] {
        let table = Table::of(1..=50);
        let mut query = ResPartner::all().page_size(10);
        if let Some(prefetch) = prefetch {
            query = query.prefetch(prefetch);
        }
        let mut rows = query.stream_as::<Row>(&table.session());
        for id in 1..=5 {
            assert_eq!(number(&rows.next().await.unwrap().unwrap()), id);
            table.rest().await;
        }
        let asked = table
            .methods()
            .iter()
            .filter(|method| *method == "search_read")
            .count();
        assert_eq!(asked, pages, "{prefetch:?}");
        let rest: Vec<Row> = rows.try_collect().await.unwrap();
        assert_eq!(rest.len(), 45);
    }
}

#[tokio::test]
async fn dropping_a_stream_cancels_the_page_on_its_way() {
    let table = Table::of(1..=50).answering_slowly_from(2);
    let mut rows = ResPartner::all()
        .page_size(10)
        .stream_as::<Row>(&table.session());
    rows.next().await.unwrap().unwrap();
    table.rest().await;
    assert_eq!(table.in_hand(), 1);
    drop(rows);
    table.rest().await;
    assert_eq!(table.in_hand(), 0);
}

#[tokio::test]
async fn an_error_of_a_page_ahead_comes_after_the_rows_before_it() {
    let table = Table::of(1..=50).failing_from(2);
    let mut rows = ResPartner::all()
        .page_size(10)
        .stream_as::<Row>(&table.session());
    for id in 1..=10 {
        assert_eq!(number(&rows.next().await.unwrap().unwrap()), id);
    }
    rows.next().await.unwrap().unwrap_err();
    assert!(rows.next().await.is_none());
    assert!(rows.next().await.is_none());
}

#[test]
fn a_stream_needs_no_runtime_where_its_connection_needs_none() {
    let table = Table::of(1..=50);
    let mut rows = ResPartner::all()
        .page_size(7)
        .stream_as::<Row>(&table.session());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut count = 0;
    while let std::task::Poll::Ready(Some(row)) = rows.as_mut().poll_next(&mut cx) {
        row.unwrap();
        count += 1;
    }
    assert_eq!(count, 50);
}

#[test]
fn the_blocking_face_walks_the_same_way() {
    let table = Table::of(1..=60).hiding(|id| id < 40);
    let odoo = odx_runtime::blocking::Session::from(table.session());
    let rows: Vec<Row> = ResPartner::all()
        .page_size(3)
        .stream_as(&odoo)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(
        rows.iter().map(number).collect::<Vec<_>>(),
        (40..=60).collect::<Vec<_>>()
    );
    let tuples: Vec<_> = ResPartner::all()
        .prefetch(0)
        .select(|p| (p.id,))
        .stream(&odoo)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(tuples.len(), 21);
}

#[test]
fn a_blocking_program_has_the_next_page_read_meanwhile() {
    let table = Table::of(1..=30);
    let odoo = odx_runtime::blocking::Session::from(table.session());
    let mut rows = ResPartner::all().page_size(10).stream_as::<Row>(&odoo);
    rows.next().unwrap().unwrap();
    let pages = |table: &Table| {
        let methods = table.methods();
        methods
            .iter()
            .filter(|method| *method == "search_read")
            .count()
    };
    // Nobody polls the rows. The limit is there only for a program that never reads ahead.
    let begun = std::time::Instant::now();
    while pages(&table) < 2 && begun.elapsed().as_secs() < 30 {
        std::thread::yield_now();
    }
    assert_eq!(pages(&table), 2);
}

/// The rows that a stream gives before its budget of time is spent, and what it says then.
async fn spent(query: Query, odoo: &Session) -> (Vec<i64>, OutOfTime) {
    let mut rows = query.stream_as::<Row>(odoo);
    let mut given = Vec::new();
    loop {
        match rows.next().await.expect("its budget is spent") {
            Ok(row) => given.push(number(&row)),
            Err(Error::OutOfTime(error)) => {
                assert!(rows.next().await.is_none());
                return (given, *error);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_whose_budget_of_time_is_spent_says_what_it_gave_and_where_to_go_on() {
    let all: Vec<i64> = (1..=60).collect();
    let stuck = || Table::of(1..=60).answering_slowly_from(4).session();
    let budget = Duration::from_millis(100);
    for prefetch in [0, 1, 3] {
        let sized = |query: Query| query.page_size(10).prefetch(prefetch);
        let (mut given, error) =
            spent(sized(ResPartner::all()).time_budget(budget), &stuck()).await;
        let Reached::Id(last) = error.reached else {
            panic!("{error:?}");
        };
        assert_eq!(
            (given.len() as u64, given.last()),
            (error.given, Some(&last))
        );
        let message = error.to_string();
        assert!(
            message.contains("100ms that the stream of res.partner was given"),
            "{message}"
        );
        assert!(
            message.contains(&format!("whose `id` is greater than {last}")),
            "{message}"
        );
        let rest = ResPartner::search(|p| p.id.gt(Id::new(last)));
        given.extend(
            streamed(sized(rest), &Table::of(1..=60).session())
                .await
                .unwrap(),
        );
        assert_eq!(given, all);

        let ordered = || sized(ResPartner::all().order(|p| p.id.asc()));
        let (mut given, error) = spent(ordered().time_budget(budget), &stuck()).await;
        let Reached::Offset(offset) = error.reached else {
            panic!("{error:?}");
        };
        let rest = ordered().offset(offset as usize);
        given.extend(streamed(rest, &Table::of(1..=60).session()).await.unwrap());
        assert_eq!(given, all);
    }
}

#[tokio::test]
async fn a_budget_of_time_that_is_spent_before_anything_came_says_so() {
    let table = Table::of(1..=60);
    let query = ResPartner::all().time_budget(Duration::ZERO);
    let (given, error) = spent(query, &table.session()).await;
    assert_eq!(
        (given.len(), error.given, error.reached),
        (0, 0, Reached::Start)
    );
    assert!(table.methods().is_empty());
}

#[tokio::test]
async fn what_is_there_is_given_though_the_budget_of_time_is_spent() {
    let budget = Duration::from_millis(200);
    let query = ResPartner::all().time_budget(budget);
    let odoo = Table::of(1..=3).session();
    let mut rows = query.stream_as::<Row>(&odoo);
    let mut given = vec![number(&rows.next().await.unwrap().unwrap())];
    // As a program that takes long over a row.
    tokio::time::sleep(budget).await;
    while let Some(row) = rows.next().await {
        given.push(number(&row.expect("there is no more to wait for")));
    }
    assert_eq!(given, [1, 2, 3]);
}
