//! Changes, followed against a model in memory whose writes commit late, share a second and go on meanwhile.

#[allow(dead_code, unreachable_pub)]
#[path = "support/ledger.rs"]
mod ledger;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::TryStreamExt;
use ledger::{Inner, Ledger, Row, SECOND, START};
use odx_runtime::model::{DateTime, Utc};
use odx_runtime::query::changes::{Batch, Changes, Cursor, FollowAs};
use odx_runtime::{Error, Id, Model, OdooModel};
use serde_json::{Value, json};

/// What is mirrored.
#[derive(OdooModel, Clone, Debug, PartialEq)]
#[odoo(name = "res.partner")]
struct Partner {
    id: Id<Partner>,
    name: Option<String>,
    active: bool,
    write_date: Option<DateTime<Utc>>,
}

/// A projection without what tells changes.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = Partner)]
struct Name {
    name: Option<String>,
}

type Changed = Batch<Id<Partner>, Partner>;

/// Keeps what batches say, and refuses what it was given already.
#[derive(Clone, Default)]
struct Mirror {
    rows: BTreeMap<i64, Partner>,
    cursor: Cursor,
    given: usize,
}

impl Mirror {
    fn take(&mut self, batch: Changed) {
        for changed in batch.written.iter().chain(&batch.archived) {
            let id = changed.id.number().unwrap();
            let before = self.rows.insert(id, changed.record.clone());
            assert_ne!(before.as_ref(), Some(&changed.record), "given twice");
            self.given += 1;
        }
        assert!(batch.archived.iter().all(|changed| !changed.record.active));
        assert!(batch.written.iter().all(|changed| changed.record.active));
        for id in &batch.deleted {
            assert!(self.rows.remove(&id.number().unwrap()).is_some(), "{id}");
        }
        // As it comes back from where it was stored.
        self.cursor = Cursor::from_bytes(&batch.cursor.to_bytes()).unwrap();
        assert_eq!(self.cursor.len(), self.rows.len() as u64);
    }

    /// One round in pages of that size.
    async fn round(&mut self, ledger: &Ledger, page: usize) {
        let changes = Partner::changes(self.cursor.clone()).page_size(page);
        let mut batches = changes.overlap(OVERLAP).stream_as(&ledger.session());
        while let Some(batch) = batches.try_next().await.unwrap() {
            self.take(batch);
        }
    }

    fn assert_equals(&self, ledger: &Ledger) {
        let inner = ledger.get();
        let shown = |row: &Row| (row.name.clone(), row.active, row.second());
        let source = inner.rows.iter().filter(|(_, row)| !row.hidden);
        let source: BTreeMap<i64, _> = source.map(|(id, row)| (*id, shown(row))).collect();
        let mirror = self.rows.iter().map(|(id, row)| {
            let second = row.write_date.map(|date| date.timestamp());
            (*id, (row.name.clone().unwrap(), row.active, second))
        });
        assert_eq!(mirror.collect::<BTreeMap<_, _>>(), source);
    }
}

const OVERLAP: Duration = Duration::from_secs(60);

/// What is said to changes that cannot be followed.
async fn refused(ledger: &Ledger, changes: Changes<Partner>) -> String {
    let mut batches = changes.stream_as::<Partner>(&ledger.session());
    let error = batches.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Changes(_)), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn two_thousand_rows_of_one_second_come_in_pages_of_a_hundred_each_once() {
    let ledger = Ledger::new();
    let mut mirror = Mirror::default();
    ledger.put(1, "before");
    mirror.round(&ledger, 100).await;
    // Their ids are in no order of their microseconds.
    for index in 0..2_000 {
        ledger.get().now = START + 10 * SECOND + index * 7_919 % SECOND;
        ledger.put(index * 37 % 2_003 + 2, "in one second");
    }
    ledger.get().now = START + 10 * SECOND;
    mirror.round(&ledger, 100).await;
    mirror.assert_equals(&ledger);
    assert_eq!(mirror.given, 2_001);
    mirror.round(&ledger, 100).await;
    assert_eq!(mirror.given, 2_001);
}

