//! The real Odoo that the environment names, and the models of the addon `odx_probe`.

pub mod document;
mod promise;
pub mod record;
pub mod users;

use std::env;

use odx_runtime::transport::{Connect, RoadName};
use odx_runtime::{Odoo, OdooInstance, OdxProxy, Session};
use odx_sandbox::{Backend, Options, Server};

pub use promise::{Credentials, Promise};

/// The generated models.
#[allow(missing_docs)]
pub mod models {
    odx_runtime::include_models!();
}

/// The real Odoo, over the road that `ODX_ROAD` names, and a proxy in front of it.
pub struct Live {
    /// The proxy; it ends with this.
    pub server: Server,
    /// A client of it.
    pub proxy: OdxProxy,
    session: Session,
    limited: Session,
}

/// The users of the real Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// The administrator.
    Admin,
    /// An internal user without rights.
    Limited,
}

impl User {
    /// What the environment says of this user.
    ///
    /// # Panics
    /// If it does not say it.
    pub fn variable(self, name: &str) -> String {
        variable(&match self {
            Self::Admin => format!("ODX_ODOO_{name}"),
            Self::Limited => format!("ODX_ODOO_LIMITED_{name}"),
        })
    }
}

/// The road that the tests take: `odxproxy-v1` where the environment does not say it.
///
/// # Panics
/// If odx has no such road.
pub fn road() -> RoadName {
    let name = env::var("ODX_ROAD").unwrap_or_default();
    let name = if name.is_empty() {
        "odxproxy-v1"
    } else {
        &name
    };
    name.parse().expect("ODX_ROAD is a road")
}

impl Live {
    /// The real Odoo, or `None`, said on stderr, where the environment does not ask for these tests.
    ///
    /// # Panics
    /// If the environment asks for them and does not say where Odoo is.
    pub async fn start() -> Option<Self> {
        if !Self::is_asked_for() {
            return None;
        }
        let url = variable("ODX_ODOO_URL")
            .parse()
            .expect("ODX_ODOO_URL is a URL");
        let options = Options::default().allowed_upstream(url);
        let server = Server::start(Backend::Odoo, options)
            .await
            .expect("the proxy starts");
        let proxy = OdxProxy::new(server.url(), server.key().clone()).expect("a client");
        let connected = async |user| {
            connection(&server, user)
                .await
                .unwrap_or_else(|error| panic!("{user:?} cannot connect: {error}"))
        };
        Some(Self {
            session: connected(User::Admin).await,
            limited: connected(User::Limited).await,
            server,
            proxy,
        })
    }

    /// Odoo over the road of the tests, as that user.
    pub fn connection(&self, user: User) -> Connect {
        connection(&self.server, user)
    }

    /// The same without the database, which the road finds or does not.
    pub fn without_database(&self, user: User) -> Connect {
        as_user(connect(&self.server, road()), user)
    }

    /// The Odoo and its database, through the proxy or not, as nobody and over no road that is named.
    pub fn unknown(&self, is_behind_a_proxy: bool) -> Connect {
        let odoo = Odoo::connect(variable("ODX_ODOO_URL")).database(variable("ODX_ODOO_DB"));
        match is_behind_a_proxy {
            true => odoo.through(self.server.url(), self.server.key().clone()),
            false => odoo,
        }
    }

    /// The same where it is of that version or newer; it is said on stderr where it is not.
    pub async fn since(version: u16) -> Option<Self> {
        Self::is_asked_for_since(version).then_some(())?;
        Self::start().await
    }

    /// Whether the environment asks for these tests, of a real Odoo that is of that version or newer; if not, it is said on
    /// stderr.
    pub fn is_asked_for_since(version: u16) -> bool {
        let is_newer = Self::version() >= version;
        if !is_newer {
            eprintln!(
                "skipped: it is about Odoo {version}, the real one is Odoo {}",
                Self::version()
            );
        }
        is_newer && Self::is_asked_for()
    }

    /// The major version of the real Odoo: 19 where the environment does not say it.
    ///
    /// # Panics
    /// If what it says is no number.
    pub fn version() -> u16 {
        env::var("ODX_ODOO_VERSION").map_or(19, |version| {
            version.parse().expect("ODX_ODOO_VERSION is a number")
        })
    }

    /// Whether the environment asks for these tests; if not, it is said on stderr.
    pub fn is_asked_for() -> bool {
        let asked = env::var_os("ODX_LIVE").is_some_and(|value| value == "1");
        if !asked {
            eprintln!(
                "skipped: set ODX_LIVE=1 and the ODX_ODOO_ variables (`tests/odoo/odoo start`) to run it"
            );
        }
        asked
    }

    /// As the administrator.
    pub fn session(&self) -> Session {
        self.session.clone()
    }

    /// Odoo itself, as the administrator.
    pub fn instance(&self) -> OdooInstance {
        instance("ODX_ODOO_USER_ID", "ODX_ODOO_API_KEY")
    }

    /// The administrator's id.
    ///
    /// # Panics
    /// If the environment does not say it.
    pub fn user(&self) -> i64 {
        user("ODX_ODOO_USER_ID")
    }

    /// As a user without rights.
    pub fn limited(&self) -> Session {
        self.limited.clone()
    }

    /// Odoo itself, as a user without rights.
    pub fn limited_instance(&self) -> OdooInstance {
        instance("ODX_ODOO_LIMITED_USER_ID", "ODX_ODOO_LIMITED_API_KEY")
    }
}

/// Odoo over the road of the tests, as that user.
fn connection(server: &Server, user: User) -> Connect {
    let connect = connect(server, road()).database(variable("ODX_ODOO_DB"));
    as_user(connect, user)
}

/// Odoo over that road.
fn connect(server: &Server, road: RoadName) -> Connect {
    let odoo = Odoo::connect(variable("ODX_ODOO_URL")).road(road);
    match road.is_behind_a_proxy() {
        true => odoo.through(server.url(), server.key().clone()),
        false => odoo,
    }
}

/// One line a road: what it needs.
fn as_user(connect: Connect, user: User) -> Connect {
    match road() {
        RoadName::OdxProxy | RoadName::OdxProxyV2 => Credentials::IdAndKey,
        RoadName::Web => Credentials::LoginAndPassword,
        _ => Credentials::LoginAndKey,
    }
    .given(connect, user)
}

/// The Odoo of the environment, as the user whose id and key these variables hold.
///
/// # Panics
/// If the environment does not say it.
pub fn instance(id: &str, key: &str) -> OdooInstance {
    OdooInstance::new(
        variable("ODX_ODOO_URL"),
        variable("ODX_ODOO_DB"),
        user(id),
        variable(key),
    )
}

fn user(id: &str) -> i64 {
    variable(id).parse().expect("a user's id is a number")
}

/// A variable of the environment.
///
/// # Panics
/// If it is not set.
pub fn variable(name: &str) -> String {
    env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; `tests/odoo/odoo start` says what to set"))
}
