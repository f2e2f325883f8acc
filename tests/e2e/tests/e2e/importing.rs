//! Imports against the sandbox's `load`.

use odx_e2e::models::prelude::*;
use odx_runtime::write::Ref;
use odx_runtime::write::import::{Imported, Refused, Why};
use odx_runtime::{Error, Session};
use odx_sandbox::{Fault, OdooError, Road, Sandbox};

const ROADS: [Road; 7] = [
    Road::OdxProxy,
    Road::OdxProxyV2,
    Road::Json2,
    Road::JsonRpc,
    Road::WebSession,
    Road::XmlRpc,
    Road::Rpc2,
];

/// The oldest and the newest that odx was run on.
const SERIES: [&str; 2] = ["14.0", "19.0"];

async fn company(series: &str) -> Sandbox {
    Sandbox::company().series(series).await.unwrap()
}

type Row = (String, odx_runtime::Values<ResPartner>);

/// A customer with a head office and a tag.
fn customer(number: usize) -> Row {
    let values = values!(ResPartner {
        name: format!("Customer {number}"),
        ref: format!("C{number}"),
        ..
    });
    (format!("crm.customer_{number}"), values)
}

fn faults(refused: &Refused) -> Vec<(Option<&str>, Option<&str>)> {
    let faults = refused.faults.iter();
    faults
        .map(|fault| (fault.field.as_deref(), fault.value.as_deref()))
        .collect()
}

async fn named(odoo: &Session, name: &str) -> Vec<ResPartner> {
    let found = ResPartner::search(|p| p.name.eq(name));
    found.fetch(odoo).await.unwrap()
}

async fn customers(odoo: &Session) -> u64 {
    let found = ResPartner::search(|p| p.name.like("Customer "));
    found.count(odoo).await.unwrap()
}

#[tokio::test]
async fn records_are_made_and_written_by_external_id_over_each_road() {
    let sandbox = company("19.0").await;
    for road in ROADS {
        let odoo = sandbox.connect_over(road).await.unwrap();
        let belgium = ResCountry::search(|c| c.code.eq("BE"));
        let belgium = belgium.first(&odoo).await.unwrap().unwrap();
        let office = format!("{road:?}.office");
        // The office stands after what refers to it.
        let rows = || {
            [
                (
                    format!("{road:?}.ada"),
                    values!(ResPartner {
                        name: "Ada",
                        parent_id: Ref::external(office.clone()),
                        country_id: Ref::name(belgium.name.clone()),
                        ..
                    }),
                ),
                (
                    office.clone(),
                    values!(ResPartner {
                        name: format!("Office {road:?}"),
                        is_company: true,
                        country_id: belgium.id,
                        ..
                    }),
                ),
            ]
        };
        let imported = ResPartner::import(&odoo, rows()).send().await.unwrap();
        assert!(imported.is_complete(), "{road:?}: {imported:?}");
        let ids: Vec<Id<ResPartner>> = imported.ids.iter().flatten().copied().collect();
        let partners = ResPartner::read(&odoo, ids.clone()).await.unwrap();
        let partners = partners.all().unwrap();
        assert_eq!(partners[0].parent_id.as_ref().unwrap().id, ids[1]);
        assert_eq!(partners[0].country_id.as_ref().unwrap().id, belgium.id);
        assert!(partners[1].is_company);
        let again = ResPartner::import(&odoo, rows()).send().await.unwrap();
        assert_eq!(again.ids, imported.ids, "{road:?}");
        assert_eq!(named(&odoo, &format!("Office {road:?}")).await.len(), 1);
    }
}

