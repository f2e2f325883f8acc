//! The client of an ODXProxy.

use std::{fmt, pin::pin, sync::Arc, time::Duration};

use super::{
    client::{HttpClient, HttpClientBuilder, http_settings},
    http::{Asked, Http},
    odxproxy::{self, Endpoint, ThroughProxy, V1},
    odxproxy_v2::V2,
    question::Question,
    request::Response,
    servers::Server,
    standing,
};
use crate::{
    Error, SecretString,
    error::{CallSite, RequestId},
    session::{OdooInstance, Reply, ServerVersion, Session},
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
    client: HttpClient,
}

impl OdxProxy {
    /// A client of the proxy at `url` with that key, with the default settings. Connects on the first call.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL or the key cannot be used.
    pub fn new(url: impl AsRef<str>, key: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder(url, key).build()
    }

    /// A client of the proxy at `url`, over an HTTP client that others may use, too.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_client(
        url: impl AsRef<str>,
        key: impl Into<SecretString>,
        client: HttpClient,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::new(url.as_ref(), key.into())?;
        Ok(Self {
            endpoint: Arc::new(endpoint),
            client,
        })
    }

    /// A client with settings of its own.
    pub fn builder(url: impl AsRef<str>, key: impl Into<SecretString>) -> OdxProxyBuilder {
        OdxProxyBuilder {
            url: url.as_ref().to_owned(),
            key: key.into(),
            http: HttpClient::builder(),
        }
    }

    /// A session with an Odoo database. Opens no connection.
    pub fn session(&self, instance: OdooInstance) -> Session {
        let road = ThroughProxy::<V1>::new(self.endpoint.clone(), instance);
        self.client.session(road)
    }

    /// A session over version 2 of the proxy's protocol, which Odoo 19 and on and ODXProxy 0.9 and on have. The key must be an
    /// API key; the id of the user is not looked at. Opens no connection.
    pub fn session_v2(&self, instance: OdooInstance) -> Session {
        let road = ThroughProxy::<V2>::new(self.endpoint.clone(), instance);
        self.client.session(road)
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

    /// Whether the proxy and the Odoo at `url` have version 2 of the protocol. Asked once.
    ///
    /// # Errors
    /// As [`Session::version`]; then it is asked again the next time.
    pub async fn supports_v2(&self, url: impl Into<String>) -> Result<bool, Error> {
        let url: String = url.into();
        let server = self.client.servers.of(url.trim_end_matches('/'));
        let asked = async {
            match self.version_over_v2(&url, &server).await {
                Ok(_) => Ok(true),
                Err(Error::NoJson2(_)) => Ok(false),
                // A proxy before 0.9 has no such page.
                Err(Error::NotAnEnvelope(error)) if error.status == 404 => Ok(false),
                Err(error) => Err(error),
            }
        };
        standing::once(&server.has_proxy_v2, pin!(asked)).await
    }

    async fn version_over_v2(&self, url: &str, odoo: &Server) -> Result<Reply, Error> {
        let site = self.endpoint.site().with_operation("version");
        let site = site.identified(RequestId::new());
        let request = self.endpoint.version_over_v2(url, &site)?;
        let secrets = self.endpoint.secrets(None);
        let rpc = odxproxy::rpc(secrets.clone(), None);
        let question = Question {
            request,
            limit: self.limit(),
            asked: Asked {
                site: &site,
                secrets: &secrets,
            },
        };
        let read = |response| rpc.read(response, site.clone());
        self.client.ask(odoo, &self.http(), question, read).await
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// One of the proxy's own pages.
    pub(super) async fn get(&self, path: &str, site: &CallSite) -> Result<Response, Error> {
        let asked = Asked {
            site,
            secrets: &self.endpoint.secrets(None),
        };
        let request = self.endpoint.get(path);
        let response = self.http().send(request, self.limit(), asked).await?;
        Ok(*response)
    }

    /// For what the proxy tells of itself and of Odoo, which is little.
    fn http(&self) -> Http {
        const LARGEST: usize = 4 << 20;
        self.client.http.clone().for_answers_of(LARGEST)
    }

    fn limit(&self) -> Duration {
        let limits = &self.client.limits;
        limits.local(limits.upstream(None), odxproxy::TIME_LIMIT, odxproxy::GRACE)
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
    http: HttpClientBuilder,
}

impl OdxProxyBuilder {
    http_settings!(http);

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the URL, the key, a certificate or a combination of settings cannot be used.
    pub fn build(self) -> Result<OdxProxy, Error> {
        OdxProxy::with_client(self.url, self.key, self.http.build()?)
    }
}

impl fmt::Debug for OdxProxyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdxProxyBuilder")
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}
