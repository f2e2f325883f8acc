//! The way to Odoo over ODXProxy v1, against a server that plays the proxy.
#![cfg(feature = "client")]

mod blocking;
mod connect;
mod documentation;
mod errors;
mod limits;
mod operations;
mod requests;
mod results;
#[cfg(feature = "xmlrpc")]
mod rpc2;
mod runtimes;
mod scale;
mod secrets;
#[cfg(feature = "xmlrpc")]
mod xmlrpc;

use odx_runtime::{Call, Error, OdooInstance, OdxProxy, Session, transport::OdxProxyBuilder};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

const PROXY_KEY: &str = "proxy-key-5f0c";
const ODOO_KEY: &str = "odoo-key-9a1e";

/// A server that plays the proxy.
struct Server(MockServer);

impl Server {
    /// One that answers every request so.
    async fn answering(response: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(matchers::any())
            .respond_with(response)
            .mount(&server)
            .await;
        Self(server)
    }

    /// One that answers every request with HTTP 200 and that body, in which the id `"1"` stands for that of the request.
    async fn with_body(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let server = MockServer::start().await;
        let answer = move |request: &wiremock::Request| {
            ResponseTemplate::new(200).set_body_raw(answering(request, &body), "application/json")
        };
        Mock::given(matchers::any())
            .respond_with(answer)
            .mount(&server)
            .await;
        Self(server)
    }

    /// One that answers every request with that result.
    async fn with_result(result: Value) -> Self {
        Self::with_body(json!({"jsonrpc": "2.0", "id": "1", "result": result}).to_string()).await
    }

    fn builder(&self) -> OdxProxyBuilder {
        OdxProxy::builder(self.0.uri(), PROXY_KEY)
    }

    fn proxy(&self) -> OdxProxy {
        self.builder().build().unwrap()
    }

    fn session(&self) -> Session {
        self.proxy().session(instance())
    }

    async fn requests(&self) -> Vec<wiremock::Request> {
        self.0.received_requests().await.unwrap()
    }

    /// The body of the only request.
    async fn sent(&self) -> Value {
        self.only_request().await.body_json().unwrap()
    }

    async fn only_request(&self) -> wiremock::Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

/// The body with the id of the request.
fn answering(request: &wiremock::Request, body: &[u8]) -> Vec<u8> {
    let asked: Value = request.body_json().unwrap_or_default();
    match (std::str::from_utf8(body), asked.get("id")) {
        (Ok(text), Some(id)) => text.replace(r#""id":"1""#, &format!(r#""id":{id}"#)).into(),
        _ => body.to_vec(),
    }
}

fn instance() -> OdooInstance {
    OdooInstance::new("https://erp.example.com/", "prod", 2, ODOO_KEY)
}

/// A call that changes nothing.
fn read() -> Call {
    Call::new("res.partner", "read").arg(json!([1]))
}

/// A call that may change something.
fn confirm() -> Call {
    Call::new("sale.order", "action_confirm").arg(json!([1]))
}

/// The error of a call to a server that answers so.
async fn error_of(response: ResponseTemplate) -> Error {
    Server::answering(response)
        .await
        .session()
        .execute(read())
        .await
        .unwrap_err()
}
