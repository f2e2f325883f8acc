//! The HTTP client that the sessions of a program share, and its settings.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Proxy, redirect};
use secrecy::ExposeSecret;

use super::{
    Road, clients::Clients, connection::HttpConnection, environment, http::Http, limiter::Pace,
    retry::RetryPolicy, servers::Servers, tls,
};
use crate::{Error, SecretString, secret::Secrets, session::Session};

/// What the calls of all roads are sent with: a pool of connections, and the limits of time, size and pace.
///
/// Make one when the program starts and keep it; it is cheap to clone and may be shared by threads and tasks.
#[derive(Clone)]
pub struct HttpClient {
    pub(super) http: Http,
    pub(super) limits: Limits,
    pub(super) servers: Arc<Servers>,
}

impl HttpClient {
    /// A client with the default settings. Connects on the first call.
    ///
    /// # Errors
    /// [`Error::Configuration`] if TLS cannot be set up on this machine.
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A client with settings of its own.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::default()
    }

    /// A session over a road. Opens no connection.
    pub fn session(&self, road: impl Road) -> Session {
        Session::new(Arc::new(self.connection(road)))
    }

    pub(super) fn connection<R: Road>(&self, road: R) -> HttpConnection<R> {
        let server = self.servers.of(road.odoo_url());
        HttpConnection::new(road, self.http.clone(), self.limits.clone(), server)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The limits that hold for all calls of one client.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    /// The limit for the server's own work, where the call sets none. `None` leaves it to the server.
    pub(super) timeout: Option<Duration>,
    /// How much longer the local limit is; `None` is the road's own.
    pub(super) grace: Option<Duration>,
    pub(super) retry: RetryPolicy,
}

impl Limits {
    /// The limit that the server is told, if any.
    pub(super) fn upstream(&self, timeout: Option<Duration>) -> Option<Duration> {
        timeout
            .filter(|timeout| !timeout.is_zero())
            .or(self.timeout)
    }

    /// The limit that holds here, where the road has these.
    pub(super) fn local(
        &self,
        upstream: Option<Duration>,
        time_limit: Duration,
        grace: Duration,
    ) -> Duration {
        upstream
            .unwrap_or(time_limit)
            .saturating_add(self.grace.unwrap_or(grace))
    }
}

/// The settings of an [`HttpClient`].
#[must_use = "nothing is made before `build`"]
pub struct HttpClientBuilder {
    pub(super) client: Option<reqwest::Client>,
    pub(super) settings: Settings,
    pub(super) max_response_size: usize,
    pub(super) max_connections: usize,
    pub(super) limits: Limits,
    pub(super) pace: Pace,
}

impl Default for HttpClientBuilder {
    fn default() -> Self {
        Self {
            client: None,
            settings: Settings::default(),
            max_response_size: 256 << 20,
            max_connections: 64,
            limits: Limits::default(),
            pace: Pace::default(),
        }
    }
}

/// The settings of the HTTP client that odx makes itself.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) is_set: bool,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) http1_only: bool,
    pub(super) root_certificates: Vec<tls::Roots>,
    pub(super) danger_accept_invalid_certs: bool,
    pub(super) user_agent: Option<String>,
    pub(super) proxy: Option<HttpProxy>,
}

/// The HTTP proxy that requests go through.
pub(super) enum HttpProxy {
    None,
    At {
        url: String,
        credentials: Option<(String, SecretString)>,
    },
}

