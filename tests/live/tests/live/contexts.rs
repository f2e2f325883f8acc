use odx_live::{
    Live,
    models::{OdxProbe, ResCompany},
};
use odx_runtime::model::NaiveDate;
use odx_runtime::{Id, Model, OdooModel, ReadAs, Session, values};

/// What depends on company and language.
#[derive(OdooModel, Debug)]
#[odoo(model = OdxProbe)]
struct Seen {
    company_char: Option<String>,
    char_translated: Option<String>,
}

async fn seen(odoo: &Session, probe: Id<OdxProbe>) -> (Option<String>, Option<String>) {
    let found = OdxProbe::read_as::<Seen>(odoo, [probe]).await.unwrap();
    let seen = found.all().unwrap().remove(0);
    (seen.company_char, seen.char_translated)
}

async fn second_company(odoo: &Session) -> Id<ResCompany> {
    let named = ResCompany::F.name.eq("Second Company");
    ResCompany::matching(named).ids(odoo).await.unwrap()[0]
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

#[tokio::test]
async fn values_are_those_of_the_company_and_the_language() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let here = odoo.company(1).lang("en_US");
    let there = odoo.company(second_company(&odoo).await).lang("fr_FR");
    let probe = OdxProbe::create(
        &here,
        values!(OdxProbe {
            name: "in two companies",
            company_char: "here",
            char_translated: "oak"
        }),
    )
    .await
    .unwrap();
    assert_eq!(seen(&there, probe).await, (None, text("oak")));
    let values = values!(OdxProbe {
        company_char: "there",
        char_translated: "chêne",
        ..
    });
    OdxProbe::write(&there, [probe], values).await.unwrap();

    assert_eq!(seen(&here, probe).await, (text("here"), text("oak")));
    assert_eq!(seen(&there, probe).await, (text("there"), text("chêne")));
    let found = async |odoo: &Session, word: &str| {
        let domain = OdxProbe::F.id.eq(probe) & OdxProbe::F.char_translated.eq(word);
        OdxProbe::matching(domain).count(odoo).await.unwrap()
    };
    assert_eq!(found(&here, "chêne").await, 0);
    assert_eq!(found(&there, "chêne").await, 1);
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
}

#[tokio::test]
async fn archived_records_come_when_asked_for_and_days_are_those_of_the_timezone() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let late = NaiveDate::from_ymd_opt(2024, 2, 29)
        .and_then(|day| day.and_hms_opt(23, 30, 0))
        .unwrap()
        .and_utc();
    let values = OdxProbe::values()
        .set(OdxProbe::F.name, "archived, and late")
        .set(OdxProbe::F.active, false)
        .set(OdxProbe::F.datetime, late);
    let probe = OdxProbe::create(&odoo, values).await.unwrap();
    let query = || OdxProbe::search(|p| p.id.eq(probe));

    assert_eq!(query().ids(&odoo).await.unwrap(), []);
    assert_eq!(query().with_archived().ids(&odoo).await.unwrap(), [probe]);
    let day = async |tz: &str| {
        let days = query()
            .with_archived()
            .tz(tz)
            .group_by(|p| (p.datetime.day(),))
            .fetch(&odoo)
            .await
            .unwrap();
        days[0].key.0.clone().unwrap().label
    };
    assert_eq!(day("UTC").await, "29 Feb 2024");
    assert_eq!(day("Asia/Tokyo").await, "01 Mar 2024");
    // Odoo would take UTC.
    let tokyo = query().tz("tokyo").ids(&odoo).await;
    let message = tokyo.expect_err("no zone of that name").to_string();
    assert!(message.contains("did you mean `Asia/Tokyo`?"), "{message}");
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
}
