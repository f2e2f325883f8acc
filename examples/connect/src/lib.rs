//! Which Odoo the examples talk to: the one that the environment names, or else a sandbox in this process.

use std::env;
use std::error::Error;

use odx_runtime::{OdooInstance, OdxProxy, Session};
use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Options, Server, company};

/// An Odoo to talk to, for as long as this lives.
#[derive(Debug)]
pub struct Backend {
    /// The client of the proxy: one a process, with one connection pool.
    pub client: OdxProxy,
    /// Which Odoo behind the proxy, and as whom.
    pub instance: OdooInstance,
    /// The sandbox, if it is one.
    pub sandbox: Option<Server>,
}

impl Backend {
    /// The Odoo that the six variables of `odx --help` name, or a sandbox if `ODX_PROXY_URL` is not set.
    ///
    /// # Errors
    /// When a variable is missing or wrong, or the sandbox does not start.
    pub async fn from_env() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let Ok(url) = env::var("ODX_PROXY_URL") else {
            return Self::sandbox().await;
        };
        Ok(Self {
            client: OdxProxy::new(&url, variable("ODX_PROXY_KEY")?)?,
            instance: OdooInstance::new(
                variable("ODX_ODOO_URL")?,
                variable("ODX_ODOO_DB")?,
                variable("ODX_ODOO_USER_ID")?
                    .parse()
                    .map_err(|_| "ODX_ODOO_USER_ID must be a number, the user's id in res.users")?,
                variable("ODX_ODOO_API_KEY")?,
            ),
            sandbox: None,
        })
    }

    /// A small company's Odoo, in this process.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn sandbox() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let server = Server::start(company()?, Options::default()).await?;
        Ok(Self {
            client: OdxProxy::new(server.url(), server.key().clone())?,
            instance: OdooInstance::new(
                "http://sandbox.invalid",
                COMPANY_DATABASE,
                COMPANY_USER,
                COMPANY_KEY,
            ),
            sandbox: Some(server),
        })
    }

    /// A session with the Odoo.
    pub fn session(&self) -> Session {
        self.client.session(self.instance.clone())
    }
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("ODX_PROXY_URL is set, so {name} must be set too"))
}
