//! `domain!` makes the domains that the builder makes, from either notation.

#![deny(warnings)]

#[path = "support/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of the models"
)]
mod models;

use models::{ResCountry, ResPartner, ResPartnerType};
use odx_runtime::{Domain, Id, domain, model::NaiveDate};

/// The domain in Odoo's notation.
fn text<M>(domain: Domain<M>) -> String {
    domain.to_string()
}

#[test]
fn comparisons_are_those_of_the_handles() {
    let f = ResPartner::F;
    assert_eq!(domain!(ResPartner, name == "Acme"), f.name.eq("Acme"));
    assert_eq!(domain!(ResPartner, name != "Acme"), f.name.ne("Acme"));
    assert_eq!(domain!(ResPartner, credit_limit < 5), f.credit_limit.lt(5));
    assert_eq!(
        domain!(ResPartner, credit_limit <= 5.5),
        f.credit_limit.le(5.5)
    );
    assert_eq!(
        domain!(ResPartner, credit_limit > -5),
        f.credit_limit.gt(-5)
    );
    assert_eq!(
        domain!(ResPartner, credit_limit >= -5.5),
        f.credit_limit.ge(-5.5)
    );
    assert_eq!(
        domain!(ResPartner, name =? "Acme"),
        f.name.eq_if_set("Acme")
    );
    assert_eq!(
        domain!(ResPartner, is_company == false),
        f.is_company.eq(false)
    );
    assert_eq!(
        domain!(ResPartner, date == "2024-02-29"),
        f.date.eq(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap())
    );
    assert_eq!(
        text(domain!(ResPartner, date >= "today -1w")),
        "[('date', '>=', 'today -1w')]"
    );
    assert_eq!(
        text(domain!(ResPartner, create_date < "2024-02-29 23:59:59")),
        "[('create_date', '<', '2024-02-29 23:59:59')]"
    );
}

#[test]
fn conditions_are_joined_with_the_precedence_of_rust() {
    let f = ResPartner::F;
    assert_eq!(
        domain!(ResPartner, is_company && name == "a" || !(name == "b" || name == "c") && tz is set),
        (f.is_company.eq(true) & f.name.eq("a"))
            | (!(f.name.eq("b") | f.name.eq("c")) & f.tz.is_set())
    );
    assert_eq!(
        text(domain!(ResPartner, !is_company)),
        "['!', ('is_company', '=', True)]"
    );
    assert_eq!(domain!(ResPartner, !!is_company), f.is_company.eq(true));
    assert_eq!(text(domain!(ResPartner)), "[]");
    assert_eq!(text(domain!(ResPartner, true)), "[]");
    assert_eq!(text(domain!(ResPartner, false)), "[(0, '=', 1)]");
}

#[test]
fn unset_has_many_spellings_and_one_meaning() {
    let unset = || ResPartner::F.name.is_unset();
    for domain in [
        domain!(ResPartner, name == None),
        domain!(ResPartner, name is None),
        domain!(ResPartner, name is unset),
        domain!(ResPartner, name is not set),
        domain!(ResPartner, name.is_unset()),
        domain!(ResPartner, [("name", "=", False)]),
        domain!(ResPartner, [("name", "=", false)]),
        domain!(ResPartner, [("name", "=", None)]),
    ] {
        assert_eq!(domain, unset());
    }
    for domain in [
        domain!(ResPartner, name != None),
        domain!(ResPartner, name is not None),
        domain!(ResPartner, name is set),
        domain!(ResPartner, [("name", "!=", False)]),
    ] {
        assert_eq!(domain, ResPartner::F.name.is_set());
    }
    // Of a boolean, false is a value; on the wire the two are one.
    assert_eq!(
        domain!(ResPartner, [("is_company", "=", False)]),
        ResPartner::F.is_company.eq(false)
    );
}