/// The settings, as methods of every builder that has them: those of the field after `self`.
macro_rules! http_settings {
    ($($field:ident)?) => {
        /// An HTTP client of the program's own. Its settings count: those of this builder on connecting, TLS and the user
        /// agent cannot be used beside it.
        ///
        /// Its connections belong to the runtime that it is first used in, so do not share it between several of them.
        ///
        /// Give the client `redirect::Policy::none()`. By default reqwest follows redirects, and takes the keys along. With
        /// `connection_verbose` it logs every byte that is sent, keys among them.
        pub fn client(mut self, client: reqwest::Client) -> Self {
            self$(.$field)?.client = Some(client);
            self
        }

        /// The limit for Odoo's work on a call where a session sets none. A proxy is told whole seconds, rounded up.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self$(.$field)?.limits.timeout = (!timeout.is_zero()).then_some(timeout);
            self
        }

        /// How much longer this client waits than the server was told to. By default 5 s behind a proxy, and nothing where
        /// Odoo is asked directly, which is told no limit.
        pub fn timeout_grace(mut self, grace: std::time::Duration) -> Self {
            self$(.$field)?.limits.grace = Some(grace);
            self
        }

        /// The limit for making a connection. By default 10 s.
        pub fn connect_timeout(mut self, timeout: std::time::Duration) -> Self {
            self$(.$field)?.settings_mut().connect_timeout = Some(timeout);
            self
        }

        /// Whether to stay with HTTP/1.1. By default HTTP/2 is used where the server offers it over TLS.
        pub fn http1_only(mut self, http1_only: bool) -> Self {
            self$(.$field)?.settings_mut().http1_only = http1_only;
            self
        }

        /// One more root certificate to trust, or several of them, in PEM.
        ///
        /// A server's own certificate may be given if it is not marked as an authority; one of plain `openssl req -x509` is, and
        /// is refused (`-addext basicConstraints=critical,CA:FALSE` makes it fit).
        pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
            let pem = $crate::transport::tls::Roots::Pem(pem.into());
            self$(.$field)?.settings_mut().root_certificates.push(pem);
            self
        }

        /// The same, from a file, which is read when the client is made.
        pub fn root_certificate_file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
            let file = $crate::transport::tls::Roots::File(path.into());
            self$(.$field)?.settings_mut().root_certificates.push(file);
            self
        }

        /// Whether to take any certificate. The keys then go to whoever answers: for trials on one's own machine only. Each
        /// client that does is told by a warning of `tracing`.
        pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
            self$(.$field)?.settings_mut().danger_accept_invalid_certs = accept;
            self
        }

        /// The HTTP proxy to go through, such as `http://proxy.example.com:3128`. By default that of the environment
        /// (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
        pub fn http_proxy(mut self, url: impl Into<String>) -> Self {
            self$(.$field)?.set_proxy(url.into(), None);
            self
        }

        /// The same, with a user and a password for it.
        pub fn http_proxy_with_login(
            mut self,
            url: impl Into<String>,
            user: impl Into<String>,
            password: impl Into<crate::SecretString>,
        ) -> Self {
            self$(.$field)?.set_proxy(url.into(), Some((user.into(), password.into())));
            self
        }

        /// Goes through no HTTP proxy, whatever the environment says.
        pub fn no_http_proxy(mut self) -> Self {
            self$(.$field)?.settings_mut().proxy = Some($crate::transport::client::HttpProxy::None);
            self
        }

        /// How many requests may be on their way at once, over all tasks and runtimes: with HTTP/1.1 each takes a connection. By
        /// default 64. Further ones wait for their turn, which does not count against their time limit.
        pub fn max_connections(mut self, connections: usize) -> Self {
            self$(.$field)?.max_connections = connections;
            self
        }

        /// How many calls one Odoo gets at once, of all sessions of this client. By default as many as there are connections.
        pub fn max_calls_at_once(mut self, calls: usize) -> Self {
            self$(.$field)?.pace.at_once = Some(calls);
            self
        }

        /// How many calls one Odoo gets in a second, of all sessions of this client; half a one is one in two seconds. By default
        /// there is no limit. Calls start evenly apart, and what was not used is not saved up.
        pub fn max_calls_per_second(mut self, calls: f64) -> Self {
            self$(.$field)?.pace.between = std::time::Duration::try_from_secs_f64(1.0 / calls)
                .ok()
                .filter(|between| !between.is_zero());
            self
        }

        /// The largest answer to accept, in bytes after decompression. By default 256 MiB. What is read from an answer as JSON may
        /// take twice as much memory; rows of typed fields take about as much as they have in JSON.
        pub fn max_response_size(mut self, bytes: usize) -> Self {
            self$(.$field)?.max_response_size = bytes;
            self
        }

        /// The `user-agent` header. By default `odx/` and the version.
        pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
            self$(.$field)?.settings_mut().user_agent = Some(user_agent.into());
            self
        }

        /// Whether failed calls are sent again. By default never.
        pub fn retry(mut self, policy: $crate::transport::RetryPolicy) -> Self {
            self$(.$field)?.limits.retry = policy;
            self
        }
    };
}
pub(super) use http_settings;

