//! Properties of every type, written by name and read with their definitions.

use std::collections::BTreeMap;

use odx_live::{Live, models::*};
use odx_runtime::model::Property;
use odx_runtime::write::PropertyValues;
use odx_runtime::{Id, Model, RecordId, Session, values};
use serde_json::{Value, json};

/// The types of properties that every series since 16 has; later ones have more.
const TYPES_OF_16: usize = 10;

/// A value to write, and how it is read.
struct Sent {
    written: Value,
    read: Value,
}

/// A value that is read as it was written.
fn same(value: Value) -> Sent {
    Sent {
        written: value.clone(),
        read: value,
    }
}

/// Two values for each property of the kind `K`.
fn table(partners: &[(RecordId, String); 2]) -> BTreeMap<&'static str, [Sent; 2]> {
    let [one, two] = partners;
    BTreeMap::from([
        ("a_boolean", [true, false].map(|value| same(json!(value)))),
        ("a_integer", [42, -1].map(|value| same(json!(value)))),
        ("a_float", [1.5, -0.25].map(|value| same(json!(value)))),
        ("a_monetary", [9.99, -1.0].map(|value| same(json!(value)))),
        ("a_char", ["ç", "x"].map(|value| same(json!(value)))),
        (
            "a_text",
            ["two\nlines", "x"].map(|value| same(json!(value))),
        ),
        (
            "a_html",
            ["<p>A <b>word</b></p>", "<p>x</p>"].map(|value| same(json!(value))),
        ),
        (
            "a_date",
            ["2024-02-29", "1999-12-31"].map(|value| same(json!(value))),
        ),
        (
            "a_datetime",
            ["2024-02-29 23:59:59", "1999-12-31 00:00:00"].map(|value| same(json!(value))),
        ),
        ("a_selection", ["s1", "s2"].map(|value| same(json!(value)))),
        ("a_tags", [json!(["t1", "t2"]), json!(["t2"])].map(same)),
        (
            "a_many2one",
            [one, two].map(|partner| Sent {
                written: json!(partner.0),
                read: json!(partner),
            }),
        ),
        (
            "a_many2many",
            [vec![one, two], vec![two]].map(|partners| Sent {
                written: partners.iter().map(|partner| partner.0).collect(),
                read: json!(partners),
            }),
        ),
    ])
}

async fn read(odoo: &Session, probe: Id<OdxProbe>) -> BTreeMap<String, Property> {
    let row = OdxProbe::search(|p| p.id.eq(probe))
        .select(|p| (p.properties,))
        .first(odoo)
        .await
        .unwrap();
    let (properties,) = row.expect("the probe");
    properties
        .into_iter()
        .map(|property| (property.name().to_owned(), property))
        .collect()
}

async fn write(odoo: &Session, probe: Id<OdxProbe>, values: PropertyValues) {
    let values = OdxProbe::values().set(OdxProbe::F.properties, values);
    OdxProbe::write(odoo, [probe], values).await.unwrap();
}

#[tokio::test]
async fn properties_of_every_type_are_written_and_cleared() {
    let Some(live) = Live::since(16).await else {
        return;
    };
    let odoo = live.session();
    let kind = OdxProbeKind::search(|kind| kind.code.eq("K"))
        .ids(&odoo)
        .await
        .unwrap()[0];
    // Of its own: another test may delete the others meanwhile.
    let names = ["A property's", "Another property's"];
    let partners = names.map(|name| values!(ResPartner { name: name }));
    let partners = ResPartner::create_many(&odoo, partners).await.unwrap();
    let mut table =
        table(&[0, 1].map(|place| (partners[place].record_id(), names[place].to_owned())));
    let probe = values!(OdxProbe {
        name: "a live test's",
        kind_id: kind,
        ..
    });
    let probe = OdxProbe::create(&odoo, probe).await.unwrap();

    let defined = read(&odoo, probe).await;
    let untried: Vec<_> = defined
        .values()
        .filter(|property| property.property_type() != "separator")
        .filter(|property| !table.contains_key(property.name()))
        .collect();
    assert!(untried.is_empty(), "the table has no row for {untried:?}");
    // The addon defines a property of each type that the series has.
    table.retain(|name, _| defined.contains_key(*name));
    assert!(table.len() >= TYPES_OF_16, "only {:?}", table.keys());
    // The default of a property counts for new records.
    assert_eq!(defined["a_char"].value(), Some(&json!("by default")));

    for step in [0, 1] {
        let values = table
            .iter()
            .fold(PropertyValues::new(), |values, (name, sent)| {
                values.set(*name, sent[step].written.clone())
            });
        write(&odoo, probe, values).await;
        let found = read(&odoo, probe).await;
        for (name, sent) in &table {
            assert_eq!(found[*name].value(), Some(&sent[step].read), "{name}");
        }
    }

    // Those that a write leaves out are cleared, and their definitions stay.
    write(&odoo, probe, PropertyValues::new().set("a_integer", 7)).await;
    let found = read(&odoo, probe).await;
    assert_eq!(found.len(), defined.len());
    for (name, property) in &found {
        let expected = (name == "a_integer").then(|| json!(7));
        // Odoo 16 to 18 store `false` for what is left out, which of a boolean is a value.
        let value = property.value().filter(|value| **value != json!(false));
        assert_eq!(value, expected.as_ref(), "{name}");
    }
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
    ResPartner::unlink(&odoo, partners).await.unwrap();
}