#[test]
fn lists_mix_literals_and_values() {
    let f = ResPartner::F;
    let belgium: Id<ResCountry> = Id::new(21);
    assert_eq!(
        domain!(ResPartner, name in ["a", "b"]),
        f.name.is_in(["a", "b"])
    );
    assert_eq!(domain!(ResPartner, name not in ["a"]), f.name.not_in(["a"]));
    assert_eq!(
        text(domain!(ResPartner, name in [])),
        "[('name', 'in', [])]"
    );
    assert_eq!(
        text(domain!(ResPartner, country_id in [belgium, 22, None])),
        "[('country_id', 'in', [21, 22, False])]"
    );
    assert_eq!(
        text(domain!(ResPartner, type in ["contact", ResPartnerType::Invoice])),
        "[('type', 'in', ['contact', 'invoice'])]"
    );
    let names = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(
        domain!(ResPartner, name in &names),
        f.name.is_in(["a", "b"])
    );
    assert_eq!(
        domain!(ResPartner, name in names.iter().map(|name| name.as_str())),
        f.name.is_in(["a", "b"])
    );
    assert_eq!(
        domain!(ResPartner, id in [1, 2]),
        f.id.is_in([Id::new(1), Id::new(2)])
    );
    assert_eq!(
        text(domain!(ResPartner, [("name", "in", ("a", False))])),
        "[('name', 'in', ['a', False])]"
    );
}

#[test]
fn the_like_family_takes_texts() {
    let f = ResPartner::F;
    let part = String::from("ac%");
    assert_eq!(domain!(ResPartner, name like "ac"), f.name.like("ac"));
    assert_eq!(
        domain!(ResPartner, name not like "ac"),
        f.name.not_like("ac")
    );
    assert_eq!(
        domain!(ResPartner, name ilike part.as_str()),
        f.name.ilike("ac%")
    );
    assert_eq!(
        domain!(ResPartner, name not ilike &part),
        f.name.not_ilike("ac%")
    );
    assert_eq!(domain!(ResPartner, name =like "ac%"), f.name.eq_like("ac%"));
    assert_eq!(
        domain!(ResPartner, name =ilike part),
        f.name.eq_ilike("ac%")
    );
    assert_eq!(
        domain!(ResPartner, name not =like "ac%"),
        f.name.not_eq_like("ac%")
    );
    assert_eq!(
        domain!(ResPartner, country_id ilike "bel"),
        f.country_id.ilike("bel")
    );
    assert_eq!(
        domain!(ResPartner, [("name", "not =ilike", "ac%")]),
        f.name.not_eq_ilike("ac%")
    );
}

#[test]
fn paths_go_over_relations() {
    let f = ResPartner::F;
    let belgian = || f.country_id.then(ResCountry::F.code).eq("BE");
    assert_eq!(domain!(ResPartner, country_id.code == "BE"), belgian());
    assert_eq!(
        domain!(ResPartner, [("country_id.code", "=", "BE")]),
        belgian()
    );
    assert_eq!(
        domain!(ResPartner, [(country_id.code, "=", "BE")]),
        belgian()
    );
    assert_eq!(
        text(domain!(ResPartner, child_ids.child_ids.country_id.code in ["BE"])),
        "[('child_ids.child_ids.country_id.code', 'in', ['BE'])]"
    );
}

