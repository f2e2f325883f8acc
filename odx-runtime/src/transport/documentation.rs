//! What Odoo itself documents of its models, past the proxy.

use std::{fmt, time::Duration};

use reqwest::{
    Url,
    header::{self, HeaderValue},
};
use secrecy::ExposeSecret;

use super::{
    address::Address,
    client::HttpClient,
    fault,
    http::{Asked, Http},
    json2::{DATABASE, bearer, exception, header_value},
    request::{Request, Response},
};
use crate::{
    Error,
    error::{CallSite, NotAnEnvelope},
    secret::Secrets,
    session::{OdooInstance, Reply},
};

/// The documentation of models that Odoo 19 and on serve at `/doc-bearer` (addon `api_doc`): their methods with parameters,
/// annotations and docstrings.
///
/// ODXProxy does not pass it on, so it is asked of Odoo itself, with the user's API key. The user has to be in the group
/// `api_doc.group_allow_doc` (Technical Documentation), as administrators are.
#[derive(Clone)]
pub struct OdooDocumentation {
    base: Address,
    bearer: HeaderValue,
    database: HeaderValue,
    secrets: Secrets,
    http: Http,
}

impl OdooDocumentation {
    /// How long Odoo may take for a model. It needs 0.2 s for `res.partner`.
    const TIMEOUT: Duration = Duration::from_secs(60);

    /// The largest document to accept. That of `res.partner` has 110 kB.
    const MAX_RESPONSE_SIZE: usize = 32 << 20;

    /// The documentation of that database, as its user may read it. Connects on the first question.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the key cannot be used.
    pub fn new(instance: &OdooInstance) -> Result<Self, Error> {
        Self::with_client(instance, &HttpClient::new()?)
    }

    /// The same over that client, with its settings.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_client(instance: &OdooInstance, client: &HttpClient) -> Result<Self, Error> {
        Ok(Self {
            base: Address::new("Odoo", instance.url())?,
            bearer: bearer(instance.api_key())?,
            database: header_value("the name of the database", instance.database())?,
            secrets: Secrets::new([instance.api_key().expose_secret()]),
            http: client.http.clone().for_answers_of(Self::MAX_RESPONSE_SIZE),
        })
    }

    /// The document of a model: a JSON object with `methods`.
    ///
    /// # Errors
    /// [`Error::OdooKey`] if Odoo refuses the key; [`Error::Odoo`] if it knows no such model or the user may not read the
    /// model or any documentation; [`Error::NotAnEnvelope`] if there is no such page, as before Odoo 19.
    pub async fn model(&self, model: &str) -> Result<Reply, Error> {
        let site = self.base.site(&self.secrets);
        let site = site.with_page(model, "documentation");
        let request = Request::get(self.url(model))
            .header(header::AUTHORIZATION, self.bearer.clone())
            .header(DATABASE, self.database.clone());
        let asked = Asked {
            site: &site,
            secrets: &self.secrets,
        };
        let response = self.http.send(request, Self::TIMEOUT, asked).await?;
        self.read(*response, site)
    }

    /// The same for code that blocks; see [`blocking`](crate::blocking).
    ///
    /// # Errors
    /// As [`model`](Self::model).
    pub fn model_blocking(&self, model: &str) -> Result<Reply, Error> {
        crate::blocking::block_on(self.model(model))
    }

    fn url(&self, model: &str) -> Url {
        let mut url = self.base.at("/doc-bearer");
        url.path_segments_mut()
            .expect("BUG: an http URL has a path")
            .push(&format!("{model}.json"));
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
        Err(SETTINGS.error(error.into_odoo(response.status, site)))
    }
}

const SETTINGS: fault::Settings = fault::Settings {
    login: "check the API key for Odoo",
    database: "check the name of the database",
    user_id: None,
};

/// What to do about an answer that is not Odoo's documentation.
fn advice(response: &Response) -> &'static str {
    match response.status {
        404 | 405 => {
            "Odoo serves this page from version 19 on, where the addon `api_doc` is installed; check the URL of Odoo"
        }
        _ => fault::advice(response),
    }
}

impl fmt::Debug for OdooDocumentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdooDocumentation")
            .field("server", &self.base.server())
            .finish_non_exhaustive()
    }
}

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"{") && body.trim_ascii().ends_with(b"}")
}
