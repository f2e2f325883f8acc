//! Which Odoo the examples talk to: the one that the environment names, or else a sandbox in this process.

use std::env;
use std::error::Error;

use odx_runtime::session::Setting;
use odx_runtime::{Odoo, OdooInstance, OdxProxy, Session};
use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Options, Server, company};
use secrecy::ExposeSecret as _;

/// Not looked at by the sandbox, but a request must name some Odoo.
const SANDBOX_URL: &str = "http://sandbox.invalid";

/// An Odoo to talk to, for as long as this lives.
#[derive(Debug)]
pub struct Backend {
    odoo: Session,
    /// The sandbox, if it is one.
    pub sandbox: Option<Server>,
}

impl Backend {
    /// The Odoo that the variables of `odx --help` name, or a sandbox if `ODX_ODOO_URL` is not set.
    ///
    /// # Errors
    /// When a variable is missing or wrong, Odoo refuses what they hold, or the sandbox does not start.
    pub async fn from_env() -> Result<Self, Box<dyn Error + Send + Sync>> {
        if env::var_os(Setting::Url.variable()).is_none() {
            return Self::sandbox().await;
        }
        Ok(Self {
            odoo: Odoo::from_env()?.await?,
            sandbox: None,
        })
    }

    /// A small company's Odoo, in this process.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn sandbox() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let server = Server::start(company()?.with_files(), Options::default()).await?;
        let instance = OdooInstance::new(SANDBOX_URL, COMPANY_DATABASE, COMPANY_USER, COMPANY_KEY);
        let proxy = OdxProxy::new(server.url(), server.key().clone())?;
        Ok(Self {
            odoo: proxy.session(instance),
            sandbox: Some(server),
        })
    }

    /// A session with the Odoo.
    pub fn session(&self) -> Session {
        self.odoo.clone()
    }

    /// What tells another process of the sandbox: none of a real one, which the environment names already.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let Some(server) = &self.sandbox else {
            return Vec::new();
        };
        let key = server.key().expose_secret().to_owned();
        let values = [
            (Setting::ProxyUrl, server.url()),
            (Setting::ProxyKey, key),
            (Setting::Url, SANDBOX_URL.to_owned()),
            (Setting::Database, COMPANY_DATABASE.to_owned()),
            (Setting::UserId, COMPANY_USER.to_string()),
            (Setting::ApiKey, COMPANY_KEY.to_owned()),
        ];
        let named = values.map(|(setting, value)| (setting.variable(), value));
        named.to_vec()
    }
}
