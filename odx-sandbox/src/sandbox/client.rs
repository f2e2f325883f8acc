//! Sessions of odx with a sandbox.

use odx_runtime::transport::{Connect, HttpClient, RoadName, Rpc2};
use odx_runtime::{Odoo, Session};
use secrecy::ExposeSecret;

use super::{Sandbox, SandboxError};
use crate::Road;

/// What a user signs in with.
struct Account {
    id: i64,
    login: String,
    key: String,
    password: String,
}

impl Sandbox {
    /// A session as the administrator, by the API key and the road that odx takes to an Odoo of this series by itself.
    ///
    /// # Errors
    /// [`SandboxError::Connect`].
    pub async fn connect(&self) -> Result<Session, SandboxError> {
        Ok(self.connecting()?.await?)
    }

    /// The same before it is opened, to set what a program sets: time limits, retries.
    ///
    /// # Errors
    /// [`SandboxError::NoAdministrator`] where the database has lost its own.
    pub fn connecting(&self) -> Result<Connect, SandboxError> {
        Ok(self.directly(&self.administrator()?))
    }

    /// A session as the user of this login.
    ///
    /// # Errors
    /// [`SandboxError::NoUser`], [`SandboxError::Connect`].
    pub async fn connect_as(&self, login: &str) -> Result<Session, SandboxError> {
        let account = self.database(|database| {
            let user = database.user_by_login(login);
            let account = user.and_then(|user| account(database, user.id()));
            account.ok_or_else(|| SandboxError::NoUser {
                login: login.to_owned(),
                known: database.logins(),
            })
        })?;
        Ok(self.directly(&account).await?)
    }

    /// A session as the administrator over a road: the road of the web client by the password, any other by the API key.
    ///
    /// # Errors
    /// [`SandboxError::Connect`], such as for a road that the series does not have.
    pub async fn connect_over(&self, road: Road) -> Result<Session, SandboxError> {
        let account = self.administrator()?;
        let Some(name) = name_of(road) else {
            let client = HttpClient::builder().no_http_proxy().build()?;
            let key = account.key.as_str();
            let road = Rpc2::new(self.url(), self.name(), &account.login, key)?;
            return Ok(client.session(road));
        };
        let odoo = self.odoo().road(name);
        let odoo = match name {
            RoadName::Web => odoo.login(&account.login, account.password.as_str()),
            name if name.is_behind_a_proxy() => odoo
                .through(self.url(), self.server.key().expose_secret())
                .user_id(account.id)
                .api_key(account.key.as_str()),
            _ => odoo.user(&account.login).api_key(account.key.as_str()),
        };
        Ok(odoo.await?)
    }

    fn directly(&self, account: &Account) -> Connect {
        let odoo = self.odoo().user(&account.login);
        odoo.api_key(account.key.as_str())
    }

    /// This machine is reached without the proxies that the environment may name.
    fn odoo(&self) -> Connect {
        let odoo = Odoo::connect(self.url()).no_http_proxy();
        odoo.database(self.name())
    }

    fn name(&self) -> String {
        self.database(|database| database.name.clone())
    }

    fn administrator(&self) -> Result<Account, SandboxError> {
        let account = self.database(|database| account(database, self.administrator));
        account.ok_or(SandboxError::NoAdministrator)
    }
}

fn account(database: &crate::Database, id: i64) -> Option<Account> {
    let user = database.user(id)?;
    let shown = |secret: Option<&secrecy::SecretString>| {
        secret.map_or_else(String::new, |secret| secret.expose_secret().to_owned())
    };
    Some(Account {
        id,
        login: database.login_of(user).unwrap_or_default(),
        key: shown(user.first_key()),
        password: shown(user.known_password()),
    })
}

/// The road as odx names it; `/RPC2` is none that it finds by itself.
fn name_of(road: Road) -> Option<RoadName> {
    Some(match road {
        Road::OdxProxy => RoadName::OdxProxy,
        Road::OdxProxyV2 => RoadName::OdxProxyV2,
        Road::Json2 => RoadName::Json2,
        Road::JsonRpc => RoadName::JsonRpc,
        Road::WebSession => RoadName::Web,
        Road::XmlRpc => RoadName::XmlRpc,
        Road::Rpc2 => return None,
    })
}