#[test]
fn keywords_are_names_of_fields() {
    assert_eq!(
        domain!(ResPartner, type == "contact"),
        ResPartner::F.r#type.eq(ResPartnerType::Contact)
    );
    assert_eq!(
        domain!(ResPartner, r#type == "contact"),
        ResPartner::F.r#type.eq(ResPartnerType::Contact)
    );
    assert_eq!(
        domain!(ResPartner, [("type", "=", "contact")]),
        ResPartner::F.r#type.eq(ResPartnerType::Contact)
    );
    assert_eq!(
        text(domain!(ResPartner, child_ids.type == ResPartnerType::OtherKey)),
        "[('child_ids.type', '=', 'other')]"
    );
}

#[test]
fn sub_domains_are_over_the_related_records() {
    let f = ResPartner::F;
    let expected = || {
        f.child_ids
            .any(|c| c.r#type.eq(ResPartnerType::Invoice) & c.name.is_set())
    };
    assert_eq!(
        domain!(ResPartner, child_ids any (type == "invoice" && name is set)),
        expected()
    );
    assert_eq!(
        domain!(ResPartner, child_ids.any(type == "invoice" && name is set)),
        expected()
    );
    assert_eq!(
        domain!(ResPartner, child_ids any [("type", "=", "invoice"), ("name", "!=", False)]),
        expected()
    );
    assert_eq!(
        domain!(
            ResPartner,
            [(
                "child_ids",
                "any",
                [("type", "=", "invoice"), ("name", "!=", False)]
            )]
        ),
        expected()
    );
    let made = domain!(ResPartner, type == "invoice" && name is set);
    assert_eq!(
        domain!(ResPartner, child_ids any { made.clone() }),
        expected()
    );
    assert_eq!(
        domain!(ResPartner, [("child_ids", "any", made)]),
        expected()
    );
    assert_eq!(
        text(domain!(ResPartner, child_ids not any (child_ids.any(country_id.code == "BE")))),
        "[('child_ids', 'not any', [('child_ids', 'any', [('country_id.code', '=', 'BE')])])]"
    );
    assert_eq!(
        text(domain!(ResPartner, child_ids any ())),
        "[('child_ids', 'any', [])]"
    );
}

#[test]
fn hierarchies_take_ids() {
    let f = ResPartner::F;
    let (one, two): (Id<ResPartner>, Id<ResPartner>) = (Id::new(1), Id::new(2));
    assert_eq!(domain!(ResPartner, id child_of one), f.id.child_of([one]));
    assert_eq!(
        domain!(ResPartner, id child_of [one, 2]),
        f.id.child_of([one, two])
    );
    assert_eq!(
        domain!(ResPartner, child_ids parent_of vec![one, two]),
        f.child_ids.parent_of([one, two])
    );
    assert_eq!(
        domain!(ResPartner, [("id", "child_of", 1)]),
        f.id.child_of([one])
    );
    assert_eq!(
        text(domain!(ResPartner, [("country_id", "child_of", "Europe")])),
        "[('country_id', 'child_of', 'Europe')]"
    );
}

#[test]
fn dates_have_parts_and_properties_names() {
    let f = ResPartner::F;
    assert_eq!(
        domain!(ResPartner, date.month_number == 3),
        f.date.month_number().eq(3)
    );
    assert_eq!(
        domain!(ResPartner, date.month_number() in [3, 4]),
        f.date.month_number().is_in([3, 4])
    );
    assert_eq!(
        text(domain!(ResPartner, child_ids.create_date.day_of_week > 5)),
        "[('child_ids.create_date.day_of_week', '>', 5)]"
    );
    assert_eq!(
        domain!(ResPartner, [("date.year_number", "=", 2024)]),
        f.date.year_number().eq(2024)
    );
    assert_eq!(
        domain!(ResPartner, properties["color"] == "red"),
        f.properties.property("color").eq("red")
    );
    assert_eq!(
        domain!(ResPartner, properties.property("color") ilike "re"),
        f.properties.property("color").ilike("re")
    );
    assert_eq!(
        domain!(ResPartner, [(properties["color"], "=", False)]),
        f.properties.property("color").is_unset()
    );
    assert_eq!(
        domain!(
            ResPartner,
            [("properties.a1b2c3d4e5f60718", "in", [1, "x"])]
        )
        .to_string(),
        "[('properties.a1b2c3d4e5f60718', 'in', [1, 'x'])]"
    );
}

#[test]
fn values_of_the_program_are_any_expressions() {
    let f = ResPartner::F;
    let (limit, wanted, name) = (5.0, Some("Acme"), "x");
    assert_eq!(
        domain!(ResPartner, credit_limit > limit + 1.0 && is_company),
        f.credit_limit.gt(6.0) & f.is_company.eq(true)
    );
    assert_eq!(domain!(ResPartner, name == wanted), f.name.eq("Acme"));
    assert_eq!(
        domain!(ResPartner, name == format!("{name}y").as_str()),
        f.name.eq("xy")
    );
    assert_eq!(
        domain!(ResPartner, name == { name } || is_company),
        f.name.eq("x") | f.is_company.eq(true)
    );
    assert_eq!(
        domain!(
            ResPartner,
            name == (if limit > 1.0 && is(true) { "a" } else { "b" })
        ),
        f.name.eq("a")
    );
    assert_eq!(
        domain!(ResPartner, country_id == Id::<ResCountry>::new(3)),
        f.country_id.eq(Id::new(3))
    );
    assert_eq!(
        domain!(
            ResPartner,
            [("name", "=", name), ("credit_limit", "<", limit)]
        ),
        f.name.eq("x") & f.credit_limit.lt(5.0)
    );
}

fn is(value: bool) -> bool {
    value
}

#[test]
fn domains_of_the_program_stand_in_braces_or_in_a_list() {
    let f = ResPartner::F;
    let made = f.name.eq("x");
    assert_eq!(
        domain!(ResPartner, is_company && { &made }),
        f.is_company.eq(true) & f.name.eq("x")
    );
    assert_eq!(domain!(ResPartner, !{ made.clone() }), !f.name.eq("x"));
    assert_eq!(
        domain!(ResPartner, ["|", ("is_company", "=", True), &made]),
        f.is_company.eq(true) | f.name.eq("x")
    );
    assert_eq!(
        domain!(ResPartner, ["|", ("is_company", "=", True), made]),
        f.is_company.eq(true) | f.name.eq("x")
    );
}

#[test]
fn prefix_operators_join_as_in_odoo() {
    let printed = [
        text(domain!(ResPartner, [])),
        text(domain!(
            ResPartner,
            [
                "|",
                ("name", "=", "a"),
                ("name", "=", "b"),
                ("is_company", "=", True)
            ]
        )),
        text(domain!(
            ResPartner,
            [
                "&",
                "|",
                ["name", "=", "a"],
                ["name", "=", "b"],
                "!",
                ["is_company", "=", true]
            ]
        )),
        text(domain!(
            ResPartner,
            ["|", (0, "=", 1), ("name", "<>", "b"), (1, "=", 1),]
        )),
    ];
    assert_eq!(
        printed,
        [
            "[]",
            "['|', ('name', '=', 'a'), ('name', '=', 'b'), ('is_company', '=', True)]",
            "['|', ('name', '=', 'a'), ('name', '=', 'b'), '!', ('is_company', '=', True)]",
            "[('name', '!=', 'b')]",
        ]
    );
}

#[test]
fn what_the_macro_makes_is_what_the_parser_reads() {
    let domain = domain!(
        ResPartner,
        [
            "|",
            ("country_id.code", "in", ["BE", "NL"]),
            "!",
            ("child_ids", "any", [("type", "=", "other")])
        ]
    );
    assert_eq!(Domain::parse(&domain.to_json()), Ok(domain));
}

impl ResPartner {
    fn companies() -> Domain<Self> {
        domain!(Self, is_company && type == "contact")
    }
}

#[test]
fn a_model_may_be_self() {
    assert_eq!(
        ResPartner::companies(),
        domain!(models::ResPartner, is_company && type == "contact")
    );
}

#[test]
fn other_macros_may_pass_parts() {
    macro_rules! with {
        ($field:ident, $value:expr, $literal:literal) => {
            domain!(ResPartner, $field == $value && $field != $literal)
        };
    }
    assert_eq!(
        with!(name, "a", "b"),
        ResPartner::F.name.eq("a") & ResPartner::F.name.ne("b")
    );
}
