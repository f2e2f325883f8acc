//! What the log says of a call. A test of its own: the log belongs to the whole process.
#![cfg(feature = "client")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use odx_runtime::{Call, OdxProxy};
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
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(log.clone())
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

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in [
        "model=\"res.partner\"",
        "method=\"read\"",
        "request_id=\"order-7\"",
        "http.status=200",
        "odxproxy-v1",
    ] {
        assert!(log.contains(part), "{part} is missing in: {log}");
    }
    let shown = log
        .lines()
        .filter(|line| !line.contains("wiremock"))
        .any(|line| line.contains("private"));
    assert!(!shown, "{log}");
}