#[tokio::test]
async fn what_is_committed_late_is_seen_and_nothing_is_given_twice() {
    let ledger = Ledger::new();
    let mut mirror = Mirror::default();
    let begun = {
        let mut inner = ledger.get();
        inner.put(1, "one", true);
        inner.put(9, "nine", true);
        let row = |name| Some(inner.row(name, true));
        vec![
            (7, row("created late")),
            (9, row("written late")),
            (1, None),
        ]
    };
    ledger.get().held.push(begun);
    ledger.pass(30 * SECOND);
    ledger.put(2, "two");
    mirror.round(&ledger, 1).await;
    assert_eq!(mirror.rows.keys().collect::<Vec<_>>(), [&1, &2, &9]);
    ledger.get().commit(0);
    ledger.pass(SECOND);
    ledger.put(3, "three");
    mirror.round(&ledger, 1).await;
    mirror.assert_equals(&ledger);
    assert_eq!(mirror.given, 6);
}

#[tokio::test]
async fn two_writes_of_a_record_in_one_second_are_both_seen() {
    let ledger = Ledger::new();
    let mut mirror = Mirror::default();
    ledger.put(1, "first");
    mirror.round(&ledger, 10).await;
    ledger.pass(SECOND / 2);
    ledger.put(1, "second");
    mirror.round(&ledger, 10).await;
    mirror.assert_equals(&ledger);
    assert_eq!(mirror.given, 2);
}

/// All batches of one round.
async fn names_since(ledger: &Ledger, cursor: Cursor) -> Vec<Batch<Id<Partner>, Name>> {
    let batches = Partner::changes(cursor).stream_as(&ledger.session());
    batches.try_collect().await.unwrap()
}

#[tokio::test]
async fn what_is_archived_is_not_deleted() {
    let ledger = Ledger::new();
    ledger.put(1, "archived");
    ledger.put(2, "deleted");
    let before = names_since(&ledger, Cursor::start()).await;
    ledger.pass(SECOND);
    ledger.get().put(1, "archived", false);
    ledger.get().rows.remove(&2);
    let cursor = before.last().unwrap().cursor.clone();
    let batches = names_since(&ledger, cursor).await;
    let archived: Vec<_> = batches.iter().flat_map(|batch| &batch.archived).collect();
    assert_eq!(archived.len(), 1);
    assert_eq!(archived[0].id, Id::new(1));
    assert_eq!(archived[0].record.name.as_deref(), Some("archived"));
    let deleted: Vec<_> = batches.iter().flat_map(|batch| &batch.deleted).collect();
    assert_eq!(deleted, [&Id::new(2)]);
    assert!(batches.iter().all(|batch| batch.written.is_empty()));
    assert!(batches.last().unwrap().caught_up);
}

#[tokio::test]
async fn archived_records_come_with_the_first_round_too() {
    let ledger = Ledger::new();
    ledger.get().put(1, "archived", false);
    let mut mirror = Mirror::default();
    mirror.round(&ledger, 10).await;
    mirror.assert_equals(&ledger);
}

#[tokio::test]
async fn a_record_that_comes_to_be_seen_without_a_write_is_given() {
    let ledger = Ledger::new();
    for id in 1..=50 {
        ledger.put(id, "seen");
        ledger.get().rows.get_mut(&id).unwrap().hidden = id % 2 == 0;
    }
    let mut mirror = Mirror::default();
    mirror.round(&ledger, 7).await;
    ledger.pass(1_000 * SECOND);
    ledger.put(51, "much later");
    mirror.round(&ledger, 7).await;
    for row in ledger.get().rows.values_mut() {
        row.hidden = !row.hidden;
    }
    // Nobody wrote when SQL did.
    let by_sql = Row {
        written: None,
        ..ledger.get().row("by SQL", true)
    };
    ledger.get().rows.insert(100, by_sql);
    mirror.round(&ledger, 7).await;
    mirror.assert_equals(&ledger);
    let given = mirror.given;
    mirror.round(&ledger, 7).await;
    assert_eq!(mirror.given, given);
}

