//! The base URLs of servers.

use reqwest::Url;

use super::{http::server, tls};
use crate::{Error, error::CallSite, secret::Secrets};

/// Where a server is: a URL with a scheme and a host, perhaps with a path, and nothing else.
#[derive(Clone, Debug)]
pub(super) struct Address(Url);

impl Address {
    /// Reads a URL; `what` it is the URL of, such as `the proxy`.
    ///
    /// # Errors
    /// [`Error::Configuration`] for what is none, and for one that holds credentials, a query or a fragment.
    pub(super) fn new(what: &str, url: &str) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::configuration(format!("the URL of {what} {why}")));
        let base = match Url::parse(url) {
            Ok(base) => base,
            Err(url::ParseError::RelativeUrlWithoutBase) => return refuse(NO_SCHEME),
            Err(error) => return refuse(&format!("cannot be read: {error}")),
        };
        if !matches!(base.scheme(), "http" | "https") {
            return refuse(NO_SCHEME);
        }
        if base.scheme() == "https" && !tls::IS_THERE {
            return refuse(
                "is one of https, which needs the feature `rustls` or `native-tls` of odx-runtime",
            );
        }
        if !base.username().is_empty() || base.password().is_some() {
            return refuse("must not hold a user or a password: they are given apart from it");
        }
        if base.query().is_some() || base.fragment().is_some() {
            return refuse("must end with its host, port or path");
        }
        Ok(Self(base))
    }

    /// The URL of a path at that server.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }

    /// Whether there is a path behind the host.
    pub(super) fn has_path(&self) -> bool {
        self.0.path() != "/"
    }

    /// The host, and the port where it is not the usual one.
    pub(super) fn server(&self) -> String {
        server(&self.0)
    }

    /// Where calls to it go, for errors. A host's name may hold a secret.
    pub(super) fn site(&self, secrets: &Secrets) -> CallSite {
        CallSite::new(secrets.scrub(&self.server()))
    }

    /// The URL, without a slash at its end.
    pub(super) fn text(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

const NO_SCHEME: &str = "must begin with http:// or https://, as in https://erp.example.com";
