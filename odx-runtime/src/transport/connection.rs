//! A connection: a road, a login, and the HTTP client that sends its requests.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use odx_facts::Series;
use tokio::sync::Mutex;

use super::{
    client::Limits,
    http::{Asked, Http},
    request::{Request, Response},
    road::{Answer, Ask, Opening, Road},
    servers::Server,
    standing::is_standing,
    telemetry::CallSpan,
};
use crate::{
    Error, SecretString,
    error::{CallSite, RequestId},
    secret::Secrets,
    session::{BoxFuture, Call, CallOptions, Connection, Reply, ServerVersion, Transfers},
};

pub(super) struct HttpConnection<R: Road> {
    pub(super) road: R,
    pub(super) http: Http,
    limits: Limits,
    pub(super) server: Arc<Server>,
    kept: Kept<R::Login>,
    logins: AtomicU64,
    /// The token for forms of the web client, and the number of the login that it belongs to.
    pub(super) form_token: Mutex<Option<(u64, SecretString)>>,
}

/// A place for a login, which whoever makes one holds.
type Slot<L> = Mutex<Option<Login<L>>>;

/// The login as it was last made.
struct Kept<L> {
    /// While it is made, calls wait for it.
    shared: Slot<L>,
    /// That of calls which must not wait for tasks that stand still. It is the same one, where that can be had at once.
    apart: Slot<L>,
}

impl<L> Kept<L> {
    fn new() -> Self {
        Self {
            shared: Mutex::new(None),
            apart: Mutex::new(None),
        }
    }

    /// The one to wait for, and the other.
    fn both(&self) -> (&Slot<L>, &Slot<L>) {
        match is_standing() {
            false => (&self.shared, &self.apart),
            true => (&self.apart, &self.shared),
        }
    }
}

/// A login that is there, and that nobody is making.
fn at_once<L>(kept: &Slot<L>) -> Option<Login<L>> {
    kept.try_lock().ok()?.clone()
}

/// A login, and the how manieth of this connection it is.
pub(super) struct Login<L> {
    pub(super) number: u64,
    pub(super) login: Arc<L>,
}

impl<L> Clone for Login<L> {
    fn clone(&self) -> Self {
        Self {
            number: self.number,
            login: self.login.clone(),
        }
    }
}

/// The login that a request is sent with, which is renewed once where the answer takes a new one.
pub(super) struct Attempt<L> {
    pub(super) login: Login<L>,
    has_renewed: bool,
}

impl<L> Attempt<L> {
    fn by(login: Login<L>) -> Self {
        Self {
            login,
            has_renewed: false,
        }
    }

    pub(super) fn may_renew(&self) -> bool {
        !self.has_renewed
    }
}

impl<R: Road> HttpConnection<R> {
    /// A connection; `server` is shared by all connections with the same Odoo.
    pub(super) fn new(road: R, http: Http, limits: Limits, server: Arc<Server>) -> Self {
        Self {
            road,
            http,
            limits,
            server,
            kept: Kept::new(),
            logins: AtomicU64::new(0),
            form_token: Mutex::new(None),
        }
    }

    /// The first attempt, with the login as it is kept.
    pub(super) async fn attempt(&self, frame: &Frame<'_>) -> Result<Attempt<R::Login>, Error> {
        Ok(Attempt::by(self.login(frame).await?))
    }

    /// The next attempt, with a new login.
    pub(super) async fn renew(
        &self,
        attempt: &mut Attempt<R::Login>,
        frame: &Frame<'_>,
    ) -> Result<(), Error> {
        // Boxed, because each call has a place for it and few need it.
        attempt.login = Box::pin(self.renewed(attempt.login.number, frame)).await?;
        attempt.has_renewed = true;
        Ok(())
    }

    /// What an answer to a call says; `None` where the call has to be sent once more, with a new login.
    pub(super) fn read(
        &self,
        response: Response,
        call: &Call,
        attempt: &Attempt<R::Login>,
        site: &CallSite,
    ) -> Result<Option<Reply>, Error> {
        let login = &attempt.login.login;
        match self.road.read(response, call, login, site.clone()) {
            Answer::Done(reply) => Ok(Some(reply)),
            Answer::Renew(_) if attempt.may_renew() => Ok(None),
            Answer::Renew(error) | Answer::Failed(error) => {
                Err(error.scrubbed(self.road.secrets_of(login)))
            }
        }
    }

    /// The login, made by the first call that needs it. Calls that come meanwhile wait for it.
    async fn login(&self, frame: &Frame<'_>) -> Result<Login<R::Login>, Error> {
        let (own, other) = self.kept.both();
        let mut kept = own.lock().await;
        if let Some(login) = &*kept {
            return Ok(login.clone());
        }
        let login = match at_once(other) {
            Some(login) => login,
            None => self.open(frame).await?,
        };
        Ok(kept.insert(login).clone())
    }

