//! A road of a program's own.
//!
//! Here a company lets its programs reach Odoo through a gateway, which knows them by a token and speaks neither of Odoo's
//! protocols: `POST /odoo/MODEL/METHOD` with `{"args": [..], "kwargs": {..}}` answers with the result, or with an error's status
//! and `{"class": "..", "message": ".."}`; `GET /version` answers as Odoo's own page does. The same generated models run over it.
//!
//! A [`Road`] only says what to send and what an answer means. Sending, limits of time and size, retries, certificates and
//! HTTP proxies are the [`HttpClient`]'s.

use odx_runtime::error::CallSite;
use odx_runtime::session::ServerVersion;
use odx_runtime::transport::header::{AUTHORIZATION, HeaderValue};
use odx_runtime::transport::{Answer, Ask, Opening, Request, Response, Road, Secrets, Url};
use odx_runtime::{Call, Error, OdooError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(doc)]
use odx_runtime::transport::HttpClient;

/// The company's gateway to its Odoo, as one program.
pub struct Gateway {
    url: Url,
    authorization: HeaderValue,
    site: CallSite,
    secrets: Secrets,
}

impl Gateway {
    /// The gateway at `url`, with the token that it gave this program.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL is none, or the token does not fit into a header.
    pub fn new(url: &str, token: &str) -> Result<Self, Error> {
        // No message shows the URL or the token: either may have been put in the other's place.
        let url = Url::parse(url).map_err(|_| Error::configuration("the gateway's URL is none"))?;
        let server = url.host_str().unwrap_or_default().to_owned();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| Error::configuration("the gateway's token does not fit into a header"))?;
        // So that no log shows it.
        authorization.set_sensitive(true);
        Ok(Self {
            url,
            authorization,
            site: CallSite::new(server),
            secrets: Secrets::new([token]),
        })
    }

    fn at(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// What an answer that is no success says.
    fn refusal(&self, response: &Response, site: CallSite) -> Error {
        let refusal = serde_json::from_slice(response.body()).unwrap_or_else(|_| Refusal {
            class: "gateway".to_owned(),
            message: format!("the gateway answered with the status {}", response.status()),
        });
        // The class is that of Odoo's exception, so that `OdooError::cause` and the retry policy know what it means.
        Error::Odoo(OdooError::new(refusal.class, refusal.message, site).into())
    }
}

#[derive(Serialize)]
struct Arguments<'a> {
    args: odx_runtime::session::Positional<'a>,
    kwargs: &'a Map<String, Value>,
}

#[derive(Deserialize)]
struct Refusal {
    class: String,
    message: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    version_info: Vec<Value>,
}

impl Road for Gateway {
    /// Each request says all.
    type Login = ();

    fn name(&self) -> &'static str {
        "gateway"
    }

    fn odoo_url(&self) -> &str {
        self.url.as_str()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<()>, Error> {
        Ok(Opening::Login(()))
    }

    fn opened(&self, _: Response, _: CallSite) -> Result<(), Error> {
        Ok(())
    }

    fn request(&self, call: &Call, (): &(), _: Ask<'_>) -> Result<Request, Error> {
        let arguments = Arguments {
            args: call.positional(),
            kwargs: call.kwargs(),
        };
        let url = self.at(&["odoo", call.model(), call.method()]);
        let request = Request::post_json(url, &arguments)?;
        Ok(request.header(AUTHORIZATION, self.authorization.clone()))
    }

    fn read(&self, response: Response, _: &Call, (): &(), site: CallSite) -> Answer {
        match response.status() {
            200 => Answer::Done(response.into_reply(site, &self.secrets)),
            _ => Answer::Failed(self.refusal(&response, site)),
        }
    }

    fn version(&self, _: Ask<'_>) -> Result<Request, Error> {
        Ok(Request::get(self.at(&["version"])))
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        let reply = response.into_reply(site, &self.secrets);
        let Version {
            version,
            version_info,
        } = reply.to()?;
        ServerVersion::new(version, version_info).ok_or_else(|| reply.mismatch("an Odoo version"))
    }
}
