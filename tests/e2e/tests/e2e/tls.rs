//! The client over TLS, against a server with a certificate that no public authority has signed.

use std::{
    error::Error as StdError,
    iter,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Version, header},
    response::IntoResponse,
    serve::Listener,
};
use odx_e2e::{models::ResPartner, tls::acceptor};
use odx_runtime::{
    Error, Id, Model, Odoo, OdooInstance, OdxProxy, OdxProxyBuilder, Session,
    error::TransportErrorKind, session::Setting,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const KEY: &str = "proxy-key";
const HTTP2_AND_1: &[&str] = &["h2", "http/1.1"];
const HTTP1: &[&str] = &["http/1.1"];

#[tokio::test]
async fn a_root_certificate_of_ones_own_is_trusted() {
    let server = Server::start(HTTP2_AND_1).await;
    let odoo = session(server.trusted());
    assert_eq!(partners(&odoo).await.unwrap(), [1, 2, 3].map(Id::new));
    assert_eq!(server.only_request().headers["x-api-key"], KEY);
}

#[tokio::test]
async fn a_file_of_root_certificates_is_trusted_by_a_program_and_by_the_environment() {
    let server = Server::start(HTTP2_AND_1).await;
    let file = std::env::temp_dir().join(format!("odx-roots-{}.pem", std::process::id()));
    std::fs::write(&file, &server.certificate).unwrap();

    let odoo = session(server.builder().root_certificate_file(&file));
    assert_eq!(partners(&odoo).await.unwrap(), [1, 2, 3].map(Id::new));

    let connect = Odoo::from_settings(|setting| match setting {
        Setting::Url => Some("https://odoo.invalid".to_owned()),
        Setting::Database => Some("demo".to_owned()),
        Setting::UserId => Some("2".to_owned()),
        Setting::ApiKey => Some("odoo-key".to_owned()),
        Setting::ProxyUrl => Some(format!("https://{}", server.address)),
        Setting::ProxyKey => Some(KEY.to_owned()),
        Setting::RootCertificates => Some(file.display().to_string()),
        _ => None,
    });
    let asked = server.requests().len();
    // What this server answers is nobody's identity, but it was asked.
    connect.unwrap().await.unwrap_err();
    assert!(server.requests().len() > asked);
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_file_that_holds_no_root_certificate_is_named() {
    let missing = OdxProxy::builder("https://proxy.invalid", KEY)
        .root_certificate_file("no-such.pem")
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("the file of root certificates no-such.pem cannot be read"),
        "{missing}"
    );
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let empty = OdxProxy::builder("https://proxy.invalid", KEY)
        .root_certificate_file(manifest)
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        empty.contains(&format!("{manifest} holds no certificate in PEM")),
        "{empty}"
    );
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_and_nothing_is_sent() {
    let server = Server::start(HTTP2_AND_1).await;
    let error = partners(&session(server.builder())).await.unwrap_err();

    let Error::Transport(failure) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.kind, TransportErrorKind::Certificate);
    assert!(!error.is_retryable());
    let message = error.to_string();
    for part in [
        "certificate is refused",
        "root_certificate_pem",
        "danger_accept_invalid_certs",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(causes(&error).contains("UnknownIssuer"), "{error:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_root_certificate_of_another_server_does_not_help() {
    let server = Server::start(HTTP2_AND_1).await;
    let other = Server::start(HTTP2_AND_1).await;
    let odoo = session(
        server
            .builder()
            .root_certificate_pem(other.certificate.as_str()),
    );
    let error = partners(&odoo).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(failure) if failure.kind == TransportErrorKind::Certificate),
        "{error:?}"
    );
}

#[tokio::test]
async fn any_certificate_is_taken_where_the_program_says_so() {
    let server = Server::start(HTTP2_AND_1).await;
    let odoo = session(server.builder().danger_accept_invalid_certs(true));
    assert_eq!(partners(&odoo).await.unwrap(), [1, 2, 3].map(Id::new));
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it() {
    let server = Server::start(HTTP2_AND_1).await;
    partners(&session(server.trusted())).await.unwrap();
    assert_eq!(server.only_request().version, Version::HTTP_2);

    let server = Server::start(HTTP1).await;
    partners(&session(server.trusted())).await.unwrap();
    assert_eq!(server.only_request().version, Version::HTTP_11);
}

#[tokio::test]
async fn http1_only_keeps_to_http_1_1() {
    let server = Server::start(HTTP2_AND_1).await;
    partners(&session(server.trusted().http1_only(true)))
        .await
        .unwrap();
    assert_eq!(server.only_request().version, Version::HTTP_11);
}

#[derive(Clone)]
struct Received {
    version: Version,
    headers: HeaderMap,
}

type Log = Arc<Mutex<Vec<Received>>>;

/// A proxy behind TLS that answers every call with three ids.
struct Server {
    address: SocketAddr,
    /// Its own, in PEM.
    certificate: String,
    log: Log,
}

impl Server {
    /// With a new certificate. `protocols` are those it offers by ALPN.
    async fn start(protocols: &[&str]) -> Self {
        let (tls, certificate) = acceptor(protocols);
        let listener = TlsListener {
            tcp: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            tls,
        };
        let address = listener.local_addr().unwrap();
        let log = Log::default();
        let app = Router::new().fallback(answer).with_state(log.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        Self {
            address,
            certificate,
            log,
        }
    }

    fn builder(&self) -> OdxProxyBuilder {
        OdxProxy::builder(format!("https://{}", self.address), KEY)
    }

    fn trusted(&self) -> OdxProxyBuilder {
        self.builder()
            .root_certificate_pem(self.certificate.as_str())
    }

    fn requests(&self) -> Vec<Received> {
        self.log.lock().unwrap().clone()
    }

    fn only_request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

async fn answer(State(log): State<Log>, request: Request) -> impl IntoResponse {
    log.lock().unwrap().push(Received {
        version: request.version(),
        headers: request.headers().clone(),
    });
    (
        [(header::CONTENT_TYPE, "application/json")],
        r#"{"jsonrpc":"2.0","id":"the-id","result":[1,2,3]}"#,
    )
}

struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            // A client that refuses the certificate ends the handshake; the next one may take it.
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

fn session(proxy: OdxProxyBuilder) -> Session {
    let instance = OdooInstance::new("https://odoo.invalid", "demo", 2, "odoo-key");
    let odoo = proxy.build().unwrap().session(instance);
    odoo.request_id("the-id")
}

async fn partners(odoo: &Session) -> Result<Vec<Id<ResPartner>>, Error> {
    ResPartner::all().ids(odoo).await
}

/// The messages of an error's sources.
fn causes(error: &Error) -> String {
    iter::successors(error.source(), |&cause| cause.source())
        .map(|cause| format!("{cause}; "))
        .collect()
}
