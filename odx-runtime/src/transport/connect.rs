//! From what a user has to a session: the best road to an Odoo, found by asking it.

use std::{env, fmt, future::IntoFuture, pin::Pin, str::FromStr, time::Duration};

use odx_facts::{JSON2, RPC_SERVICES, Series, Since};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

#[cfg(feature = "xmlrpc")]
use super::xmlrpc::XmlRpc;
use super::{
    account::{Account, User},
    address::Address,
    client::{HttpClient, HttpClientBuilder, http_settings},
    fault,
    http::Asked,
    json2::Json2,
    jsonrpc::{self, JsonRpc},
    proxy::OdxProxy,
    question::Question,
    request::Template,
    rpc::read_version,
    web::{self, Web},
};
use crate::{
    Error, OdooError, SecretString, blocking,
    error::{CallSite, Cause},
    secret::Secrets,
    session::{Call, Identity, OdooInstance, Reply, ServerVersion, Session, Setting},
};

/// An Odoo to connect to.
///
/// ```no_run
/// # use odx_runtime::{Error, Odoo};
/// # async fn connect(key: String, password: String, proxy_key: String) -> Result<(), Error> {
/// // with an API key (Odoo 14 to 18 also want to know whose it is)
/// let odoo = Odoo::connect("https://erp.example.com").database("prod").api_key(key.clone()).await?;
/// let odoo = Odoo::connect("https://erp.example.com").database("prod").user("me@example.com").api_key(key.clone()).await?;
/// // with a login and a password
/// let odoo = Odoo::connect("https://erp.example.com").login("me@example.com", password).await?;
/// // behind an ODXProxy
/// let odoo = Odoo::connect("https://erp.example.com").database("prod").user_id(2).api_key(key)
///     .through("https://proxy.example.com", proxy_key).await?;
/// // as the environment says
/// let odoo = Odoo::from_env()?.await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Odoo(());

impl Session {
    /// [`Odoo::from_env`], by the name of what it gives.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), odx_runtime::Error> {
    /// let odoo = odx_runtime::Session::from_env()?.await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As of [`Odoo::from_env`].
    pub fn from_env() -> Result<Connect, Error> {
        Odoo::from_env()
    }
}

impl Odoo {
    /// The Odoo at `url`, such as `https://erp.example.com`. Awaiting the [`Connect`] asks it and gives a [`Session`].
    pub fn connect(url: impl Into<String>) -> Connect {
        Connect {
            url: url.into(),
            http: HttpClient::builder(),
            database: None,
            user: None,
            user_id: None,
            key: None,
            password: None,
            proxy: None,
            road: None,
        }
    }

    /// The Odoo that the environment names, by the variables of [`Setting`]. What is not set or empty is left to be found.
    ///
    /// # Errors
    /// [`Error::Setting`] for a variable that is missing or cannot be read.
    pub fn from_env() -> Result<Connect, Error> {
        Self::from_settings(|setting| env::var(setting.variable()).ok())
    }

