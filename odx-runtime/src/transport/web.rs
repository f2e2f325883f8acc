//! The road of Odoo's own web client, 14 and on: a login that gives a cookie, and `/web/dataset/call_kw`.

use reqwest::header::{self, HeaderValue};
use secrecy::ExposeSecret;
use serde::{Serialize, ser::SerializeMap as _};
use serde_json::{Map, Value};

use super::{
    account::{Account, User},
    address::Address,
    fault::{self, ACCESS_DENIED},
    jsonrpc,
    request::{Request, Response, Template},
    road::{Answer, Ask, Opening, Road},
    rpc::{Rpc, read_version},
};
use crate::{
    Error, SecretString,
    error::{CallSite, Cause, OdooError},
    secret::Secrets,
    session::{Call, Context, Positional, Reply, ServerVersion},
};

/// A session of the web client, of one database, as one user.
pub(super) struct Web {
    address: Address,
    /// What each call begins as, without the cookie.
    call_kw: Template,
    database: String,
    login: String,
    password: SecretString,
    site: CallSite,
    rpc: Rpc,
}

/// What a login gives.
#[derive(Clone)]
pub(super) struct WebLogin {
    session: Cookie,
    user_id: i64,
    /// The language and the time zone of the user, which go under the context of each call.
    context: Context,
    rpc: Rpc,
    /// What each call begins as.
    call_kw: Template,
}

/// The session's id, which is as good as a password.
#[derive(Clone)]
struct Cookie {
    id: SecretString,
    header: HeaderValue,
}

impl Cookie {
    const NAME: &str = "session_id";

    /// The session's id that an answer sets.
    fn set_by(response: &Response) -> Option<Self> {
        let set = response.headers.get_all(header::SET_COOKIE).iter();
        let mut pairs = set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let id = pairs.find_map(|pair| {
            let (name, id) = pair.split_once('=')?;
            (name.trim() == Self::NAME && !id.trim().is_empty()).then(|| id.trim())
        })?;
        let mut header = HeaderValue::from_str(&format!("{}={id}", Self::NAME)).ok()?;
        header.set_sensitive(true);
        Some(Self {
            id: SecretString::from(id),
            header,
        })
    }
}

fn with_cookie(request: Request, session: &Cookie) -> Request {
    request.header(header::COOKIE, session.header.clone())
}

impl Web {
    /// The account's secret is a password: no series takes an API key here.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a user without a login.
    pub(super) fn new(address: Address, account: Account) -> Result<Self, Error> {
        let secrets = account.secrets();
        let User::Login(login) = account.user else {
            return Err(Error::configuration(
                "the web client's road logs in by login and password: give the login, not the user's id",
            ));
        };
        let settings = fault::Settings {
            login: "check the login and the password; an API key is not taken here",
            database: "check the name of the database",
            user_id: None,
        };
        Ok(Self {
            call_kw: Template::new(address.at("/web/dataset/call_kw")),
            site: address.site(&secrets),
            rpc: jsonrpc::rpc(secrets, settings),
            database: account.database,
            password: account.secret,
            address,
            login,
        })
    }

    fn template(&self, path: &str) -> Template {
        Template::new(self.address.at(path))
    }

    /// A session with what the answer to a login says.
    fn session(&self, reply: &Reply, session: Option<Cookie>) -> Result<WebLogin, Error> {
        let info = reply.json()?;
        let Some(user_id) = info.get("uid").and_then(Value::as_i64) else {
            let mut error = OdooError::new(
                ACCESS_DENIED,
                "the user logs in with two factors",
                reply.site().clone(),
            );
            error.advice = Some(
                "a program has no second factor: give the user an API key, and use another road"
                    .into(),
            );
            return Err(Error::OdooKey(Box::new(error)));
        };
        let session =
            session.ok_or_else(|| reply.mismatch("a login that sets the cookie `session_id`"))?;
        let mut user = info.get("user_context").and_then(Value::as_object).cloned();
        let context = user.iter_mut().flat_map(|user| {
            let kept = ["lang", "tz"].into_iter();
            kept.filter_map(|key| Some((key.to_owned(), user.remove(key)?)))
        });
        let context: Map<String, Value> = context
            .filter(|(_, value)| value.as_str().is_some_and(|text| !text.is_empty()))
            .collect();
        Ok(self.logged_in(session, user_id, context.into(), None))
    }

    /// A login by this cookie. The one before it is not shown either.
    fn logged_in(
        &self,
        session: Cookie,
        user_id: i64,
        context: Context,
        before: Option<&Cookie>,
    ) -> WebLogin {
        let cookies = before.into_iter().chain([&session]);
        let ids = cookies.map(|cookie| cookie.id.expose_secret());
        let secrets = Secrets::new([self.password.expose_secret()].into_iter().chain(ids));
        let rpc = self.rpc.clone();
        WebLogin {
            rpc: Rpc { secrets, ..rpc },
            call_kw: self
                .call_kw
                .clone()
                .header(header::COOKIE, session.header.clone()),
            context,
            user_id,
            session,
        }
    }
}

/// The parameters of a login.
#[derive(Serialize)]
struct Authenticate<'a> {
    db: &'a str,
    login: &'a str,
    password: &'a str,
}

/// The parameters of a call. Odoo demands both kinds of arguments.
#[derive(Serialize)]
struct CallKw<'a> {
    model: &'a str,
    method: &'a str,
    args: Positional<'a>,
    kwargs: Kwargs<'a>,
}

