//! TLS before a server that has none, and an HTTP proxy.

use std::net::SocketAddr;

use axum::{Router, extract::Request, http::StatusCode};
use odx_e2e::tls::acceptor;
use tokio::net::{TcpListener, TcpStream};

/// Takes TLS off what is for that server, HTTP/2 and 1.1 alike. Gives the address, and the certificate in PEM.
pub(crate) async fn tls_before(server: SocketAddr) -> (String, String) {
    let (acceptor, certificate) = acceptor(&["h2", "http/1.1"]);
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
    (format!("https://{address}"), certificate)
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