    /// The Odoo that these settings name, wherever they are kept. One that is empty is one that is not set.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting that is missing or cannot be read. No message shows what a setting holds.
    pub fn from_settings(read: impl Fn(Setting) -> Option<String>) -> Result<Connect, Error> {
        let set = |setting| read(setting).filter(|value| !value.trim().is_empty());
        let key = |setting: Setting, key: String| match key.trim() {
            key if key.contains(char::is_control) => Err(Error::configuration(format!(
                "{} holds a character that no HTTP header can carry, such as a line end",
                setting.variable()
            ))
            .about(setting)),
            key => Ok(SecretString::from(key)),
        };
        let need = |setting: Setting, why: &str| {
            let missing =
                || Error::configuration(format!("{} is not set: {why}", setting.variable()));
            set(setting).ok_or_else(|| missing().about(setting))
        };
        let url = need(
            Setting::Url,
            "it is the address of Odoo, such as https://erp.example.com",
        )?;
        let mut connect = Self::connect(url.trim());
        connect.database = set(Setting::Database);
        connect.key = set(Setting::ApiKey)
            .map(|text| key(Setting::ApiKey, text))
            .transpose()?;
        // A file has a line end after it, and a password may have spaces.
        connect.password = set(Setting::Password)
            .map(|password| SecretString::from(password.trim_end_matches(['\r', '\n'])));
        connect.user = set(Setting::Login).map(User::Login);
        if let Some(id) = set(Setting::UserId) {
            // What it holds is not shown: it may be a key in the wrong place.
            let id = id.trim().parse().ok().filter(|id| *id > 0);
            let id = id.ok_or_else(|| {
                Error::configuration(format!(
                    "{} is not a number above 0, such as 2: the user's id in res.users",
                    Setting::UserId.variable()
                ))
                .about(Setting::UserId)
            })?;
            connect.user_id = Some(id);
            // A login tells more: it is good for every road that asks Odoo directly.
            connect.user.get_or_insert(User::Id(id));
        }
        if let Some(proxy) = set(Setting::ProxyUrl) {
            let given = need(
                Setting::ProxyKey,
                "a proxy is named, and a proxy has a key of its own",
            )?;
            connect.proxy = Some((proxy.trim().to_owned(), key(Setting::ProxyKey, given)?));
        }
        if let Some(road) = set(Setting::Road) {
            let road = road.trim();
            connect.road = Some(RoadName::named(road).ok_or_else(|| {
                // Anything else may be a key in the wrong place.
                let named = match is_like_a_road(road) {
                    true => format!("road `{road}`"),
                    false => "such road".to_owned(),
                };
                Error::configuration(format!("there is no {named}: there are {}", road_names()))
                    .about(Setting::Road)
            })?);
        }
        if let Some(file) = set(Setting::RootCertificates) {
            connect = connect.root_certificate_file(file);
        }
        Ok(connect)
    }
}

/// The roads that odx brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoadName {
    /// ODXProxy v1: any series, behind a proxy.
    OdxProxy,
    /// ODXProxy v2: Odoo 19 and on, behind a proxy.
    OdxProxyV2,
    /// `/json/2`: Odoo 19 and on, with an API key.
    Json2,
    /// `/jsonrpc`: Odoo 14 to 21, with a password or an API key.
    JsonRpc,
    /// `/web/dataset/call_kw`, as Odoo's own web client: any series, with a password.
    Web,
    /// `/xmlrpc/2`: Odoo 14 to 21, with a password or an API key. Only where it is asked for: see
    /// [`XmlRpc`](super::XmlRpc).
    #[cfg(feature = "xmlrpc")]
    XmlRpc,
}

/// What there is to know of a road before it is taken.
struct RoadRow {
    road: RoadName,
    name: &'static str,
    is_behind_a_proxy: bool,
    /// Whether arguments have names and no positions.
    takes_names_only: bool,
    takes_passwords: bool,
    since: Since,
}

const fn road(road: RoadName, name: &'static str) -> RoadRow {
    RoadRow {
        road,
        name,
        is_behind_a_proxy: false,
        takes_names_only: false,
        takes_passwords: true,
        since: Since::ALWAYS,
    }
}

const ROADS: &[RoadRow] = &[
    RoadRow {
        is_behind_a_proxy: true,
        ..road(RoadName::OdxProxy, "odxproxy-v1")
    },
    RoadRow {
        is_behind_a_proxy: true,
        takes_names_only: true,
        takes_passwords: false,
        since: JSON2,
        ..road(RoadName::OdxProxyV2, "odxproxy-v2")
    },
    RoadRow {
        takes_names_only: true,
        takes_passwords: false,
        since: JSON2,
        ..road(RoadName::Json2, "json2")
    },
    RoadRow {
        since: RPC_SERVICES,
        ..road(RoadName::JsonRpc, "jsonrpc")
    },
    road(RoadName::Web, "web"),
    #[cfg(feature = "xmlrpc")]
    RoadRow {
        since: RPC_SERVICES,
        ..road(RoadName::XmlRpc, "xmlrpc")
    },
];

