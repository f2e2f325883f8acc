//! The convention of `/RPC2`: XML-RPC at one address, with credentials by HTTP Basic and the database in the query.
//!
//! A method is `MODEL.METHOD`. Its first argument is the subject: nothing, a list of ids, or a mapping of `records` and
//! `context`; positional and named arguments follow, each where there are any. A method without a model is the server's own.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderValue},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::{
    address::Address,
    fault::{ACCESS_DENIED, Settings},
    request::{Request, Response},
    road::{Answer, Ask, Opening, Road},
    rpc::read_version,
    xml::{Base64, CONTENT_TYPE, MethodCall, XmlAnswers, by_name},
};
use crate::{
    Error, SecretString,
    error::{CallSite, OdooError},
    secret::Secrets,
    session::{Call, Reply, ServerVersion},
};

/// The convention of `/RPC2` with one database, as one user: XML-RPC at one address, credentials by HTTP Basic.
///
/// A call has to say which records it is about ([`Call::ids`]), unless it is one of Odoo's own methods, of which that is known.
/// Binary values are sent and read as base64.
pub struct Rpc2 {
    address: Address,
    database: Url,
    server: Url,
    authorization: HeaderValue,
    site: CallSite,
    answers: XmlAnswers,
}

impl Rpc2 {
    /// As the user with that login. The secret is a password or an API key. No request is needed to log in.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the login cannot be used.
    pub fn new(
        url: impl AsRef<str>,
        database: impl AsRef<str>,
        login: impl AsRef<str>,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let (login, secret) = (login.as_ref(), secret.into());
        let address = Address::new("Odoo", url.as_ref())?;
        let server = address.at("/RPC2");
        let mut of_database = server.clone();
        of_database
            .query_pairs_mut()
            .append_pair("db", database.as_ref());
        let secrets = Secrets::new([secret.expose_secret()]);
        Ok(Self {
            authorization: basic(login, &secret)?,
            site: address.site(&secrets),
            answers: XmlAnswers {
                secrets,
                settings: SETTINGS,
                base64: Base64::Bytes,
                advice,
            },
            database: of_database,
            server,
            address,
        })
    }

    /// Credentials are refused by an HTTP status.
    fn result(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        const REFUSED: u16 = 401;
        if response.status != REFUSED {
            return self.answers.read(response, site);
        }
        let error = OdooError {
            code: REFUSED.into(),
            status: REFUSED,
            ..OdooError::new(ACCESS_DENIED, "HTTP 401", site)
        };
        Err(SETTINGS.error(Box::new(error)))
    }

    fn post(&self, url: &Url, body: String) -> Request {
        Request::post(url.clone(), CONTENT_TYPE, body)
            .header(AUTHORIZATION, self.authorization.clone())
    }
}

impl fmt::Debug for Rpc2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc2")
            .field("server", &self.site.server())
            .finish_non_exhaustive()
    }
}

/// # Errors
/// [`Error::Configuration`] for a login with a colon, where the password would begin.
fn basic(login: &str, secret: &SecretString) -> Result<HeaderValue, Error> {
    if login.contains(':') {
        return Err(Error::configuration(
            "the login holds a colon, which HTTP Basic cannot carry",
        ));
    }
    let pair = format!("{login}:{}", secret.expose_secret());
    let mut header = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
        .expect("BUG: base64 fits into a header");
    header.set_sensitive(true);
    Ok(header)
}

const SETTINGS: Settings = Settings {
    login: "check the login, and its password or API key",
    database: "check the name of the database",
    user_id: None,
};

/// What to do about an answer that is none of XML-RPC.
fn advice(response: &Response) -> &'static str {
    match response.status {
        403 => {
            "the credentials were refused: check the login, its password or API key, and the database"
        }
        404 | 405 => {
            "the server does not know `/RPC2`, or not this database: check the URL and the database"
        }
        400 | 415 | 422 => "the server could not read the request",
        413 => {
            "send less in one call, or raise the size limit of the server, or of what is in front of it"
        }
        429 | 502..=504 => "the server is overloaded or down, or something in front of it is",
        _ => "see the log of the server",
    }
}

/// What a call is about, and the arguments that follow.
struct Parameters<'c> {
    subject: Value,
    args: &'c [Value],
    kwargs: Cow<'c, Map<String, Value>>,
}

impl<'c> Parameters<'c> {
    /// # Errors
    /// [`Error::Usage`] where the first argument may or may not be the records.
    fn of(call: &'c Call) -> Result<Self, Error> {
        let (records, args) = call.subject();
        if records.is_none() && !args.is_empty() && call.core_method().is_none() {
            return Err(no_subject(call));
        }
        let records = records.map_or_else(|| json!([]), Cow::into_owned);
        let mut kwargs = Cow::Borrowed(call.kwargs());
        let context = match call.kwargs().get(Call::CONTEXT) {
            Some(Value::Object(_) | Value::Null) => kwargs.to_mut().remove(Call::CONTEXT),
            // What is no context is left to the server to refuse.
            _ => None,
        };
        let subject = match context {
            Some(Value::Object(context)) if !context.is_empty() => {
                json!({"records": records, "context": context})
            }
            _ => records,
        };
        Ok(Self {
            subject,
            args,
            kwargs,
        })
    }
}

#[cold]
fn no_subject(call: &Call) -> Error {
    let (model, method) = (call.model(), call.method());
    Error::usage(format!(
        "{model}.{method} was not sent: over this connection a call says apart from its arguments which records it is about; \
         give them by `ids(..)`, and none of them for a method of the model itself"
    ))
}

impl Road for Rpc2 {
    type Login = ();

    fn name(&self) -> &'static str {
        "rpc2"
    }

    fn odoo_url(&self) -> &str {
        self.address.text()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.answers.secrets
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<()>, Error> {
        Ok(Opening::Login(()))
    }

    fn opened(&self, _: Response, _: CallSite) -> Result<(), Error> {
        Ok(())
    }

    fn request(&self, call: &Call, (): &(), _: Ask<'_>) -> Result<Request, Error> {
        let name = format!("{}.{}", call.model(), call.method());
        let parameters = Parameters::of(call)?;
        let mut body = MethodCall::new(&name).value(&parameters.subject);
        if !parameters.args.is_empty() {
            body = body.list(parameters.args);
        }
        if !parameters.kwargs.is_empty() {
            body = body.mapping(by_name(&parameters.kwargs));
        }
        Ok(self.post(&self.database, body.body(&name)?))
    }

    fn read(&self, response: Response, _: &Call, (): &(), site: CallSite) -> Answer {
        self.result(response, site).into()
    }

    /// A method of the server, which needs no database.
    fn version(&self, _: Ask<'_>) -> Result<Request, Error> {
        let body = MethodCall::new("version").body("the question for the version")?;
        Ok(self.post(&self.server, body))
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.answers.read(response, site)?, &self.answers.secrets)
    }
}
