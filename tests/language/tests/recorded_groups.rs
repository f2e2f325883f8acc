//! Groups out of what real Odoos answered. Those of 15 to 18 were recorded with other names for the aggregates (`x`, or the
//! field's own), which stand here as odx asks for them; 14 and 19 were asked by odx itself.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use odx_live::models::{OdxProbe, OdxProbeTag};
use odx_runtime::query::group::count;
use odx_runtime::session::{BoxFuture, CallOptions, Connection, Reply, ServerVersion};
use odx_runtime::{Call, Error, Model, Series, Session};

/// A server that gives a recorded answer.
struct Recorded {
    version: u16,
    answer: &'static str,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Connection for Recorded {
    fn protocol(&self) -> &'static str {
        "recorded"
    }

    fn execute<'a>(&'a self, call: &'a Call, _options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        let method = call.method().to_owned();
        self.calls.lock().expect("no panic").push(method);
        Box::pin(async move { Ok(Reply::new(call, self.answer)) })
    }

    fn known_series(&self) -> Option<Series> {
        Some(Series::from(self.version))
    }

    fn version<'a>(&'a self, _options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        Box::pin(async move {
            let text = format!("{}.0", self.version);
            Ok(ServerVersion::new(text, Vec::new()).expect("a version"))
        })
    }
}

type Calls = Arc<Mutex<Vec<String>>>;

fn recorded(version: u16, answer: &'static str) -> (Session, Calls) {
    let calls = Calls::default();
    let connection = Recorded {
        version,
        answer,
        calls: calls.clone(),
    };
    (Session::new(Arc::new(connection)), calls)
}

/// The groups of each recorded answer, which have to be those expected.
async fn each_gives<T: Debug>(
    answers: &[(u16, &'static str)],
    expected: &str,
    ask: impl AsyncFn(&Session) -> Result<T, Error>,
) {
    for (version, answer) in answers {
        let (odoo, _) = recorded(*version, answer);
        let groups = ask(&odoo).await;
        assert_eq!(
            format!("{groups:?}"),
            format!("Ok({expected})"),
            "{version}"
        );
    }
}

/// Every one of the versions refuses before anything is sent.
async fn each_refuses<T: Debug>(
    versions: impl IntoIterator<Item = u16>,
    message: &str,
    ask: impl AsyncFn(&Session) -> Result<T, Error>,
) {
    for version in versions {
        let (odoo, calls) = recorded(version, "[]");
        let error = ask(&odoo).await.expect_err("a refusal");
        assert!(
            matches!(error, Error::Unsupported(_) | Error::Usage(_)),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(text.contains(message), "{text}");
        assert!(calls.lock().expect("no panic").is_empty(), "{version}");
    }
}

#[tokio::test]
async fn an_aggregate_of_the_key_is_the_same_where_the_server_leaves_it_out() {
    const ABSENT: &str = r#"[{"__count": 1, "integer": -2147483648, "__domain": [["integer", "=", -2147483648]]},
        {"__count": 3, "integer": false, "__domain": [["integer", "=", false]]}]"#;
    const GIVEN: &str = r#"[{"integer": -2147483648, "__count": 1, "odx_0": -2147483648, "__domain": [["integer", "=", -2147483648]]},
        {"integer": false, "__count": 3, "odx_0": false, "__domain": [["integer", "=", false]]}]"#;
    each_gives(
        &[
            (14, ABSENT),
            (15, ABSENT),
            (16, ABSENT),
            (17, GIVEN),
            (18, GIVEN),
        ],
        "[Group { key: (Some(-2147483648),), count: 1, values: (Some(-2147483648),) }, \
         Group { key: (None,), count: 3, values: (None,) }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.integer,))
                .max(|p| p.integer)
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn all_aggregates_of_the_key_are_worked_out_for_older_versions() {
    const ABSENT: &str = r#"[{"__count": 3, "integer_required": 7, "__domain": [["integer_required", "=", 7]]},
        {"__count": 1, "integer_required": 2147483647, "__domain": [["integer_required", "=", 2147483647]]}]"#;
    each_gives(
        &[(14, ABSENT), (15, ABSENT), (16, ABSENT)],
        "[Group { key: (Some(7),), count: 3, values: (Some(21), Some(7.0), Some(7), Some(7), 1) }, \
         Group { key: (Some(2147483647),), count: 1, values: (Some(2147483647), Some(2147483647.0), Some(2147483647), Some(2147483647), 1) }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.integer_required,))
                .sum(|p| p.integer_required)
                .avg(|p| p.integer_required)
                .min(|p| p.integer_required)
                .max(|p| p.integer_required)
                .count_distinct(|p| p.integer_required)
                .fetch(odoo)
                .await
        },
    )
    .await;
    each_gives(
        &[(14, ABSENT), (15, ABSENT), (16, ABSENT)],
        "[Group { key: (Some(7),), count: 3, values: () }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.integer_required,))
                .having(|p| p.integer_required.sum().eq(21))
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn the_start_of_a_span_is_not_taken_from_a_condition_of_the_query() {
    // Of `["|", ["date", ">=", "2020-01-01"], ["date", "=", false]]`; 15 names the span by its field.
    const DOMAIN: &str = r#"[{"__count": 1, "date:month": "February 2024", "tag_id": [1, "Red"], "boolean": true,
        "__range": {"date": {"from": "2024-02-01", "to": "2024-03-01"}},
        "__domain": ["&", "&", "&", "&", ["date", ">=", "2024-02-01"], ["date", "<", "2024-03-01"], ["tag_id", "=", 1], ["boolean", "=", true], "|", ["date", ">=", "2020-01-01"], ["date", "=", false]]},
        {"__count": 2, "date:month": false, "tag_id": false, "boolean": false,
        "__domain": ["&", "&", "&", ["date", "=", false], ["tag_id", "=", false], ["boolean", "=", false], "|", ["date", ">=", "2020-01-01"], ["date", "=", false]]}]"#;
    each_gives(
        &[(14, DOMAIN), (15, DOMAIN)],
        r#"[Group { key: (Some(Period { start: 2024-02-01T00:00:00Z, label: "February 2024" }), Some(1 "Red"), true), count: 1, values: () }, Group { key: (None, None, false), count: 2, values: () }]"#,
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.date.month(), p.tag_id, p.boolean)).fetch(odoo).await
        },
    )
    .await
}