    /// A login in place of one that is no longer valid; where another call has renewed it already, that one.
    async fn renewed(&self, old: u64, frame: &Frame<'_>) -> Result<Login<R::Login>, Error> {
        let (own, other) = self.kept.both();
        let mut kept = own.lock().await;
        if let Some(login) = kept.as_ref().filter(|login| login.number != old) {
            return Ok(login.clone());
        }
        *kept = None;
        let login = match at_once(other).filter(|login| login.number > old) {
            Some(login) => login,
            None => {
                tracing::debug!("the login is no longer valid and is renewed");
                self.open(frame).await?
            }
        };
        Ok(kept.insert(login).clone())
    }

    async fn open(&self, frame: &Frame<'_>) -> Result<Login<R::Login>, Error> {
        let site = frame.site.clone().with_operation("login");
        let login = match self.road.open(frame.ask())? {
            Opening::Login(login) => login,
            Opening::Ask(request) => {
                let for_login = Frame {
                    site: &site,
                    ..*frame
                };
                let secrets = self.road.secrets();
                let response = self.send(request, &for_login, secrets).await?;
                let opened = self.road.opened(*response, site);
                opened.map_err(|error| error.scrubbed(self.road.secrets()))?
            }
        };
        let number = self.logins.fetch_add(1, Ordering::Relaxed);
        let login = Arc::new(login);
        Ok(Login { number, login })
    }

    /// Forgets the login, and has the server forget it.
    async fn close(&self, options: &CallOptions) -> Result<(), Error> {
        let (own, other) = self.kept.both();
        let own = own.lock().await.take();
        let other = other.try_lock().ok().and_then(|mut kept| kept.take());
        let is_one =
            |one: &Login<R::Login>| own.as_ref().is_some_and(|own| own.number == one.number);
        let other = other.filter(|other| !is_one(other));
        let site = self.road.site().clone().with_operation("logout");
        let site = site.identified(RequestId::of(options));
        let span = self.span(&site);
        let frame = self.frame(&site, options, &span, None);
        for login in own.iter().chain(&other) {
            let Some(request) = self.road.close(&login.login, frame.ask())? else {
                continue;
            };
            let secrets = self.road.secrets_of(&login.login);
            let response = self.send(request, &frame, secrets).await?;
            let closed = self.road.closed(*response, &login.login, site.clone());
            closed.map_err(|error| error.scrubbed(secrets))?;
        }
        Ok(())
    }

    /// Takes on what takes the place of a login, and keeps it.
    pub(super) async fn move_on(&self, response: &Response, login: &mut Login<R::Login>) {
        if self.takes_on(response, login) {
            self.keep(login).await;
        }
    }

    /// Takes on what takes the place of a login from an answer on, if anything does.
    fn takes_on(&self, response: &Response, login: &mut Login<R::Login>) -> bool {
        let next = self.road.moved_on(response, &login.login);
        let has_moved = next.is_some();
        if let Some(next) = next {
            login.login = Arc::new(next);
        }
        has_moved
    }

    /// Keeps a login that was moved on, unless it has been renewed meanwhile.
    async fn keep(&self, login: &Login<R::Login>) {
        let keep = |kept: &mut Option<Login<R::Login>>| {
            if let Some(kept) = kept.as_mut().filter(|kept| kept.number == login.number) {
                *kept = login.clone();
            }
        };
        let (own, other) = self.kept.both();
        keep(&mut *own.lock().await);
        if let Ok(mut kept) = other.try_lock() {
            keep(&mut kept);
        }
    }

    /// Sends a call, once more after a new login where it takes one.
    async fn carry_out(&self, call: &Call, frame: &Frame<'_>) -> Result<Reply, Error> {
        let login = match at_once(self.kept.both().0) {
            Some(login) => login,
            // Boxed, because each call has a place for it and few need it.
            None => Box::pin(self.login(frame)).await?,
        };
        let mut attempt = Attempt::by(login);
        loop {
            let login = &attempt.login.login;
            let request = self.road.request(call, login, frame.ask())?;
            let secrets = self.road.secrets_of(login);
            let response = self.send(request, frame, secrets).await?;
            let (told, has_moved) = self.told(response, call, &mut attempt, frame.site);
            if has_moved {
                // Boxed as `renewed` is.
                Box::pin(self.keep(&attempt.login)).await;
            }
            if let Some(reply) = told? {
                return Ok(reply);
            }
            self.renew(&mut attempt, frame).await?;
        }
    }

    /// What an answer says, as of [`read`](Self::read), and whether it moved the login on.
    fn told(
        &self,
        response: Box<Response>,
        call: &Call,
        attempt: &mut Attempt<R::Login>,
        site: &CallSite,
    ) -> (Result<Option<Reply>, Error>, bool) {
        let has_moved = self.takes_on(&response, &mut attempt.login);
        (self.read(*response, call, attempt, site), has_moved)
    }

