//! The live Odoo that the environment names, or a connection of odx.toml. Secrets are taken from the environment or from a
//! command, and from nowhere else.

use std::collections::BTreeMap;
use std::env::{self, VarError};
use std::process::{Command, Stdio};
use std::time::Duration;

use odx_codegen::Config;
use odx_codegen::config::{ConnectionConfig, SecretSource};
use odx_codegen::source::live::MethodsError;
use odx_runtime::session::Setting;
use odx_runtime::transport::{Connect, HttpClient, OdooDocumentation, RoadName};
use odx_runtime::{Error, Odoo, OdooInstance, RetryPolicy, SecretString, Session};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::args::ConnectArgs;
use crate::block_on;
use crate::failure::Failure;

/// What a big Odoo may need to list its models or the fields of one, which is more than a proxy's own 15 seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The value of a variable of the environment, unless it is not set or empty.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::NotText(name.to_owned())),
    }
}

/// What is known of an Odoo before it is asked, and where that stands.
/// Shown, its values are redacted.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The connection of odx.toml; none is the environment.
    connection: Option<String>,
    road_by_flag: bool,
    values: BTreeMap<Setting, SecretString>,
}

impl Given {
    pub(crate) fn read(config: &Config, args: &ConnectArgs) -> Result<Self, Failure> {
        let mut given = match &args.connection {
            Some(name) => Self::of_connection(config, name)?,
            None => Self::of_environment()?,
        };
        if let Some(road) = &args.road {
            given.set(Setting::Road, Some(road.clone()));
            given.road_by_flag = true;
        }
        Ok(given)
    }

    fn of_environment() -> Result<Self, Failure> {
        let mut given = Self::nothing(None);
        for setting in Setting::ALL {
            given.set(setting, variable(setting.variable())?);
        }
        Ok(given)
    }

    /// Nothing of it comes from the variables that name another Odoo: its secret would go to the wrong one.
    fn of_connection(config: &Config, name: &str) -> Result<Self, Failure> {
        let Some(connection) = config.connections.get(name) else {
            let known = config.connections.keys().cloned().collect();
            return Err(Failure::NoConnection {
                name: name.to_owned(),
                known,
            });
        };
        let mut given = Self::nothing(Some(name.to_owned()));
        let ConnectionConfig {
            url,
            database,
            login,
            user_id,
            road,
            proxy,
            ca_file,
            ..
        } = connection.clone();
        given.set(Setting::Url, url);
        given.set(Setting::Database, database);
        given.set(Setting::Login, login);
        given.set(Setting::UserId, user_id.map(|id| id.to_string()));
        given.set(Setting::Road, road);
        given.set(Setting::ProxyUrl, proxy);
        let ca_file = ca_file.map(|path| path.to_string_lossy().into_owned());
        given.set(Setting::RootCertificates, ca_file);
        let secrets = [
            (Setting::ApiKey, connection.key()),
            (Setting::Password, connection.password()),
            (Setting::ProxyKey, connection.proxy_key()),
        ];
        for (setting, source) in secrets {
            if let Some(source) = source {
                given.set(setting, Some(secret(name, source)?));
            }
        }
        Ok(given)
    }

    /// The same, over that road.
    pub(crate) fn over(&self, road: RoadName) -> Self {
        let mut given = self.clone();
        given.set(Setting::Road, Some(road.to_string()));
        given
    }

    fn nothing(connection: Option<String>) -> Self {
        Self {
            connection,
            road_by_flag: false,
            values: BTreeMap::new(),
        }
    }

    fn set(&mut self, setting: Setting, value: Option<String>) {
        match value.filter(|value| !value.trim().is_empty()) {
            Some(value) => self.values.insert(setting, value.into()),
            None => self.values.remove(&setting),
        };
    }

