//! Many records, in pages.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use odx_live::{Live, models::*};
use odx_runtime::query::{IntoOrder, Query, WalkError};
use odx_runtime::{Error, Id, Model, OdooModel, RecordId, Session};
use serde_json::{Value, json};

#[tokio::test]
async fn twelve_thousand_records_stream_by_id_and_by_order() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let count = OdxProbeStream::all().count(&odoo).await.unwrap();
    assert!(count >= 10_000, "{count}");

    let mut ids = Vec::new();
    let mut rows = OdxProbeStream::all().page_size(1_000).stream(&odoo);
    while let Some(row) = rows.try_next().await.unwrap() {
        ids.push(row.id);
    }
    assert_eq!(ids.len() as u64, count);
    assert!(ids.is_sorted_by(|one, next| one < next));

    let ordered = OdxProbeStream::all()
        .order(|s| s.bucket.desc())
        .page_size(2_000)
        .stream(&odoo);
    let mut ordered: Vec<_> = ordered.map_ok(|row| row.id).try_collect().await.unwrap();
    ordered.sort_unstable();
    assert_eq!(ordered, ids);
}

/// A message: some are taken away after the limit.
#[derive(OdooModel, Debug)]
#[odoo(name = "mail.message")]
struct Message {
    id: Id<Message>,
    #[odoo(kind = "datetime", field = "date")]
    _date: Option<odx_runtime::model::DateTime<odx_runtime::model::Utc>>,
    #[odoo(kind = "char", field = "subject")]
    _subject: Option<String>,
}

/// A file: those of fields are left out unless the domain names `id`.
#[derive(OdooModel, Debug)]
#[odoo(name = "ir.attachment")]
struct Attachment {
    id: Id<Attachment>,
    #[odoo(kind = "char", field = "name")]
    _name: Option<String>,
    #[odoo(kind = "char", field = "mimetype")]
    _mimetype: Option<String>,
    #[odoo(kind = "char", field = "res_model")]
    _of: Option<String>,
}

/// An activity.
#[derive(OdooModel, Debug)]
#[odoo(name = "mail.activity")]
struct Activity {
    id: Id<Activity>,
    #[odoo(kind = "date", field = "date_deadline")]
    _deadline: Option<odx_runtime::model::NaiveDate>,
    #[odoo(kind = "char", field = "summary")]
    _summary: Option<String>,
}

/// The ids that a search without a limit gives, which takes nothing away after it.
async fn every_id(odoo: &Session, model: &'static str, domain: &Value) -> BTreeSet<RecordId> {
    let ids: Vec<RecordId> = odoo
        .call(model, "search")
        .arg(domain.clone())
        .send()
        .await
        .unwrap();
    ids.into_iter().collect()
}

/// What is asked of records of the model, and the same as Odoo writes it.
struct Asked<M> {
    query: Query<M>,
    domain: Value,
}

impl<M: Model> Asked<M> {
    fn all() -> Self {
        Self {
            query: M::all(),
            domain: json!([]),
        }
    }

    /// What is answered while no other test makes or deletes such records, and the ids of then.
    async fn undisturbed<T>(
        &self,
        odoo: &Session,
        ask: impl AsyncFn(Query<M>) -> T,
    ) -> (BTreeSet<RecordId>, T) {
        for _ in 0..100 {
            let before = every_id(odoo, M::NAME, &self.domain).await;
            let answer = ask(self.query.clone()).await;
            if every_id(odoo, M::NAME, &self.domain).await == before {
                return (before, answer);
            }
        }
        panic!("other tests make records of {} all the time", M::NAME)
    }
}

