//! The texts of a translated field in all languages.

use std::collections::BTreeMap;

use odx_facts::{CHECKS_TRANSLATIONS, SOURCE_LANGUAGE, TRANSLATES_FIELDS};
use serde_json::{Map, Value as JsonValue, json};

use crate::{
    AnySession, Call, Error, Id, RecordId, Session,
    model::{Field, FieldMeta, FieldType, Model, OverFields},
    session::{installed_languages, told_languages},
};

/// What a translated field holds in one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Translation {
    /// The language, such as `fr_BE`.
    pub lang: String,
    /// The English words, where a field is translated sentence by sentence, as HTML is. `None` where it is translated as a
    /// whole.
    pub source: Option<String>,
    /// The text. `None`: there is none of that language's own, and Odoo shows the English one. Of a field that is translated
    /// as a whole, Odoo gives the English one in its place.
    pub text: Option<String>,
}

impl Translation {
    /// The whole text in a language.
    pub fn new(lang: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            lang: lang.into(),
            source: None,
            text: Some(text.into()),
        }
    }

    /// One sentence of a field that is translated sentence by sentence.
    pub fn of(lang: impl Into<String>, source: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(lang, text)
        }
    }

    /// No text of that language's own: Odoo shows the English one. From Odoo 16 on.
    pub fn none(lang: impl Into<String>) -> Self {
        Self {
            lang: lang.into(),
            source: None,
            text: None,
        }
    }
}

/// A field of a record.
#[derive(Clone, Copy)]
struct Place<'a> {
    session: &'a Session,
    model: &'static str,
    id: RecordId,
    field: &'static FieldMeta,
}

/// Reads the texts of a field in every language that is installed.
///
/// # Errors
/// As [`Model::translations`].
pub fn translations<O: AnySession, M: Model, K, C>(
    odoo: &O,
    id: Id<M>,
    field: impl OverFields<M, Field<M, K, C>>,
) -> O::Answer<'_, Vec<Translation>> {
    let field = field(M::F).meta();
    let session = odoo.session().clone();
    odoo.answer(async move {
        Place {
            session: &session,
            model: M::NAME,
            id: id.record_id(),
            field,
        }
        .read()
        .await
    })
}

/// Writes texts of a field in several languages.
///
/// # Errors
/// As [`Model::translate`].
pub fn translate<O: AnySession, M: Model, K, C>(
    odoo: &O,
    id: Id<M>,
    field: impl OverFields<M, Field<M, K, C>>,
    texts: impl IntoIterator<Item = Translation>,
) -> O::Answer<'_, ()> {
    let field = field(M::F).meta();
    let session = odoo.session().clone();
    let texts: Vec<Translation> = texts.into_iter().collect();
    odoo.answer(async move {
        if texts.is_empty() {
            return Ok(());
        }
        Place {
            session: &session,
            model: M::NAME,
            id: id.record_id(),
            field,
        }
        .write(texts)
        .await
    })
}

