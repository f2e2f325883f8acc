//! The same sessions for programs without async.
//!
//! A call blocks the thread it is made on until the answer is there. It needs no runtime, and works inside one as well,
//! though there it keeps a worker busy for that long. The connections of all blocking sessions are served by one thread
//! of their own.
//!
//! ```no_run
//! use odx_runtime::{OdooInstance, blocking::OdxProxy};
//!
//! # fn main() -> Result<(), odx_runtime::Error> {
//! let odoo = OdxProxy::new("http://localhost:3000", "proxy-key")?
//!     .session(OdooInstance::new("http://localhost:8069", "prod", 2, "odoo-key"));
//! let partners: i64 = odoo.call("res.partner", "search_count").arg(serde_json::json!([])).send()?;
//! # Ok(())
//! # }
//! ```

use odx_facts::Series;
use std::{
    fmt,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    task::{Context as TaskContext, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use futures_core::Stream;
use tokio::{
    runtime::{self, Handle},
    task::unconstrained,
};

use crate::{
    Error, Id, RecordId, SecretString, files,
    model::Model,
    query::{self, FieldsInfo},
    session::{
        self, AnySession, BoxStream, Call, Context, Identity, OdooInstance, Reply, ServerVersion,
        UntypedCall,
    },
    transport::{self, About, License, standing::Blocking},
};

/// A blocking client of an ODXProxy. See [`transport::OdxProxy`], which it is made from where settings are needed.
#[derive(Clone, Debug)]
pub struct OdxProxy(transport::OdxProxy);

impl OdxProxy {
    /// A client of the proxy at `url` with that key, with the default settings.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the key cannot be used.
    pub fn new(url: impl AsRef<str>, key: impl Into<SecretString>) -> Result<Self, Error> {
        transport::OdxProxy::new(url, key).map(Self)
    }

    /// A session with an Odoo database. Opens no connection.
    pub fn session(&self, instance: OdooInstance) -> Session {
        Session(self.0.session(instance))
    }

    /// A client of the proxy at `url`, over an HTTP client that others may use, too.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_client(
        url: impl AsRef<str>,
        key: impl Into<SecretString>,
        client: transport::HttpClient,
    ) -> Result<Self, Error> {
        transport::OdxProxy::with_client(url, key, client).map(Self)
    }

    /// A session over version 2 of the proxy's protocol; see [`transport::OdxProxy::session_v2`].
    pub fn session_v2(&self, instance: OdooInstance) -> Session {
        Session(self.0.session_v2(instance))
    }

    /// Whether the proxy and the Odoo at `url` have version 2 of the protocol. Asked once.
    ///
    /// # Errors
    /// As [`transport::OdxProxy::supports_v2`].
    pub fn supports_v2(&self, url: impl Into<String>) -> Result<bool, Error> {
        block_on(self.0.supports_v2(url))
    }

    /// A session with an Odoo database, from the parts of an [`OdooInstance`].
    pub fn session_for(
        &self,
        url: impl Into<String>,
        database: impl Into<String>,
        user_id: i64,
        api_key: impl Into<SecretString>,
    ) -> Session {
        Session(self.0.session_for(url, database, user_id, api_key))
    }

    /// The version of the Odoo at `url`, which needs no account there.
    ///
    /// # Errors
    /// As [`Session::version`].
    pub fn odoo_version(&self, url: impl Into<String>) -> Result<ServerVersion, Error> {
        block_on(self.0.odoo_version(url))
    }

    /// The proxy's build and version. Needs no key.
    ///
    /// # Errors
    /// As [`transport::OdxProxy::about`].
    pub fn about(&self) -> Result<About, Error> {
        block_on(self.0.about())
    }

    /// The proxy's licence. Needs no key.
    ///
    /// # Errors
    /// As [`transport::OdxProxy::license`].
    pub fn license(&self) -> Result<License, Error> {
        block_on(self.0.license())
    }

    /// The proxy's counters, as Prometheus reads them. Needs no key.
    ///
    /// # Errors
    /// As [`transport::OdxProxy::metrics`].
    pub fn metrics(&self) -> Result<String, Error> {
        block_on(self.0.metrics())
    }
}

impl From<transport::OdxProxy> for OdxProxy {
    fn from(proxy: transport::OdxProxy) -> Self {
        Self(proxy)
    }
}

/// A blocking session. See [`session::Session`], which it is made from or by [`OdxProxy::session`].
#[derive(Clone, Debug)]
pub struct Session(session::Session);

impl Session {
    /// A session over a connection.
    pub fn new(connection: Arc<dyn session::Connection>) -> Self {
        Self(session::Session::new(connection))
    }

    /// Sends a call and waits for its result.
    ///
    /// # Errors
    /// As [`session::Session::execute`].
    pub fn execute(&self, call: Call) -> Result<Reply, Error> {
        block_on(self.0.execute(call))
    }

    /// A call of any method, with a result of any type.
    pub fn call(
        &self,
        model: impl Into<std::borrow::Cow<'static, str>>,
        method: impl Into<std::borrow::Cow<'static, str>>,
    ) -> UntypedCall<'_, Self> {
        UntypedCall::new(self, Call::new(model, method))
    }

    /// The changes of a model since a cursor, by its name on the wire; of a model with a Rust type, [`Model::changes`].
    pub fn changes(
        &self,
        model: impl Into<String>,
        cursor: query::changes::Cursor,
    ) -> query::changes::UntypedChanges<'_, Self> {
        query::changes::UntypedChanges::new(self, crate::model::interned(&model.into()), cursor)
    }

    /// Rows of texts that become records of a model by its name on the wire, as [`session::Session::import`] takes them; of a
    /// model with a Rust type, [`Model::import`].
    pub fn import<C: Into<String>>(
        &self,
        model: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
    ) -> crate::write::import::UntypedImport<'_, Self> {
        let columns = columns.into_iter().map(Into::into).collect();
        crate::write::import::UntypedImport::new(
            self,
            crate::model::interned(&model.into()),
            columns,
        )
    }

    /// All records of a model by its name on the wire, in record batches; of a model with a Rust type,
    /// [`Query::stream_arrow`](crate::query::Query::stream_arrow).
    #[cfg(feature = "arrow")]
    pub fn arrow(
        &self,
        model: &str,
        columns: impl IntoIterator<Item = crate::arrow::Column>,
    ) -> crate::arrow::UntypedBatches<'_, Self> {
        crate::arrow::UntypedBatches::new(self, model, columns)
    }

    /// An attachment to download.
    pub fn download(&self, attachment: RecordId) -> files::Download<'_, Self> {
        files::of_attachment(self, attachment)
    }

    /// Makes an attachment that belongs to no record.
    ///
    /// # Errors
    /// As of [`Model::attach`].
    pub fn attach(&self, content: files::Content) -> Result<files::Attached, Error> {
        files::attach(self, None, content)
    }

    /// The record that an external id stands for, such as `base.main_company`.
    ///
    /// # Errors
    /// As [`session::Session::xml_id`].
    pub fn xml_id<M: Model>(&self, xml_id: impl Into<String>) -> Result<Id<M>, Error> {
        query::xml_id(self, xml_id)
    }

    /// What the server says of the fields of a model, in the session's language.
    ///
    /// # Errors
    /// As [`session::Session::fields_get`].
    pub fn fields_get<M: Model>(&self) -> Result<FieldsInfo<M>, Error> {
        query::fields_get(self)
    }

    /// The version of the Odoo server. Asked once for all sessions over the same connection.
    ///
    /// # Errors
    /// As [`session::Session::version`].
    pub fn version(&self) -> Result<ServerVersion, Error> {
        block_on(self.0.version())
    }

    /// Ends the login that Odoo keeps, if there is one.
    ///
    /// # Errors
    /// As [`session::Session::log_out`].
    pub fn log_out(&self) -> Result<(), Error> {
        block_on(self.0.log_out())
    }

    /// The server's series, if it was stated or has been asked.
    pub fn known_series(&self) -> Option<Series> {
        self.0.known_series()
    }

    /// Who this session is as and which road it took, where it was [connected](crate::Odoo::connect).
    pub fn identity(&self) -> Option<&Identity> {
        self.0.identity()
    }

    /// The name of the protocol below, such as `odxproxy-v1`.
    pub fn protocol(&self) -> &'static str {
        self.0.protocol()
    }

    /// The context that goes with every call.
    pub fn context(&self) -> &Context {
        self.0.context()
    }

    /// This session with more context; its keys win over those already set.
    #[must_use]
    pub fn with_context(&self, context: Context) -> Self {
        Self(self.0.with_context(context))
    }

    /// This session in a language, such as `fr_FR`.
    #[must_use]
    pub fn lang(&self, lang: impl Into<String>) -> Self {
        Self(self.0.lang(lang))
    }

    /// This session in a time zone, such as `Europe/Brussels`.
    #[must_use]
    pub fn tz(&self, tz: impl Into<String>) -> Self {
        Self(self.0.tz(tz))
    }

    /// This session in one company.
    #[must_use]
    pub fn company(&self, company: impl Into<RecordId>) -> Self {
        Self(self.0.company(company))
    }

    /// This session in several companies. The first is the current one.
    #[must_use]
    pub fn companies<C: Into<RecordId>>(&self, companies: impl IntoIterator<Item = C>) -> Self {
        Self(self.0.companies(companies))
    }

    /// This session with archived records in its searches.
    #[must_use]
    pub fn with_archived(&self) -> Self {
        Self(self.0.with_archived())
    }

    /// This session with an Odoo of that series, which then need not be asked; see
    /// [`session::Session::for_version`].
    #[must_use]
    pub fn for_version(&self, series: impl Into<Series>) -> Self {
        Self(self.0.for_version(series))
    }

    /// This session with a limit for the proxy's call to Odoo; see [`session::Session::timeout`].
    #[must_use]
    pub fn timeout(&self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// This session with a request id of its own for its calls.
    #[must_use]
    pub fn request_id(&self, request_id: impl Into<String>) -> Self {
        Self(self.0.request_id(request_id))
    }
}

