//! The languages of a database. Up to Odoo 17, what is written in one that is not installed goes to the English texts.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use odx_facts::{REFUSES_UNKNOWN_LANGUAGES, SOURCE_LANGUAGE, Series};
use serde_json::{Map, Value, json};

use super::{Call, Reply, Session};
use crate::Error;

/// The methods that write texts.
const WRITING: [&str; 3] = ["create", "load", "write"];

/// A write in a language that is not installed. It was not sent.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{call} was not sent: the language `{language}` is not installed, and Odoo {series} would change the English texts; \
     install it in Odoo's settings, or write in one that is installed ({})",
    installed.join(", ")
)]
#[non_exhaustive]
pub struct LanguageNotInstalled {
    /// The language of the context.
    pub language: String,
    /// The languages that are installed.
    pub installed: Vec<String>,
    /// The model and the method.
    pub call: String,
    /// The server's series.
    pub series: Series,
}

odx_facts::debug_as_told!(LanguageNotInstalled);

/// The languages that a database is known to have. One that is missing is asked for again: it may have been installed since.
#[derive(Debug, Default)]
pub(super) struct Languages(Mutex<BTreeSet<String>>);

impl Languages {
    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        // Poisoned or not, the set is whole: nothing that can panic happens under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a write in a language that is not installed, where Odoo does not.
pub(super) async fn check(session: &Session, call: &Call, language: &str) -> Result<(), Error> {
    let series = session.series().await?;
    if REFUSES_UNKNOWN_LANGUAGES.holds(series) || session.languages.known().contains(language) {
        return Ok(());
    }
    let (installed, reply) = told_languages(session).await?;
    session.languages.known().extend(installed.iter().cloned());
    if installed.iter().any(|installed| installed == language) {
        return Ok(());
    }
    Err(Error::LanguageNotInstalled(Box::new(
        LanguageNotInstalled {
            language: language.to_owned(),
            installed: installed.iter().map(|code| reply.shown(code)).collect(),
            call: format!("{}.{}", call.model(), call.method()),
            series,
        },
    )))
}

/// The language of a call that writes, unless every database has it. The context stands in the call.
pub(super) fn written_in(call: &Call) -> Option<&str> {
    if !WRITING.contains(&call.method()) {
        return None;
    }
    let language = call.kwargs().get("context")?.get("lang")?.as_str()?;
    (language != SOURCE_LANGUAGE && !language.is_empty()).then_some(language)
}

/// Every user may read the languages; those that are not installed are archived, which a search leaves out.
pub(crate) async fn installed_languages(session: &Session) -> Result<Vec<String>, Error> {
    Ok(told_languages(session).await?.0)
}

/// Their codes, and the answer that told them.
pub(crate) async fn told_languages(session: &Session) -> Result<(Vec<String>, Reply), Error> {
    let call = Call::new("res.lang", "search_read")
        .arg(json!([]))
        .kwarg("fields", json!(["code"]));
    let reply = session.connection.execute(&call, &session.options).await?;
    let reply = reply.on(session.protocol());
    let rows: Vec<Map<String, Value>> = reply.to()?;
    let codes = rows
        .iter()
        .map(|row| row.get("code").and_then(Value::as_str).map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| reply.mismatch("languages with their codes"))?;
    Ok((codes, reply))
}
