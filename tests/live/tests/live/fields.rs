//! Every field of the probe, and so every type of field, through create, write, clear and read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use odx_live::{Live, Promise, models::*};
use odx_runtime::model::{
    Blank, Blob, CanWrite, DateTime, Field, Kind, Model, NaiveDate, PropertyDefinition, RecordRef,
    ResId, Utc,
};
use odx_runtime::query::{FieldInfo, Query, Selectable};
use odx_runtime::write::{self, ValueFor, WrittenAs};
use odx_runtime::{Id, Many2one, Session, Values, values};
use serde_json::{Value, json};

/// Writable fields of the probe that no row of the table can be about.
const ELSEWHERE: [(&str, &str); 2] = [
    ("parent_path", "Odoo keeps it, whatever is written to it"),
    ("properties", "`properties.rs` has a table of its own"),
];

/// Takes one field after the other through its life, each in a record of its own.
struct RoundTrips<'a, M> {
    odoo: &'a Session,
    /// What a record needs, and what its fields need beside them.
    base: Values<M>,
    done: BTreeSet<&'static str>,
}

impl<'a, M: Model> RoundTrips<'a, M> {
    fn new(odoo: &'a Session, base: Values<M>) -> Self {
        Self {
            odoo,
            base,
            done: BTreeSet::new(),
        }
    }

    /// The field has the first value after the create, the second after a write, and none once it was cleared.
    async fn row<K: Kind + Selectable + WrittenAs, C: CanWrite + 'static>(
        &mut self,
        field: Field<M, K, C>,
        values: [<K as Selectable>::Value; 2],
    ) where
        <K as Selectable>::Value: ValueFor<K> + Clone + Debug + PartialEq,
    {
        self.row_cleared_to(field, values, <K as Selectable>::Value::BLANK)
            .await;
    }

    /// The same, where a cleared field reads as something.
    async fn row_cleared_to<K: Kind + Selectable + WrittenAs, C: CanWrite + 'static>(
        &mut self,
        field: Field<M, K, C>,
        values: [<K as Selectable>::Value; 2],
        cleared: <K as Selectable>::Value,
    ) where
        <K as Selectable>::Value: ValueFor<K> + Clone + Debug + PartialEq,
    {
        let id = self.created_and_written(field, values).await;
        write::write(self.odoo, [id], Values::new().clear(field))
            .await
            .unwrap_or_else(|error| panic!("{field:?} cleared: {error}"));
        assert_eq!(self.read(field, id).await, cleared, "{field:?} cleared");
        write::unlink(self.odoo, [id]).await.unwrap();
    }

    /// The same, where Odoo refuses to clear the field.
    async fn required<K: Kind + Selectable + WrittenAs, C: CanWrite + 'static>(
        &mut self,
        field: Field<M, K, C>,
        values: [<K as Selectable>::Value; 2],
    ) where
        <K as Selectable>::Value: ValueFor<K> + Clone + Debug + PartialEq,
    {
        let id = self.created_and_written(field, values).await;
        let error = write::write(self.odoo, [id], Values::new().clear(field))
            .await
            .unwrap_err();
        assert!(
            error.odoo().is_some_and(|error| error.is_validation()),
            "{field:?} cleared: {error:?}"
        );
        write::unlink(self.odoo, [id]).await.unwrap();
    }

    async fn created_and_written<K: Kind + Selectable + WrittenAs, C: CanWrite + 'static>(
        &mut self,
        field: Field<M, K, C>,
        [first, second]: [<K as Selectable>::Value; 2],
    ) -> Id<M>
    where
        <K as Selectable>::Value: ValueFor<K> + Clone + Debug + PartialEq,
    {
        self.done.insert(field.name());
        let values = self.base.clone().set(field, first.clone());
        let id = write::create(self.odoo, values)
            .await
            .unwrap_or_else(|error| panic!("{field:?} created: {error}"));
        assert_eq!(self.read(field, id).await, first, "{field:?} created");
        write::write(self.odoo, [id], Values::new().set(field, second.clone()))
            .await
            .unwrap_or_else(|error| panic!("{field:?} written: {error}"));
        assert_eq!(self.read(field, id).await, second, "{field:?} written");
        id
    }

    async fn read<K: Kind + Selectable, C: 'static>(
        &self,
        field: Field<M, K, C>,
        id: Id<M>,
    ) -> K::Value {
        // By an untyped domain: the typed one needs the handle `id` of a model that is not known here.
        let by_id = odx_runtime::Domain::parse(&json!([["id", "=", id.to_json()]])).unwrap();
        let row = Query::new(by_id)
            .with_archived()
            .select(|_| (field,))
            .first(self.odoo)
            .await
            .unwrap_or_else(|error| panic!("{field:?} read: {error}"));
        row.expect("the record").0
    }
}