impl From<session::Session> for Session {
    fn from(session: session::Session) -> Self {
        Self(session)
    }
}

impl AnySession for Session {
    type Answer<'a, T: Send + 'a> = Result<T, Error>;
    type Rows<T: Send + 'static> = Rows<T>;

    fn session(&self) -> &session::Session {
        &self.0
    }

    fn answer<'a, T, W>(&'a self, work: W) -> Result<T, Error>
    where
        T: Send + 'a,
        W: Future<Output = Result<T, Error>> + Send + 'a,
    {
        block_on(work)
    }

    fn rows<T, S>(&self, stream: S) -> Rows<T>
    where
        T: Send + 'static,
        S: Stream<Item = Result<T, Error>> + Send + 'static,
    {
        Rows(Box::pin(stream))
    }
}

/// The rows of a query, one after the other. The next page is read while the program works on one; see
/// [`Query::prefetch`](crate::query::Query::prefetch). Dropping the rows gives up what is on its way.
#[must_use = "nothing is read before the first `next`"]
pub struct Rows<T>(BoxStream<T>);

impl<T> Iterator for Rows<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = async {
            std::future::poll_fn(|cx| self.0.as_mut().poll_next(cx))
                .await
                .transpose()
        };
        block_on(next).transpose()
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}

/// Polls the work on this thread, while the thread of [`driver`] serves its connections and timers.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let _blocking = Blocking::begin();
    let _entered = driver()?.enter();
    // Inside a task of another runtime that task's budget would run out and never be refilled.
    let mut work = pin!(unconstrained(work));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = TaskContext::from_waker(&waker);
    loop {
        match Pin::as_mut(&mut work).poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The runtime of all blocking sessions, on a thread that lives as long as the program.
fn driver() -> Result<&'static Handle, Error> {
    static DRIVER: OnceLock<Result<Handle, String>> = OnceLock::new();
    DRIVER
        .get_or_init(|| start_driver().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(|error| {
            Error::configuration(format!(
                "the thread of blocking sessions cannot be started: {error}"
            ))
        })
}

fn start_driver() -> std::io::Result<Handle> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("odx-blocking".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The names of the public methods that a source has for a type.
    fn methods_of(kind: &str, source: &str) -> BTreeSet<String> {
        let start = format!("\nimpl {kind} {{\n");
        let blocks = source.split(&start).skip(1);
        let lines =
            blocks.flat_map(|block| block.split("\n}\n").next().unwrap_or_default().lines());
        let declared = lines.filter_map(|line| {
            let line = line.strip_prefix("    pub ")?;
            let name = line
                .strip_prefix("async ")
                .unwrap_or(line)
                .strip_prefix("fn ")?;
            Some(name.split(['(', '<']).next()?.to_owned())
        });
        declared.collect()
    }

    const OWN: &str = include_str!("blocking.rs");

    /// Fails where a verb is added to the async face alone.
    #[test]
    fn every_verb_of_a_session_and_of_a_proxy_is_here_too() {
        let session = methods_of("Session", include_str!("session/mod.rs"));
        assert!(
            session.contains("execute") && session.contains("lang"),
            "{session:?}"
        );
        let own = methods_of("Session", OWN);
        // It makes this face.
        let missing: Vec<_> = session
            .difference(&own)
            .filter(|name| *name != "blocking")
            .collect();
        assert!(missing.is_empty(), "{missing:?}");

        let mut proxy = methods_of("OdxProxy", include_str!("transport/proxy.rs"));
        proxy.extend(methods_of("OdxProxy", include_str!("transport/ops.rs")));
        assert!(
            proxy.contains("about") && proxy.contains("supports_v2"),
            "{proxy:?}"
        );
        let own = methods_of("OdxProxy", OWN);
        // Settings are made on the async one, which this one is made from.
        let missing: Vec<_> = proxy
            .difference(&own)
            .filter(|name| *name != "builder")
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    /// What queries and writes do is written once for both faces: none of it is async by itself.
    #[test]
    fn no_verb_of_a_model_or_a_query_is_async_alone() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders: Vec<_> = ["model", "query", "write", "domain"]
            .map(|name| source.join(name))
            .into();
        let mut read = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a source");
                assert!(!text.contains("pub async fn"), "{}", path.display());
                read += 1;
            }
        }
        assert!(read > 40, "{read} files");
    }
}
