//! What the proxy tells about itself.

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    odxproxy::{self, Endpoint},
    proxy::OdxProxy,
    request::Response,
};
use crate::{
    Error,
    error::{CallSite, NotAnEnvelope, UnexpectedResult},
    model::{found, lenient_json, measure},
    secret::Secrets,
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
        let text = String::from_utf8_lossy(&response.body);
        let secrets = self.endpoint().secrets(None);
        Ok(secrets.scrub(&text).into_owned())
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
    secrets: Secrets,
    site: CallSite,
}

impl Page {
    fn read(response: Response, site: CallSite, endpoint: &Endpoint) -> Result<Self, Error> {
        let secrets = endpoint.secrets(None);
        let entries = match flat(&response) {
            Some(entries) => entries,
            None => odxproxy::rpc(secrets.clone(), None)
                .read(response, site.clone())?
                .json()?,
        };
        Ok(Self {
            entries: secrets.scrub_value(entries),
            secrets,
            site,
        })
    }

    /// A text without secrets, cut.
    fn text(&self, key: &str) -> String {
        const LONGEST: usize = 256;
        match &self.entries[key] {
            Value::Null => String::new(),
            Value::String(text) => self.secrets.shown(text, LONGEST),
            other => self.secrets.shown(&other.to_string(), LONGEST),
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
            found: found(self.entries[key].to_string().as_bytes(), &self.secrets),
            site: self.site.clone(),
        }))
    }
}

/// The object that a page is without an envelope.
fn flat(response: &Response) -> Option<Value> {
    const MEMORY: usize = 16 << 20;
    measure(&response.body, &mut { MEMORY }).ok()?;
    let body = lenient_json(&response.body).ok()?;
    (response.status == 200 && body.is_object() && is_flat(&body)).then_some(body)
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