impl RoadName {
    /// Every road.
    pub fn all() -> impl Iterator<Item = Self> {
        ROADS.iter().map(|row| row.road)
    }

    /// As [`Session::protocol`] tells it, such as `json2`.
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    fn named(name: &str) -> Option<Self> {
        Self::all().find(|road| road.as_str() == name)
    }

    /// Whether arguments have names and no positions: of a method that is none of Odoo's core, each is given by its name.
    pub fn takes_names_only(self) -> bool {
        self.row().takes_names_only
    }

    /// Whether the user's password opens it. Others take an API key alone.
    pub fn takes_passwords(self) -> bool {
        self.row().takes_passwords
    }

    /// Whether Odoo of that series has the road.
    pub fn is_there(self, series: impl Into<Series>) -> bool {
        self.row().since.holds(series.into())
    }

    /// Whether it leads through an ODXProxy.
    pub fn is_behind_a_proxy(self) -> bool {
        self.row().is_behind_a_proxy
    }

    fn row(self) -> &'static RoadRow {
        let mut rows = ROADS.iter();
        rows.find(|row| row.road == self)
            .expect("BUG: every road has a row")
    }
}

impl fmt::Display for RoadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A password over a road of the series that takes none.
fn no_key(series: Series) -> Error {
    let roads = RoadName::all().filter(|road| {
        road.takes_passwords() && road.is_there(series) && !road.is_behind_a_proxy()
    });
    let roads: Vec<&str> = roads.map(RoadName::as_str).collect();
    Error::configuration(format!(
        "JSON-2 takes an API key and no password: give the key by `api_key`, or take a road that takes passwords: {}",
        roads.join(", ")
    ))
    .about(Setting::ApiKey)
}

/// Whether a text is a road's name misspelt: short, and with the beginning of one.
fn is_like_a_road(text: &str) -> bool {
    const LONGEST: usize = 12;
    let head = text.get(..3);
    let begins = |row: &RoadRow| head.is_some_and(|head| row.name.starts_with(head));
    text.len() <= LONGEST && ROADS.iter().any(begins)
}

fn road_names() -> String {
    let names: Vec<&str> = ROADS.iter().map(|row| row.name).collect();
    names.join(", ")
}

impl FromStr for RoadName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::named(name).ok_or_else(|| {
            Error::configuration(format!(
                "there is no road `{name}`: there are {}",
                road_names()
            ))
        })
    }
}

/// What is known of an Odoo before it is asked. Await it, or call [`blocking`](Self::blocking).
#[must_use = "nothing is asked before it is awaited"]
pub struct Connect {
    url: String,
    http: HttpClientBuilder,
    database: Option<String>,
    user: Option<User>,
    /// A proxy needs it, beside a login, too.
    user_id: Option<i64>,
    key: Option<SecretString>,
    password: Option<SecretString>,
    proxy: Option<(String, SecretString)>,
    road: Option<RoadName>,
}

impl Connect {
    /// The database. Without it, Odoo is asked for the only one that it has.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// The API key of the user.
    pub fn api_key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The user's login and password.
    ///
    /// Beside an API key it is the fallback: it is used where the road takes no key.
    pub fn login(mut self, login: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.user = Some(User::Login(login.into()));
        self.password = Some(password.into());
        self
    }

    /// The login of the user whose API key it is. Odoo 19 and on know it by the key; a key of another user is refused.
    pub fn user(mut self, login: impl Into<String>) -> Self {
        self.user = Some(User::Login(login.into()));
        self
    }

    /// The id in `res.users` of the user whose API key or password it is, in place of the login.
    pub fn user_id(mut self, id: i64) -> Self {
        self.user = Some(User::Id(id));
        self.user_id = Some(id);
        self
    }

    /// Goes through the ODXProxy at `url`, with its key.
    pub fn through(mut self, url: impl Into<String>, key: impl Into<SecretString>) -> Self {
        self.proxy = Some((url.into(), key.into()));
        self
    }