#[tokio::test]
async fn records_that_are_taken_away_after_the_limit_end_no_round() {
    let ledger = Ledger::new();
    for id in 1..=500 {
        ledger.put(id, "seen");
        ledger.get().rows.get_mut(&id).unwrap().hidden = id % 100 > 3;
    }
    ledger.get().hides_late = true;
    for page in [1, 3, 50] {
        let mut mirror = Mirror::default();
        mirror.round(&ledger, page).await;
        mirror.assert_equals(&ledger);
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_short_deletes_nothing() {
    let ledger = Ledger::new();
    for id in 1..=300 {
        ledger.put(id, "there");
    }
    let mut mirror = Mirror::default();
    mirror.round(&ledger, 100).await;
    ledger.get().most = Some(30);
    ledger.get().rows.remove(&7);
    ledger.get().rows.remove(&280);
    mirror.round(&ledger, 100).await;
    mirror.assert_equals(&ledger);
    let mut anew = Mirror::default();
    anew.round(&ledger, 100).await;
    anew.assert_equals(&ledger);
}

#[tokio::test]
async fn a_date_of_the_future_hides_no_change() {
    let ledger = Ledger::new();
    let mut mirror = Mirror::default();
    ledger.get().now = 4_000_000_000 * SECOND;
    ledger.put(1, "of the year 2096");
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    ledger.get().now = now.as_micros() as i64 - 10 * SECOND;
    ledger.put(2, "of now");
    mirror.round(&ledger, 10).await;
    ledger.pass(SECOND);
    ledger.put(2, "of now, again");
    mirror.round(&ledger, 10).await;
    mirror.assert_equals(&ledger);
    assert_eq!(mirror.given, 3);
}

#[tokio::test]
async fn all_is_given_again_where_that_is_asked_for() {
    let ledger = Ledger::new();
    let mut mirror = Mirror::default();
    for id in 1..=5 {
        ledger.put(id, "before");
    }
    ledger.pass(1_000 * SECOND);
    ledger.put(6, "later");
    mirror.round(&ledger, 2).await;
    // As a many2one that the database cleared.
    for row in ledger.get().rows.values_mut() {
        row.name = "changed without a trace".to_owned();
    }
    ledger.get().rows.remove(&3);
    mirror.cursor = mirror.cursor.read_again();
    mirror.round(&ledger, 2).await;
    mirror.assert_equals(&ledger);
}

#[tokio::test]
async fn a_round_without_changes_is_four_calls_and_says_that_it_caught_up() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    ledger.pass(1_000 * SECOND);
    ledger.put(2, "two");
    let cursor = names_since(&ledger, Cursor::start()).await;
    let cursor = cursor.last().unwrap().cursor.clone();
    ledger.get().calls.clear();
    let batches = names_since(&ledger, cursor).await;
    assert_eq!(batches.len(), 1);
    assert!(batches[0].is_empty() && batches[0].caught_up);
    let methods: Vec<String> = ledger
        .get()
        .calls
        .iter()
        .map(|call| call.method().to_owned())
        .collect();
    // The last two: whether there is more, and which ids there are.
    assert_eq!(
        methods,
        [
            "fields_get",
            "search_read",
            "search_read",
            "search",
            "search"
        ]
    );
}

#[tokio::test]
async fn what_changes_during_a_round_is_seen_in_the_next() {
    let ledger = Ledger::new();
    for id in 1..=20 {
        ledger.put(id, "before");
    }
    let mut calls = 0;
    ledger.get().meanwhile = Some(Box::new(move |inner: &mut Inner| {
        calls += 1;
        if calls < 30 {
            inner.now += SECOND / 4;
            inner.put(calls % 20 + 1, &format!("meanwhile {calls}"), calls % 3 > 0);
        }
    }));
    let mut mirror = Mirror::default();
    for _ in 0..4 {
        mirror.round(&ledger, 3).await;
    }
    mirror.assert_equals(&ledger);
}

#[tokio::test]
async fn following_goes_on_after_it_caught_up() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    let changes = Partner::changes(Cursor::start()).every(Duration::from_millis(1));
    let mut batches = changes.follow_as::<Partner>(&ledger.session());
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let batch = batches.try_next().await.unwrap().expect("it does not end");
        for changed in batch.written {
            seen.push(changed.id.number().unwrap());
            let next = seen.len() as i64 + 1;
            ledger.pass(SECOND);
            ledger.put(next, "next");
        }
    }
    assert_eq!(seen, [1, 2, 3]);
}

#[test]
fn a_program_without_async_follows_by_an_iterator() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    let odoo = ledger.session().blocking();
    let once = Partner::changes(Cursor::start()).stream_as::<Partner>(&odoo);
    let once: Vec<Changed> = once.collect::<Result<_, _>>().unwrap();
    assert_eq!(once[0].written.len(), 1);
    let cursor = once.last().unwrap().cursor.clone();
    let changes = Partner::changes(cursor).every(Duration::from_millis(1));
    let mut batches = changes.follow_as::<Partner>(&odoo);
    assert!(batches.next().unwrap().unwrap().caught_up);
    ledger.pass(SECOND);
    ledger.put(2, "two");
    let next = batches.next().unwrap().unwrap();
    assert_eq!(next.written[0].id, Id::new(2));
}