/// The types of fields that this Odoo has, with all its addons.
async fn field_types(odoo: &Session) -> BTreeSet<String> {
    let fields: BTreeMap<String, Value> = odoo
        .call("ir.model.fields", "fields_get")
        .arg(json!(["ttype"]))
        .send()
        .await
        .unwrap();
    let keys = fields["ttype"]["selection"].as_array().unwrap();
    keys.iter()
        .map(|pair| pair[0].as_str().unwrap().to_owned())
        .collect()
}

/// Two records with their names.
async fn two<M: Model>(odoo: &Session, text: &str) -> [Many2one<M>; 2] {
    let found = odx_runtime::query::name_search::<_, M>(odoo, text)
        .await
        .unwrap();
    let mut named = found.into_iter().filter(|record| record.name.is_some());
    [(); 2].map(|()| named.next().expect("two records with names"))
}

async fn create_two_probes(odoo: &Session) -> [Many2one<OdxProbe>; 2] {
    let names = ["relative one", "relative two"];
    let values = names.map(|name| values!(OdxProbe { name: name, .. }));
    let ids = OdxProbe::create_many(odoo, values).await.unwrap();
    [0, 1].map(|index| Many2one {
        id: ids[index],
        name: Some(names[index].to_owned()),
    })
}

async fn create_line(odoo: &Session, probe: Id<OdxProbe>) -> Id<OdxProbeLine> {
    let line = values!(OdxProbeLine {
        probe_id: probe,
        name: "a line"
    });
    OdxProbeLine::create(odoo, line).await.unwrap()
}

fn texts(one: &str, other: &str) -> [Option<String>; 2] {
    [one, other].map(|text| Some(text.to_owned()))
}

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn datetime(day: Option<NaiveDate>, [hour, minute, second]: [u32; 3]) -> Option<DateTime<Utc>> {
    Some(day?.and_hms_opt(hour, minute, second)?.and_utc())
}

/// A picture so small that Odoo keeps its bytes.
fn png(base64: &str) -> Option<Blob> {
    Some(Blob::new(BASE64_STANDARD.decode(base64).unwrap()))
}

fn definition(name: &str, property_type: &str) -> PropertyDefinition {
    PropertyDefinition::new(name, property_type, "A Label")
}