    async fn ask_version(&self, frame: &Frame<'_>) -> Result<ServerVersion, Error> {
        let request = self.road.version(frame.ask())?;
        let response = self.send(request, frame, self.road.secrets()).await?;
        let version = self.road.read_version(*response, frame.site.clone());
        version.map_err(|error| error.scrubbed(self.road.secrets()))
    }

    async fn send(
        &self,
        request: Request,
        frame: &Frame<'_>,
        secrets: &Secrets,
    ) -> Result<Box<Response>, Error> {
        let (site, limit) = (frame.site, frame.limit);
        let _turn = match self.server.limiter.has_limits() {
            // Boxed, because each call has a place for it and few need it.
            true => Some(Box::pin(self.server.turn(limit, site)).await?),
            false => None,
        };
        frame.span.sends(&request, None);
        let asked = Asked { site, secrets };
        let response = self.http.send(request, limit, asked).await?;
        frame.span.received(&response);
        Ok(response)
    }

    /// Sends a call until it succeeds or must not be sent again.
    async fn executed(&self, call: &Call, frame: &Frame<'_>) -> Result<Reply, Error> {
        let mut retries = 0;
        loop {
            let error = match self.carry_out(call, frame).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let policy = &self.limits.retry;
            policy.pause(&mut retries, error, frame.site).await?;
            frame.span.resends(retries);
        }
    }

    async fn versioned(&self, options: &CallOptions) -> Result<ServerVersion, Error> {
        let site = self.road.site().clone().with_operation("version");
        let site = site.identified(RequestId::of(options));
        let span = self.span(&site);
        let frame = self.frame(&site, options, &span, None);
        let asked = async {
            let mut retries = 0;
            loop {
                match self.ask_version(&frame).await {
                    Ok(version) => return Ok(version),
                    Err(error) => self.limits.retry.pause(&mut retries, error, &site).await?,
                }
                span.resends(retries);
            }
        };
        span.around(pin!(asked)).await
    }

    /// Does the work of a call, of which it says where it goes.
    pub(super) fn framed_call<T>(
        &self,
        call: &Call,
        options: &CallOptions,
        work: impl AsyncFnOnce(&Frame<'_>) -> Result<T, Error>,
    ) -> impl Future<Output = Result<T, Error>> {
        let site = self.road.site().of_call(call, RequestId::of(options));
        self.framed_page(site, options, work)
    }

    /// The same of what is not said as a call.
    pub(super) async fn framed_page<T>(
        &self,
        site: CallSite,
        options: &CallOptions,
        work: impl AsyncFnOnce(&Frame<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let series = match self.series() {
            None if self.road.needs_series() => Some(self.version(options).await?.series()),
            known => known,
        };
        let span = self.span(&site);
        let frame = self.frame(&site, options, &span, series);
        span.around(pin!(work(&frame))).await
    }

    fn series(&self) -> Option<Series> {
        self.server.version.get().map(ServerVersion::series)
    }

    fn frame<'a>(
        &self,
        site: &'a CallSite,
        options: &CallOptions,
        span: &'a CallSpan,
        series: Option<Series>,
    ) -> Frame<'a> {
        let timeout = self.limits.upstream(options.timeout);
        let (time_limit, grace) = (self.road.time_limit(), self.road.grace());
        Frame {
            site,
            span,
            timeout,
            limit: self.limits.local(timeout, time_limit, grace),
            series,
        }
    }

    fn span(&self, site: &CallSite) -> CallSpan {
        CallSpan::new(self.road.name(), site)
    }
}

/// What frames the requests of a call.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) site: &'a CallSite,
    pub(super) span: &'a CallSpan,
    /// The limit that the server is told.
    timeout: Option<Duration>,
    /// The limit that holds here.
    pub(super) limit: Duration,
    /// The server's series, if it is known.
    series: Option<Series>,
}

impl<'a> Frame<'a> {
    pub(super) fn ask(&self) -> Ask<'a> {
        Ask {
            site: self.site,
            timeout: self.timeout,
            series: self.series,
        }
    }
}

impl<R: Road> Connection for HttpConnection<R> {
    fn protocol(&self) -> &'static str {
        self.road.name()
    }

    fn execute<'a>(&'a self, call: &'a Call, options: &'a CallOptions) -> BoxFuture<'a, Reply> {
        Box::pin(self.framed_call(call, options, async move |frame| {
            let reply = self.executed(call, frame).await?;
            Ok(reply.in_span(frame.span.span()))
        }))
    }

    fn transfers(&self) -> Option<&dyn Transfers> {
        Some(self)
    }

    fn known_series(&self) -> Option<Series> {
        self.series()
    }

    fn user_id(&self) -> Option<i64> {
        let login = at_once(&self.kept.shared).or_else(|| at_once(&self.kept.apart))?;
        self.road.user_id(&login.login)
    }

    fn version<'a>(&'a self, options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
        Box::pin(self.server.version_or(self.versioned(options)))
    }

    fn log_out<'a>(&'a self, options: &'a CallOptions) -> BoxFuture<'a, ()> {
        Box::pin(self.close(options))
    }
}