    /// All that is set.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Setting, &SecretString)> {
        self.values.iter().map(|(setting, value)| (*setting, value))
    }

    pub(crate) fn is_of_environment(&self) -> bool {
        self.connection.is_none()
    }

    pub(crate) fn has(&self, setting: Setting) -> bool {
        self.values.contains_key(&setting)
    }

    /// As one may show it: no secret is.
    pub(crate) fn shown(&self, setting: Setting) -> Option<&str> {
        let value = self.values.get(&setting)?;
        (!setting.is_secret()).then(|| value.expose_secret())
    }

    pub(crate) fn is_behind_a_proxy(&self) -> bool {
        self.has(Setting::ProxyUrl)
    }

    /// Where a setting stands, such as `ODX_ODOO_URL`.
    pub(crate) fn name(&self, setting: Setting) -> String {
        if setting == Setting::Road && self.road_by_flag {
            return "--road".to_owned();
        }
        match &self.connection {
            None => setting.variable().to_owned(),
            Some(connection) => format!("`{}` of [connections.{connection}]", key(setting)),
        }
    }

    /// The lines that tell what settings should be.
    pub(crate) fn explained(&self, settings: &[Setting]) -> String {
        let lines = settings
            .iter()
            .map(|setting| (*setting, self.meaning(*setting, settings)))
            .map(|(setting, meaning)| format!("  {:<17} {meaning}", self.name(setting)));
        format!("set\n{}", lines.collect::<Vec<_>>().join("\n"))
    }

    /// What a setting should be, where all of these may be set.
    fn meaning(&self, setting: Setting, settings: &[Setting]) -> String {
        let meaning = meaning(setting);
        match (setting, self.takes_passwords()) {
            (Setting::ApiKey, true) => format!("{meaning}, or a login and a password in its place"),
            (Setting::Road, false) if settings.contains(&Setting::ApiKey) => {
                let roads = RoadName::all().filter(|road| {
                    road.takes_passwords() && road.is_behind_a_proxy() == self.is_behind_a_proxy()
                });
                let roads: Vec<&str> = roads.map(RoadName::as_str).collect();
                format!(
                    "in place of the key, a road that takes a password: {}",
                    roads.join(", ")
                )
            }
            _ => meaning.to_owned(),
        }
    }

    /// Whether a password is enough for the road, if one is demanded.
    pub(crate) fn takes_passwords(&self) -> bool {
        let road = self.shown(Setting::Road).and_then(|road| road.parse().ok());
        road.is_none_or(RoadName::takes_passwords)
    }

    /// The settings without which nothing needs to be asked.
    fn missing(&self) -> Vec<Setting> {
        let has = |setting| self.has(setting);
        let has_secret = has(Setting::ApiKey) || has(Setting::Password);
        let has_user = has(Setting::Login) || has(Setting::UserId);
        let behind = self.is_behind_a_proxy();
        let missing = [
            (Setting::ProxyUrl, has(Setting::ProxyKey) && !behind),
            (Setting::ProxyKey, behind && !has(Setting::ProxyKey)),
            (Setting::Url, !has(Setting::Url)),
            (Setting::Database, behind && !has(Setting::Database)),
            (Setting::ApiKey, !has_secret),
            (
                Setting::Login,
                has(Setting::Password) && !has(Setting::ApiKey) && !has_user,
            ),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        missing.map(|(setting, _)| setting).collect()
    }

    /// The connection, where enough is set to log in.
    pub(crate) fn connect(&self) -> Result<Connect, Failure> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(Failure::MissingSettings {
                given: self.clone().into(),
                missing,
            });
        }
        self.unauthenticated()
    }

    /// The connection, for what needs no login.
    pub(crate) fn unauthenticated(&self) -> Result<Connect, Failure> {
        let read = |setting: Setting| {
            let value = self.values.get(&setting)?;
            Some(value.expose_secret().to_owned())
        };
        let connect = Odoo::from_settings(read).map_err(|error| self.failed(error.into()))?;
        Ok(connect.timeout(TIMEOUT).retry(RetryPolicy::times(2)))
    }

    /// The failure, with where to look.
    pub(crate) fn failed(&self, failure: Failure) -> Failure {
        match failure.connection_help(self) {
            None => failure,
            Some(help) => Failure::Asked {
                source: Box::new(failure),
                help,
            },
        }
    }

    /// Runs what asks this Odoo.
    pub(crate) fn run<T, E: Into<Failure>>(
        &self,
        asking: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        block_on(asking)?.map_err(|error| self.failed(error.into()))
    }
}

/// The key of `[connections]`.
fn key(setting: Setting) -> &'static str {
    match setting {
        Setting::Url => "url",
        Setting::Database => "database",
        Setting::ApiKey => "key-env",
        Setting::Login => "login",
        Setting::Password => "password-env",
        Setting::UserId => "user-id",
        Setting::ProxyUrl => "proxy",
        Setting::ProxyKey => "proxy-key-env",
        Setting::RootCertificates => "ca-file",
        _ => "road",
    }
}

