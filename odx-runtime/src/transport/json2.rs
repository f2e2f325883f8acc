//! JSON-2, Odoo 19 and on: `/json/2/<model>/<method>`, named arguments, an API key as bearer.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

use odx_facts::{JSON2, NEWEST, Series};
use reqwest::header::{self, HeaderName, HeaderValue};
use secrecy::ExposeSecret;

use super::{
    address::Address,
    envelope::RpcError,
    fault,
    request::{Request, Response, Template},
    road::{Answer, Ask, Opening, Road},
    rpc::read_version,
};
use crate::{
    Error, SecretString,
    error::{CallSite, NotAnEnvelope},
    secret::Secrets,
    session::{Call, Reply, ServerVersion},
};

pub(super) const DATABASE: HeaderName = HeaderName::from_static("x-odoo-database");

/// JSON-2 of one database, as the user of the key.
pub(super) struct Json2 {
    address: Address,
    /// What a call begins as: without its model and its method, which end the path.
    calls: Template,
    /// That of the call before: a stream asks one method for page after page.
    last: Mutex<Option<Addressed>>,
    site: CallSite,
    secrets: Secrets,
}

/// What each call of one method begins as.
struct Addressed {
    model: Cow<'static, str>,
    method: Cow<'static, str>,
    calls: Template,
}

impl Addressed {
    fn is_of(&self, call: &Call) -> bool {
        self.model == call.model() && self.method == call.method()
    }
}

impl Json2 {
    /// # Errors
    /// [`Error::Configuration`] if a header cannot carry the key or the name of the database.
    pub(super) fn new(address: Address, database: &str, key: &SecretString) -> Result<Self, Error> {
        let secrets = Secrets::new([key.expose_secret()]);
        let database = header_value("the name of the database", database)?;
        Ok(Self {
            site: address.site(&secrets),
            secrets,
            calls: Template::new(address.at("/json/2"))
                .header(header::AUTHORIZATION, bearer(key)?)
                .header(DATABASE, database),
            last: Mutex::new(None),
            address,
        })
    }

    /// The request of a call, without its arguments.
    fn begun(&self, call: &Call) -> Request {
        // Poisoned or not, it is whole: it is set in one step.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_ref().filter(|last| last.is_of(call)) {
            return last.calls.request();
        }
        let calls = self.calls.clone().below([call.model(), call.method()]);
        let request = calls.request();
        *last = Some(Addressed {
            model: call.model_name(),
            method: call.method_name(),
            calls,
        });
        request
    }

    fn result(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        if response.status == 200 && !response.is_html() && !response.body.is_empty() {
            let result = Some(0..response.body.len());
            let reply = Reply::in_envelope(response.body, result, site, self.secrets.clone());
            return Ok(reply.within(response.bounds));
        }
        Err(match exception(&response, &self.secrets) {
            Some(error) => SETTINGS.error(error.into_odoo(response.status, site)),
            None => Error::NotAnEnvelope(NotAnEnvelope::of(&response, site, &self.secrets, advice)),
        })
    }
}

/// The series that arguments are named for: the newest one, if it is not known.
///
/// # Errors
/// [`Error::Setting`] if it is one without JSON-2.
pub(super) fn series(ask: Ask<'_>, road: &str) -> Result<Series, Error> {
    match ask.series {
        Some(series) if !JSON2.holds(series) => Err(fault::no_such_road(road, JSON2, series)),
        known => Ok(known.unwrap_or(NEWEST)),
    }
}

/// A key as the header `Authorization`.
pub(super) fn bearer(key: &SecretString) -> Result<HeaderValue, Error> {
    header_value("the API key", &format!("Bearer {}", key.expose_secret()))
}

/// # Errors
/// [`Error::Configuration`] for a text that no header can carry.
pub(super) fn header_value(what: &str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::configuration(format!(
            "{what} holds a character that no HTTP header can carry, such as a line end"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

const SETTINGS: fault::Settings = fault::Settings {
    login: "check the API key: a password is not taken here, and a key may have expired, be of another database, or of another \
            scope than `rpc`; `expiration_date` and `scope` of the user's `res.users.apikeys` tell",
    database: "check the name of the database",
    user_id: None,
};

/// The exception that Odoo answers with an HTTP status of its own: `{"name", "message", "arguments", ..}`.
pub(super) fn exception(response: &Response, secrets: &Secrets) -> Option<RpcError> {
    let data = RpcError::data(&response.body, secrets)?;
    data.get("name")?.as_str()?;
    Some(RpcError {
        code: response.status.into(),
        message: String::new(),
        data: Some(data),
    })
}

/// What to do about an answer that is neither a result nor an exception.
fn advice(response: &Response) -> &'static str {
    match response.status {
        404 => {
            "Odoo serves no such database at this address, or is older than 19 and has no JSON-2: check the name of the \
             database, the URL and the series"
        }
        _ => fault::advice(response),
    }
}

impl Road for Json2 {
    type Login = ();

    fn name(&self) -> &'static str {
        "json2"
    }

    fn odoo_url(&self) -> &str {
        self.address.text()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The names of arguments depend on it.
    fn needs_series(&self) -> bool {
        true
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<()>, Error> {
        Ok(Opening::Login(()))
    }

    fn opened(&self, _: Response, _: CallSite) -> Result<(), Error> {
        Ok(())
    }

    fn request(&self, call: &Call, (): &(), ask: Ask<'_>) -> Result<Request, Error> {
        let arguments = call.named(series(ask, self.name())?)?;
        self.begun(call).json(&arguments)
    }

    /// A created record comes in a list, whatever was given.
    fn read(&self, response: Response, call: &Call, (): &(), site: CallSite) -> Answer {
        let reply = self.result(response, site);
        reply.map(|reply| reply.asked_by(call)).into()
    }

    /// Needs neither a key nor a database.
    fn version(&self, _: Ask<'_>) -> Result<Request, Error> {
        Ok(Request::get(self.address.at("/web/version")))
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.result(response, site)?, &self.secrets)
    }
}