impl HttpClientBuilder {
    http_settings!();

    pub(super) fn settings_mut(&mut self) -> &mut Settings {
        self.settings.is_set = true;
        &mut self.settings
    }

    pub(super) fn set_proxy(&mut self, url: String, credentials: Option<(String, SecretString)>) {
        self.settings_mut().proxy = Some(HttpProxy::At { url, credentials });
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] if a certificate, a proxy or a combination of settings cannot be used.
    pub fn build(self) -> Result<HttpClient, Error> {
        let hidden = self.settings.secrets();
        let clients = match self.client {
            Some(_) if self.settings.is_set => {
                return Err(Error::configuration(
                    "connect timeout, HTTP version, certificates, HTTP proxy and user agent cannot be set beside an HTTP \
                     client of your own: set them on that client",
                ));
            }
            Some(client) => Clients::brought(client),
            None => Clients::new(self.settings)?,
        };
        Ok(HttpClient {
            http: Http::new(clients, self.max_connections, self.max_response_size).hiding(hidden),
            limits: self.limits,
            servers: Arc::new(Servers::new(self.pace)),
        })
    }
}

impl fmt::Debug for HttpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClientBuilder")
            .field("limits", &self.limits)
            .field("max_response_size", &self.max_response_size)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The password of the HTTP proxy. A client that the program brought may go through that of the environment, too.
    fn secrets(&self) -> Secrets {
        match &self.proxy {
            Some(HttpProxy::At {
                credentials: Some((_, password)),
                ..
            }) => Secrets::new([password.expose_secret()]),
            Some(_) => Secrets::default(),
            None => Secrets::new(environment::passwords().iter().map(String::as_str)),
        }
    }

    const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
    const USER_AGENT: &'static str = concat!("odx/", env!("CARGO_PKG_VERSION"));

    pub(super) fn client(&self) -> Result<reqwest::Client, Error> {
        let mut client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(self.connect_timeout.unwrap_or(Self::CONNECT_TIMEOUT))
            .user_agent(self.user_agent.as_deref().unwrap_or(Self::USER_AGENT));
        client = tls::set(
            client,
            &self.root_certificates,
            self.danger_accept_invalid_certs,
        )?;
        if self.danger_accept_invalid_certs {
            tracing::warn!(
                "this client takes any certificate: whoever answers gets the keys; for trials on one's own machine only"
            );
        }
        if self.http1_only {
            client = client.http1_only();
        }
        client = match &self.proxy {
            None => client,
            Some(HttpProxy::None) => client.no_proxy(),
            Some(HttpProxy::At { url, credentials }) => client.proxy(proxy(url, credentials)?),
        };
        client
            .build()
            .map_err(|error| refused("the HTTP client cannot be made", &error))
    }
}

fn proxy(url: &str, credentials: &Option<(String, SecretString)>) -> Result<Proxy, Error> {
    let address = super::address::Address::new("the HTTP proxy", url)?;
    let proxy = Proxy::all(address.text())
        .map_err(|error| refused("the HTTP proxy cannot be used", &error))?;
    Ok(match credentials {
        Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
        None => proxy,
    })
}

/// The message with the whole chain of causes: a configuration error has no source.
pub(super) fn refused(what: &str, error: &dyn std::error::Error) -> Error {
    let mut message = format!("{what}: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Error::configuration(message)
}
