//! The generated models of the sandbox's company, and sessions with it.

pub mod roads;
pub mod tls;

use odx_runtime::{OdooInstance, OdxProxy, Session, blocking};
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Database, LIMITED_KEY, LIMITED_USER, Options,
    Server, company,
};

/// The generated models.
#[allow(missing_docs)]
pub mod models {
    odx_runtime::include_models!();
}

/// A sandbox of one test's own, and a client of it.
pub struct Sandbox {
    /// The server, which counts calls.
    pub server: Server,
    /// The client.
    pub proxy: OdxProxy,
}

/// The furniture maker.
///
/// # Panics
/// Only if its embedded files do not fit together.
pub fn furniture_maker() -> Database {
    company().expect("the company")
}

impl Sandbox {
    /// With the furniture maker.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start() -> Self {
        Self::with(furniture_maker()).await
    }

    /// With a database of one's own.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn with(database: Database) -> Self {
        let server = Server::start(database, Options::default())
            .await
            .expect("the sandbox starts");
        let proxy = OdxProxy::new(server.url(), server.key().clone()).expect("a client");
        Self { server, proxy }
    }

    /// As the administrator.
    pub fn session(&self) -> Session {
        self.as_user(COMPANY_USER, COMPANY_KEY)
    }

    /// As the sales assistant, who may not read everything.
    pub fn limited(&self) -> Session {
        self.as_user(LIMITED_USER, LIMITED_KEY)
    }

    /// The administrator's session, without async.
    pub fn blocking(&self) -> blocking::Session {
        self.session().into()
    }

    /// As any user.
    pub fn as_user(&self, user: i64, key: &str) -> Session {
        self.proxy.session(OdooInstance::new(
            "http://odoo.invalid",
            COMPANY_DATABASE,
            user,
            key,
        ))
    }

    /// The methods called since the last question, `res.partner.read` and so on; what only asks for the version is left out.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.server.calls();
        self.server.clear_calls();
        calls
            .iter()
            .filter(|call| !call.model.is_empty())
            .map(|call| format!("{}.{}", call.model, call.method))
            .collect()
    }
}