#[tokio::test]
async fn each_bad_row_is_told_with_its_field_and_the_good_ones_are_kept() {
    for series in SERIES {
        let sandbox = company(series).await;
        let odoo = sandbox.connect().await.unwrap();
        let mut rows: Vec<Row> = (0..50).map(customer).collect();
        let with = |row: &Row, values: odx_runtime::Values<ResPartner>| (row.0.clone(), values);
        let name = |number: usize| format!("Customer {number}");
        rows[3] = with(
            &rows[3],
            values!(ResPartner {
                name: name(3),
                country_id: Ref::external("base.nowhere"),
                ..
            }),
        );
        rows[7] = with(
            &rows[7],
            values!(ResPartner {
                name: name(7),
                category_id: [Id::new(1), Id::new(99_999)],
                ..
            }),
        );
        rows[8] = with(
            &rows[8],
            values!(ResPartner {
                name: name(8),
                parent_id: Ref::external("crm.customer_3"),
                ..
            }),
        );
        rows[9] = with(
            &rows[9],
            values!(ResPartner {
                name: name(9),
                country_id: Ref::name("No such country"),
                ..
            }),
        );
        rows[10] = with(
            &rows[10],
            ResPartner::values().set_raw("type", "no such type"),
        );
        rows[11].0 = "crm.customer_12".to_owned();
        rows[13].0 = "not an id".to_owned();
        let imported = ResPartner::import(&odoo, rows).batch_size(20);
        let imported = imported.send().await.unwrap();
        let told: Vec<_> = imported
            .refused
            .iter()
            .map(|one| (one.row, faults(one)))
            .collect();
        let expected = [
            (3, vec![(Some("country_id"), Some("base.nowhere"))]),
            (7, vec![(Some("category_id"), Some("1,99999"))]),
            (8, vec![(Some("parent_id"), Some("crm.customer_3"))]),
            (9, vec![(Some("country_id"), Some("No such country"))]),
            (10, vec![(Some("type"), Some("no such type"))]),
            (11, vec![(Some("id"), Some("crm.customer_12"))]),
            (12, vec![(Some("id"), Some("crm.customer_12"))]),
            (13, vec![(Some("id"), Some("not an id"))]),
        ];
        assert_eq!(told, expected, "{series}: {:#?}", imported.refused);
        let of_the_parent = imported.refused[2].to_string();
        let expected = "row 8 (crm.customer_8): parent_id \"crm.customer_3\": row 3 (crm.customer_3) was refused: No matching record found";
        assert!(of_the_parent.starts_with(expected), "{of_the_parent}");
        assert_eq!(imported.ids.iter().flatten().count(), 42, "{series}");
        assert_eq!(customers(&odoo).await, 42, "{series}");
    }
}

#[tokio::test]
async fn a_row_that_breaks_a_constraint_does_not_take_others_with_it() {
    for series in SERIES {
        let sandbox = company(series).await;
        let odoo = sandbox.connect().await.unwrap();
        let tag = |number: usize| {
            let values = ResPartnerCategory::values();
            let values = match number % 10 {
                4 => values.clear(ResPartnerCategory::F.name),
                _ => values.set(ResPartnerCategory::F.name, format!("Tag {number}")),
            };
            (format!("crm.tag_{number}"), values)
        };
        let rows = (0..200).map(tag);
        let imported = ResPartnerCategory::import(&odoo, rows)
            .send()
            .await
            .unwrap();
        let told: Vec<_> = imported.refused.iter().map(|one| one.row).collect();
        assert_eq!(told, (4..200).step_by(10).collect::<Vec<_>>(), "{series}");
        for refused in &imported.refused {
            assert_eq!(faults(refused), [(Some("name"), Some(""))], "{series}");
            assert!(matches!(refused.faults[0].why, Why::Odoo(_)), "{refused:?}");
        }
        let made = ResPartnerCategory::search(|c| c.name.like("Tag "));
        assert_eq!(made.count(&odoo).await.unwrap(), 180, "{series}");
    }
}

