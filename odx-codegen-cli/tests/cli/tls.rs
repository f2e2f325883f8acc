//! An Odoo whose certificate the company has signed itself.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::support::{Sandbox, Workplace};

#[allow(unreachable_pub)]
#[path = "../../../tests/e2e/src/tls.rs"]
mod certificate;

/// TLS before a sandbox.
pub(crate) struct Tls {
    pub(crate) url: String,
    /// In PEM.
    pub(crate) certificate: String,
    _runtime: Runtime,
}

impl Tls {
    pub(crate) fn before(sandbox: &Sandbox) -> Self {
        let (acceptor, certificate) = certificate::acceptor(&[]);
        let url = url::Url::parse(&sandbox.server.url()).expect("a URL");
        let to = url.socket_addrs(|| None).expect("an address")[0];
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let url = format!("https://{}", listener.local_addr().expect("its address"));
        runtime.spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.expect("a connection");
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Who refuses the certificate goes away.
                    let Ok(mut client) = acceptor.accept(connection).await else {
                        return;
                    };
                    let mut server = TcpStream::connect(to).await.expect("the sandbox");
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            url,
            certificate,
            _runtime: runtime,
        }
    }
}

#[test]
fn every_command_takes_the_companys_certificate_and_so_does_what_reads_methods() {
    let sandbox = Sandbox::start();
    let tls = Tls::before(&sandbox);
    let mut place = Workplace::over(&sandbox, "json2");
    place.set("ODX_ODOO_URL", &tls.url);
    let pull = ["pull", "--methods", "--models", "sale.order"];
    place
        .odx(pull)
        .fails()
        .says("certificate")
        .says("ODX_CA_FILE");

    place.write("company.pem", &tls.certificate);
    place.set("ODX_CA_FILE", "company.pem");
    // The sandbox is reached, and has no page that documents methods.
    place
        .odx(pull)
        .fails()
        .says("pulled 1 model")
        .says("Odoo did not show its documentation of its methods: HTTP 404");
}
