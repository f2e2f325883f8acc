//! The live Odoo that the environment names. Keys are taken from nowhere else.

use std::env::{self, VarError};
use std::time::Duration;

use odx_runtime::{OdooInstance, OdxProxy, RetryPolicy, SecretString, Session};

use crate::failure::Failure;

/// What a big Odoo may need to list its models or the fields of one, which is more than a proxy's own 15 seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A variable of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variable {
    ProxyUrl,
    ProxyKey,
    OdooUrl,
    OdooDb,
    OdooUserId,
    OdooApiKey,
}

impl Variable {
    pub(crate) const ALL: [Self; 6] = [
        Self::ProxyUrl,
        Self::ProxyKey,
        Self::OdooUrl,
        Self::OdooDb,
        Self::OdooUserId,
        Self::OdooApiKey,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ProxyUrl => "ODX_PROXY_URL",
            Self::ProxyKey => "ODX_PROXY_KEY",
            Self::OdooUrl => "ODX_ODOO_URL",
            Self::OdooDb => "ODX_ODOO_DB",
            Self::OdooUserId => "ODX_ODOO_USER_ID",
            Self::OdooApiKey => "ODX_ODOO_API_KEY",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::ProxyUrl => "the address of the ODXProxy; `odx proxy` runs one on this machine",
            Self::ProxyKey => "the proxy's own key",
            Self::OdooUrl => "the address of Odoo, as the proxy reaches it",
            Self::OdooDb => "the database",
            Self::OdooUserId => "the id of the user in res.users, a number",
            Self::OdooApiKey => "the user's API key: in Odoo, Preferences, Account Security",
        }
    }

    /// What each of them should be.
    pub(crate) fn help(variables: &[Self]) -> String {
        let lines = variables
            .iter()
            .map(|variable| format!("  {:<17} {}", variable.name(), variable.meaning()));
        format!("set\n{}", lines.collect::<Vec<_>>().join("\n"))
    }

    /// The value, unless it is not set or empty.
    pub(crate) fn value(self) -> Result<Option<String>, Failure> {
        match env::var(self.name()) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value.trim().to_owned())),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(Failure::NotText(self)),
        }
    }
}

/// A session with the Odoo that the environment names, and its user's id.
pub(crate) struct Live {
    pub(crate) odoo: Session,
    pub(crate) user_id: i64,
    /// Odoo itself, for what the proxy does not pass on.
    pub(crate) instance: OdooInstance,
}

impl Live {
    pub(crate) fn from_env() -> Result<Self, Failure> {
        let mut missing = Vec::new();
        let mut values = Vec::new();
        for variable in Variable::ALL {
            match variable.value()? {
                Some(value) => values.push(value),
                None => missing.push(variable),
            }
        }
        let Ok([proxy_url, proxy_key, url, database, user_id, api_key]) =
            <[String; 6]>::try_from(values)
        else {
            return Err(Failure::MissingVariables(missing));
        };
        let user_id = parse_user_id(&user_id)?;
        let instance = OdooInstance::new(url, database, user_id, SecretString::from(api_key));
        Self::new(&proxy_url, SecretString::from(proxy_key), instance)
    }

    pub(crate) fn new(
        proxy_url: &str,
        proxy_key: SecretString,
        instance: OdooInstance,
    ) -> Result<Self, Failure> {
        let user_id = instance.user_id();
        let proxy = OdxProxy::builder(proxy_url, proxy_key)
            .retry(RetryPolicy::times(2))
            .build()?;
        Ok(Self {
            odoo: proxy.session(instance.clone()).timeout(TIMEOUT),
            user_id,
            instance,
        })
    }
}

fn parse_user_id(text: &str) -> Result<i64, Failure> {
    match text.parse() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(Failure::UserId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_is_a_number_above_zero() {
        assert_eq!(parse_user_id("2").ok(), Some(2));
        for wrong in ["", "admin", "0", "-1", "2.0"] {
            assert!(matches!(parse_user_id(wrong), Err(Failure::UserId)));
        }
    }
}