/// Partners cannot be their own ancestors: the row that closes the circle is made, and told.
#[tokio::test]
async fn a_circle_is_closed_when_all_its_rows_are_there() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let of = |number: usize, parent: usize| {
        let values = values!(ResPartner {
            name: format!("Customer {number}"),
            parent_id: Ref::external(format!("crm.customer_{parent}")),
            ..
        });
        (format!("crm.customer_{number}"), values)
    };
    let rows = [of(0, 1), of(1, 2), of(2, 0)];
    let imported = ResPartner::import(&odoo, rows).send().await.unwrap();
    assert_eq!(customers(&odoo).await, 3);
    let [refused] = imported.refused.as_slice() else {
        panic!("{imported:?}");
    };
    assert!(
        refused.id.is_some() && refused.to_string().contains("recursive"),
        "{refused}"
    );
    let second = ResPartner::get(&odoo, imported.ids[1].unwrap())
        .await
        .unwrap();
    assert_eq!(
        second.parent_id.map(|parent| parent.id.record_id()),
        refused.id
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_record_twice() {
    for series in SERIES {
        let sandbox = company(series).await;
        let odoo = sandbox.connect().await.unwrap();
        sandbox.fail("res.partner", "load", Fault::AnswerLost, 3);
        let rows = (0..100).map(customer);
        let imported = ResPartner::import(&odoo, rows).batch_size(40);
        let imported = imported.send().await.unwrap();
        assert!(imported.is_complete(), "{series}: {imported:?}");
        assert_eq!(customers(&odoo).await, 100, "{series}");
    }
}

#[tokio::test]
async fn a_conflict_is_tried_again_and_told_as_one_where_it_stays() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let conflict = || {
        let message = "could not serialize access due to concurrent update";
        Fault::Odoo(OdooError::new(
            "psycopg2.errors.SerializationFailure",
            message,
        ))
    };
    sandbox.fail("res.partner", "load", conflict(), 2);
    let imported = ResPartner::import(&odoo, (0..10).map(customer));
    assert!(imported.send().await.unwrap().is_complete());
    assert_eq!(customers(&odoo).await, 10);
}

#[tokio::test]
async fn a_row_that_odoo_refuses_without_a_field_is_told_with_those_that_were_sent() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let bare = "invalid literal for int() with base 10: 'x'";
    let bare = OdooError::new("builtins.ValueError", bare);
    sandbox.fail("res.partner", "load", Fault::Odoo(bare), 1);
    let imported = ResPartner::import(&odoo, [customer(7)]).send().await;
    let refused = &imported.unwrap().refused[0];
    assert_eq!(
        refused.to_string(),
        "row 0 (crm.customer_7): invalid literal for int() with base 10: 'x' \
         (the row was sent with name, ref)"
    );
}

#[tokio::test]
async fn an_import_that_was_stopped_goes_on_where_it_is_run_again() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let import = || ResPartner::import(&odoo, (0..100).map(customer)).batch_size(10);
    let refused = OdooError::new("odoo.exceptions.AccessError", "you may not");
    let all_good = sandbox.calls().len();
    let mut rows = import().stream();
    for _ in 0..25 {
        use futures_util::TryStreamExt;
        rows.try_next().await.unwrap().unwrap();
    }
    drop(rows);
    assert!(sandbox.calls().len() > all_good);
    assert_eq!(customers(&odoo).await, 30);
    sandbox.fail("res.partner", "load", Fault::Odoo(refused), 1);
    let error = import().send().await.unwrap_err();
    let Error::ImportStopped(stopped) = &error else {
        panic!("{error:?}");
    };
    assert!(stopped.source.odoo().unwrap().is_access(), "{error:?}");
    assert!(
        error.to_string().contains("0 of 100 rows of res.partner"),
        "{error}"
    );
    let imported: Imported<_> = import().send().await.unwrap();
    assert!(imported.is_complete());
    assert_eq!(customers(&odoo).await, 100);
}

#[tokio::test]
async fn an_external_id_of_another_model_overwrites_no_record() {
    for series in SERIES {
        let sandbox = company(series).await;
        let odoo = sandbox.connect().await.unwrap();
        let tag = values!(ResPartnerCategory { name: "A tag" });
        let tag = ResPartnerCategory::import(&odoo, [("crm.same", tag)]);
        assert!(tag.send().await.unwrap().is_complete());
        let before: Vec<ResPartner> = ResPartner::all().fetch(&odoo).await.unwrap();
        let mut row = customer(1);
        row.0 = "crm.same".to_owned();
        let imported = ResPartner::import(&odoo, [row, customer(2)])
            .send()
            .await
            .unwrap();
        let [refused] = imported.refused.as_slice() else {
            panic!("{series}: {imported:?}");
        };
        assert!(
            refused.to_string().contains("res.partner.category"),
            "{refused}"
        );
        let names = |partners: &[ResPartner]| -> Vec<_> {
            partners
                .iter()
                .map(|partner| partner.name.clone())
                .collect()
        };
        let known = before.iter().map(|partner| partner.id);
        let after = ResPartner::read(&odoo, known).await.unwrap().all().unwrap();
        assert_eq!(names(&before), names(&after), "{series}");
    }
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_before_anything_is_sent() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let values = ResPartner::values()
        .set(ResPartner::F.child_ids, [ResPartner::values()])
        .set_raw("nonsense", 1);
    let error = ResPartner::import(&odoo, [("a.b", values)]).send().await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("`child_ids`") && error.contains("no field `nonsense`"),
        "{error}"
    );
    assert!(sandbox.calls().iter().all(|call| call.method != "load"));

    let by_name = values!(ResPartner {
        name: "Acme",
        country_id: Ref::name("Belgium"),
        ..
    });
    let error = ResPartner::create(&odoo, by_name).await.unwrap_err();
    assert!(
        error.to_string().contains("only an import takes"),
        "{error}"
    );
}

