//! Structs without generated code, over the real Odoo, and what `odx check --live` says of them.

use std::fs;
use std::path::Path;

use odx_live::{Live, Promise};
use odx_runtime::model::{Blob, DateTime, JsonValue, NaiveDate, Property, RecordRef, ResId, Utc};
use odx_runtime::{Id, Many2one, Model, OdooModel};

use crate::odx::Proxy;

/// One field of every type.
#[derive(Debug, OdooModel)]
#[odoo(name = "odx.probe")]
struct Probe {
    id: Id<Probe>,
    #[odoo(required)]
    name: String,
    boolean: bool,
    text: Option<String>,
    html: Option<String>,
    integer: i64,
    float: f64,
    monetary: f64,
    date: Option<NaiveDate>,
    datetime: Option<DateTime<Utc>>,
    binary: Option<Blob>,
    selection: Option<String>,
    reference: Option<RecordRef>,
    res_id: ResId,
    #[odoo(field = "tag_id")]
    tag: Option<Many2one<Tag>>,
    #[odoo(kind = "many2many")]
    tag_ids: Vec<Tag>,
    child_ids: Vec<Id<Probe>>,
    json: Option<JsonValue>,
    #[odoo(kind = "serialized")]
    serialized: Option<JsonValue>,
    properties: Vec<Property>,
    #[odoo(computed)]
    computed: Option<String>,
}

#[derive(Clone, Debug, OdooModel)]
#[odoo(name = "odx.probe.tag")]
struct Tag {
    name: Option<String>,
}

#[tokio::test]
async fn a_struct_without_generated_code_reads_every_type() {
    let Some(live) = Live::since(16).await else {
        return;
    };
    let odoo = live.session();
    let set = odoo.xml_id::<Probe>("odx_probe.probe_set").await.unwrap();
    let probe = Probe::read(&odoo, [set]).await;
    if !Promise::NoneWithin.is_kept() {
        // The record's JSON holds `null`.
        let is_unsaid = matches!(probe, Err(odx_runtime::Error::UnexpectedResult(_)));
        return assert!(is_unsaid, "{probe:?}");
    }
    let probe = probe.unwrap().all().unwrap().remove(0);
    assert_eq!((probe.id, probe.name.as_str()), (set, "Set"));
    assert_eq!(probe.selection.as_deref(), Some("to invoice"));
    let names: Vec<_> = probe
        .tag_ids
        .iter()
        .map(|tag| tag.name.as_deref())
        .collect();
    assert_eq!(names, [Some("Red"), Some("Blue")]);
    assert!(format!("{probe:?}").len() > 100);
}

#[test]
fn the_check_says_what_is_wrong_with_structs() {
    if !Live::is_asked_for_since(16) {
        return;
    }
    let proxy = Proxy::start();
    let this = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/structs.rs");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("structs");
    fs::create_dir_all(&folder).unwrap();
    let check = |file: &str| ["check", "--live", "--source", file].map(str::to_owned);
    let told = proxy.odx(&folder, 0, &check(this.to_str().unwrap()));
    assert!(
        told.contains("2 hand-written structs, nothing differs from the server"),
        "{told}"
    );

    let wrong = fs::read_to_string(&this)
        .unwrap()
        .replace("    integer: i64,", "    integer: Option<String>,")
        .replace("    html: Option<String>,", "    htlm: Option<String>,")
        .replace("odx.probe.tag\"", "odx.probe.tga\"");
    fs::write(folder.join("wrong.rs"), wrong).unwrap();
    let told = proxy.odx(&folder, 1, &check("wrong.rs"));
    for problem in [
        "Probe.integer: `integer` is of the type integer in Odoo, which `Option<String>` does not hold; take `i64`",
        "Probe.htlm: odx.probe has no field `htlm`; did you mean `html`?",
        "Tag: there is no model `odx.probe.tga`",
    ] {
        assert!(told.contains(problem), "{problem}:\n{told}");
    }
}
