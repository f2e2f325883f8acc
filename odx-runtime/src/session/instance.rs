//! Which Odoo, and as whom.

use std::{fmt, sync::Arc};

use crate::SecretString;

/// An Odoo database and a user of it. Immutable; cheap to clone.
#[derive(Clone)]
pub struct OdooInstance(Arc<Parts>);

struct Parts {
    url: String,
    database: String,
    user_id: i64,
    api_key: SecretString,
}

impl OdooInstance {
    /// The database `database` of the Odoo at `url`, as the user with the id `user_id` and that API key.
    ///
    /// The URL is Odoo's as the proxy reaches it, without a path. Odoo takes a password in place of the key up to its
    /// version 21, unless the user logs in with two factors.
    pub fn new(
        url: impl Into<String>,
        database: impl Into<String>,
        user_id: i64,
        api_key: impl Into<SecretString>,
    ) -> Self {
        let url: String = url.into();
        Self(Arc::new(Parts {
            url: url.trim_end_matches('/').to_owned(),
            database: database.into(),
            user_id,
            api_key: api_key.into(),
        }))
    }

    /// Odoo's URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.0.database
    }

    /// The id of the user in `res.users`.
    pub fn user_id(&self) -> i64 {
        self.0.user_id
    }

    /// The host and port in the URL.
    pub fn host(&self) -> &str {
        self.authority()
            .rsplit_once('@')
            .map_or(self.authority(), |(_, host)| host)
    }

    /// The credentials in the URL, if it has any.
    #[cfg(feature = "client")]
    pub(crate) fn userinfo(&self) -> Option<&str> {
        self.authority()
            .rsplit_once('@')
            .map(|(userinfo, _)| userinfo)
    }

    /// The password in the URL, if it has one.
    #[cfg(feature = "client")]
    pub(crate) fn url_password(&self) -> Option<&str> {
        let (_, password) = self.userinfo()?.split_once(':')?;
        Some(password)
    }

    /// The user's API key, for a [`Connection`](super::Connection) to send.
    pub fn api_key(&self) -> &SecretString {
        &self.0.api_key
    }

    fn authority(&self) -> &str {
        let rest = self
            .0
            .url
            .split_once("://")
            .map_or(self.url(), |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

impl fmt::Debug for OdooInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdooInstance")
            .field("host", &self.host())
            .field("database", &self.database())
            .field("user_id", &self.user_id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_the_key_nor_credentials_in_the_url() {
        let instance = OdooInstance::new(
            "https://me:hunter2@erp.example.com:8069/",
            "prod",
            2,
            "odoo-key",
        );
        assert_eq!(
            format!("{instance:?}"),
            r#"OdooInstance { host: "erp.example.com:8069", database: "prod", user_id: 2, .. }"#
        );
    }

    #[test]
    fn the_slash_at_the_end_of_the_url_goes() {
        assert_eq!(
            OdooInstance::new("http://odoo:8069/", "prod", 2, "k").url(),
            "http://odoo:8069"
        );
    }
}