fn meaning(setting: Setting) -> &'static str {
    match setting {
        Setting::Url => "the address of Odoo, such as https://erp.example.com",
        Setting::Database => "the database",
        Setting::ApiKey => "the user's API key (in Odoo, Preferences, Account Security)",
        Setting::Login => "the user's login",
        Setting::Password => "the user's password",
        Setting::UserId => "the id of the user in res.users, a number",
        Setting::ProxyUrl => "the address of the ODXProxy; `odx proxy` runs one on this machine",
        Setting::ProxyKey => "the proxy's own key",
        Setting::RootCertificates => {
            "a file of root certificates in PEM, to trust beside the system's"
        }
        _ => "the road to take; `odx ping` tells which there are",
    }
}

/// A secret of a connection. What a command prints is shown nowhere, not even where it fails.
fn secret(connection: &str, source: SecretSource<'_>) -> Result<String, Failure> {
    match source {
        SecretSource::Variable(name) => variable(name)?.ok_or_else(|| Failure::NoSecret {
            connection: connection.to_owned(),
            variable: name.to_owned(),
        }),
        SecretSource::Command(command) => {
            let failed = |why: String| Failure::SecretCommand {
                connection: connection.to_owned(),
                command: command.to_owned(),
                why,
            };
            let (shell, flag) = match cfg!(windows) {
                true => ("cmd", "/C"),
                false => ("sh", "-c"),
            };
            let output = Command::new(shell)
                .args([flag, command])
                .stdin(Stdio::inherit())
                .stderr(Stdio::null())
                .output();
            let output = output.map_err(|error| failed(error.kind().to_string()))?;
            if !output.status.success() {
                return Err(failed(format!("it ended with {}", output.status)));
            }
            let text = String::from_utf8(output.stdout);
            let text = text.map_err(|_| failed("it did not print text".to_owned()))?;
            // `pass` and its like keep more in the lines that follow.
            let secret = text.lines().next().unwrap_or_default().trim();
            match secret.is_empty() {
                true => Err(failed("it printed nothing".to_owned())),
                false => Ok(secret.to_owned()),
            }
        }
    }
}

/// A session with an Odoo, its user's id, and what it was made of.
pub(crate) struct Live {
    pub(crate) odoo: Session,
    pub(crate) user_id: i64,
    pub(crate) given: Given,
}

impl Live {
    pub(crate) fn open(config: &Config, args: &ConnectArgs) -> Result<Self, Failure> {
        Self::of(Given::read(config, args)?)
    }

    pub(crate) fn of(given: Given) -> Result<Self, Failure> {
        let connect = given.connect()?;
        let odoo = given.run(connect.into_future())?;
        let user_id = odoo.identity().and_then(|identity| identity.user_id);
        Ok(Self {
            user_id: user_id.ok_or_else(|| Failure::NoUserId {
                setting: given.name(Setting::UserId),
            })?,
            odoo,
            given,
        })
    }

    /// Runs what asks this Odoo.
    pub(crate) fn run<T, E: Into<Failure>>(
        &self,
        asking: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.given.run(asking)
    }

    /// The user's login, if it has one.
    pub(crate) async fn login(&self) -> Result<Option<String>, Error> {
        let user = self.odoo.call("res.users", "read").ids([self.user_id]);
        let rows: Value = user.kwarg("fields", json!(["login"])).send().await?;
        Ok(rows[0]["login"].as_str().map(str::to_owned))
    }

    /// Odoo's documentation of its methods, which no proxy passes on and no password opens.
    pub(crate) fn documentation(&self) -> Result<OdooDocumentation, MethodsError> {
        let identity = self.odoo.identity();
        let (Some(identity), Some(key)) = (identity, self.given.values.get(&Setting::ApiKey))
        else {
            return Err(MethodsError::NoKey);
        };
        let instance =
            OdooInstance::new(&identity.url, &identity.database, self.user_id, key.clone());
        let mut client = HttpClient::builder();
        if let Some(file) = self.given.values.get(&Setting::RootCertificates) {
            client = client.root_certificate_file(file.expose_secret());
        }
        let documentation = client
            .build()
            .and_then(|client| OdooDocumentation::with_client(&instance, &client));
        documentation.map_err(MethodsError::Refused)
    }
}

/// What a command opened is closed when it ends, however it ends. That Odoo cannot be told so any more is no failure of it.
impl Drop for Live {
    fn drop(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let odoo = self.odoo.timeout(PATIENCE);
        let _ = block_on(odoo.log_out());
    }
}
