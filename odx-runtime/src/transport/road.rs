//! What a road is: one way to say calls to an Odoo over HTTP.

use std::time::Duration;

use odx_facts::Series;

use super::request::{Request, Response};
use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Call, Reply, ServerVersion},
};

/// One way to say calls to one Odoo database as one user, over HTTP. It does no I/O: a road makes requests and reads
/// responses, and [`HttpClient::session`](super::HttpClient::session) sends them, with its limits of time, size and pace.
///
/// odx brings the roads that Odoo and ODXProxy have; a program may bring one of its own, for a gateway of its own, say: the
/// example `own-road` of the repository does.
pub trait Road: Send + Sync + 'static {
    /// What a login gives and later requests need: a user id, a cookie. `()` where each request says all.
    type Login: Clone + Send + Sync + 'static;

    /// Its name, such as `json2`.
    fn name(&self) -> &'static str;

    /// The URL of the Odoo. All sessions of a client with the same one share its version and its pace.
    fn odoo_url(&self) -> &str;

    /// Where calls go, for errors: the host, and the proxy in front of it. Without credentials and path.
    fn site(&self) -> &CallSite;

    /// What must not be shown of an answer: the keys and passwords.
    fn secrets(&self) -> &Secrets;

    /// The same with what the login gave, such as its cookie.
    fn secrets_of<'a>(&'a self, login: &'a Self::Login) -> &'a Secrets {
        let _ = login;
        self.secrets()
    }

    /// How long the server works on a call if it is given no limit. By default two minutes, as Odoo's `limit_time_real`.
    fn time_limit(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// How much longer than the server the client waits, by default. Nothing, where the server is not told the limit.
    fn grace(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether requests depend on the server's series, which is then asked before the first.
    fn needs_series(&self) -> bool {
        false
    }

    /// The login, or the request that asks for one.
    ///
    /// # Errors
    /// [`Error::Configuration`] or [`Error::Usage`] if none can be made.
    fn open(&self, ask: Ask<'_>) -> Result<Opening<Self::Login>, Error>;

    /// The login that an answer to [`open`](Self::open) gives.
    ///
    /// # Errors
    /// [`Error::OdooKey`] if it was refused, and whatever else the answer says.
    fn opened(&self, response: Response, site: CallSite) -> Result<Self::Login, Error>;

    /// The user's id in `res.users`, where the login tells it.
    fn user_id(&self, login: &Self::Login) -> Option<i64> {
        let _ = login;
        None
    }

    /// The request of a call.
    ///
    /// # Errors
    /// [`Error::Usage`] if this road cannot say the call.
    fn request(&self, call: &Call, login: &Self::Login, ask: Ask<'_>) -> Result<Request, Error>;

    /// What an answer to a call says.
    fn read(&self, response: Response, call: &Call, login: &Self::Login, site: CallSite) -> Answer;

    /// Whether pages of Odoo's web client are shown to the login of this road, such as `/web/content/7`.
    fn has_pages(&self) -> bool {
        false
    }

    /// The request of such a page, by its path and the parameters in its address.
    fn page(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        login: &Self::Login,
    ) -> Option<Request> {
        let _ = (path, query, login);
        None
    }

    /// The login that takes the place of this one from an answer on, as where a cookie was rotated.
    fn moved_on(&self, response: &Response, login: &Self::Login) -> Option<Self::Login> {
        let _ = (response, login);
        None
    }

    /// The request that ends a login which the server keeps, if it keeps one.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    fn close(&self, login: &Self::Login, ask: Ask<'_>) -> Result<Option<Request>, Error> {
        let _ = (login, ask);
        Ok(None)
    }

    /// What an answer to [`close`](Self::close) says. A login that was not there any more has ended, too.
    ///
    /// # Errors
    /// Whatever else the answer says.
    fn closed(&self, response: Response, login: &Self::Login, site: CallSite) -> Result<(), Error> {
        let _ = (response, login, site);
        Ok(())
    }

    /// The request for the server's version. It needs no login.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    fn version(&self, ask: Ask<'_>) -> Result<Request, Error>;

    /// The version that an answer to [`version`](Self::version) tells.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it tells none, and whatever else the answer says.
    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error>;
}

/// What frames a request of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub(super) site: &'a CallSite,
    /// The limit for the server's own work, if it is to be told one.
    pub timeout: Option<Duration>,
    /// The server's series, if it is known.
    pub series: Option<Series>,
}

impl<'a> Ask<'a> {
    /// The id of the request. One that is not asked for is not made.
    pub fn request_id(self) -> &'a str {
        let id = self.site.request_id();
        id.expect("BUG: a call has an id")
    }
}

/// How a road is opened.
#[derive(Debug)]
pub enum Opening<L> {
    /// Without a request.
    Login(L),
    /// By this request, whose answer is read by [`Road::opened`].
    Ask(Request),
}

/// What an answer to a call says.
#[derive(Debug)]
pub enum Answer {
    /// The call was carried out.
    Done(Reply),
    /// The login is no longer valid, and the call was not carried out: it is sent again after one new login.
    Renew(Error),
    /// The call failed.
    Failed(Error),
}

impl From<Result<Reply, Error>> for Answer {
    fn from(result: Result<Reply, Error>) -> Self {
        result.map_or_else(Self::Failed, Self::Done)
    }
}
