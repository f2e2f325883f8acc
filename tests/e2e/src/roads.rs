//! The sandbox over every road that leads to it.

use std::fmt::Write as _;

use odx_runtime::{
    Error, Odoo, Session,
    transport::{Connect, HttpClient, RoadName, Rpc2},
};
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Server,
};

/// The road of a server of the test suite, which [`Odoo::connect`] does not know.
pub const RPC2: &str = "rpc2";

/// Every road.
pub fn roads() -> impl Iterator<Item = &'static str> {
    RoadName::all().map(RoadName::as_str).chain([RPC2])
}

/// Every road that an Odoo of that series has.
pub fn roads_of(series: u16) -> impl Iterator<Item = &'static str> {
    roads().filter(move |road| named(road).is_none_or(|road| road.is_there(series)))
}

fn named(road: &str) -> Option<RoadName> {
    road.parse().ok()
}

/// Whether a road leads through an ODXProxy.
pub fn is_behind_a_proxy(road: &str) -> bool {
    named(road).is_some_and(RoadName::is_behind_a_proxy)
}

/// What a user has, and what leads to the server.
#[derive(Clone, Debug)]
pub struct Given {
    /// The address of Odoo.
    pub url: String,
    /// The address of the proxy.
    pub proxy: String,
    /// The key of the proxy.
    pub proxy_key: String,
    /// The database.
    pub database: String,
    /// The login.
    pub login: String,
    /// The user's id; it is told where there is no login.
    pub user_id: i64,
    /// Whether the user is told by the id where the login would do, too.
    pub by_id: bool,
    /// The API key.
    pub key: String,
    /// The password.
    pub password: String,
    /// Whether the password is given where the key would do, too.
    pub by_password: bool,
    /// How the network is.
    pub network: Network,
}

/// How the network to the server is.
#[derive(Clone, Debug)]
pub enum Network {
    /// Nothing in between.
    Plain,
    /// TLS, with a root certificate in PEM.
    Tls(String),
    /// As the environment says.
    OfTheEnvironment,
    /// Through an HTTP proxy with a login.
    HttpProxy {
        /// Its address.
        url: String,
        /// Its user.
        user: String,
        /// The user's password.
        password: String,
    },
}

/// The settings of the network, of whatever has them.
macro_rules! through {
    ($builder:expr, $network:expr) => {
        match $network.clone() {
            Network::Plain => $builder.no_http_proxy(),
            Network::OfTheEnvironment => $builder,
            Network::Tls(root) => $builder.no_http_proxy().root_certificate_pem(root),
            Network::HttpProxy {
                url,
                user,
                password,
            } => $builder.http_proxy_with_login(url, user, password),
        }
    };
}

impl Given {
    /// The administrator of the furniture maker.
    pub fn of(server: &Server, proxy_key: &str) -> Self {
        Self {
            url: server.url(),
            proxy: server.url(),
            proxy_key: proxy_key.to_owned(),
            database: COMPANY_DATABASE.to_owned(),
            login: COMPANY_LOGIN.to_owned(),
            user_id: COMPANY_USER,
            by_id: false,
            key: COMPANY_KEY.to_owned(),
            password: COMPANY_PASSWORD.to_owned(),
            by_password: false,
            network: Network::Plain,
        }
    }

    /// The connection over a road that has a name.
    ///
    /// # Panics
    /// If it has none.
    pub fn connect(&self, road: &str) -> Connect {
        let road = named(road).expect("a road of odx's own");
        let odoo = Odoo::connect(&self.url).database(&self.database).road(road);
        let odoo = through!(odoo, self.network);
        let odoo = match road.is_behind_a_proxy() {
            true => odoo
                .through(&self.proxy, self.proxy_key.as_str())
                .user_id(self.user_id),
            false if self.by_id => odoo.user_id(self.user_id),
            false => odoo.user(&self.login),
        };
        match road {
            RoadName::Web => odoo.login(&self.login, self.password.as_str()),
            _ if self.by_password => odoo.api_key(self.password.as_str()),
            _ => odoo.api_key(self.key.as_str()),
        }
    }

    /// A session over any road.
    ///
    /// # Errors
    /// As [`Odoo::connect`]; over `/RPC2` nothing is asked before the first call.
    ///
    /// # Panics
    /// If the settings of the network cannot be used.
    pub async fn session(&self, road: &str) -> Result<Session, Error> {
        if road != RPC2 {
            return self.connect(road).await;
        }
        let client = through!(HttpClient::builder(), self.network).build()?;
        let secret = match self.by_password {
            true => &self.password,
            false => &self.key,
        };
        let road = Rpc2::new(&self.url, &self.database, &self.login, secret.as_str())?;
        Ok(client.session(road))
    }
}

/// Every text that an error can give.
pub fn everything_of(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, "\n{cause}\n{cause:?}");
        source = cause.source();
    }
    if let Some(odoo) = error.odoo() {
        let (arguments, debug) = (&odoo.arguments, odoo.debug());
        let _ = write!(
            text,
            "\n{odoo}\n{odoo:?}\n{}\n{}\n{arguments:?}\n{debug:?}",
            odoo.class, odoo.message
        );
    }
    if let Some(site) = error.site() {
        let _ = write!(text, "\n{site}\n{site:?}");
    }
    text
}
