//! What a connection is set up by.

/// A setting of a connection, as [`Odoo::from_env`](crate::Odoo::from_env) reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// Odoo's address, as the proxy reaches it where there is one.
    Url,
    /// The database.
    Database,
    /// The user's API key.
    ApiKey,
    /// The user's login.
    Login,
    /// The user's password.
    Password,
    /// The user's id in `res.users`.
    UserId,
    /// The address of an ODXProxy.
    ProxyUrl,
    /// The proxy's own key.
    ProxyKey,
    /// The road to take, such as `json2`.
    Road,
    /// The file of the root certificates to trust beside the system's, in PEM.
    RootCertificates,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 10] = [
        Self::Url,
        Self::Database,
        Self::ApiKey,
        Self::Login,
        Self::Password,
        Self::UserId,
        Self::ProxyUrl,
        Self::ProxyKey,
        Self::Road,
        Self::RootCertificates,
    ];

    /// The variable of the environment, such as `ODX_ODOO_URL`.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Url => "ODX_ODOO_URL",
            Self::Database => "ODX_ODOO_DB",
            Self::ApiKey => "ODX_ODOO_API_KEY",
            Self::Login => "ODX_ODOO_LOGIN",
            Self::Password => "ODX_ODOO_PASSWORD",
            Self::UserId => "ODX_ODOO_USER_ID",
            Self::ProxyUrl => "ODX_PROXY_URL",
            Self::ProxyKey => "ODX_PROXY_KEY",
            Self::Road => "ODX_ROAD",
            Self::RootCertificates => "ODX_CA_FILE",
        }
    }

    /// Whether it is a secret, which is kept in no file and shown nowhere.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::ApiKey | Self::Password | Self::ProxyKey)
    }
}