#[tokio::test]
async fn rows_of_texts_are_imported_into_a_model_without_a_type() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let import = odoo.import(
        "res.partner",
        [
            "id",
            "name",
            "parent_id/id",
            "is_company",
            "category_id/.id",
        ],
    );
    let imported = import
        .rows([
            ["acme", "Customer 1", "", "yes", "1,2"],
            ["ada", "Customer 2", "acme", "no", ""],
            ["bad", "Customer 3", "", "maybe", ""],
        ])
        .rows([["short", "Customer 4"]])
        .send()
        .await
        .unwrap();
    let told: Vec<String> = imported.refused.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "row 2 (__import__.bad): is_company \"maybe\": it is neither true (1, true, yes) nor false (0, false, no)",
            "row 3 (__import__.short): it has 2 cells, and there are 5 columns",
        ]
    );
    let partners = named(&odoo, "Customer 1").await;
    assert_eq!(partners[0].category_id, [Id::new(1), Id::new(2)]);
    assert!(partners[0].is_company);
    let error = odoo
        .import("res.partner", ["name", "parent_id/name"])
        .send()
        .await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("`parent_id/name`") && error.contains("must be `id`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_year_is_written_whole() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let import = odoo.import("sale.order", ["id", "date_order", "validity_date"]);
    let rows = [
        ["a.days", "31-12-24", "01-02-03"],
        ["a.hours", "01-02-03 10:00", "2024-2-9"],
        ["a.zone", "24-12-31T10:00:00Z", "+2024-02-09"],
    ];
    let imported = import.rows(rows).send().await.unwrap();
    let told: Vec<_> = imported.refused.iter().map(faults).collect();
    assert_eq!(
        told,
        [
            vec![
                (Some("date_order"), Some("31-12-24")),
                (Some("validity_date"), Some("01-02-03")),
            ],
            vec![(Some("date_order"), Some("01-02-03 10:00"))],
            vec![
                (Some("date_order"), Some("24-12-31T10:00:00Z")),
                (Some("validity_date"), Some("+2024-02-09")),
            ],
        ]
    );
    assert!(sandbox.calls().iter().all(|call| call.method != "load"));
}

#[tokio::test]
async fn a_column_whose_values_odoo_drops_or_replaces_is_refused_with_all_rows() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let columns = [
        "id",
        "client_order_ref",
        "write_date",
        "amount_total",
        "currency_rate",
        "state",
    ];
    let error = odoo.import("sale.order", columns).send().await.unwrap_err();
    let error = error.to_string();
    for told in [
        "`write_date` of sale.order is kept by Odoo",
        "`amount_total` of sale.order is worked out by Odoo",
        "leave the column out",
    ] {
        assert!(error.contains(told), "{error}");
    }
    assert!(
        !error.contains("`client_order_ref`") && !error.contains("`state`"),
        "{error}"
    );
    assert!(sandbox.calls().iter().all(|call| call.method != "load"));
}

/// Models such as `ir.attachment` leave out what the user may not see after they cut the list: of two records with a name, one
/// would look like the only one.
#[tokio::test]
async fn a_name_is_looked_up_without_a_limit() {
    let sandbox = company("19.0").await;
    let odoo = sandbox.connect().await.unwrap();
    let import = odoo.import("res.partner", ["id", "name", "country_id"]);
    let imported = import.rows([["a.b", "Ada", "Belgium"]]).send().await;
    assert!(imported.unwrap().is_complete());
    let calls = sandbox.calls();
    let asked = calls.iter().find(|call| call.method == "name_search");
    let asked = asked.expect("the name was looked up");
    assert_eq!(asked.keyword["limit"], serde_json::Value::Null);
}