#[tokio::test]
async fn a_cursor_of_something_else_is_refused() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    let cursor = names_since(&ledger, Cursor::start())
        .await
        .pop()
        .unwrap()
        .cursor;
    let other_fields = refused(&ledger, Partner::changes(cursor.clone())).await;
    assert!(other_fields.contains("other fields") && other_fields.contains("Cursor::start"));
    let mut mirror = Mirror::default();
    mirror.round(&ledger, 10).await;
    let query = Partner::search(|p| p.name.ne("two")).lang("fr_FR");
    let other_query = refused(&ledger, query.changes(mirror.cursor.clone())).await;
    assert!(
        other_query.contains("another domain and another context"),
        "{other_query}"
    );
    let session = ledger.session().for_version((18, 0));
    let mut upgraded = Partner::changes(mirror.cursor.clone()).stream_as::<Partner>(&session);
    let upgraded = upgraded.try_next().await.unwrap_err().to_string();
    assert!(
        upgraded.contains("Odoo 17, and the server is Odoo 18"),
        "{upgraded}"
    );
    let session = ledger.session();
    let mut other_model = session.changes("res.users", mirror.cursor).stream();
    let other_model = other_model.try_next().await.unwrap_err().to_string();
    assert!(
        other_model.contains("is of res.partner, and the changes of res.users"),
        "{other_model}"
    );
}

/// Odoo 14 and 15 keep translations as records of their own; a write to one leaves the `write_date` of its text alone.
#[tokio::test]
async fn what_is_read_in_another_language_is_not_followed_where_translations_stand_apart() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    let translated = json!({"type": "char", "store": true, "translate": true});
    ledger.get().fields.insert("name".into(), translated);
    let rows = async |series: u16, lang: Option<&str>| {
        let odoo = ledger.session().for_version((series, 0));
        let odoo = match lang {
            Some(lang) => odoo.lang(lang),
            None => odoo,
        };
        let changes = Partner::changes(Cursor::start());
        let mut batches = changes.stream_as::<Partner>(&odoo);
        batches.try_next().await.map(drop)
    };
    for series in [14, 15] {
        let refused = rows(series, Some("fr_FR")).await.unwrap_err().to_string();
        assert!(
            refused.contains("name (its translations are written without their record"),
            "{refused}"
        );
        for lang in [None, Some("en_US")] {
            rows(series, lang).await.unwrap();
        }
    }
    for series in [16, 17, 18, 19] {
        rows(series, Some("fr_FR")).await.unwrap();
    }
    let odoo = ledger.session().for_version((14, 0)).lang("fr_FR");
    let changes = Partner::changes(Cursor::start()).with_unwatched_fields();
    let mut batches = changes.stream_as::<Partner>(&odoo);
    let batch = batches.try_next().await.unwrap().unwrap();
    assert_eq!(batch.written.len(), 1);
}

#[tokio::test]
async fn a_model_or_a_field_whose_changes_are_not_dated_is_refused() {
    let changes = || Partner::changes(Cursor::start());
    let described = |name: &str, field: Value| {
        let ledger = Ledger::new();
        ledger.put(1, "one");
        ledger.get().fields.insert(name.to_owned(), field);
        ledger
    };
    for field in [Value::Null, json!({"type": "datetime", "store": false})] {
        let refused = refused(&described("write_date", field), changes()).await;
        assert!(
            refused.contains("res.partner has no stored `write_date`"),
            "{refused}"
        );
    }
    let ledger = described("name", json!({"type": "char", "store": false}));
    let unwatched = refused(&ledger, changes()).await;
    assert!(unwatched.contains("name (computed") && unwatched.contains("with_unwatched_fields"));
    let allowed = changes()
        .with_unwatched_fields()
        .stream_as::<Partner>(&ledger.session());
    assert_eq!(
        allowed.try_collect::<Vec<_>>().await.unwrap()[0]
            .written
            .len(),
        1
    );
    let ledger = described("tag_ids", json!({"type": "many2many", "store": true}));
    let session = ledger.session();
    let tags = session
        .changes("res.partner", Cursor::start())
        .fields(["tag_ids"]);
    let refused = tags.stream().try_next().await.unwrap_err().to_string();
    assert!(
        refused.contains("tag_ids (its links are written on the other side)"),
        "{refused}"
    );
    let none = session
        .changes("res.partner", Cursor::start())
        .fields(["nmae"]);
    let refused = none.stream().try_next().await.unwrap_err().to_string();
    assert!(
        refused.contains("res.partner has no field nmae"),
        "{refused}"
    );
}

