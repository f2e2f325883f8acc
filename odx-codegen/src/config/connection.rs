use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `[connections.NAME]`: an Odoo, and as whom it is asked. Secrets are named, not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ConnectionConfig {
    /// Odoo's address, as the proxy reaches it where there is one.
    pub url: Option<String>,
    /// The database. Without it, Odoo is asked for the only one that it has.
    pub database: Option<String>,
    /// The user's login.
    pub login: Option<String>,
    /// The user's id in `res.users`.
    pub user_id: Option<i64>,
    /// The road to take, such as `json2`. Without it, the best that there is.
    pub road: Option<String>,
    /// The address of an ODXProxy to go through.
    pub proxy: Option<String>,
    /// The file of the root certificates to trust beside the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The variable that holds the user's API key.
    pub key_env: Option<String>,
    /// The command that prints it.
    pub key_command: Option<String>,
    /// The variable that holds the user's password.
    pub password_env: Option<String>,
    /// The command that prints it.
    pub password_command: Option<String>,
    /// The variable that holds the proxy's key.
    pub proxy_key_env: Option<String>,
    /// The command that prints it.
    pub proxy_key_command: Option<String>,
    #[serde(deserialize_with = "written_secret")]
    key: Never,
    #[serde(deserialize_with = "written_secret")]
    api_key: Never,
    #[serde(deserialize_with = "written_secret")]
    password: Never,
    #[serde(deserialize_with = "written_secret")]
    proxy_key: Never,
}

/// What no file holds.
type Never = ();

/// A secret in a file is refused. It is not shown.
fn written_secret<'de, D: Deserializer<'de>>(_: D) -> Result<Never, D::Error> {
    Err(D::Error::custom(
        "a secret does not belong into this file: name a variable of the environment that holds it (`key-env`, `password-env`, \
         `proxy-key-env`), or a command that prints it (`key-command = \"pass show odoo\"`), and change the secret if the file was shared",
    ))
}

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSource<'a> {
    /// In a variable of the environment.
    Variable(&'a str),
    /// With a command that prints it as its first line.
    Command(&'a str),
}

impl ConnectionConfig {
    /// Where the user's API key is kept.
    pub fn key(&self) -> Option<SecretSource<'_>> {
        source(&self.key_env, &self.key_command)
    }

    /// Where the user's password is kept.
    pub fn password(&self) -> Option<SecretSource<'_>> {
        source(&self.password_env, &self.password_command)
    }

    /// Where the proxy's key is kept.
    pub fn proxy_key(&self) -> Option<SecretSource<'_>> {
        source(&self.proxy_key_env, &self.proxy_key_command)
    }
}

/// A command wins over a variable, which may be set for other programs, too.
fn source<'a>(
    variable: &'a Option<String>,
    command: &'a Option<String>,
) -> Option<SecretSource<'a>> {
    let command = command.as_deref().map(SecretSource::Command);
    command.or(variable.as_deref().map(SecretSource::Variable))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Config;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("odx.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_connection_names_where_its_secrets_are() {
        let config = parse(
            "[connections.prod]\nurl = \"https://erp\"\nkey-command = \"pass show odoo\"\npassword-env = \"P\"\n",
        );
        let config = config.expect("valid");
        let prod = &config.connections["prod"];
        assert_eq!(prod.key(), Some(SecretSource::Command("pass show odoo")));
        assert_eq!(prod.password(), Some(SecretSource::Variable("P")));
        assert_eq!(prod.proxy_key(), None);
    }

    #[test]
    fn a_written_secret_is_refused_and_not_shown() {
        for key in ["key", "api-key", "password", "proxy-key"] {
            let message = parse(&format!("[connections.prod]\n{key} = \"hunter2\"\n"));
            let message = message.expect_err("a secret");
            assert!(
                message.contains("key-command") && message.contains("odx.toml:2:"),
                "{message}"
            );
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
