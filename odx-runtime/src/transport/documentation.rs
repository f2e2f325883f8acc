//! What Odoo itself documents of its models, past the proxy.

use std::{fmt, time::Duration};

use reqwest::{
    Method, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::ExposeSecret;

use super::{
    clients::Clients,
    envelope::RpcError,
    http::{Asked, Http, Request, Response, server},
    proxy::Settings,
};
use crate::{
    Error,
    error::{CallSite, NotAnEnvelope},
    secret::Secrets,
    session::{OdooInstance, Reply},
};

const DATABASE: HeaderName = HeaderName::from_static("x-odoo-database");

/// The documentation of models that Odoo 19 and on serve at `/doc-bearer` (addon `api_doc`): their methods with parameters,
/// annotations and docstrings.
///
/// ODXProxy does not pass it on, so it is asked of Odoo itself, with the user's API key. The user has to be in the group
/// `api_doc.group_allow_doc` (Technical Documentation), as administrators are.
#[derive(Clone)]
pub struct OdooDocumentation {
    base: Url,
    headers: HeaderMap,
    secrets: Secrets,
    http: Http,
}

impl OdooDocumentation {
    /// How long Odoo may take for a model. It needs 0.2 s for `res.partner`.
    const TIMEOUT: Duration = Duration::from_secs(60);

    const MAX_CONNECTIONS: usize = 16;

    /// The largest document to accept. That of `res.partner` has 110 kB.
    const MAX_RESPONSE_SIZE: usize = 32 << 20;

    /// The documentation of that database, as its user may read it. Connects on the first question.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the key cannot be used.
    pub fn new(instance: &OdooInstance) -> Result<Self, Error> {
        let base = Url::parse(instance.url()).map_err(|error| {
            Error::configuration(format!("the URL of Odoo cannot be read: {error}"))
        })?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(Error::configuration(
                "the URL of Odoo must begin with http:// or https://",
            ));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::configuration(
                "the URL of Odoo must not hold a user or a password: its documentation takes the API key alone",
            ));
        }
        let key = instance.api_key().expose_secret();
        let mut headers = HeaderMap::new();
        headers.insert(
            header::AUTHORIZATION,
            header_value("the API key", &format!("Bearer {key}"))?,
        );
        headers.insert(
            DATABASE,
            header_value("the name of the database", instance.database())?,
        );
        Ok(Self {
            base,
            headers,
            secrets: Secrets::new([key]),
            http: Http::new(
                Clients::new(Settings::default())?,
                Self::MAX_CONNECTIONS,
                Self::MAX_RESPONSE_SIZE,
            ),
        })
    }

    /// The document of a model: a JSON object with `methods`.
    ///
    /// # Errors
    /// [`Error::OdooKey`] if Odoo refuses the key; [`Error::Odoo`] if it knows no such model or the user may not read the
    /// model or any documentation; [`Error::NotAnEnvelope`] if there is no such page, as before Odoo 19.
    pub async fn model(&self, model: &str) -> Result<Reply, Error> {
        let site = CallSite::new(self.secrets.scrub(&server(&self.base)))
            .with_page(model, "documentation");
        let request = Request {
            method: Method::GET,
            url: self.url(model),
            headers: self.headers.clone(),
            body: Default::default(),
        };
        let asked = Asked {
            site: &site,
            secrets: &self.secrets,
        };
        let response = self.http.send(request, Self::TIMEOUT, asked).await?;
        self.read(response, site)
    }

    fn url(&self, model: &str) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("BUG: an http URL has a path")
            .pop_if_empty()
            .extend(["doc-bearer", &format!("{model}.json")]);
        url
    }

    fn read(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        if response.status == 200 && is_object(&response.body) {
            let result = Some(0..response.body.len());
            let reply = Reply::in_envelope(response.body, result, site, self.secrets.clone());
            return Ok(reply.within(response.bounds));
        }
        let Some(error) = exception(&response, &self.secrets) else {
            return Err(Error::NotAnEnvelope(NotAnEnvelope::of(
                &response,
                site,
                &self.secrets,
                advice,
            )));
        };
        let error = error.into_odoo(response.status, site);
        match response.status {
            401 => Err(Error::OdooKey(error)),
            _ => Err(Error::Odoo(error)),
        }
    }
}

/// What to do about an answer that is not Odoo's documentation.
fn advice(response: &Response) -> &'static str {
    match response.status {
        404 | 405 => {
            "Odoo serves this page from version 19 on, where the addon `api_doc` is installed; check the URL of Odoo"
        }
        401 | 403 => "something in front of Odoo refused the request",
        429 | 502..=504 => "Odoo is overloaded or down, or something in front of it is",
        _ => "see the log of Odoo",
    }
}

impl fmt::Debug for OdooDocumentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdooDocumentation")
            .field("server", &server(&self.base))
            .finish_non_exhaustive()
    }
}

fn header_value(what: &str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::configuration(format!(
            "{what} holds a character that no HTTP header can carry, such as a line end"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"{") && body.trim_ascii().ends_with(b"}")
}

/// The exception that Odoo answers with an HTTP status of its own, as over JSON-2: `{"name", "message", "arguments", ..}`.
fn exception(response: &Response, secrets: &Secrets) -> Option<RpcError> {
    let data = RpcError::data(&response.body, secrets)?;
    data.get("name")?.as_str()?;
    Some(RpcError {
        code: response.status.into(),
        message: String::new(),
        data: Some(data),
    })
}