    /// Takes this road, whatever others there are.
    pub fn road(mut self, road: RoadName) -> Self {
        self.road = Some(road);
        self
    }

    http_settings!(http);

    /// A blocking session; see [`blocking`].
    ///
    /// # Errors
    /// As awaiting it.
    pub fn blocking(self) -> Result<blocking::Session, Error> {
        blocking::block_on(self.connected()).map(Into::into)
    }

    /// The server's version, which every series tells without a login and a database.
    ///
    /// # Errors
    /// As awaiting it.
    pub async fn server_version(mut self) -> Result<ServerVersion, Error> {
        let http = std::mem::take(&mut self.http);
        let connecting = Connecting::new(http.build()?, self)?;
        let Some((url, key)) = &connecting.given.proxy else {
            return connecting.version().await;
        };
        let proxy = connecting.proxy(url, key)?;
        let nobody = OdooInstance::new(&connecting.given.url, "", 0, "");
        proxy.session(nobody).version().await
    }

    /// The same for code that blocks.
    ///
    /// # Errors
    /// As awaiting it.
    pub fn server_version_blocking(self) -> Result<ServerVersion, Error> {
        blocking::block_on(self.server_version())
    }

    /// # Errors
    /// [`Error::Setting`] where what was given leads to no session, which says what to add; [`Error::OdooKey`] where Odoo
    /// refuses it; else as [`Session::execute`].
    async fn connected(mut self) -> Result<Session, Error> {
        let http = std::mem::take(&mut self.http);
        let connecting = Connecting::new(http.build()?, self)?;
        connecting.session().await
    }
}

impl IntoFuture for Connect {
    type Output = Result<Session, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connected())
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("database", &self.database)
            .field("user", &self.user)
            .field("road", &self.road)
            .finish_non_exhaustive()
    }
}

/// A connection in the making.
struct Connecting {
    client: HttpClient,
    address: Address,
    given: Connect,
}

/// A road, and why it is taken.
struct Chosen {
    road: RoadName,
    why: String,
}

impl Connecting {
    fn new(client: HttpClient, given: Connect) -> Result<Self, Error> {
        let address =
            Address::new("Odoo", &given.url).map_err(|error| error.about(Setting::Url))?;
        Ok(Self {
            client,
            address,
            given,
        })
    }

    fn proxy(&self, url: &str, key: &SecretString) -> Result<OdxProxy, Error> {
        OdxProxy::with_client(url, key.clone(), self.client.clone())
            .map_err(|error| error.about(Setting::ProxyUrl))
    }

    async fn session(&self) -> Result<Session, Error> {
        let Some((url, key)) = &self.given.proxy else {
            return self.direct().await;
        };
        self.through(url, key).await
    }