#[tokio::test]
async fn every_field_of_every_type_is_created_written_and_cleared() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let f = OdxProbe::F;
    let tags = two::<OdxProbeTag>(&odoo, "").await;
    let kinds = two::<OdxProbeKind>(&odoo, "").await;
    let currencies = two::<ResCurrency>(&odoo, "").await;
    let [partner, _] = two::<ResPartner>(&odoo, "").await;
    let companies = two::<ResCompany>(&odoo, "").await;
    let relatives = create_two_probes(&odoo).await;
    let line_of_one = create_line(&odoo, relatives[0].id).await;
    let line_of_two = create_line(&odoo, relatives[1].id).await;
    let secret = two_secrets(&odoo).await;

    let base = values!(OdxProbe {
        name: "from a live test",
        res_model: "odx.probe.tag",
        ..
    })
    .set(f.currency_id, currencies[0].id);
    let mut table = RoundTrips::new(&odoo, base);

    table.required(f.name, texts("one", "two")).await;
    table.row(f.active, [false, true]).await;
    table.row(f.boolean, [true, false]).await;

    table.row(f.char, texts("ç", "")).await;
    table
        .row(f.char_sized, texts("日本語の十六文字までの長さの文", "x"))
        .await;
    table.row(f.char_translated, texts("one", "two")).await;
    table.required(f.char_default, texts("one", "two")).await;
    table.row(f.code, texts("a live test's", "another")).await;
    table.row(f.company_char, texts("one", "two")).await;
    table.row(f.computed_editable, texts("one", "two")).await;
    table
        .row(f.res_model, texts("odx.probe", "odx.probe.tag"))
        .await;
    table.row(f.restricted, texts("one", "two")).await;
    table.row(f.sparse_char, texts("one", "two")).await;
    table.row(f.text, texts("two\nlines", " \u{1f980} ")).await;
    table.row(f.text_translated, texts("one", "two")).await;
    table
        .row(f.html, texts("<p>A <b>word</b></p>", "<p>&amp;</p>"))
        .await;
    table
        .row(
            f.html_unsanitized,
            texts("<script>1 < 2</script>", "<i>x</i>"),
        )
        .await;

    table
        .row(f.integer, [i64::from(i32::MIN), i64::from(i32::MAX)])
        .await;
    table.row(f.integer_required, [-1, 1]).await;
    table.row(f.float, [0.1, -1e300]).await;
    table.row(f.float_digits, [1234.567, -0.001]).await;
    table.row(f.monetary, [12.35, -0.01]).await;

    table.row(f.date, [date(1, 1, 1), date(9999, 12, 31)]).await;
    table
        .required(f.date_required, [date(2024, 2, 29), date(1970, 1, 1)])
        .await;
    let datetimes = [
        datetime(date(1, 1, 1), [0, 0, 0]),
        datetime(date(9999, 12, 31), [23, 59, 59]),
    ];
    table.row(f.datetime, datetimes).await;
    table.required(f.datetime_required, datetimes).await;

    let blobs = [vec![0, 255, 10], b"hello".to_vec()].map(|bytes| Some(Blob::new(bytes)));
    table.row(f.binary, blobs.clone()).await;
    table.row(f.binary_inline, blobs).await;
    let images = [
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM8ISfHwMDAxMDAwMDAAAANBAEIfXHKZgAAAABJRU5ErkJggg==",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    ];
    table.row(f.image, images.map(png)).await;

    let states = [OdxProbeSelection::ToInvoice, OdxProbeSelection::Done];
    table.row(f.selection, states.map(Some)).await;
    let levels = [
        OdxProbeSelectionRequired::High,
        OdxProbeSelectionRequired::Low,
    ];
    table.required(f.selection_required, levels.map(Some)).await;
    let levels = [
        OdxProbeSelectionDynamic::Level0,
        OdxProbeSelectionDynamic::Level2,
    ];
    table.row(f.selection_dynamic, levels.map(Some)).await;

    let references = [RecordRef::to(tags[0].id), RecordRef::to(partner.id)];
    table.row(f.reference, references.map(Some)).await;
    table
        .row(
            f.res_id,
            [
                ResId::to(tags[0].id).unwrap(),
                ResId::to(tags[1].id).unwrap(),
            ],
        )
        .await;

    table.row(f.tag_id, tags.clone().map(Some)).await;
    table.row(f.company_tag_id, tags.clone().map(Some)).await;
    table.row(f.kind_id, kinds.map(Some)).await;
    table.row(f.currency_id, currencies.map(Some)).await;
    table.required(f.company_id, companies.map(Some)).await;
    table.row(f.parent_id, relatives.clone().map(Some)).await;
    table.row(f.secret_id, secret.clone().map(Some)).await;
    table
        .row(f.tag_ids, [vec![tags[0].id, tags[1].id], vec![tags[1].id]])
        .await;
    table
        .row(f.child_ids, relatives.clone().map(|probe| vec![probe.id]))
        .await;
    table
        .row(f.line_ids, [vec![line_of_one], vec![line_of_two]])
        .await;

    let nothing = match Promise::NoneWithin.is_kept() {
        true => Value::Null,
        false => Value::Bool(false),
    };
    if Live::version() >= 16 {
        let documents = [json!({"deep": [1, nothing]}), json!("text")];
        table.row(f.json, documents.map(Some)).await;
    }
    let documents = [json!({"a": {"b": [1.5]}}), json!({"c": nothing})];
    table
        .row_cleared_to(f.serialized, documents.map(Some), Some(json!({})))
        .await;

    let done = table.done;
    OdxProbe::unlink(&odoo, relatives.map(|probe| probe.id))
        .await
        .unwrap();
    OdxProbeSecret::unlink(&odoo, secret.map(|secret| secret.id))
        .await
        .unwrap();

    if Live::version() >= 16 {
        define_properties(&odoo).await;
    }

    let fields = odoo.fields_get::<OdxProbe>().await.unwrap();
    let (tried, untried): (Vec<&FieldInfo>, Vec<&FieldInfo>) = fields.iter().partition(|field| {
        done.contains(field.name.as_str()) || ELSEWHERE.iter().any(|(name, _)| *name == field.name)
    });
    let untried: Vec<&str> = untried
        .into_iter()
        .filter(|field| !field.readonly)
        .map(|field| field.name.as_str())
        .collect();
    assert!(
        untried.is_empty(),
        "the table has no row for these fields: {untried:?}"
    );

    let mut types: BTreeSet<String> = tried
        .into_iter()
        .filter_map(|field| Some(field.attribute("type")?.as_str()?.to_owned()))
        .collect();
    if Live::version() >= 16 {
        types.insert("properties_definition".to_owned());
    }
    assert_eq!(
        types,
        field_types(&odoo).await,
        "the types tried, and those that Odoo has"
    );
}

async fn two_secrets(odoo: &Session) -> [Many2one<OdxProbeSecret>; 2] {
    let names = ["a secret", "another"];
    let ids = OdxProbeSecret::create_many(
        odoo,
        names.map(|name| values!(OdxProbeSecret { name: name })),
    )
    .await
    .unwrap();
    [0, 1].map(|index| Many2one {
        id: ids[index],
        name: Some(names[index].to_owned()),
    })
}

/// The field whose type only the kinds of probes have.
async fn define_properties(odoo: &Session) {
    let kind = values!(OdxProbeKind {
        name: "from a live test",
        ..
    });
    let mut kinds = RoundTrips::new(odoo, kind);
    let definitions = [
        vec![
            definition("size", "selection").with("selection", json!([["s", "S"], ["l", "L"]])),
            definition("buyer", "many2one")
                .with("comodel", "res.partner")
                .with("domain", "[]"),
        ],
        vec![definition("colour", "char").with("default", "red")],
    ];
    kinds
        .row(OdxProbeKind::F.properties_definition, definitions)
        .await;
}
