//! Fields that have a value for each language or for each company.

use odx_live::{Live, models::*};
use odx_runtime::model::{Field, Kind};
use odx_runtime::query::Selectable;
use odx_runtime::write::Translation;
use odx_runtime::{Id, Model, Session, values};

type Texts = (Option<String>, Option<String>);

fn texts(one: &str, other: &str) -> Texts {
    (Some(one.to_owned()), Some(other.to_owned()))
}

async fn translated(odoo: &Session, probe: Id<OdxProbe>) -> Texts {
    OdxProbe::search(|p| p.id.eq(probe))
        .select(|p| (p.char_translated, p.text_translated))
        .first(odoo)
        .await
        .unwrap()
        .expect("the probe")
}

async fn write_translated(odoo: &Session, probe: Id<OdxProbe>, char: &str, text: &str) {
    let values = values!(OdxProbe {
        char_translated: char,
        text_translated: text,
        ..
    });
    OdxProbe::write(odoo, [probe], values).await.unwrap();
}

#[tokio::test]
async fn a_translated_field_has_a_value_for_each_language() {
    let Some(live) = Live::start().await else {
        return;
    };
    let english = live.session();
    let french = english.lang("fr_FR");
    let probe = values!(OdxProbe {
        name: "a live test's",
        char_translated: "one",
        text_translated: "a text",
        ..
    });
    let probe = OdxProbe::create(&english, probe).await.unwrap();
    // What has no translation reads as in English.
    assert_eq!(translated(&french, probe).await, texts("one", "a text"));

    write_translated(&french, probe, "un", "un texte").await;
    assert_eq!(translated(&french, probe).await, texts("un", "un texte"));
    assert_eq!(translated(&english, probe).await, texts("one", "a text"));
    write_translated(&english, probe, "two", "another").await;
    assert_eq!(translated(&french, probe).await, texts("un", "un texte"));
    assert_eq!(translated(&english, probe).await, texts("two", "another"));

    let found = |odoo: Session| async move {
        OdxProbe::search(|p| p.id.eq(probe) & p.char_translated.eq("un"))
            .count(&odoo)
            .await
            .unwrap()
    };
    assert_eq!(found(french.clone()).await, 1);
    assert_eq!(found(english.clone()).await, 0);

    // A language of the query counts as that of the session does.
    let row = OdxProbe::search(|p| p.id.eq(probe))
        .lang("fr_FR")
        .select(|p| (p.char_translated,))
        .first(&english)
        .await
        .unwrap();
    assert_eq!(row, Some((Some("un".to_owned()),)));

    OdxProbe::write(
        &french,
        [probe],
        OdxProbe::values()
            .clear(OdxProbe::F.char_translated)
            .clear(OdxProbe::F.text_translated),
    )
    .await
    .unwrap();
    assert_eq!(translated(&french, probe).await, (None, None));
    // Odoo clears a translated field in every language.
    assert_eq!(translated(&english, probe).await, (None, None));
    OdxProbe::unlink(&english, [probe]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_in_a_language_that_is_not_installed() {
    let Some(live) = Live::start().await else {
        return;
    };
    let english = live.session();
    let probe = values!(OdxProbe {
        name: "a live test's",
        char_translated: "one",
        text_translated: "a text",
        ..
    });
    let probe = OdxProbe::create(&english, probe).await.unwrap();
    let values = OdxProbe::values().set(OdxProbe::F.char_translated, "een");
    let refused = OdxProbe::write(&english.lang("nl_BE"), [probe], values).await;
    assert!(refused.is_err());
    assert_eq!(translated(&english, probe).await, texts("one", "a text"));
    OdxProbe::unlink(&english, [probe]).await.unwrap();
}

#[tokio::test]
async fn a_company_dependent_field_has_a_value_for_each_company() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let companies = ResCompany::all()
        .order(|c| c.id.asc())
        .ids(&odoo)
        .await
        .unwrap();
    let [first, second] = [companies[0], companies[1]].map(|company| odoo.company(company));
    let tag = OdxProbeTag::create(
        &odoo,
        values!(OdxProbeTag {
            name: "a live test's"
        }),
    )
    .await
    .unwrap();
    let probe = values!(OdxProbe {
        name: "a live test's",
        company_char: "first",
        company_tag_id: tag,
        ..
    });
    let probe = OdxProbe::create(&first, probe).await.unwrap();

    let char = OdxProbe::F.company_char;
    assert_eq!(read(&first, probe, char).await, Some("first".to_owned()));
    assert_eq!(read(&second, probe, char).await, None);
    let values = values!(OdxProbe {
        company_char: "second",
        ..
    });
    OdxProbe::write(&second, [probe], values).await.unwrap();
    assert_eq!(read(&first, probe, char).await, Some("first".to_owned()));
    assert_eq!(read(&second, probe, char).await, Some("second".to_owned()));
    let tag_id = OdxProbe::F.company_tag_id;
    assert_eq!(
        read(&first, probe, tag_id).await.map(|tag| tag.id),
        Some(tag)
    );
    assert_eq!(read(&second, probe, tag_id).await, None);

    OdxProbe::write(&first, [probe], OdxProbe::values().clear(char))
        .await
        .unwrap();
    assert_eq!(read(&first, probe, char).await, None);
    assert_eq!(read(&second, probe, char).await, Some("second".to_owned()));
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
    OdxProbeTag::unlink(&odoo, [tag]).await.unwrap();
}

async fn read<K: Kind + Selectable, C: 'static>(
    odoo: &Session,
    probe: Id<OdxProbe>,
    field: Field<OdxProbe, K, C>,
) -> K::Value {
    let row = OdxProbe::search(|p| p.id.eq(probe))
        .select(|_| (field,))
        .first(odoo)
        .await
        .unwrap();
    row.expect("the probe").0
}

#[tokio::test]
async fn a_text_is_read_and_written_in_all_languages_at_once() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session().lang("en_US");
    let probe = values!(OdxProbe {
        name: "in all languages",
        char_translated: "oak"
    });
    let probe = OdxProbe::create(&odoo, probe).await.unwrap();
    let texts = async || {
        let all = OdxProbe::translations(&odoo, probe, |p| p.char_translated);
        let text = |held: Translation| (held.lang, held.text.unwrap_or_default());
        let all = all.await.unwrap().into_iter().map(text);
        all.filter(|(lang, _)| lang == "en_US" || lang == "fr_FR")
            .collect::<Vec<_>>()
    };
    let of = |english: &str, french: &str| {
        let pair = |lang: &str, text: &str| (lang.to_owned(), text.to_owned());
        vec![pair("en_US", english), pair("fr_FR", french)]
    };
    assert_eq!(texts().await, of("oak", "oak"));

    let both = [
        Translation::new("fr_FR", "hêtre"),
        Translation::new("en_US", "beech"),
    ];
    OdxProbe::translate(&odoo, probe, |p| p.char_translated, both)
        .await
        .unwrap();
    assert_eq!(texts().await, of("beech", "hêtre"));

    let french = [Translation::new("fr_FR", "fau")];
    OdxProbe::translate(&odoo, probe, |p| p.char_translated, french)
        .await
        .unwrap();
    assert_eq!(texts().await, of("beech", "fau"));

    let unknown = [Translation::new("xx_XX", "?")];
    let error = OdxProbe::translate(&odoo, probe, |p| p.char_translated, unknown).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("xx_XX") || error.contains("not activated"),
        "{error}"
    );
    assert_eq!(texts().await, of("beech", "fau"));
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
}
