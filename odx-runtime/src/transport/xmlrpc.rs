//! Odoo's XML-RPC, 14 and on: `/xmlrpc/2/common` and `/xmlrpc/2/object`, with the password or API key in each call.

use std::fmt;

use reqwest::Url;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    account::{Account, User},
    address::Address,
    fault,
    request::{Request, Response},
    road::{Answer, Ask, Opening, Road},
    rpc::read_version,
    xml::{Base64, CONTENT_TYPE, MethodCall, XmlAnswers, by_name},
};
use crate::{
    Error, SecretString,
    error::CallSite,
    secret::Secrets,
    session::{Call, ServerVersion},
};

/// Odoo's XML-RPC (`/xmlrpc/2`) of one database, as one user.
///
/// It says the same as `/jsonrpc` and tells less, so prefer that where there is the choice: [`Odoo::connect`](super::Odoo::connect)
/// takes this road only if it is asked for. Odoo tells over it
/// - no class of an exception that is meant for users: all are `UserError`, a `ValidationError` of a module among them. Those
///   that deny access are told, `RedirectWarning` is, and so are missing records and constraints of the database whose message
///   is in English;
/// - no results with `None` within, integers beyond 32 bits, keys that are no texts, nor, before 19, with records that the
///   method does not itself turn into ids. The call was carried out then, as the [`Error::UnexpectedResult`] says. A result
///   that is `None` itself is told as such;
/// - no control characters in texts: 15 and on leave them out of what is read, and none can be sent.
///
/// ```
/// # use odx_runtime::{Error, Session, transport::{HttpClient, XmlRpc}};
/// # fn connect(key: String) -> Result<Session, Error> {
/// let road = XmlRpc::with_login("https://erp.example.com", "prod", "admin", key)?;
/// let odoo = HttpClient::new()?.session(road);
/// # Ok(odoo)
/// # }
/// ```
pub struct XmlRpc {
    address: Address,
    common: Url,
    object: Url,
    account: Account,
    site: CallSite,
    answers: XmlAnswers,
}

impl XmlRpc {
    /// As the user with that id, without a request to log in. The secret is a password or an API key.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL cannot be used.
    pub fn with_user_id(
        url: impl AsRef<str>,
        database: impl Into<String>,
        user_id: i64,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        Self::new(
            url.as_ref(),
            database.into(),
            User::Id(user_id),
            secret.into(),
        )
    }

    /// As the user with that login, whose id is asked for before the first call. The secret is a password or an API key.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL cannot be used.
    pub fn with_login(
        url: impl AsRef<str>,
        database: impl Into<String>,
        login: impl Into<String>,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        Self::new(
            url.as_ref(),
            database.into(),
            User::Login(login.into()),
            secret.into(),
        )
    }

    fn new(url: &str, database: String, user: User, secret: SecretString) -> Result<Self, Error> {
        let account = Account {
            database,
            user,
            secret,
        };
        Ok(Self::of(Address::new("Odoo", url)?, account))
    }

    /// Of an account that is known already.
    pub(super) fn of(address: Address, account: Account) -> Self {
        Self {
            common: address.at("/xmlrpc/2/common"),
            object: address.at("/xmlrpc/2/object"),
            site: address.site(&account.secrets()),
            answers: XmlAnswers {
                secrets: account.secrets(),
                settings: account.settings(),
                base64: Base64::Text,
                advice,
            },
            address,
            account,
        }
    }

    fn secret(&self) -> &str {
        self.account.secret.expose_secret()
    }
}

impl fmt::Debug for XmlRpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XmlRpc")
            .field("server", &self.site.server())
            .finish_non_exhaustive()
    }
}

/// What to do about an answer of Odoo that is none of XML-RPC.
fn advice(response: &Response) -> &'static str {
    match response.status {
        404 | 405 => "Odoo answers XML-RPC at `/xmlrpc/2` up to version 21: check its URL",
        413 => {
            "send less in one call, or raise the size limit of Odoo, or of what is in front of it"
        }
        _ => fault::advice(response),
    }
}

impl Road for XmlRpc {
    /// The id of the user.
    type Login = i64;

    fn name(&self) -> &'static str {
        "xmlrpc"
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

    fn user_id(&self, login: &i64) -> Option<i64> {
        Some(*login)
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<i64>, Error> {
        let login = match &self.account.user {
            User::Id(id) => return Ok(Opening::Login(*id)),
            User::Login(login) => login,
        };
        let body = MethodCall::new("authenticate")
            .text(&self.account.database)
            .text(login)
            .text(self.secret())
            .mapping([])
            .body("the login")?;
        let request = Request::post(self.common.clone(), CONTENT_TYPE, body);
        Ok(Opening::Ask(request))
    }

    fn opened(&self, response: Response, site: CallSite) -> Result<i64, Error> {
        let answers = &self.answers;
        answers
            .settings
            .read_user_id(&answers.read(response, site)?)
    }

    fn request(&self, call: &Call, user_id: &i64, _: Ask<'_>) -> Result<Request, Error> {
        let records = call.records().map(|records| Value::from(records.to_vec()));
        let body = MethodCall::new("execute_kw")
            .text(&self.account.database)
            .integer(*user_id)
            .text(self.secret())
            .text(call.model())
            .text(call.method())
            .list(records.iter().chain(call.args()))
            .mapping(by_name(call.kwargs()))
            .body(&format!("{}.{}", call.model(), call.method()))?;
        Ok(Request::post(self.object.clone(), CONTENT_TYPE, body))
    }

    fn read(&self, response: Response, _: &Call, _: &i64, site: CallSite) -> Answer {
        self.answers.read(response, site).into()
    }

    fn version(&self, _: Ask<'_>) -> Result<Request, Error> {
        let body = MethodCall::new("version").body("the question for the version")?;
        Ok(Request::post(self.common.clone(), CONTENT_TYPE, body))
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.answers.read(response, site)?, &self.answers.secrets)
    }
}
