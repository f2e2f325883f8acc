use futures_util::TryStreamExt;
use odx_live::{Live, models::*};
use odx_runtime::model::{Blob, DateTime, NaiveDate, Property, RecordRef, ResId, Utc};
use odx_runtime::write::PropertyValues;
use odx_runtime::{Command, Id, Many2one, Model, OdooModel, Session, Values, all, values};
use serde_json::{Value, json};

/// One field of every type.
#[derive(OdooModel, Debug)]
#[odoo(model = OdxProbe)]
struct Probe {
    name: String,
    boolean: bool,
    char: Option<String>,
    text: Option<String>,
    html: Option<String>,
    integer: i64,
    float: f64,
    monetary: f64,
    date: Option<NaiveDate>,
    datetime: Option<DateTime<Utc>>,
    binary: Option<Blob>,
    binary_inline: Option<Blob>,
    selection: Option<OdxProbeSelection>,
    reference: Option<RecordRef>,
    res_id: ResId,
    currency_id: Option<Many2one<ResCurrency>>,
    tag_id: Option<Many2one<OdxProbeTag>>,
    tag_ids: Vec<Id<OdxProbeTag>>,
    line_ids: Vec<Line>,
    json: Value,
    properties: Vec<Property>,
    company_char: Option<String>,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbeLine)]
struct Line {
    name: String,
    quantity: f64,
}

struct Targets {
    tags: Vec<Id<OdxProbeTag>>,
    kind: Id<OdxProbeKind>,
    currency: Id<ResCurrency>,
}