impl Place<'_> {
    async fn read(self) -> Result<Vec<Translation>, Error> {
        match TRANSLATES_FIELDS.holds(self.session.series().await?) {
            true => self.read_at_once().await,
            false => self.read_one_by_one().await,
        }
    }

    async fn read_at_once(self) -> Result<Vec<Translation>, Error> {
        let call = self.call("get_field_translations").arg(self.field.name());
        let reply = self.session.execute(call).await?;
        let (rows, about): (Vec<Map<String, JsonValue>>, Map<String, JsonValue>) = reply.to()?;
        let by_sentence = about.get("translation_show_source") == Some(&json!(true));
        let text = |row: &Map<String, JsonValue>, key: &str| {
            let text = row.get(key).and_then(JsonValue::as_str);
            text.map(str::to_owned)
        };
        let mut texts = Vec::with_capacity(rows.len());
        for row in &rows {
            let lang =
                text(row, "lang").ok_or_else(|| reply.mismatch("a language with each text"))?;
            texts.push(match by_sentence {
                true => Translation {
                    lang,
                    source: text(row, "source"),
                    text: text(row, "value").filter(|text| !text.is_empty()),
                },
                false => Translation {
                    lang,
                    source: None,
                    text: text(row, "value"),
                },
            });
        }
        texts.sort();
        Ok(texts)
    }

    /// Before Odoo 16 a read gives one language.
    async fn read_one_by_one(self) -> Result<Vec<Translation>, Error> {
        self.as_a_whole()?;
        let mut texts = Vec::new();
        for lang in installed_languages(self.session).await? {
            let session = self.session.lang(&lang);
            let call = self.call("read").arg(json!([self.field.name()]));
            let reply = session.execute(call).await?;
            let rows: Vec<Map<String, JsonValue>> = reply.to()?;
            let Some(row) = rows.first() else {
                return Err(Error::missing(self.model, [self.id]));
            };
            let text = row.get(self.field.name()).and_then(JsonValue::as_str);
            texts.push(Translation {
                lang,
                source: None,
                text: text.map(str::to_owned),
            });
        }
        texts.sort();
        Ok(texts)
    }

    async fn write(self, texts: Vec<Translation>) -> Result<(), Error> {
        let series = self.session.series().await?;
        if !TRANSLATES_FIELDS.holds(series) {
            return self.write_one_by_one(texts).await;
        }
        if !CHECKS_TRANSLATIONS.holds(series) {
            self.check(&texts).await?;
        }
        let call = self
            .call("update_field_translations")
            .arg(self.field.name())
            .arg(self.by_language(&texts)?);
        let reply = self.session.execute(call).await?;
        match reply.boolean()? {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "Odoo keeps no translations of {}: the field is not translated, or has no text yet; write it first",
                self.name()
            ))),
        }
    }

    /// What Odoo takes: a text by language, or by language and sentence.
    fn by_language(self, texts: &[Translation]) -> Result<JsonValue, Error> {
        let mut whole = Map::new();
        let mut sentences: BTreeMap<&str, Map<String, JsonValue>> = BTreeMap::new();
        for text in texts {
            let value = text
                .text
                .clone()
                .map_or(JsonValue::Bool(false), JsonValue::from);
            match &text.source {
                None => whole.insert(text.lang.clone(), value),
                Some(source) => sentences
                    .entry(&text.lang)
                    .or_default()
                    .insert(source.clone(), value),
            };
        }
        match (whole.is_empty(), sentences.is_empty()) {
            (_, true) => Ok(whole.into()),
            (true, _) => Ok(json!(sentences)),
            _ => Err(Error::usage(format!(
                "{} is translated as a whole (`Translation::new`) or by its sentences (`Translation::of`), and not by both",
                self.name()
            ))),
        }
    }

    /// What Odoo 16 stores without a word, in vain: texts of languages that are not installed, and those of a field that has
    /// none at all.
    async fn check(self, texts: &[Translation]) -> Result<(), Error> {
        self.check_languages(texts).await?;
        let english = self.read_at_once().await?;
        match english.iter().any(|held| held.text.is_some()) {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "{} has no text yet, and Odoo 16 would drop its translations: write it first",
                self.name()
            ))),
        }
    }

    async fn check_languages(self, texts: &[Translation]) -> Result<(), Error> {
        let (installed, reply) = told_languages(self.session).await?;
        match texts.iter().find(|text| !installed.contains(&text.lang)) {
            None => Ok(()),
            Some(text) => Err(Error::usage(format!(
                "the language `{}` is not installed; install it in Odoo's settings, or translate into one that is ({})",
                text.lang,
                reply.shown(&installed.join(", "))
            ))),
        }
    }

    /// Before Odoo 16 a write changes one language.
    async fn write_one_by_one(self, mut texts: Vec<Translation>) -> Result<(), Error> {
        self.as_a_whole()?;
        let mut values = Vec::new();
        // English first: the others are translations of it.
        texts.sort_by_key(|text| text.lang != SOURCE_LANGUAGE);
        for text in &texts {
            match (&text.source, &text.text) {
                (None, Some(value)) => values.push((text.lang.as_str(), value.as_str())),
                (Some(_), _) => return Err(self.not_before_16("sentences of a text")),
                (_, None) => return Err(self.not_before_16("taking a translation away")),
            }
        }
        self.check_languages(&texts).await?;
        for (lang, value) in values {
            let values = Map::from_iter([(self.field.name().to_owned(), json!(value))]);
            let call = self.call("write").arg(values);
            let reply = self.session.lang(lang).execute(call).await?;
            if !reply.boolean()? {
                return Err(reply.mismatch("true"));
            }
        }
        Ok(())
    }

    fn as_a_whole(self) -> Result<(), Error> {
        match self.field.field_type() {
            FieldType::Html => {
                Err(self.not_before_16("translations of HTML, which Odoo keeps by sentence,"))
            }
            _ => Ok(()),
        }
    }

    fn not_before_16(self, what: &str) -> Error {
        Error::usage(format!(
            "{what} cannot be said of {} before Odoo 16: write the whole text in a session of that language, `odoo.lang(..)`",
            self.name()
        ))
    }

    fn call(self, method: &'static str) -> Call {
        Call::new(self.model, method).ids([self.id])
    }

    fn name(self) -> String {
        format!("`{}` of {}", self.field.name(), self.model)
    }
}