#[tokio::test]
async fn two_spans_of_one_field_have_a_start_each() {
    const DOMAIN: &str = r#"[{"__count": 3, "create_date:month": "November 2026", "create_date:year": "2026",
        "__domain": ["&", "&", ["create_date", ">=", "2026-11-01 00:00:00"], ["create_date", "<", "2026-12-01 00:00:00"], "&", ["create_date", ">=", "2026-01-01 00:00:00"], ["create_date", "<", "2027-01-01 00:00:00"]],
        "__range": {"create_date": {"from": "2026-01-01 00:00:00", "to": "2027-01-01 00:00:00"}}}]"#;
    const RANGE: &str = r#"[{"create_date:month": "November 2026", "create_date:year": "2026", "__count": 3,
        "__range": {"create_date:month": {"from": "2026-11-01 00:00:00", "to": "2026-12-01 00:00:00"}, "create_date:year": {"from": "2026-01-01 00:00:00", "to": "2027-01-01 00:00:00"}}}]"#;
    each_gives(
        &[(14, DOMAIN), (15, DOMAIN), (16, RANGE), (17, RANGE), (18, RANGE)],
        r#"[Group { key: (Some(Period { start: 2026-11-01T00:00:00Z, label: "November 2026" }), Some(Period { start: 2026-01-01T00:00:00Z, label: "2026" })), count: 3, values: () }]"#,
        async |odoo: &Session| {
            OdxProbeTag::group_by(|t| (t.create_date.month(), t.create_date.year())).fetch(odoo).await
        },
    )
    .await;
}