async fn targets(odoo: &Session) -> Targets {
    let tags = OdxProbeTag::search(OdxProbeTag::F.name.is_set())
        .limit(2)
        .ids(odoo)
        .await
        .unwrap();
    let kind = OdxProbeKind::search(OdxProbeKind::F.code.eq("K"))
        .ids(odoo)
        .await
        .unwrap()[0];
    let currency = ResCurrency::search(ResCurrency::F.name.eq("EUR"))
        .ids(odoo)
        .await
        .unwrap()[0];
    Targets {
        tags,
        kind,
        currency,
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()
}

fn moment() -> DateTime<Utc> {
    day().and_hms_opt(23, 59, 59).unwrap().and_utc()
}

fn every_value(to: &Targets) -> Values<OdxProbe> {
    // The probe that it is created with gives the line its `probe_id`.
    let line = values!(OdxProbeLine {
        name: "a line",
        quantity: 1.5,
        ..
    });
    values!(OdxProbe {
        name: "from a live test",
        boolean: true,
        char: "ç",
        text: "two\nlines",
        integer: -7,
        float: 0.1
    })
    .set(OdxProbe::F.html, "<p>A <b>word</b></p>")
    .set(OdxProbe::F.currency_id, to.currency)
    .set(OdxProbe::F.monetary, 12.35)
    .set(OdxProbe::F.date, day())
    .set(OdxProbe::F.datetime, moment())
    .set(OdxProbe::F.binary, Blob::new(b"hello"))
    .set(OdxProbe::F.binary_inline, vec![0_u8, 255])
    .set(OdxProbe::F.selection, OdxProbeSelection::ToInvoice)
    .set(OdxProbe::F.reference, RecordRef::to(to.tags[0]))
    .set(OdxProbe::F.res_model, "odx.probe.tag")
    .set(OdxProbe::F.res_id, to.tags[1])
    .set(OdxProbe::F.tag_id, to.tags[0])
    .set(OdxProbe::F.tag_ids, to.tags.clone())
    .set(OdxProbe::F.line_ids, [Command::Create(line)])
    .set(OdxProbe::F.json, json!({"deep": [1, null]}))
    .set(OdxProbe::F.kind_id, to.kind)
    .set(
        OdxProbe::F.properties,
        PropertyValues::new()
            .set("a_integer", 42)
            .set("a_char", "a text"),
    )
    .set(OdxProbe::F.company_char, "first")
}

fn nothing() -> Values<OdxProbe> {
    OdxProbe::values()
        .set(OdxProbe::F.boolean, false)
        .clear(OdxProbe::F.char)
        .clear(OdxProbe::F.text)
        .clear(OdxProbe::F.html)
        .set(OdxProbe::F.integer, 0)
        .set(OdxProbe::F.float, 0)
        .set(OdxProbe::F.monetary, 0)
        .clear(OdxProbe::F.date)
        .clear(OdxProbe::F.datetime)
        .clear(OdxProbe::F.binary)
        .clear(OdxProbe::F.binary_inline)
        .clear(OdxProbe::F.selection)
        .clear(OdxProbe::F.reference)
        .clear(OdxProbe::F.res_id)
        .clear(OdxProbe::F.currency_id)
        .clear(OdxProbe::F.tag_id)
        .clear(OdxProbe::F.tag_ids)
        .clear(OdxProbe::F.line_ids)
        .clear(OdxProbe::F.json)
        .set(OdxProbe::F.properties, PropertyValues::new())
        .clear(OdxProbe::F.company_char)
}

async fn read(odoo: &Session, id: Id<OdxProbe>) -> Probe {
    OdxProbe::read_as::<_, Probe>(odoo, [id])
        .await
        .unwrap()
        .all()
        .unwrap()
        .remove(0)
}

fn property(probe: &Probe, name: &str) -> Option<Value> {
    probe
        .properties
        .iter()
        .find(|property| property.name() == name)?
        .value()
        .cloned()
}

fn assert_every_value(probe: &Probe, to: &Targets) {
    assert_eq!(probe.name, "from a live test");
    assert!(probe.boolean);
    assert_eq!(probe.char.as_deref(), Some("ç"));
    assert_eq!(probe.text.as_deref(), Some("two\nlines"));
    assert_eq!(probe.html.as_deref(), Some("<p>A <b>word</b></p>"));
    assert_eq!(
        (probe.integer, probe.float, probe.monetary),
        (-7, 0.1, 12.35)
    );
    assert_eq!((probe.date, probe.datetime), (Some(day()), Some(moment())));
    let bytes = |blob: &Option<Blob>| blob.as_ref().and_then(Blob::bytes);
    assert_eq!(bytes(&probe.binary), Some(b"hello".to_vec()));
    assert_eq!(bytes(&probe.binary_inline), Some(vec![0, 255]));
    assert_eq!(probe.selection, Some(OdxProbeSelection::ToInvoice));
    assert_eq!(probe.reference, Some(RecordRef::to(to.tags[0])));
    assert_eq!(probe.res_id, ResId::from(to.tags[1]));
    assert_eq!(
        probe.currency_id.as_ref().map(|currency| currency.id),
        Some(to.currency)
    );
    assert_eq!(probe.tag_id.as_ref().map(|tag| tag.id), Some(to.tags[0]));
    assert_eq!(probe.tag_ids, to.tags);
    let lines: Vec<_> = probe
        .line_ids
        .iter()
        .map(|line| (line.name.as_str(), line.quantity))
        .collect();
    assert_eq!(lines, [("a line", 1.5)]);
    assert_eq!(probe.json, json!({"deep": [1, null]}));
    assert_eq!(property(probe, "a_integer"), Some(json!(42)));
    assert_eq!(property(probe, "a_char"), Some(json!("a text")));
    assert_eq!(probe.company_char.as_deref(), Some("first"));
}

fn assert_nothing(probe: &Probe) {
    assert!(!probe.boolean);
    assert_eq!(
        (&probe.char, &probe.text, &probe.html),
        (&None, &None, &None)
    );
    assert_eq!((probe.integer, probe.float, probe.monetary), (0, 0.0, 0.0));
    assert_eq!((probe.date, probe.datetime), (None, None));
    assert!(probe.binary.is_none() && probe.binary_inline.is_none());
    assert_eq!(
        (&probe.selection, &probe.reference, probe.res_id),
        (&None, &None, ResId(0))
    );
    assert_eq!((&probe.currency_id, &probe.tag_id), (&None, &None));
    assert!(probe.tag_ids.is_empty() && probe.line_ids.is_empty());
    assert_eq!(probe.json, json!(false));
    assert_eq!(property(probe, "a_integer"), None);
    assert_eq!(property(probe, "a_char"), None);
    assert_eq!(probe.company_char, None);
}

#[tokio::test]
async fn every_field_type_is_created_written_cleared_and_deleted() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let to = targets(&odoo).await;

    let created = OdxProbe::create(&odoo, every_value(&to)).await.unwrap();
    assert_every_value(&read(&odoo, created).await, &to);
    OdxProbe::write(&odoo, [created], nothing()).await.unwrap();
    assert_nothing(&read(&odoo, created).await);
    OdxProbe::write(&odoo, [created], every_value(&to))
        .await
        .unwrap();
    assert_every_value(&read(&odoo, created).await, &to);
    OdxProbe::unlink(&odoo, [created]).await.unwrap();
    assert!(OdxProbe::exists(&odoo, [created]).await.unwrap().is_empty());
}

#[tokio::test]
async fn twelve_thousand_records_stream_by_id_and_by_order() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let count = OdxProbeStream::search(all()).count(&odoo).await.unwrap();
    assert!(count >= 10_000, "{count}");

    let mut ids = Vec::new();
    let mut rows = OdxProbeStream::search(all()).page_size(1_000).stream(&odoo);
    while let Some(row) = rows.try_next().await.unwrap() {
        ids.push(row.id.get());
    }
    assert_eq!(ids.len() as u64, count);
    assert!(ids.is_sorted_by(|one, next| one < next));

    let ordered = OdxProbeStream::search(all())
        .order((OdxProbeStream::F.bucket.desc(), OdxProbeStream::F.id.asc()))
        .page_size(2_000)
        .stream(&odoo);
    let mut ordered: Vec<i64> = ordered
        .map_ok(|row| row.id.get())
        .try_collect()
        .await
        .unwrap();
    ordered.sort_unstable();
    assert_eq!(ordered, ids);
}
