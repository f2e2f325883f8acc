//! The client of an ODXProxy.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Certificate, redirect};

use super::{
    RetryPolicy,
    clients::Clients,
    connection::{HttpConnection, Limits},
    http::{Asked, Http, Response},
    odxproxy::{Endpoint, OdxProxyV1},
    versions::Versions,
};
use crate::{
    Error, SecretString,
    error::CallSite,
    session::{OdooInstance, ServerVersion, Session},
};

/// A client of an ODXProxy: one pool of connections, for any number of Odoo databases.
///
/// Make one when the program starts and keep it; it is cheap to clone and may be shared by threads and tasks.
/// [`session`](Self::session) binds it to an Odoo database.
///
/// ```
/// # use odx_runtime::{Error, OdooInstance, OdxProxy};
/// # fn connect(proxy_key: String, odoo_key: String) -> Result<(), Error> {
/// let proxy = OdxProxy::new("https://proxy.example.com", proxy_key)?;
/// let odoo = proxy.session(OdooInstance::new("https://erp.example.com", "prod", 2, odoo_key));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OdxProxy {
    endpoint: Arc<Endpoint>,
    http: Http,
    limits: Limits,
    versions: Arc<Versions>,
}

impl OdxProxy {
    /// A client of the proxy at `url` with that key, with the default settings. Connects on the first call.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the key cannot be used.
    pub fn new(url: impl AsRef<str>, key: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder(url, key).build()
    }

    /// A client with settings of its own.
    pub fn builder(url: impl AsRef<str>, key: impl Into<SecretString>) -> OdxProxyBuilder {
        OdxProxyBuilder {
            url: url.as_ref().to_owned(),
            key: key.into(),
            client: None,
            settings: Settings::default(),
            max_response_size: 256 << 20,
            max_connections: 64,
            limits: Limits {
                timeout: None,
                grace: Duration::from_secs(5),
                retry: RetryPolicy::never(),
            },
        }
    }

    /// A session with an Odoo database. Opens no connection.
    pub fn session(&self, instance: OdooInstance) -> Session {
        let version = self.versions.of(instance.url());
        let protocol = OdxProxyV1::new(self.endpoint.clone(), instance);
        Session::new(Arc::new(HttpConnection::new(
            protocol,
            self.http.clone(),
            self.limits.clone(),
            version,
        )))
    }

    /// A session with an Odoo database, from the parts of an [`OdooInstance`].
    pub fn session_for(
        &self,
        url: impl Into<String>,
        database: impl Into<String>,
        user_id: i64,
        api_key: impl Into<SecretString>,
    ) -> Session {
        self.session(OdooInstance::new(url, database, user_id, api_key))
    }

    /// The version of the Odoo at `url`, which needs no account there. Asked once; all sessions with that Odoo know it
    /// then, as after [`Session::version`].
    ///
    /// # Errors
    /// As [`Session::version`].
    pub async fn odoo_version(&self, url: impl Into<String>) -> Result<ServerVersion, Error> {
        self.session(OdooInstance::new(url, "", 0, ""))
            .version()
            .await
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// One of the proxy's own pages.
    pub(super) async fn get(&self, path: &str, site: &CallSite) -> Result<Response, Error> {
        const LARGEST: usize = 4 << 20;
        let limit = self.limits.local(self.limits.upstream(None));
        let asked = Asked {
            site,
            secrets: &self.endpoint.secrets(None),
        };
        let http = self.http.clone().for_answers_of(LARGEST);
        http.send(self.endpoint.get(path), limit, asked).await
    }
}

impl fmt::Debug for OdxProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdxProxy")
            .field("server", &self.endpoint.site().server())
            .finish_non_exhaustive()
    }
}

/// The settings of an [`OdxProxy`].
#[must_use = "nothing is made before `build`"]
pub struct OdxProxyBuilder {
    url: String,
    key: SecretString,
    client: Option<reqwest::Client>,
    settings: Settings,
    max_response_size: usize,
    max_connections: usize,
    limits: Limits,
}

/// The settings of the HTTP client that odx makes itself.
#[derive(Default, PartialEq)]
pub(super) struct Settings {
    connect_timeout: Option<Duration>,
    http1_only: bool,
    root_certificates: Vec<Vec<u8>>,
    danger_accept_invalid_certs: bool,
    user_agent: Option<String>,
}