#[tokio::test]
async fn an_aggregate_that_looks_like_a_span_is_none() {
    const OLD: &str = r#"[{"__count": 1, "odx_0": "2024-05-05", "boolean": true,
        "__domain": ["&", ["boolean", "=", true], ["date", ">=", "2020-01-01"]]}]"#;
    const NEW: &str = r#"[{"boolean": true, "__count": 1, "odx_0": "2024-05-05",
        "__domain": ["&", ["date", ">=", "2020-01-01"], ["boolean", "=", true]]}]"#;
    each_gives(
        &[(14, OLD), (15, OLD), (16, OLD), (17, NEW), (18, NEW)],
        "[Group { key: (true,), count: 1, values: (Some(2024-05-05),) }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.boolean,))
                .max(|p| p.date)
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn nan_is_neither_unset_nor_zero() {
    const OLD: &str = r#"[{"__count": 3, "odx_0": NaN, "boolean": false, "__domain": [["boolean", "=", false]]},
        {"__count": 1, "odx_0": 12.35, "boolean": true, "__domain": [["boolean", "=", true]]}]"#;
    const FORMATTED: &str = r#"[{"boolean": false, "__extra_domain": [["boolean", "=", false]], "monetary:sum": NaN, "__count": 3},
        {"boolean": true, "__extra_domain": [["boolean", "=", true]], "monetary:sum": 12.35, "__count": 1}]"#;
    let answers = [
        (14, OLD),
        (15, OLD),
        (16, OLD),
        (17, OLD),
        (18, OLD),
        (19, FORMATTED),
    ];
    each_gives(
        &answers,
        "[Group { key: (true,), count: 1, values: (Some(12.35),) }, Group { key: (false,), count: 3, values: (Some(NaN),) }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.boolean,)).sum(|p| p.monetary).order(|p| p.monetary.sum().asc()).fetch(odoo).await
        },
    )
    .await;
    // As PostgreSQL compares: NaN is larger than all numbers.
    each_gives(
        &answers[..5],
        "[Group { key: (false,), count: 3, values: () }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.boolean,))
                .having(|p| p.monetary.sum().gt(1e300))
                .fetch(odoo)
                .await
        },
    )
    .await;
    const KEYS: &str = r#"[{"monetary": NaN, "__count": 1, "__domain": [["monetary", "=", NaN]]},
        {"monetary": false, "__count": 2, "__domain": [["monetary", "=", false]]},
        {"monetary": 12.35, "__count": 1, "__domain": [["monetary", "=", 12.35]]}]"#;
    each_gives(
        &[(15, KEYS), (16, KEYS)],
        "[Group { key: (Some(12.35),), count: 1, values: (Some(12.35), 1) }, Group { key: (Some(NaN),), count: 1, values: (Some(NaN), 1) }, Group { key: (None,), count: 2, values: (None, 0) }]",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.monetary,))
                .sum(|p| p.monetary)
                .count_distinct(|p| p.monetary)
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn groups_come_in_one_order_whatever_the_server_sends() {
    const SERVER: &str = r#"[{"tag_id": false, "__count": 2, "odx_0": false}, {"tag_id": [3, "Ash"], "__count": 2, "odx_0": false},
        {"tag_id": [10, "Blue"], "__count": 1, "odx_0": "2024-03-10"}, {"tag_id": [2, "Red"], "__count": 1, "odx_0": "2024-03-10"}]"#;
    let last = async |odoo: &Session| {
        OdxProbe::group_by(|p| (p.tag_id,))
            .max(|p| p.date)
            .order(|p| p.date.max().desc())
            .offset(1)
            .fetch(odoo)
            .await
    };
    each_gives(
        &[(14, SERVER), (17, SERVER), (18, SERVER)],
        r#"[Group { key: (Some(10 "Blue"),), count: 1, values: (Some(2024-03-10),) }, Group { key: (Some(3 "Ash"),), count: 2, values: (None,) }, Group { key: (None,), count: 2, values: (None,) }]"#,
        last,
    )
    .await;
    each_gives(
        &[(14, SERVER), (17, SERVER), (18, SERVER)],
        r#"[Group { key: (Some(2 "Red"),), count: 1, values: (Some(2024-03-10),) }]"#,
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.tag_id,))
                .max(|p| p.date)
                .limit(1)
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn a_value_that_did_not_come_is_an_error() {
    let without = [
        (17, r#"[{"boolean": true, "__count": 1}]"#, "monetary:sum"),
        (19, r#"[{"boolean": true, "__count": 1}]"#, "monetary:sum"),
        (17, r#"[{"__count": 1, "odx_0": 2.5}]"#, "boolean"),
        (17, r#"[{"boolean": true, "odx_0": 2.5}]"#, "__count"),
    ];
    for (version, answer, missing) in without {
        let (odoo, _) = recorded(version, answer);
        let error = OdxProbe::group_by(|p| (p.boolean,))
            .sum(|p| p.monetary)
            .fetch(&odoo)
            .await
            .expect_err("an answer without a value");
        let expected =
            format!("expected a value for `{missing}` of a group, but a group without it came");
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(&expected), "{error}");
    }
    let (odoo, _) = recorded(
        14,
        r#"[{"__count": 1, "date:month": "May 2024", "__domain": [["id", ">", 2]]}]"#,
    );
    let error = OdxProbe::group_by(|p| (p.date.month(),))
        .fetch(&odoo)
        .await
        .expect_err("no start");
    let expected =
        "expected a start for `date:month` of a group, but a group that does not tell it came";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn a_count_is_never_unset() {
    let (odoo, _) = recorded(17, r#"[{"boolean": true, "__count": 1, "odx_0": false}]"#);
    let error = OdxProbe::group_by(|p| (p.boolean,))
        .count_distinct(|p| p.tag_id)
        .fetch(&odoo)
        .await
        .expect_err("no count");
    let expected = "expected a count for `tag_id:count_distinct` of a group, but `false` came";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn what_a_version_cannot_give_is_refused_before_it_is_sent() {
    each_refuses(
        14..=16,
        "`date:max by date:month`",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.date.month(),))
                .max(|p| p.date)
                .fetch(odoo)
                .await
        },
    )
    .await;
    each_refuses(
        14..=16,
        "`boolean:count_distinct by boolean`",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.boolean,))
                .count_distinct(|p| p.boolean)
                .fetch(odoo)
                .await
        },
    )
    .await;
    each_refuses(14..=17, "grouping by the id", async |odoo: &Session| {
        OdxProbe::group_by(|p| (p.id,)).fetch(odoo).await
    })
    .await;
    each_refuses(14..=16, "grouping by a property", async |odoo: &Session| {
        OdxProbe::group_by(|p| (p.properties.property("a_char"),))
            .fetch(odoo)
            .await
    })
    .await;
}