    /// Behind a proxy. What it is needs to be known: it has no login and no list of databases.
    async fn through(&self, url: &str, key: &SecretString) -> Result<Session, Error> {
        let proxy = self.proxy(url, key)?;
        let database = self.given.database.clone().ok_or_else(|| {
            Error::configuration("name the database: a proxy cannot be asked which there are")
                .about(Setting::Database)
        })?;
        let secret = self.given.key.as_ref().or(self.given.password.as_ref());
        let secret = secret.cloned().ok_or_else(no_secret)?;
        let user_id = self.given.user_id;
        let odoo = self.given.url.as_str();
        let chosen = match (self.given.road, user_id) {
            (Some(road), _) if !road.is_behind_a_proxy() => {
                return Err(Error::configuration(format!(
                    "the road {road} does not lead through a proxy: leave one of both out"
                ))
                .about(Setting::Road));
            }
            (Some(road), _) => self.demanded(road),
            (None, Some(_)) => Chosen {
                road: RoadName::OdxProxy,
                why: "a proxy was given, whose version 1 serves every series".to_owned(),
            },
            // Version 2 takes no password.
            (None, None) if self.given.key.is_some() && proxy.supports_v2(odoo).await? => Chosen {
                road: RoadName::OdxProxyV2,
                why: "a proxy was given and no user id, which its version 2 does not need"
                    .to_owned(),
            },
            (None, None) => {
                return Err(Error::configuration(
                    "give the user's id in res.users: the proxy cannot be asked for it, and only Odoo 19 and on knows the \
                     user, by an API key",
                )
                .about(Setting::UserId));
            }
        };
        let instance = OdooInstance::new(odoo, &database, user_id.unwrap_or(0), secret);
        let session = match chosen.road {
            RoadName::OdxProxyV2 if self.given.key.is_none() => {
                return Err(Error::configuration(
                    "version 2 of the proxy's protocol takes an API key and no password: give the key by `api_key`",
                )
                .about(Setting::ApiKey));
            }
            RoadName::OdxProxyV2 => proxy.session_v2(instance),
            _ if user_id.is_none() => {
                return Err(Error::configuration(
                    "give the user's id in res.users: version 1 of the proxy's protocol needs it",
                )
                .about(Setting::UserId));
            }
            _ => proxy.session(instance),
        };
        self.finished(session, database, user_id, chosen).await
    }

    async fn direct(&self) -> Result<Session, Error> {
        let version = self.version().await?;
        let chosen = self.choose(version.series())?;
        let database = self.database().await?;
        let session = self.over(chosen.road, &database, version.series())?;
        self.finished(session, database, self.given.user_id, chosen)
            .await
    }

    /// The road that fits what was given and the series best.
    fn choose(&self, series: Series) -> Result<Chosen, Error> {
        let given = &self.given;
        let chosen = |road, why: String| Ok(Chosen { road, why });
        let has_json2 = RoadName::Json2.is_there(series);
        let has_rpc = RoadName::JsonRpc.is_there(series);
        if let Some(road) = given.road {
            return match road {
                _ if road.is_behind_a_proxy() => Err(Error::configuration(format!(
                    "the road {road} leads through a proxy: give its address and key by `through`"
                ))
                .about(Setting::ProxyUrl)),
                road if !road.is_there(series) => {
                    Err(fault::no_such_road(road.as_str(), road.row().since, series))
                }
                road => Ok(self.demanded(road)),
            };
        }
        match (&given.key, &given.password, &given.user) {
            (Some(_), _, _) if has_json2 => chosen(
                RoadName::Json2,
                format!("Odoo {series} has JSON-2, and an API key was given"),
            ),
            (Some(_), _, Some(_)) if has_rpc => chosen(
                RoadName::JsonRpc,
                format!(
                    "Odoo {series} has no JSON-2, and /jsonrpc takes the API key of a user that is named"
                ),
            ),
            (Some(_), _, None) => Err(Error::configuration(format!(
                "say whose API key it is, by the login (`user`) or the id (`user_id`): Odoo {series} does not know it by the key"
            ))
            .about(Setting::Login)),
            (None, Some(_), Some(User::Login(_))) if !has_rpc => chosen(
                RoadName::Web,
                format!("Odoo {series} takes a password only as its web client does"),
            ),
            (None, Some(_), Some(_)) => chosen(
                RoadName::JsonRpc,
                format!("a password was given, which /jsonrpc of Odoo {series} takes"),
            ),
            (None, Some(_), None) => Err(Error::configuration(
                "say whose password it is, by the login (`login`)",
            )
            .about(Setting::Login)),
            _ => Err(no_secret()),
        }
    }

    fn demanded(&self, road: RoadName) -> Chosen {
        Chosen {
            road,
            why: "it was asked for".to_owned(),
        }
    }

