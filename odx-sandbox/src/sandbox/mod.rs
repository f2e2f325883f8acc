//! The face for tests: an Odoo in memory that is filled in few words, and asked over any road.

mod builder;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod make;

use std::time::Duration;

use serde_json::{Map, Value};

use crate::odoo::{Database, MakeError, OdooError};
use crate::{Call, Fault, Road, Server, SnapshotError, StartError};

pub use builder::{ADMINISTRATOR_LOGIN, Builder};
#[cfg(feature = "client")]
pub use make::{Make, MakeMany};

/// Why there is no sandbox, or no session with it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The snapshot gave no database.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The database has no administrator to make records as.
    #[error(
        "the database has no administrator: add one by `.user(User::administrator(2, \"a key\"))`"
    )]
    NoAdministrator,
    /// There is no such user.
    #[error(
        "no user of the sandbox has the login `{login}`{}: add one by `.user(User::internal(7, \"a key\").login(\"{login}\"))`",
        logins(known)
    )]
    NoUser {
        /// The login.
        login: String,
        /// The logins that there are.
        known: Vec<String>,
    },
    /// There is no such series.
    #[error("`{0}` is no version of Odoo from 14 on: say it as `19.0`, `17.0` or `saas~18.2`")]
    Series(String),
    /// No moment was given as the time.
    #[error("`{0}` is no moment: say it in UTC as `2024-02-29 23:59:59`, or as `2024-02-29`")]
    Moment(String),
    /// The records that every database has do not fit the models.
    #[error("the sandbox cannot be filled")]
    Data(#[from] OdooError),
    /// A record could not be made.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// The server did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The session could not be opened.
    #[cfg(feature = "client")]
    #[error(transparent)]
    Connect(#[from] odx_runtime::Error),
}

odx_facts::debug_as_told!(SandboxError);

fn logins(known: &[String]) -> String {
    match known.is_empty() {
        true => String::new(),
        false => format!(", there are `{}`", known.join("`, `")),
    }
}

/// An Odoo in memory for one test, over real HTTP on a free port of this machine. It stops when it is dropped.
///
/// ```no_run
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use odx_sandbox::Sandbox;
///
/// let sandbox = Sandbox::from_snapshot("odoo-schema").await?; // the models that `odx pull` wrote
/// println!("{}", sandbox.url());
/// # Ok(()) }
/// ```
///
/// Each is an Odoo of its own, so tests run beside one another. Starting one takes milliseconds, and a tokio runtime, which
/// has to stay as long as the sandbox is asked: `#[tokio::test]` brings one.
#[derive(Debug)]
pub struct Sandbox {
    server: Server,
    /// The administrator's id.
    #[cfg(feature = "client")]
    administrator: i64,
}

impl Sandbox {
    /// The small company: [`company`](crate::company), a furniture maker with its partners, products and orders.
    /// Await the [`Builder`].
    pub fn company() -> Builder {
        Builder::of_company()
    }

    /// The models of a snapshot, the folder that `odx pull` writes, without records but for a company, its currency, the
    /// languages and the users; see [`Database::from_snapshot`]. Await the [`Builder`].
    ///
    /// A path that is not absolute is looked for from the folder of the tested crate, where `cargo test` starts tests.
    pub fn from_snapshot(dir: impl Into<std::path::PathBuf>) -> Builder {
        Builder::of_snapshot(dir.into())
    }

    /// Any database, which needs an administrator. Await the [`Builder`].
    pub fn of(database: Database) -> Builder {
        Builder::of_database(database)
    }

    /// The server, for what it can beside this.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The address of this Odoo, and of the ODXProxy before it.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Looks into or changes the database.
    ///
    /// # Panics
    /// Where `look` does.
    pub fn database<T>(&self, look: impl FnOnce(&mut Database) -> T) -> T {
        let looked = self.server.database(look);
        looked.expect("BUG: a sandbox has its database in memory")
    }

    /// The ids of a model's records, archived ones included.
    pub fn ids(&self, model: &str) -> Vec<i64> {
        self.database(|database| database.ids(model))
    }

    /// Makes a record of a model that is named as Odoo does; see [`Database::make`].
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn make_record(&self, model: &str, values: Value) -> Result<i64, MakeError> {
        let values = match values {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        self.database(|database| database.make(model, values, Map::new()))
    }

    /// The calls that came in so far, oldest first: by which road, of which method, with which arguments, and without keys and
    /// passwords. [`connect`](Self::connect) makes some itself: [`clear_calls`](Self::clear_calls) after it.
    pub fn calls(&self) -> Vec<Call> {
        self.server.calls()
    }

    /// Forgets the calls that came in so far.
    pub fn clear_calls(&self) {
        self.server.clear_calls();
    }

    /// Lets the next call go wrong, over whichever road it comes.
    pub fn fail_next(&self, fault: Fault) {
        self.server.fail_next(fault);
    }

    /// Lets the next `times` calls of a model's method go wrong; `""` stands for any model or method. A test that ends with
    /// [`planned_faults`](Self::planned_faults) left did not meet what it planned.
    ///
    /// # Panics
    /// For a model that the sandbox does not have: its fault would never come, and the test would pass.
    pub fn fail(&self, model: &str, method: &str, fault: Fault, times: usize) {
        let is_there = |database: &mut Database| database.models.contains_key(model);
        assert!(
            model.is_empty() || self.database(is_there),
            "the sandbox has no model `{model}`, so this fault would never come: check its name"
        );
        self.server.fail(model, method, fault, times);
    }

    /// What is still planned to go wrong, by model and method, once for each time: of a method that the program did not call.
    pub fn planned_faults(&self) -> Vec<(String, String)> {
        self.server.planned_faults()
    }

    /// Lets the next `times` calls that come by this road go wrong.
    pub fn fail_over(&self, road: Road, fault: Fault, times: usize) {
        self.server.fail_over(road, fault, times);
    }

    /// Lets every call wait so long that nothing else was planned for, until it is set anew; zero ends it. An ODXProxy that
    /// waits longer than the `x-request-timeout` of the request answers that it took too long.
    pub fn slow(&self, delay: Duration) {
        self.server.slow(delay);
    }

    /// Forgets what was planned to go wrong, and how slow calls are.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }

    /// Stops listening and waits for the calls in progress.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