/// Streams the records in three orders and in pages of several sizes: each comes once.
async fn streams_whole<M, O>(
    odoo: &Session,
    asked: Asked<M>,
    orders: [Option<O>; 3],
    id: fn(&M) -> Id<M>,
) where
    M: Model + odx_runtime::model::Projection<Model = M>,
    O: IntoOrder<M> + Clone,
{
    let counted = asked.undisturbed(odoo, async |query| query.count(odoo).await.unwrap());
    let (expected, count) = counted.await;
    assert_eq!(count, expected.len() as u64, "{}", M::NAME);
    let ids = asked.undisturbed(odoo, async |query| query.ids(odoo).await.unwrap());
    let (expected, ids) = ids.await;
    assert_eq!(ids.len(), expected.len(), "{}", M::NAME);
    let fetched = asked.undisturbed(odoo, async |query| query.fetch(odoo).await.unwrap());
    let (expected, fetched) = fetched.await;
    assert_eq!(fetched.len(), expected.len(), "{}", M::NAME);
    for size in [3, 100, 1_000] {
        for (number, order) in orders.iter().enumerate() {
            let streamed = async |query: Query<M>| {
                let mut query = query.page_size(size);
                if let Some(order) = order.clone() {
                    query = query.order(|_| order);
                }
                let rows: Vec<M> = query.clone().stream(odoo).try_collect().await.unwrap();
                let part: Vec<M> = query.limit(7).stream(odoo).try_collect().await.unwrap();
                (rows, part)
            };
            let (expected, (rows, part)) = asked.undisturbed(odoo, streamed).await;
            let given: BTreeSet<RecordId> = rows.iter().map(|row| id(row).into()).collect();
            assert_eq!(rows.len(), given.len(), "{} {size} {number}", M::NAME);
            let missing: Vec<_> = expected.difference(&given).collect();
            assert!(
                missing.is_empty(),
                "{} {size} {number}: {missing:?}",
                M::NAME
            );
            // Another test may have made and deleted some meanwhile.
            let there = every_id(odoo, M::NAME, &asked.domain).await;
            let more: Vec<_> = given.difference(&expected).collect();
            let is_gone = more.iter().all(|id| !there.contains(id));
            assert!(is_gone, "{} {size} {number}: {more:?}", M::NAME);
            let most = expected.len().min(7);
            assert_eq!(part.len(), most, "{} {size} {number}", M::NAME);
        }
    }
    let some = async |query: Query<M>| {
        let first = query.clone().first(odoo).await.unwrap();
        let any = query.clone().any(odoo).await.unwrap();
        let part = query.limit(10).fetch(odoo).await.unwrap();
        (first.is_some(), any, part.len())
    };
    let (expected, some) = asked.undisturbed(odoo, some).await;
    let is_any = !expected.is_empty();
    assert_eq!(
        some,
        (is_any, is_any, expected.len().min(10)),
        "{}",
        M::NAME
    );
}

#[tokio::test]
async fn messages_stream_whole_though_some_are_hidden_after_the_limit() {
    let Some(live) = Live::start().await else {
        return;
    };
    let f = Message::F;
    let orders = || [None, Some(f.date.asc()), Some(f.subject.desc())];
    for odoo in [live.session(), live.limited()] {
        streams_whole(&odoo, Asked::all(), orders(), |row: &Message| row.id).await;
    }
}

#[tokio::test]
async fn files_stream_whole_without_those_of_fields() {
    let Some(live) = Live::start().await else {
        return;
    };
    let f = Attachment::F;
    let orders = || [None, Some(f.name.asc()), Some(f.mimetype.desc())];
    // Odoo 15 finds files of no document for a user who may not read them.
    let of_documents = Asked {
        query: Attachment::search(|a| a.res_model.is_set()),
        domain: json!([["res_model", "!=", false]]),
    };
    for (odoo, asked) in [
        (live.session(), Asked::all()),
        (live.limited(), of_documents),
    ] {
        streams_whole(&odoo, asked, orders(), |row: &Attachment| row.id).await;
    }
}

#[tokio::test]
async fn activities_stream_whole_though_most_are_hidden_after_the_limit() {
    let Some(live) = Live::start().await else {
        return;
    };
    let f = Activity::F;
    let orders = || [None, Some(f.date_deadline.asc()), Some(f.summary.desc())];
    for odoo in [live.session(), live.limited()] {
        streams_whole(&odoo, Asked::all(), orders(), |row: &Activity| row.id).await;
    }
}

/// A view whose rows share ids, from 14 on.
#[derive(OdooModel, Debug)]
#[odoo(name = "report.stock.quantity")]
struct StockQuantity {
    id: Id<StockQuantity>,
}

#[tokio::test]
async fn a_view_whose_rows_share_ids_is_told_before_the_walk() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let whole = StockQuantity::all().fetch(&odoo).await.unwrap();
    let ids: BTreeSet<_> = whole.iter().map(|row| row.id).collect();
    if ids.len() == whole.len() {
        eprintln!("skipped: the rows of the view have ids of their own here");
        return;
    }
    for size in [1, 3, 1_000] {
        let mut rows = StockQuantity::all().page_size(size).stream(&odoo);
        let error = rows.try_next().await.unwrap_err();
        assert!(
            matches!(&error, Error::Walk(error) if matches!(**error, WalkError::SameId { .. })),
            "{error}"
        );
    }
}

/// A view with ids below zero.
#[derive(OdooModel, Debug)]
#[odoo(name = "purchase.bill.union")]
struct BillUnion {
    id: Id<BillUnion>,
}

#[tokio::test]
async fn ids_below_zero_are_walked() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let expected = every_id(&odoo, BillUnion::NAME, &json!([])).await;
    assert!(expected.iter().any(|id| *id < 0), "{expected:?}");
    for size in [1, 3, 1_000] {
        let rows: Vec<BillUnion> = BillUnion::all()
            .page_size(size)
            .stream(&odoo)
            .try_collect()
            .await
            .unwrap();
        let ids: BTreeSet<RecordId> = rows.iter().map(|row| row.id.into()).collect();
        assert_eq!(
            (rows.len(), ids),
            (expected.len(), expected.clone()),
            "{size}"
        );
    }
}