    /// A session over a road that asks Odoo directly.
    fn over(&self, road: RoadName, database: &str, series: Series) -> Result<Session, Error> {
        let (address, given) = (self.address.clone(), &self.given);
        Ok(match road {
            RoadName::Json2 => {
                let key = given.key.as_ref().ok_or_else(|| no_key(series))?;
                self.client.session(Json2::new(address, database, key)?)
            }
            RoadName::Web => {
                if given.password.is_none() && given.key.is_some() {
                    return Err(Error::configuration(
                        "the web client's road takes a password and no API key: give a login and a password (`login`)",
                    )
                    .about(Setting::Password));
                }
                let account = self.account(database, given.password.as_ref())?;
                let web =
                    Web::new(address, account).map_err(|error| error.about(Setting::Login))?;
                self.client.session(web)
            }
            #[cfg(feature = "xmlrpc")]
            RoadName::XmlRpc => self
                .client
                .session(XmlRpc::of(address, self.known(database)?)),
            _ => self
                .client
                .session(JsonRpc::new(address, self.known(database)?)),
        })
    }

    /// The account by its key, else by its password.
    fn known(&self, database: &str) -> Result<Account, Error> {
        let secret = self.given.key.as_ref().or(self.given.password.as_ref());
        self.account(database, secret)
    }

    fn account(&self, database: &str, secret: Option<&SecretString>) -> Result<Account, Error> {
        let user = self.given.user.clone();
        Ok(Account {
            database: database.to_owned(),
            user: user.ok_or_else(|| {
                Error::configuration(
                    "name the user, by the login (`login`, `user`) or the id (`user_id`)",
                )
                .about(Setting::Login)
            })?,
            secret: secret.cloned().ok_or_else(no_secret)?,
        })
    }

    /// The session once its credentials are seen to be good, with who it is as.
    async fn finished(
        &self,
        session: Session,
        database: String,
        user_id: Option<i64>,
        chosen: Chosen,
    ) -> Result<Session, Error> {
        let who = Call::new("res.users", "context_get");
        let (told, site) = match session.execute(who).await {
            Ok(reply) => {
                let context: Map<String, Value> = reply.to()?;
                let told = context.get("uid").and_then(Value::as_i64);
                (told, Some(reply.site().clone()))
            }
            // The call was carried out, but the XML-RPC of Odoo 14 cannot say this result (a `frozendict`).
            Err(Error::UnexpectedResult(_)) => (None, None),
            Err(error) => return Err(error),
        };
        // 14.0 and 15.0 do not tell it.
        let user_id = told.or_else(|| session.user_id()).or(user_id);
        if let (Some(id), Some(site)) = (user_id, &site) {
            self.check_user(&session, id, chosen.road, site).await?;
        }
        tracing::info!(road = %chosen.road, database, "connected: {}", chosen.why);
        let identity = Identity {
            url: self.given.url.clone(),
            database,
            user_id,
            road: chosen.road.as_str(),
            why: chosen.why,
        };
        Ok(session.identified(identity))
    }

    /// Refuses a session as another user than was named: some roads know the user by the key or the id alone.
    async fn check_user(
        &self,
        session: &Session,
        id: i64,
        road: RoadName,
        site: &CallSite,
    ) -> Result<(), Error> {
        if let Some(named) = self.given.user_id.filter(|named| *named != id) {
            let advice = format!(
                "check the user id, or leave it out: the API key is that of the user {id}, and not of {named}"
            );
            return Err(another_user(advice, site));
        }
        let sends_no_login = road.takes_names_only() || road.is_behind_a_proxy();
        let Some(User::Login(named)) = self.given.user.as_ref().filter(|_| sends_no_login) else {
            return Ok(());
        };
        let own = Call::new("res.users", "read").ids([id]);
        let rows = match session.execute(own.arg(json!(["login"]))).await {
            Ok(reply) => reply.json()?,
            // Who may not read even that is known by the key alone.
            Err(error) if error.odoo().is_some() => return Ok(()),
            Err(error) => return Err(error),
        };
        match rows[0]["login"].as_str() {
            Some(login) if login != named => {
                let advice = format!(
                    "check the login, or leave it out: the API key is that of `{login}`, and not of `{named}`"
                );
                Err(another_user(advice, site))
            }
            _ => Ok(()),
        }
    }

