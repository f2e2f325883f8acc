//! Texts in all languages at once, as each series can be told.

use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{Error, Id, Model, Session, write::Translation};
use serde_json::json;

const BELGIUM: Id<ResCountry> = Id::new(1);

async fn as_series(series: &str) -> Sandbox {
    let dutch = json!({"id": 90, "name": "Dutch", "code": "nl_BE", "iso_code": "nl", "url_code": "nl_BE", "active": true});
    let database = furniture_maker()
        .series(series)
        .with_language("nl_BE")
        .with_records("res.lang", [serde_json::from_value(dutch).unwrap()])
        .unwrap();
    Sandbox::with(database).await
}

async fn texts(odoo: &Session, id: Id<ResCountry>) -> Vec<(String, Option<String>)> {
    let all = ResCountry::translations(odoo, id, |c| c.name)
        .await
        .unwrap();
    all.into_iter().map(|held| (held.lang, held.text)).collect()
}

fn of<const N: usize>(texts: [(&str, &str); N]) -> Vec<(String, Option<String>)> {
    texts
        .map(|(lang, text)| (lang.to_owned(), Some(text.to_owned())))
        .to_vec()
}

#[tokio::test]
async fn every_series_takes_texts_of_several_languages() {
    for series in ["14.0", "15.0", "16.0", "17.0", "18.0", "19.0"] {
        let sandbox = as_series(series).await;
        let odoo = sandbox.session();
        let new = [
            Translation::new("nl_BE", "België"),
            Translation::new("fr_BE", "Belgique"),
            Translation::new("en_US", "Kingdom of Belgium"),
        ];
        ResCountry::translate(&odoo, BELGIUM, |c| c.name, new)
            .await
            .unwrap();
        let expected = of([
            ("en_US", "Kingdom of Belgium"),
            ("fr_BE", "Belgique"),
            ("nl_BE", "België"),
        ]);
        assert_eq!(texts(&odoo, BELGIUM).await, expected, "{series}");

        let one = [Translation::new("nl_BE", "Koninkrijk België")];
        ResCountry::translate(&odoo, BELGIUM, |c| c.name, one)
            .await
            .unwrap();
        assert_eq!(
            texts(&odoo, BELGIUM).await[1..],
            of([("fr_BE", "Belgique"), ("nl_BE", "Koninkrijk België"),]),
            "{series}"
        );
    }
}

#[tokio::test]
async fn a_language_that_is_not_installed_is_refused_by_every_series() {
    for series in ["14.0", "16.0", "17.0", "19.0"] {
        let sandbox = as_series(series).await;
        let odoo = sandbox.session();
        let before = texts(&odoo, BELGIUM).await;
        let new = [
            Translation::new("fr_BE", "La Belgique"),
            Translation::new("de_BE", "Belgien"),
        ];
        let error = ResCountry::translate(&odoo, BELGIUM, |c| c.name, new).await;
        assert!(error.unwrap_err().to_string().contains("de_BE"), "{series}");
        assert_eq!(texts(&odoo, BELGIUM).await, before, "{series}");
    }
}

#[tokio::test]
async fn a_translation_taken_away_shows_the_english_text() {
    let sandbox = as_series("16.0").await;
    let odoo = sandbox.session();
    let french = [Translation::new("fr_BE", "Belgique")];
    ResCountry::translate(&odoo, BELGIUM, |c| c.name, french)
        .await
        .unwrap();
    let none = || [Translation::none("fr_BE")];
    ResCountry::translate(&odoo, BELGIUM, |c| c.name, none())
        .await
        .unwrap();
    let all = texts(&odoo, BELGIUM).await;
    assert_eq!(all[0].1, all[1].1);

    let sandbox = as_series("15.0").await;
    let odoo = sandbox.session();
    let error = ResCountry::translate(&odoo, BELGIUM, |c| c.name, none())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error:?}");
    assert!(error.to_string().contains("before Odoo 16"), "{error}");
}

#[tokio::test]
async fn what_odoo_16_would_drop_without_a_word_is_refused() {
    for (series, is_refused) in [("16.0", true), ("17.0", false)] {
        let sandbox = as_series(series).await;
        let odoo = sandbox.session();
        let bare = ProductTemplate::values().set(ProductTemplate::F.name, "Oak table");
        let bare = ProductTemplate::create(&odoo, bare).await.unwrap();
        let new = [Translation::new("fr_BE", "En chêne")];
        let done = ProductTemplate::translate(&odoo, bare, |p| p.description_sale, new).await;
        assert_eq!(done.is_err(), is_refused, "{series}: {done:?}");
    }
}

#[tokio::test]
async fn a_field_that_is_not_translated_is_told() {
    for series in ["16.0", "19.0"] {
        let sandbox = as_series(series).await;
        let odoo = sandbox.session();
        let new = [Translation::new("fr_BE", "BE")];
        let error = ResCountry::translate(&odoo, BELGIUM, |c| c.code, new).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("`code` of res.country"), "{error}");
    }
}