#[tokio::test]
async fn ids_that_are_texts_and_an_order_are_refused() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    ledger.get().texts = true;
    let texts = refused(&ledger, Partner::changes(Cursor::start())).await;
    assert!(texts.contains("has a record with the id \"1\""), "{texts}");
    let ordered = Partner::all().limit(3).changes(Cursor::start());
    let mut batches = ordered.stream_as::<Partner>(&ledger.session());
    let ordered = batches.try_next().await.unwrap_err();
    assert!(matches!(ordered, Error::Usage(_)), "{ordered:?}");
}

#[tokio::test]
async fn a_model_without_a_rust_type_is_followed_by_names() {
    let ledger = Ledger::new();
    ledger.put(1, "one");
    ledger.get().put(2, "two", false);
    let session = ledger.session();
    let changes = session
        .changes("res.partner", Cursor::start())
        .fields(["name"]);
    let batches: Vec<_> = changes.stream().try_collect().await.unwrap();
    let batch = &batches[0];
    assert_eq!(
        json!(batch.written[0].record),
        json!({"id": 1, "name": "one"})
    );
    assert_eq!(
        json!(batch.archived[0].record),
        json!({"id": 2, "name": "two"})
    );
}

/// Writers that take their time and a mirror that is killed, by the numbers of a seed.
struct Play {
    random: fastrand::Rng,
}

impl Play {
    /// What the writers do before a call.
    fn act(&mut self, inner: &mut Inner) {
        let random = &mut self.random;
        inner.now += random.i64(0..SECOND * 3 / 2);
        for _ in 0..random.usize(0..4) {
            let transaction = (0..random.usize(1..4))
                .map(|_| self::change(random, inner))
                .collect();
            inner.held.push(transaction);
            if random.bool() {
                let last = inner.held.len() - 1;
                inner.commit(last);
            }
        }
        // A transaction takes less than the overlap: some thirty calls at most.
        while inner.held.len() > 20 || (!inner.held.is_empty() && random.u8(0..8) == 0) {
            inner.commit(0);
        }
    }
}

fn change(random: &mut fastrand::Rng, inner: &mut Inner) -> (i64, Option<Row>) {
    let known: Vec<i64> = inner.rows.keys().copied().collect();
    let is_new = known.is_empty() || random.u8(0..3) == 0;
    let id = match is_new {
        true => {
            inner.next_id += random.i64(1..40);
            inner.next_id
        }
        false => known[random.usize(0..known.len())],
    };
    let name = format!("{}", random.u16(..));
    match !is_new && random.u8(0..4) == 0 {
        true => (id, None),
        false => (id, Some(inner.row(&name, random.u8(0..4) > 0))),
    }
}

#[tokio::test]
async fn a_mirror_that_is_killed_among_writers_equals_the_source() {
    for seed in 0..12 {
        let ledger = Ledger::new();
        let mut play = Play {
            random: fastrand::Rng::with_seed(seed),
        };
        let mut random = fastrand::Rng::with_seed(seed + 1_000);
        ledger.get().meanwhile = Some(Box::new(move |inner| play.act(inner)));
        let mut mirror = Mirror::default();
        let mut taken = 0;
        for _ in 0..40 {
            let page = random.usize(1..12);
            let changes = Partner::changes(mirror.cursor.clone()).overlap(OVERLAP);
            let changes = changes
                .page_size(page)
                .compare_every(Duration::ZERO)
                .every(Duration::ZERO);
            let mut batches = changes.follow_as::<Partner>(&ledger.session());
            // The last of them is read, and lost with the process.
            let lives = random.usize(1..12);
            for life in 0..lives {
                let batch = batches.try_next().await.unwrap().unwrap();
                if life + 1 < lives {
                    mirror.take(batch);
                    taken += 1;
                }
            }
        }
        assert!(taken > 20);
        ledger.rest();
        mirror.round(&ledger, 5).await;
        mirror.assert_equals(&ledger);
    }
}