    /// The version, which every series tells without a login and a database.
    async fn version(&self) -> Result<ServerVersion, Error> {
        let server = self.client.servers.of(self.address.text());
        let ask = async {
            let reply = self.ask(web::VERSION, "version").await?;
            read_version(&reply, &self.secrets())
        };
        server.version_or(ask).await
    }

    /// The database that was given, or the only one that there is.
    async fn database(&self) -> Result<String, Error> {
        if let Some(database) = &self.given.database {
            return Ok(database.clone());
        }
        let unknown = |why: &str| {
            Error::configuration(format!("name the database by `database`: {why}"))
                .about(Setting::Database)
        };
        let reply = match self
            .ask("/web/database/list", "the list of databases")
            .await
        {
            Ok(reply) => reply,
            Err(Error::OdooKey(_) | Error::Odoo(_)) => {
                return Err(unknown("this Odoo does not tell which it has"));
            }
            Err(error) => return Err(error),
        };
        let mut names: Vec<String> = reply.to()?;
        match names.len() {
            1 => Ok(names.remove(0)),
            0 => Err(unknown("this Odoo shows none at this address")),
            _ => Err(unknown(&format!("this Odoo has {}", names.join(", ")))),
        }
    }

    /// What one of Odoo's addresses tells that need no login.
    async fn ask(&self, path: &str, operation: &'static str) -> Result<Reply, Error> {
        const ID: &str = "1";
        let request = jsonrpc::post(&Template::new(self.address.at(path)), ID, Map::new())?;
        let secrets = self.secrets();
        let site = self.address.site(&secrets).with_operation(operation);
        let asked = Asked {
            site: &site,
            secrets: &secrets,
        };
        let limit = self.client.limits.upstream(None).unwrap_or(Self::PATIENCE);
        let settings = fault::Settings {
            login: "check the URL of Odoo",
            database: "check the name of the database",
            user_id: None,
        };
        let rpc = jsonrpc::rpc(secrets.clone(), settings);
        let read = |response| rpc.read(response, site.clone().with_request_id(ID));
        let question = Question {
            request,
            limit,
            asked,
        };
        let odoo = self.client.servers.of(self.address.text());
        let asked = self.client.ask(&odoo, &self.client.http, question, read);
        asked.await.map_err(|error| match self.address.has_path() {
            true => below_a_path(error),
            false => error,
        })
    }

    fn secrets(&self) -> Secrets {
        let given = &self.given;
        let all = given.key.iter().chain(&given.password);
        Secrets::new(all.map(ExposeSecret::expose_secret))
    }

    /// How long Odoo may take to tell its version.
    const PATIENCE: Duration = Duration::from_secs(30);
}

/// What Odoo was asked below a path in its URL, and did not tell: a browser shows one, such as `/odoo` or `/web/login`.
fn below_a_path(error: Error) -> Error {
    const ADVICE: &str = "Odoo was asked below the path in its URL: leave the path out, as in https://erp.example.com; what stands \
        there in a browser is the address of a page";
    match error {
        Error::NotAnEnvelope(mut error) => {
            error.advice = ADVICE;
            Error::NotAnEnvelope(error)
        }
        Error::Odoo(mut error) => {
            error.advice = Some(ADVICE.into());
            Error::Odoo(error)
        }
        other => other,
    }
}

#[cold]
fn another_user(advice: String, site: &CallSite) -> Error {
    // Odoo raised nothing: it has no class.
    let mut error = OdooError::new("", "the API key is of another user", site.clone());
    error.known_cause = Some(Cause::Login);
    error.advice = Some(advice.into());
    Error::OdooKey(Box::new(error))
}

fn no_secret() -> Error {
    Error::configuration(
        "give an API key (`api_key`, ODX_ODOO_API_KEY), or a login and a password (`login`, ODX_ODOO_LOGIN and ODX_ODOO_PASSWORD)",
    )
    .about(Setting::ApiKey)
}
