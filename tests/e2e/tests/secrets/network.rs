//! TLS before a server that has none, and an HTTP proxy.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, extract::Request, http::StatusCode};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// Takes TLS off what is for that server, HTTP/2 and 1.1 alike. Gives the address, and the certificate in PEM.
pub(crate) async fn tls_before(server: SocketAddr) -> (String, String) {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut client = acceptor.accept(stream).await?;
                let mut server = TcpStream::connect(server).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    (format!("https://{address}"), own.cert.pem())
}

/// An HTTP proxy that answers every request with what was sent as its credentials, as they came and decoded.
pub(crate) async fn http_proxy_that_refuses() -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    let refuse = async |request: Request| {
        let sent = request.headers().get("proxy-authorization");
        let sent = sent.and_then(|sent| sent.to_str().ok()).unwrap_or_default();
        let packed = sent.trim_start_matches("Basic ");
        let pair = BASE64_STANDARD.decode(packed).unwrap_or_default();
        let text = format!(
            "refused: {sent}, which is {}",
            String::from_utf8_lossy(&pair)
        );
        (StatusCode::PROXY_AUTHENTICATION_REQUIRED, text)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, Router::new().fallback(refuse)).into_future());
    format!("http://{address}")
}
