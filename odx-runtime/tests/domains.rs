//! Domains: what handles build, what Odoo gets, and what is read back.

#[allow(dead_code, unreachable_pub)]
#[path = "support/models.rs"]
mod models;

use models::{ResCountry, ResPartner, ResPartnerType};
use odx_runtime::{
    Domain, Id, all, domain,
    domain::{Operation, ParseError, Unit, today},
    model::{DateTime, NaiveDate, Utc},
    none,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const P: &models::ResPartnerFields = &ResPartner::F;

fn wire(domain: Domain<ResPartner>) -> Value {
    domain.to_json()
}

#[test]
fn conditions_carry_wire_values() {
    let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let moment: DateTime<Utc> = "2024-02-29T22:59:59Z".parse().unwrap();
    let cases = [
        (P.name.eq("Acme"), json!([["name", "=", "Acme"]])),
        (P.name.ne("Acme"), json!([["name", "!=", "Acme"]])),
        (
            P.name.eq_if_set(None::<&str>),
            json!([["name", "=?", false]]),
        ),
        (
            P.name.is_in(["a", "b"]),
            json!([["name", "in", ["a", "b"]]]),
        ),
        (
            P.name.is_in(["a", "b"].as_slice()),
            json!([["name", "in", ["a", "b"]]]),
        ),
        (
            P.id.child_of([Id::new(1), Id::new(2)].as_slice()),
            json!([["id", "child_of", [1, 2]]]),
        ),
        (
            P.name.not_in(Vec::<String>::new()),
            json!([["name", "not in", []]]),
        ),
        (P.name.is_set(), json!([["name", "!=", false]])),
        (P.name.is_unset(), json!([["name", "=", false]])),
        (P.name.like("a"), json!([["name", "like", "a"]])),
        (P.name.not_ilike("a"), json!([["name", "not ilike", "a"]])),
        (P.name.eq_like("a%"), json!([["name", "=like", "a%"]])),
        (
            P.name.not_eq_ilike("a%"),
            json!([["name", "not =ilike", "a%"]]),
        ),
        (P.credit_limit.ge(10), json!([["credit_limit", ">=", 10]])),
        (P.credit_limit.lt(1.5), json!([["credit_limit", "<", 1.5]])),
        (P.date.le(date), json!([["date", "<=", "2024-02-29"]])),
        (
            P.date.gt(today().minus(3, Unit::Days)),
            json!([["date", ">", "today -3d"]]),
        ),
        (
            P.create_date.gt(moment),
            json!([["create_date", ">", "2024-02-29 22:59:59"]]),
        ),
        (
            P.create_date.month_number().eq(2),
            json!([["create_date.month_number", "=", 2]]),
        ),
        (
            P.r#type.eq(ResPartnerType::Invoice),
            json!([["type", "=", "invoice"]]),
        ),
        (
            P.country_id.eq(Id::new(21)),
            json!([["country_id", "=", 21]]),
        ),
        (
            P.country_id.eq(None::<Id<ResCountry>>),
            json!([["country_id", "=", false]]),
        ),
        (
            P.country_id.ilike("belg"),
            json!([["country_id", "ilike", "belg"]]),
        ),
        (
            P.id.is_in([Id::new(1), Id::new(2)]),
            json!([["id", "in", [1, 2]]]),
        ),
        (
            P.id.child_of([Id::new(1)]),
            json!([["id", "child_of", [1]]]),
        ),
        (
            P.child_ids.any(|c| c.name.eq("x")),
            json!([["child_ids", "any", [["name", "=", "x"]]]]),
        ),
        (
            P.properties.property("color").eq("red"),
            json!([["properties.color", "=", "red"]]),
        ),
        (
            P.credit_limit.between(1, 2),
            json!([["credit_limit", ">=", 1], ["credit_limit", "<=", 2]]),
        ),
    ];
    for (domain, expected) in cases {
        assert_eq!(domain.to_json(), expected);
    }
}

#[test]
fn a_hop_goes_any_number_of_relations_far() {
    assert_eq!(
        wire(P.country_id.then(ResCountry::F.code).eq("BE")),
        json!([["country_id.code", "=", "BE"]])
    );
    assert_eq!(
        wire(P.country_id.hop(|c| c.code).eq("BE")),
        json!([["country_id.code", "=", "BE"]])
    );
    let far = P
        .child_ids
        .hop(|p| p.child_ids.hop(|p| p.country_id.hop(|c| c.code)));
    assert_eq!(
        wire(far.eq("BE")),
        json!([["child_ids.child_ids.country_id.code", "=", "BE"]])
    );
    let far = P
        .child_ids
        .then(P.child_ids)
        .then(P.country_id)
        .then(ResCountry::F.code);
    assert_eq!(
        wire(far.eq("BE")),
        json!([["child_ids.child_ids.country_id.code", "=", "BE"]])
    );
}

#[test]
fn joins_become_prefix_operators() {
    let (a, b, c) = (|| P.name.eq("a"), || P.name.eq("b"), || P.name.eq("c"));
    let leaf = |name| json!(["name", "=", name]);
    assert_eq!(
        wire(a() & b() & c()),
        json!([leaf("a"), leaf("b"), leaf("c")])
    );
    assert_eq!(
        wire(a() | b() | c()),
        json!(["|", "|", leaf("a"), leaf("b"), leaf("c")])
    );
    assert_eq!(
        wire(a() & (b() | !c())),
        json!([leaf("a"), "|", leaf("b"), "!", leaf("c")])
    );
    assert_eq!(wire(!(a() & b())), json!(["!", "&", leaf("a"), leaf("b")]));
    assert_eq!(wire(!!a()), json!([leaf("a")]));
    assert_eq!(a() & (b() & c()), (a() & b()) & c());
}

#[test]
fn all_and_none_are_neutral() {
    let name = || P.name.eq("a");
    assert_eq!(wire(all()), json!([]));
    assert_eq!(wire(none()), json!([[0, "=", 1]]));
    assert_eq!(wire(all() & name()), wire(name()));
    assert_eq!(wire(none() | name()), wire(name()));
    assert_eq!(!all::<ResPartner>(), none());
}

#[test]
fn a_domain_prints_as_odoo_writes_it() {
    let domain = P.is_company.eq(true) & (P.name.eq("it's") | P.country_id.is_unset());
    assert_eq!(
        domain.to_string(),
        r"[('is_company', '=', True), '|', ('name', '=', 'it\'s'), ('country_id', '=', False)]"
    );
}

fn parse(json: Value) -> Result<Domain<ResPartner>, ParseError> {
    Domain::parse(&json)
}

#[test]
fn odoos_notation_is_read() {
    assert_eq!(
        parse(json!(["|", ["email_", "=", 1], ["name", "=", false]]))
            .unwrap_err()
            .to_string(),
        "`res.partner` has no field `email_`, in the condition on `email_`"
    );
    assert_eq!(
        parse(json!(["|", ["name", "=", "a"], ["name", "=", false]])).unwrap(),
        P.name.eq("a") | P.name.is_unset()
    );
    assert_eq!(
        parse(json!([["name", "=", "a"], ["is_company", "=", 1]])).unwrap(),
        P.name.eq("a") & P.is_company.eq(true)
    );
    assert_eq!(
        parse(json!(["!", ["country_id.code", "in", ["BE"]]])).unwrap(),
        !P.country_id.hop(|c| c.code).is_in(["BE"])
    );
    assert_eq!(parse(json!([[1, "=", 1]])).unwrap(), all());
    assert_eq!(
        parse(json!([["name", "<>", null]])).unwrap(),
        P.name.is_set()
    );
}

#[test]
fn what_odoo_would_misread_is_refused_with_the_reason() {
    let cases = [
        (
            json!("x"),
            "a domain is a list of conditions `[field, operator, value]` and the operators \"&\", \"|\" and \"!\", but `\"x\"` came",
        ),
        (
            json!([["name", "="]]),
            "a domain is a list of conditions `[field, operator, value]` and the operators \"&\", \"|\" and \"!\", but `[\"name\",\"=\"]` came",
        ),
        (
            json!(["&", ["name", "=", "a"]]),
            "\"&\" joins 2 of the conditions that follow it, but there are fewer",
        ),
        (
            json!([["nam", "=", "a"]]),
            "`res.partner` has no field `nam`, in the condition on `nam`: did you mean `name`?",
        ),
        (
            json!([["country_id.cod", "=", "a"]]),
            "`res.country` has no field `cod`, in the condition on `country_id.cod`: did you mean `code`?",
        ),
        (
            json!([["name.code", "=", "a"]]),
            "`name` of `res.partner` is a char field and leads to no other field, in the condition on `name.code`",
        ),
        (
            json!([["industry_id.name", "=", "a"]]),
            "`industry_id.name` leads to `res.partner.industry`, which was not generated: add it to `include` under [models] in odx.toml and run `odx generate`",
        ),
        (
            json!([["vat_label", "=", "a"]]),
            "Odoo cannot search on `vat_label`: filter on a stored field; Odoo 14 to 18 would match every record",
        ),
        (
            json!([["is_company", "ilike", "a"]]),
            "a boolean field has no `ilike`, in the condition on `is_company`",
        ),
        (
            json!([["is_company", "=", "false"]]),
            "`is_company =` takes true or false, but `\"false\"` came",
        ),
        (
            json!([["country_id", "in", 1]]),
            "`country_id in` takes a list, but `1` came",
        ),
        (
            json!([["type", "=", "invoic"]]),
            "`type =` takes a key of the selection, but `\"invoic\"` came: did you mean `invoice`?",
        ),
        (
            json!([["date", "<", "31/12/2024"]]),
            "`date <` takes a date such as \"2024-02-29\", but `\"31/12/2024\"` came",
        ),
        (
            json!([["image", "=", "x"]]),
            "`image =` takes nothing but false, for unset, but `\"x\"` came",
        ),
        (
            json!([["date.month", "=", 2]]),
            "`date` of `res.partner` is a date field and leads to no other field, in the condition on `date.month`",
        ),
    ];
    for (domain, message) in cases {
        assert_eq!(
            parse(domain.clone()).unwrap_err().to_string(),
            message,
            "{domain}"
        );
    }
    for (domain, message) in [
        (
            json!([["id", "access", "reed"]]),
            "`id access` takes \"read\", \"write\", \"create\" or \"unlink\", but `\"reed\"` came",
        ),
        (
            json!([["child_ids", "access", "read"]]),
            "a one2many field has no `access`, in the condition on `child_ids`",
        ),
    ] {
        assert_eq!(parse(domain).unwrap_err().to_string(), message);
    }
    let unknown = parse(json!([["name", "~", "a"]])).unwrap_err().to_string();
    assert!(unknown.starts_with(
        "`~` is not an operator, in the condition on `name`; the operators are `=`, `!=`"
    ));
    let meant = parse(json!([["name", "contains", "a"]])).unwrap_err();
    let meant = meant.to_string();
    assert!(
        meant.ends_with("on `name`; did you mean `ilike`?"),
        "{meant}"
    );
}

#[test]
fn access_is_refused_to_every_series_that_does_not_have_it() {
    let readable = || P.country_id.access(Operation::Read);
    let far = || !P.child_ids.hop(|p| p.country_id).access(Operation::Unlink);
    for series in [(14, 0), (16, 0), (18, 0), (19, 0), (19, 2)] {
        for domain in [readable(), !readable(), far()] {
            let refused = domain.to_json_for(series).unwrap_err().to_string();
            assert!(refused.contains("came with Odoo 19.3"), "{refused}");
        }
    }
    assert_eq!(
        readable().to_json_for(19).unwrap_err().to_string(),
        "Odoo 19 cannot express `country_id access`: `access`, what the user may do with a record, came with Odoo 19.3; search the related model as the user, and use `.is_in(ids)`: it finds what the user may read"
    );
    let sent = json!(["!", ["child_ids.country_id", "access", "unlink"]]);
    for series in [(19, 3), (20, 0)] {
        assert_eq!(far().to_json_for(series).unwrap(), sent);
    }
    assert_eq!(parse(sent).unwrap().to_string(), far().to_string());
}

#[test]
fn an_older_odoo_gets_what_it_can_say_and_the_rest_is_refused() {
    let lowered = |domain: Domain<ResPartner>, version| domain.to_json_for(version);
    let any = || P.country_id.any(|c| c.code.eq("BE") | c.name.eq("x"));
    assert_eq!(lowered(any(), 17).unwrap(), any().to_json());
    assert_eq!(
        lowered(any(), 16).unwrap(),
        json!([
            "|",
            ["country_id.code", "=", "BE"],
            ["country_id.name", "=", "x"]
        ])
    );
    assert_eq!(
        lowered(P.name.not_eq_like("a%"), 18).unwrap(),
        json!(["|", "!", ["name", "=like", "a%"], ["name", "=", false]])
    );
    let said_otherwise = [
        (
            P.country_id.not_any(|c| c.code.eq("BE") & c.name.like("x")),
            16,
            json!([
                "|",
                "|",
                ["country_id", "=", false],
                ["country_id.code", "!=", "BE"],
                ["country_id.name", "not like", "x"]
            ]),
        ),
        (
            P.child_ids.any(|c| c.credit_limit.lt(5) | !c.name.eq("x")),
            16,
            json!([
                "|",
                "|",
                ["child_ids.credit_limit", "<", 5],
                ["child_ids.credit_limit", "=", false],
                ["child_ids.name", "!=", "x"]
            ]),
        ),
        (
            !P.country_id.hop(|c| c.code).eq("BE"),
            18,
            json!([["country_id", "not any", [["code", "=", "BE"]]]]),
        ),
        (
            !(P.country_id.hop(|c| c.code).eq("BE") | P.name.eq("x")),
            16,
            json!([
                "|",
                ["country_id", "=", false],
                ["country_id.code", "!=", "BE"],
                ["name", "!=", "x"]
            ]),
        ),
        (
            !P.country_id.hop(|c| c.code).eq("BE"),
            19,
            json!(["!", ["country_id.code", "=", "BE"]]),
        ),
        (
            !P.child_ids.any(|c| c.name.eq("x")),
            18,
            json!([["child_ids", "not any", [["name", "=", "x"]]]]),
        ),
        (
            P.country_id.hop(|c| c.name).not_eq_like("x%"),
            18,
            json!([[
                "country_id",
                "any",
                ["|", "!", ["name", "=like", "x%"], ["name", "=", false]]
            ]]),
        ),
        (
            P.date.year_number().eq(2024),
            17,
            json!([["date", ">=", "2024-01-01"], ["date", "<=", "2024-12-31"]]),
        ),
        (
            P.country_id.not_any(|c| c.name.is_in(["x", "y"])),
            15,
            json!([
                "|",
                "|",
                ["country_id", "=", false],
                "&",
                ["country_id.name", "!=", "x"],
                ["country_id.name", "!=", "y"],
                ["country_id.name", "=", false]
            ]),
        ),
        (
            P.country_id.hop(|c| c.name).not_in([Some("x"), None]),
            15,
            json!([
                ["country_id.name", "!=", "x"],
                ["country_id.name", "!=", ""]
            ]),
        ),
        (
            !P.date.year_number().eq(2024),
            17,
            json!([
                "|",
                "|",
                ["date", "<", "2024-01-01"],
                ["date", "=", false],
                "|",
                ["date", ">", "2024-12-31"],
                ["date", "=", false]
            ]),
        ),
        (
            P.date.year_number().gt(2024),
            17,
            json!([["date", ">", "2024-12-31"]]),
        ),
    ];
    for (domain, version, expected) in said_otherwise {
        assert_eq!(
            lowered(domain.clone(), version).unwrap(),
            expected,
            "{domain}"
        );
    }
    let refused = [
        (
            P.child_ids.not_any(|c| c.name.eq("x")),
            16,
            "Odoo 16 cannot express `child_ids not any`: a domain over related records came with Odoo 17; search the related model first and use `.is_in(ids)`",
        ),
        (
            !P.child_ids.hop(|c| c.name).eq("x"),
            16,
            "Odoo 16 cannot express `child_ids.name =`: the opposite of a condition on related records came with Odoo 17; search the related model first and use `.not_in(ids)`",
        ),
        (
            P.create_date.year_number().eq(2024),
            17,
            "Odoo 17 cannot express `create_date.year_number =`: searching by a part of a date came with Odoo 18; search between two dates",
        ),
        (
            P.child_ids.any(|c| c.name.eq("x") & c.is_company.eq(true)),
            16,
            "Odoo 16 cannot express `child_ids any`: a domain over related records came with Odoo 17; search the related model first and use `.is_in(ids)`",
        ),
        (
            P.date.eq(today()),
            18,
            "Odoo 18 cannot express `date =`: a relative date came with Odoo 19; give the date itself",
        ),
        (
            P.date.month_number().eq(2),
            17,
            "Odoo 17 cannot express `date.month_number =`: searching by a part of a date came with Odoo 18; search between two dates",
        ),
    ];
    for (domain, version, message) in refused {
        assert_eq!(lowered(domain, version).unwrap_err().to_string(), message);
    }
}

fn conditions() -> impl Strategy<Value = Domain<ResPartner>> {
    prop_oneof![
        ".{0,8}".prop_map(|text| P.name.eq(text)),
        ".{0,8}".prop_map(|text| P.name.not_ilike(text)),
        proptest::collection::vec(".{0,3}", 0..3).prop_map(|texts| P.name.is_in(texts)),
        any::<bool>().prop_map(|value| P.is_company.ne(value)),
        any::<i32>().prop_map(|number| P.credit_limit.gt(number)),
        (1..9i64).prop_map(|id| P.country_id.eq(Id::new(id))),
        proptest::option::of(1..9i64).prop_map(|id| P.country_id.is_in([id.map(Id::new)])),
        (1..13i64).prop_map(|month| P.create_date.month_number().eq(month)),
        (1..9i64).prop_map(|id| P.id.child_of([Id::new(id)])),
        "[a-z_]{1,8}".prop_map(|name| P.properties.property(name).eq(1)),
        Just(P.child_ids.hop(|p| p.country_id.hop(|c| c.code)).is_unset()),
        Just(P.r#type.eq(ResPartnerType::Contact)),
        Just(all()),
        Just(none()),
    ]
}

fn domains() -> impl Strategy<Value = Domain<ResPartner>> {
    conditions().prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a & b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a | b),
            inner.clone().prop_map(|a| !a),
            inner.prop_map(|a| P.child_ids.any(move |_| a)),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_printed_parses_to_the_same_domain(domain in domains()) {
        prop_assert_eq!(Domain::parse(&domain.to_json()).unwrap(), domain);
    }

    #[test]
    fn no_json_makes_parsing_panic(text in r#"[\[\]"&|!,=0-9a-z_. ]{0,60}"#) {
        if let Ok(json) = serde_json::from_str(&text) {
            let _ = parse(json);
        }
    }
}

/// `account.root` has such ids, and 10 is none of them.
#[test]
fn an_id_that_is_a_text_is_sent_as_a_text() {
    let country = Id::<ResCountry>::from_text("01").unwrap();
    let partner = Id::<ResPartner>::from_text("10").unwrap();
    let cases = [
        (P.country_id.eq(country), json!([["country_id", "=", "01"]])),
        (
            P.country_id.is_in([country]),
            json!([["country_id", "in", ["01"]]]),
        ),
        (
            P.child_ids.child_of([partner]),
            json!([["child_ids", "child_of", ["10"]]]),
        ),
        (
            domain!(ResPartner, id == partner && id child_of partner),
            json!([["id", "=", "10"], ["id", "child_of", ["10"]]]),
        ),
    ];
    for (domain, expected) in cases {
        let sent = wire(domain);
        assert_eq!(sent, expected);
        let parsed = Domain::<ResPartner>::parse(&sent).unwrap();
        assert_eq!(parsed.to_json(), expected);
    }
}

#[test]
fn a_number_that_is_none_is_refused_before_anything_is_sent() {
    for domain in [
        P.credit_limit.ge(f64::NAN),
        P.credit_limit.is_in([1.0, f64::INFINITY]),
        P.credit_limit.between(f32::NEG_INFINITY, 1.0),
        P.properties.property("a").eq(f64::NAN),
        !P.child_ids.any(|child| child.credit_limit.lt(f64::NAN)),
    ] {
        let text = domain.to_string();
        assert!(text.contains("NaN") || text.contains("inf"), "{text}");
        assert!(!domain.to_json().to_string().contains("null"), "{text}");
    }
}

#[test]
fn a_short_float_is_sent_as_it_was_written() {
    let short = 19.99_f32;
    for (domain, operator) in [
        (P.credit_limit.eq(short), "="),
        (P.credit_limit.ne(short), "!="),
        (P.credit_limit.lt(short), "<"),
        (P.credit_limit.le(short), "<="),
        (P.credit_limit.gt(short), ">"),
        (P.credit_limit.ge(short), ">="),
        (P.credit_limit.eq_if_set(Some(short)), "=?"),
    ] {
        assert_eq!(wire(domain), json!([["credit_limit", operator, 19.99]]));
    }
    for (domain, operator) in [
        (P.credit_limit.is_in([short]), "in"),
        (P.credit_limit.not_in([short]), "not in"),
    ] {
        assert_eq!(wire(domain), json!([["credit_limit", operator, [19.99]]]));
    }
    assert_eq!(
        wire(P.credit_limit.between(short, 20.5_f32)),
        json!([["credit_limit", ">=", 19.99], ["credit_limit", "<=", 20.5]])
    );
    assert_eq!(
        wire(P.properties.property("price").gt(short)),
        json!([["properties.price", ">", 19.99]])
    );
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_moment_has_its_microseconds_in_conditions() {
    let half = moment("2026-11-26T03:50:00.5Z");
    assert_eq!(
        wire(P.create_date.le(half)),
        json!([["create_date", "<=", "2026-11-26 03:50:00.500000"]])
    );
    assert_eq!(
        domain!(ResPartner, create_date < "2026-11-26 03:50:00.5"),
        P.create_date.lt(half)
    );
    assert_eq!(
        Domain::parse(&json!([["create_date", "<", "2026-11-26 03:50:00.5"]])),
        Ok(P.create_date.lt(half))
    );
}

#[test]
fn a_moment_between_two_microseconds_is_compared_as_it_is_meant() {
    let between = moment("2026-11-26T03:59:59.999999001Z");
    for (domain, operator, value) in [
        (
            P.create_date.lt(between),
            "<",
            json!("2026-11-26 04:00:00.000000"),
        ),
        (
            P.create_date.ge(between),
            ">=",
            json!("2026-11-26 04:00:00.000000"),
        ),
        (
            P.create_date.le(between),
            "<=",
            json!("2026-11-26 03:59:59.999999"),
        ),
        (
            P.create_date.gt(between),
            ">",
            json!("2026-11-26 03:59:59.999999"),
        ),
        (P.create_date.eq(between), "in", json!([])),
        (P.create_date.ne(between), "not in", json!([])),
        (P.create_date.is_in([between]), "in", json!([])),
    ] {
        assert_eq!(wire(domain), json!([["create_date", operator, value]]));
    }
}

#[test]
fn a_moment_within_a_second_keeps_its_meaning_where_odoo_compares_whole_seconds() {
    let half = moment("2026-11-26T03:50:00.5Z");
    let second = "2026-11-26 03:50:00";
    for (domain, operator, value) in [
        (P.create_date.lt(half), "<=", json!(second)),
        (P.create_date.le(half), "<=", json!(second)),
        (P.create_date.gt(half), ">", json!(second)),
        (P.create_date.ge(half), ">", json!(second)),
        (P.create_date.eq(half), "in", json!([])),
        (P.create_date.is_in([half]), "in", json!([])),
    ] {
        assert_eq!(
            domain.to_json_for(19),
            Ok(json!([["create_date", operator, value]]))
        );
    }
}

#[test]
fn the_second_that_was_read_is_what_is_compared_where_the_database_has_microseconds() {
    let (read, half) = (
        moment("2026-11-26T03:50:00Z"),
        moment("2026-11-26T03:50:00.5Z"),
    );
    let (second, next) = ("2026-11-26 03:50:00", "2026-11-26 03:50:01");
    let within = json!([["create_date", ">=", second], ["create_date", "<", next]]);
    let outside = json!([
        "|",
        "|",
        ["create_date", "<", second],
        ["create_date", ">=", next],
        ["create_date", "=", false]
    ]);
    let before_next = json!([["create_date", "<", next]]);
    let from_next = json!([["create_date", ">=", next]]);
    for (domain, expected) in [
        (P.create_date.le(read), &before_next),
        (P.create_date.le(half), &before_next),
        (P.create_date.lt(half), &before_next),
        (P.create_date.gt(read), &from_next),
        (P.create_date.gt(half), &from_next),
        (P.create_date.ge(half), &from_next),
        (
            P.create_date.lt(read),
            &json!([["create_date", "<", second]]),
        ),
        (
            P.create_date.ge(read),
            &json!([["create_date", ">=", second]]),
        ),
        (P.create_date.eq(read), &within),
        (P.create_date.is_in([read]), &within),
        (P.create_date.ne(read), &outside),
        (P.create_date.not_in([read]), &outside),
        (!P.create_date.eq(read), &outside),
        (P.create_date.eq(half), &json!([["create_date", "in", []]])),
        (
            P.create_date.le(read.date_naive()),
            &json!([["create_date", "<", "2026-11-27 00:00:00"]]),
        ),
        // Of a relation of many, both conditions are about one and the same record.
        (
            P.child_ids.hop(|c| c.create_date).eq(read),
            &json!([["child_ids", "any", within]]),
        ),
    ] {
        for series in [17, 18] {
            assert_eq!(
                domain.to_json_for(series).as_ref(),
                Ok(expected),
                "{domain}"
            );
        }
    }
    let wire = P.create_date.le(read).to_json_for(19);
    assert_eq!(wire, Ok(json!([["create_date", "<=", second]])));
}

/// No record has the id 0: some series take it for unset, and 18 and 19 lose other records where it is excluded.
#[test]
fn the_id_0_is_that_of_no_record_on_every_series() {
    let none = Id::new(0);
    let country = P.country_id;
    let cases = [
        (country.eq(none), json!([["country_id", "in", []]])),
        (country.ne(none), json!([["country_id", "not in", []]])),
        (
            country.is_in([none, Id::new(3)]),
            json!([["country_id", "in", [3]]]),
        ),
        (country.child_of([none]), json!([["country_id", "in", []]])),
    ];
    for series in [14, 16, 18, 19] {
        for (domain, expected) in &cases {
            let sent = match (series, expected[0][1].as_str()) {
                // Before 19, what every record is found by is left out.
                (19, _) | (_, Some("in")) => expected.clone(),
                _ => json!([]),
            };
            assert_eq!(domain.to_json_for(series), Ok(sent), "{domain} {series}");
        }
    }
}

#[test]
fn related_records_without_a_name_are_not_looked_for_by_it_before_18() {
    for operator in ["=", "!=", "=?"] {
        let domain = parse(json!([["country_id", operator, ""]])).unwrap();
        assert!(domain.to_json_for(17).is_err(), "{domain}");
        assert!(domain.to_json_for(18).is_ok(), "{domain}");
    }
}

#[test]
fn domains_grow_in_place_and_come_of_a_list() {
    let mut domain = ResPartner::F.is_company.eq(true);
    domain &= ResPartner::F.name.ilike("oak");
    assert_eq!(
        domain,
        ResPartner::F.is_company.eq(true) & ResPartner::F.name.ilike("oak")
    );
    domain |= &ResPartner::F.credit_limit.gt(5.0);
    assert_eq!(
        domain.to_string(),
        "['|', '&', ('is_company', '=', True), ('name', 'ilike', 'oak'), ('credit_limit', '>', 5.0)]"
    );
    let names = || ["a", "b"].map(|name| ResPartner::F.name.eq(name));
    let [a, b] = names();
    assert_eq!(Domain::any_of(names()), a.clone() | b.clone());
    assert_eq!(Domain::all_of(names()), a & b);
    let no_names: [Domain<ResPartner>; 0] = [];
    assert_eq!(Domain::any_of(&no_names), none());
    assert_eq!(Domain::all_of(no_names), all());
}
