//! Odoo's context: what a call says about language, companies and defaults.

use std::fmt;

use serde_json::{Map, Value};

use crate::model::RecordId;

/// Odoo's context, a mapping of JSON values.
///
/// Odoo adds nothing to it: without `lang` it answers in English, whatever the user's language, and without companies in
/// the user's default one.
#[derive(Clone, Default, PartialEq)]
pub struct Context(Map<String, Value>);

impl Context {
    /// An empty context.
    pub fn new() -> Self {
        Self::default()
    }

    /// The language of labels, names and translated values, such as `fr_FR`.
    #[must_use]
    pub fn lang(self, lang: impl Into<String>) -> Self {
        self.set("lang", lang.into())
    }

    /// The time zone of groups by day and of dates in domains, such as `Europe/Brussels`.
    #[must_use]
    pub fn tz(self, tz: impl Into<String>) -> Self {
        self.set("tz", tz.into())
    }

    /// The one company of the call.
    #[must_use]
    pub fn company(self, company: impl Into<RecordId>) -> Self {
        self.companies([company])
    }

    /// The companies of the call (`allowed_company_ids`). The first is the current one. None at all is the user's default.
    #[must_use]
    pub fn companies<C: Into<RecordId>>(self, companies: impl IntoIterator<Item = C>) -> Self {
        let ids: Vec<RecordId> = companies.into_iter().map(Into::into).collect();
        self.set("allowed_company_ids", ids)
    }

    /// Whether searches leave archived records out, as they do by default.
    #[must_use]
    pub fn active_test(self, active_test: bool) -> Self {
        self.set("active_test", active_test)
    }

    /// Any other key, such as `default_name` or `bin_size`.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// All keys and their values.
    #[cfg(feature = "client")]
    pub(crate) fn entries(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This context with another one over it, whose keys win.
    #[must_use]
    pub fn merged(&self, over: Self) -> Self {
        let mut merged = self.clone();
        merged.0.extend(over.0);
        merged
    }
}

impl From<Map<String, Value>> for Context {
    fn from(entries: Map<String, Value>) -> Self {
        Self(entries)
    }
}

impl From<Context> for Value {
    fn from(context: Context) -> Self {
        Self::Object(context.0)
    }
}

/// Shows the keys; values may hold anything.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