impl OdxProxyBuilder {
    /// An HTTP client of the program's own. Its settings count: those of this builder on connecting, TLS and the user
    /// agent cannot be used beside it.
    ///
    /// Its connections belong to the runtime that it is first used in, so do not share it between several of them.
    ///
    /// Give the client `redirect::Policy::none()`. By default reqwest follows redirects, and takes the keys along.
    pub fn client(mut self, client: reqwest::Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The limit for the proxy's call to Odoo where a session sets none. The proxy's own default is 15 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = (!timeout.is_zero()).then_some(timeout);
        self
    }

    /// How much longer this client waits than the proxy does. By default 5 s.
    pub fn timeout_grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }

    /// The limit for making a connection. By default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = Some(timeout);
        self
    }

    /// Whether to stay with HTTP/1.1. By default HTTP/2 is used where the server offers it over TLS.
    pub fn http1_only(mut self, http1_only: bool) -> Self {
        self.settings.http1_only = http1_only;
        self
    }

    /// One more root certificate to trust, or several of them, in PEM.
    ///
    /// A server's own certificate may be given if it is not marked as an authority; one of plain `openssl req -x509` is, and
    /// is refused (`-addext basicConstraints=critical,CA:FALSE` makes it fit).
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.root_certificates.push(pem.into());
        self
    }

    /// Whether to take any certificate. The keys then go to whoever answers: for trials on one's own machine only.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.settings.danger_accept_invalid_certs = accept;
        self
    }

    /// How many requests may be on their way at once, over all tasks and runtimes: with HTTP/1.1 each takes a connection. By
    /// default 64. Further ones wait for their turn, which does not count against their time limit.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The largest answer to accept, in bytes after decompression. By default 256 MiB. What is read from an answer as JSON may
    /// take twice as much memory; rows of typed fields take about as much as they have in JSON.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// The `user-agent` header. By default `odx/` and the version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = Some(user_agent.into());
        self
    }

    /// Whether failed calls are sent again. By default never.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.limits.retry = policy;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL, the key, a certificate or a combination of settings cannot be used.
    pub fn build(self) -> Result<OdxProxy, Error> {
        let endpoint = Endpoint::new(&self.url, self.key)?;
        let clients = match self.client {
            Some(_) if self.settings != Settings::default() => {
                return Err(Error::configuration(
                    "connect timeout, HTTP version, certificates and user agent cannot be set beside an HTTP client of \
                     your own: set them on that client",
                ));
            }
            Some(client) => Clients::Brought(client),
            None => Clients::new(self.settings)?,
        };
        let http = Http::new(clients, self.max_connections, self.max_response_size);
        Ok(OdxProxy {
            endpoint: Arc::new(endpoint),
            http,
            limits: self.limits,
            versions: Arc::default(),
        })
    }
}

impl fmt::Debug for OdxProxyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdxProxyBuilder")
            .field("limits", &self.limits)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

impl Settings {
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
    const USER_AGENT: &'static str = concat!("odx/", env!("CARGO_PKG_VERSION"));

    pub(super) fn client(&self) -> Result<reqwest::Client, Error> {
        let mut client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(self.connect_timeout.unwrap_or(Self::CONNECT_TIMEOUT))
            .user_agent(self.user_agent.as_deref().unwrap_or(Self::USER_AGENT))
            .tls_certs_merge(certificates(&self.root_certificates)?)
            .tls_danger_accept_invalid_certs(self.danger_accept_invalid_certs);
        if self.http1_only {
            client = client.http1_only();
        }
        client
            .build()
            .map_err(|error| refused("the HTTP client cannot be made", &error))
    }
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<Certificate>, Error> {
    let mut certificates = Vec::new();
    for pem in pems {
        let found = Certificate::from_pem_bundle(pem)
            .map_err(|error| refused("a root certificate cannot be read", &error))?;
        if found.is_empty() {
            return Err(Error::configuration(
                "a root certificate holds no certificate in PEM",
            ));
        }
        certificates.extend(found);
    }
    Ok(certificates)
}

/// The message with the whole chain of causes: a configuration error has no source.
fn refused(what: &str, error: &dyn std::error::Error) -> Error {
    let mut message = format!("{what}: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Error::configuration(message)
}
