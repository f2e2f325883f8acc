//! What the log says of a call. A test of its own: the log belongs to the whole process.
#![cfg(feature = "client")]

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use odx_runtime::{Call, OdxProxy, RetryPolicy, transport::HttpClient};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_names_the_call_and_shows_neither_keys_nor_values() {
    let lines = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    // Not for this thread only: what other threads log counts, too.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = MockServer::start().await;
    let result = json!({"jsonrpc": "2.0", "id": "order-7", "result": "a private result"});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(result))
        .mount(&server)
        .await;
    let odoo = OdxProxy::new(server.uri(), "private-proxy-key")
        .unwrap()
        .session_for("https://erp", "prod", 2, "private-key");
    let call = Call::new("res.partner", "read")
        .arg("a private argument")
        .kwarg("context", json!({"lang": "private"}));
    odoo.request_id("order-7")
        .execute(call)
        .await
        .unwrap()
        .json()
        .unwrap();

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for part in [
        "rpc.method=res.partner/read",
        "odoo.model=\"res.partner\"",
        "odoo.road=\"odxproxy-v1\"",
        "odoo.request_id=\"order-7\"",
        "server.address=\"127.0.0.1\"",
        "http.response.status_code=200",
        "answered took=",
    ] {
        assert!(log.contains(part), "{part} is missing in: {log}");
    }
    // A server that is busy once, and a call that Odoo refuses.
    server.reset().await;
    let refused = json!({"id": "order-7", "error": {"code": 0, "message": "", "data": {"name": "odoo.exceptions.UserError"}}});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(refused))
        .mount(&server)
        .await;
    let again = RetryPolicy::times(1).first_delay(Duration::ZERO);
    let proxy = OdxProxy::builder(server.uri(), "private-proxy-key").retry(again);
    let odoo = proxy
        .build()
        .unwrap()
        .session_for("https://erp", "prod", 2, "private-key");
    let call = Call::new("res.partner", "read");
    odoo.request_id("order-7").execute(call).await.unwrap_err();
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for part in [
        "http.request.resend_count=1",
        "error.type=\"odoo.exceptions.UserError\"",
        "otel.status_code=\"ERROR\"",
        "failed took=",
    ] {
        assert!(log.contains(part), "{part} is missing in: {log}");
    }

    let shown = log
        .lines()
        .filter(|line| !line.contains("wiremock"))
        .any(|line| line.contains("private"));
    assert!(!shown, "{log}");
}

#[test]
fn a_client_that_takes_any_certificate_warns_of_it() {
    let logged = |accepts: bool| {
        let lines = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(lines.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let client = HttpClient::builder().danger_accept_invalid_certs(accepts);
            client.build().unwrap();
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    };
    let warned = logged(true);
    assert!(
        warned.contains("WARN") && warned.contains("takes any certificate"),
        "{warned}"
    );
    assert_eq!(logged(false), "");
}
