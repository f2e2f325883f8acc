//! A client of the protocol, as small as the tests need.

#![allow(dead_code, missing_docs, unreachable_pub)]

use odx_sandbox::{Backend, COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Options, Server, company};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

pub struct Client {
    pub server: Server,
    pub http: reqwest::Client,
    pub instance: Value,
}

impl Client {
    /// A server with the embedded company, and a client that knows its key.
    pub async fn start() -> Self {
        Self::with(company().unwrap()).await
    }

    pub async fn with(backend: impl Into<Backend>) -> Self {
        let server = Server::start(backend, Options::default()).await.unwrap();
        Self::of(server, Self::company_instance())
    }

    /// The embedded company, as its administrator.
    pub fn company_instance() -> Value {
        json!({
            "url": "http://odoo.invalid",
            "db": COMPANY_DATABASE,
            "user_id": COMPANY_USER,
            "api_key": COMPANY_KEY,
        })
    }

    pub fn of(server: Server, instance: Value) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            server,
            http,
            instance,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .post(self.url(path))
            .header("x-api-key", self.server.key().expose_secret())
    }

    /// The body of an `execute` request.
    pub fn body(&self, action: &str, model: &str, params: Value) -> Value {
        json!({
            "id": "1",
            "action": action,
            "model_id": model,
            "params": params,
            "keyword": {},
            "odoo_instance": self.instance,
        })
    }

    /// Sends a body and returns the text of the answer.
    pub async fn text(&self, body: Value) -> String {
        let response = self.post("/api/odoo/execute").json(&body).send().await;
        response.unwrap().text().await.unwrap()
    }

    /// Sends a body and returns the envelope.
    pub async fn send(&self, body: Value) -> Value {
        let text = self.text(body).await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The result of an action; panics with the envelope if there is none.
    pub async fn result(&self, action: &str, model: &str, params: Value) -> Value {
        let envelope = self.send(self.body(action, model, params)).await;
        match envelope.get("result") {
            Some(result) => result.clone(),
            None => panic!("{action} {model}: {envelope}"),
        }
    }

    /// The error of an action; panics with the envelope if there is none.
    pub async fn error(&self, action: &str, model: &str, params: Value) -> Value {
        let envelope = self.send(self.body(action, model, params)).await;
        match envelope.get("error") {
            Some(error) => error.clone(),
            None => panic!("{action} {model}: {envelope}"),
        }
    }

    /// The envelope of a `call_method`.
    pub async fn call_method(&self, model: &str, function: &str, params: Value) -> Value {
        let mut body = self.body("call_method", model, params);
        body["fn_name"] = Value::from(function);
        self.send(body).await
    }
}