/// The named arguments, with the user's context under the call's own: Odoo adds nothing to it.
struct Kwargs<'a> {
    call: &'a Call,
    user: &'a Context,
}

impl Serialize for Kwargs<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kwargs = self.call.kwargs();
        let own = match kwargs.get(Call::CONTEXT) {
            None | Some(Value::Null) => None,
            Some(Value::Object(own)) => Some(own),
            // It is no mapping, which is for Odoo to refuse.
            Some(_) => return kwargs.serialize(serializer),
        };
        let mut all = serializer.serialize_map(None)?;
        for (name, value) in kwargs.iter().filter(|(name, _)| *name != Call::CONTEXT) {
            all.serialize_entry(name, value)?;
        }
        let user = self.user.entries();
        all.serialize_entry(Call::CONTEXT, &Over { user, own })?;
        all.end()
    }
}

/// The call's own context over the user's.
struct Over<'a> {
    user: &'a Map<String, Value>,
    own: Option<&'a Map<String, Value>>,
}

impl Serialize for Over<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.own.into_iter().flatten();
        let is_own = |key: &String| self.own.is_some_and(|own| own.contains_key(key));
        let users = self.user.iter().filter(|(key, _)| !is_own(key));
        serializer.collect_map(users.chain(own))
    }
}

impl Road for Web {
    type Login = WebLogin;

    fn name(&self) -> &'static str {
        "web"
    }

    fn odoo_url(&self) -> &str {
        self.address.text()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.rpc.secrets
    }

    fn secrets_of<'a>(&'a self, login: &'a WebLogin) -> &'a Secrets {
        &login.rpc.secrets
    }

    fn user_id(&self, login: &WebLogin) -> Option<i64> {
        Some(login.user_id)
    }

    fn open(&self, ask: Ask<'_>) -> Result<Opening<WebLogin>, Error> {
        let params = Authenticate {
            db: &self.database,
            login: &self.login,
            password: self.password.expose_secret(),
        };
        let to = self.template("/web/session/authenticate");
        let request = jsonrpc::post(&to, ask.request_id(), params)?;
        Ok(Opening::Ask(request))
    }

    fn opened(&self, response: Response, site: CallSite) -> Result<WebLogin, Error> {
        let session = Cookie::set_by(&response);
        match self.rpc.read(response, site) {
            Ok(reply) => self.session(&reply, session),
            // "Database not found." (19.0): nothing else of a login is a matter of access.
            Err(Error::Odoo(mut error)) if error.cause() == Cause::Access => {
                error.known_cause = Some(Cause::Database);
                Err(self.rpc.settings.error(error))
            }
            Err(error) => Err(error),
        }
    }

    fn request(&self, call: &Call, login: &WebLogin, ask: Ask<'_>) -> Result<Request, Error> {
        let params = CallKw {
            model: call.model(),
            method: call.method(),
            args: call.positional(),
            kwargs: Kwargs {
                call,
                user: &login.context,
            },
        };
        jsonrpc::post(&login.call_kw, ask.request_id(), params)
    }

    /// Where the session is gone, Odoo says so with code 100. A server that finds several databases knows none without a
    /// session: it sends HTTP 404, with a page (19.0) or in an envelope (14.0, 15.0).
    fn read(&self, response: Response, _: &Call, login: &WebLogin, site: CallSite) -> Answer {
        let knows_no_session = response.status == 404;
        match login.rpc.read(response, site) {
            Ok(reply) => Answer::Done(reply),
            Err(error @ Error::SessionExpired(_)) => Answer::Renew(error),
            Err(error) if knows_no_session => Answer::Renew(error),
            Err(error) => Answer::Failed(error),
        }
    }

    fn has_pages(&self) -> bool {
        true
    }

    fn page(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        login: &WebLogin,
    ) -> Option<Request> {
        let mut url = self.address.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(with_cookie(Request::get(url), &login.session))
    }

    /// Odoo rotates the session's id (19.0: every three hours).
    fn moved_on(&self, response: &Response, login: &WebLogin) -> Option<WebLogin> {
        let next = Cookie::set_by(response)?;
        if next.id.expose_secret() == login.session.id.expose_secret() {
            return None;
        }
        let context = login.context.clone();
        Some(self.logged_in(next, login.user_id, context, Some(&login.session)))
    }

    fn close(&self, login: &WebLogin, ask: Ask<'_>) -> Result<Option<Request>, Error> {
        let to = self.template("/web/session/destroy");
        let request = jsonrpc::post(&to, ask.request_id(), Map::new())?;
        Ok(Some(with_cookie(request, &login.session)))
    }

    /// Where the session is gone, the answer is that to a call.
    fn closed(&self, response: Response, login: &WebLogin, site: CallSite) -> Result<(), Error> {
        let knows_no_session = response.status == 404;
        match login.rpc.read(response, site) {
            Ok(_) | Err(Error::SessionExpired(_)) => Ok(()),
            Err(_) if knows_no_session => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn version(&self, ask: Ask<'_>) -> Result<Request, Error> {
        jsonrpc::post(&self.template(VERSION), ask.request_id(), Map::new())
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.rpc.read(response, site)?, &self.rpc.secrets)
    }
}

/// Where every series tells its version, without a login and a database.
pub(super) const VERSION: &str = "/web/webclient/version_info";
