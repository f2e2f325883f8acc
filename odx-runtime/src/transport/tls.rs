//! TLS: whose certificates are trusted, by the library that the features chose.

use std::{error::Error as StdError, path::PathBuf};

use reqwest::ClientBuilder;

use crate::Error;

/// Root certificates to trust beside the system's, in PEM.
#[cfg_attr(
    not(any(feature = "rustls", feature = "native-tls")),
    expect(dead_code)
)]
pub(super) enum Roots {
    Pem(Vec<u8>),
    File(PathBuf),
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(super) use with::{IS_THERE, set};

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) use without::{IS_THERE, set};

#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod with {
    use std::{borrow::Cow, fs};

    use reqwest::Certificate;

    use super::*;
    use crate::transport::client::refused;

    pub(in super::super) const IS_THERE: bool = true;

    /// # Errors
    /// [`Error::Configuration`] if root certificates cannot be read.
    pub(in super::super) fn set(
        client: ClientBuilder,
        roots: &[Roots],
        accept_invalid_certs: bool,
    ) -> Result<ClientBuilder, Error> {
        let client = client
            .tls_certs_merge(certificates(roots)?)
            .tls_danger_accept_invalid_certs(accept_invalid_certs);
        Ok(by_the_library(client))
    }

    #[cfg(feature = "rustls")]
    fn by_the_library(client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_rustls()
    }

    #[cfg(not(feature = "rustls"))]
    fn by_the_library(client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_native()
    }

    fn certificates(all: &[Roots]) -> Result<Vec<Certificate>, Error> {
        let mut certificates = Vec::new();
        for roots in all {
            let found = Certificate::from_pem_bundle(&roots.pem()?)
                .map_err(|error| refused(&format!("{} cannot be read", roots.what()), &error))?;
            if found.is_empty() {
                let what = roots.what();
                return Err(Error::configuration(format!(
                    "{what} holds no certificate in PEM"
                )));
            }
            certificates.extend(found);
        }
        Ok(certificates)
    }

    impl Roots {
        /// What an error calls them.
        fn what(&self) -> String {
            match self {
                Self::Pem(_) => "a root certificate".to_owned(),
                Self::File(path) => format!("the file of root certificates {}", path.display()),
            }
        }

        fn pem(&self) -> Result<Cow<'_, [u8]>, Error> {
            match self {
                Self::Pem(pem) => Ok(pem.into()),
                Self::File(path) => fs::read(path)
                    .map(Cow::from)
                    .map_err(|error| refused(&format!("{} cannot be read", self.what()), &error)),
            }
        }
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod without {
    use super::*;

    pub(in super::super) const IS_THERE: bool = false;

    /// # Errors
    /// [`Error::Configuration`] for what only TLS has.
    pub(in super::super) fn set(
        client: ClientBuilder,
        roots: &[Roots],
        accept_invalid_certs: bool,
    ) -> Result<ClientBuilder, Error> {
        match roots.is_empty() && !accept_invalid_certs {
            true => Ok(client),
            false => Err(Error::configuration(
                "certificates can be set with TLS only: enable the feature `rustls` or `native-tls` of odx-runtime",
            )),
        }
    }
}

/// Whether an error is the refusal of a server's certificate.
#[cfg(feature = "rustls")]
pub(super) fn refuses_certificate(error: &(dyn StdError + 'static)) -> bool {
    matches!(
        error.downcast_ref(),
        Some(rustls::Error::InvalidCertificate(_))
    )
}

/// The libraries of the systems have no type for it in common; their messages name the certificate.
#[cfg(not(feature = "rustls"))]
pub(super) fn refuses_certificate(error: &(dyn StdError + 'static)) -> bool {
    cfg!(feature = "native-tls") && error.to_string().contains("certificate")
}

/// Whether an error says that the server answered in something else than TLS, or hung up in place of an answer, as the server of
/// Odoo 19 does.
#[cfg(feature = "rustls")]
pub(super) fn is_none(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref().is_some_and(hung_up)
        || matches!(
            error.downcast_ref(),
            Some(rustls::Error::InvalidMessage(
                rustls::InvalidMessage::InvalidContentType
            ))
        )
}

/// Whether a connection ended in the middle of the handshake: `tls handshake eof`, which others hold in turn.
#[cfg(feature = "rustls")]
fn hung_up(error: &std::io::Error) -> bool {
    let is_end = error.kind() == std::io::ErrorKind::UnexpectedEof;
    let held = || error.get_ref()?.downcast_ref::<std::io::Error>();
    is_end && error.to_string().contains("handshake") || held().is_some_and(hung_up)
}

/// OpenSSL's words.
#[cfg(not(feature = "rustls"))]
pub(super) fn is_none(error: &(dyn StdError + 'static)) -> bool {
    cfg!(feature = "native-tls") && error.to_string().contains("wrong version number")
}
