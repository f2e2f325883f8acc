//! TLS with a certificate that no public authority has signed.

use std::sync::Arc;

use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// What takes connections to `127.0.0.1` by a new certificate, and that one in PEM. `protocols` are offered by ALPN.
///
/// # Panics
/// If no certificate can be made.
pub fn acceptor(protocols: &[&str]) -> (TlsAcceptor, String) {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("a certificate and its key");
    config.alpn_protocols = protocols.iter().map(|&name| name.into()).collect();
    (Arc::new(config).into(), own.cert.pem())
}
