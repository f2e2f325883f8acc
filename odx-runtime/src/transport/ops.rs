//! What the proxy tells about itself.

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    http::Response,
    odxproxy::{self, Endpoint, read_reply},
    proxy::OdxProxy,
};
use crate::{
    Error,
    error::{CallSite, NotAnEnvelope, UnexpectedResult},
    session::lenient_json,
};

/// The build of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// Its build.
    pub build: String,
    /// Its version, such as `0.9.0`.
    pub version: String,
}

/// The licence of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct License {
    /// Whom it is made out to.
    pub licensee: String,
    /// Its last day, if it has one.
    pub valid_until: Option<NaiveDate>,
    /// Whether the proxy takes it for valid.
    pub is_valid: bool,
}

impl OdxProxy {
    /// The proxy's build and version. Needs no key.
    ///
    /// # Errors
    /// [`Error::Transport`], [`Error::LocalTimeout`], [`Error::NotAnEnvelope`], [`Error::UnexpectedResult`].
    pub async fn about(&self) -> Result<About, Error> {
        let page = self.page("/_/about", "about").await?;
        Ok(About {
            build: page.text("build"),
            version: page.required_text("version")?,
        })
    }

    /// The proxy's licence. Needs no key.
    ///
    /// # Errors
    /// As [`about`](Self::about).
    pub async fn license(&self) -> Result<License, Error> {
        let page = self.page("/_/license", "license").await?;
        Ok(License {
            licensee: page.text("licensee"),
            valid_until: page.date("valid_until")?,
            is_valid: page.boolean("is_valid")?,
        })
    }

    /// The proxy's counters, as Prometheus reads them. Needs no key.
    ///
    /// # Errors
    /// [`Error::Transport`], [`Error::LocalTimeout`], [`Error::NotAnEnvelope`].
    pub async fn metrics(&self) -> Result<String, Error> {
        let site = self.endpoint().site().with_operation("metrics");
        let response = self.get("/_/metrics", &site).await?;
        if response.status != 200 {
            return Err(not_a_page(&response, site, self.endpoint()));
        }
        let secrets = self.endpoint().secrets(None);
        Ok(secrets.scrub(&String::from_utf8_lossy(&response.body)))
    }

    async fn page(&self, path: &str, operation: &'static str) -> Result<Page, Error> {
        let site = self.endpoint().site().with_operation(operation);
        let response = self.get(path, &site).await?;
        Page::read(response, site, self.endpoint())
    }
}

/// One of the proxy's pages about itself: an object, in an envelope or without one.
struct Page {
    entries: Value,
    site: CallSite,
}

impl Page {
    fn read(response: Response, site: CallSite, endpoint: &Endpoint) -> Result<Self, Error> {
        let secrets = endpoint.secrets(None);
        let entries = match lenient_json(&response.body) {
            Ok(body @ Value::Object(_)) if response.status == 200 && is_flat(&body) => body,
            _ => read_reply(response, site.clone(), &secrets)?.json()?,
        };
        // They are shown, and the server may send anything.
        Ok(Self {
            entries: secrets.scrub_value(entries),
            site,
        })
    }

    fn text(&self, key: &str) -> String {
        match &self.entries[key] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn required_text(&self, key: &str) -> Result<String, Error> {
        match self.text(key) {
            text if text.is_empty() => Err(self.unexpected(key, "a text")),
            text => Ok(text),
        }
    }

    fn boolean(&self, key: &str) -> Result<bool, Error> {
        self.entries[key]
            .as_bool()
            .ok_or_else(|| self.unexpected(key, "true or false"))
    }

    fn date(&self, key: &str) -> Result<Option<NaiveDate>, Error> {
        match self.text(key) {
            text if text.is_empty() => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| self.unexpected(key, "a date such as 2030-12-31")),
        }
    }

    fn unexpected(&self, key: &str, expected: &str) -> Error {
        Error::UnexpectedResult(Box::new(UnexpectedResult {
            expected: format!("{expected} as `{key}`"),
            found: format!("`{}`", self.entries[key]),
            site: self.site.clone(),
        }))
    }
}

fn is_flat(body: &Value) -> bool {
    ["jsonrpc", "result", "error"]
        .iter()
        .all(|key| body.get(key).is_none())
}

fn not_a_page(response: &Response, site: CallSite, endpoint: &Endpoint) -> Error {
    Error::NotAnEnvelope(NotAnEnvelope::of(
        response,
        site,
        &endpoint.secrets(None),
        odxproxy::advice,
    ))
}