#[tokio::test]
async fn a_condition_on_a_number_that_is_none_is_refused() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        each_refuses(14..=19, "give a finite number", async |odoo: &Session| {
            OdxProbe::all()
                .group_by(|p| (p.boolean,))
                .having(|p| p.monetary.sum().ge(number))
                .fetch(odoo)
                .await
        })
        .await;
    }
}

#[tokio::test]
async fn a_count_of_a_many2many_is_refused_since_it_would_multiply_the_records() {
    each_refuses(
        14..=19,
        "`tag_ids:count_distinct` is no aggregate",
        async |odoo: &Session| {
            OdxProbe::group_by(|p| (p.boolean,))
                .count_distinct(|p| p.tag_ids)
                .fetch(odoo)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn a_condition_compares_integers_exactly() {
    const SUMS: &str = r#"[{"__count": 1, "odx_0": 9007199254740993, "boolean": true}]"#;
    for (number, groups) in [(9_007_199_254_740_992_i64, 1), (9_007_199_254_740_993, 0)] {
        let (odoo, _) = recorded(17, SUMS);
        let found = OdxProbe::group_by(|p| (p.boolean,))
            .having(|p| p.integer.sum().gt(number))
            .having(|_| count().gt(0))
            .fetch(&odoo)
            .await
            .expect("groups");
        assert_eq!(found.len(), groups, "{number}");
    }
}
