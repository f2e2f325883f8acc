//! The service over HTTP, in front of the sandbox.

use std::future::IntoFuture;

use example_connect::Backend;
use odx_sandbox::{Fault, OdooError, Server};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use web_service::Service;

struct Running {
    url: String,
    odoo: Server,
    http: Client,
}

impl Running {
    async fn start() -> Self {
        let backend = Backend::sandbox().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Service::new(backend.session());
        tokio::spawn(axum::serve(listener, service.router()).into_future());
        Self {
            url,
            odoo: backend.sandbox.expect("a sandbox"),
            http: Client::new(),
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.header("x-request-id", "request-7").send();
        let answer = answer.await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn orders_are_listed_by_country_with_their_customers() {
    let service = Running::start().await;
    let (status, orders) = service.get("/orders?country=BE&limit=100").await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(orders.as_array().unwrap().len(), 17);
    assert!(
        orders
            .as_array()
            .unwrap()
            .iter()
            .all(|order| order["customer"]["name"].is_string() && order["state"] == "sale")
    );
}

#[tokio::test]
async fn an_order_has_its_lines() {
    let service = Running::start().await;
    let (status, order) = service.get("/orders/1").await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(order["name"], "S00001");
    assert_eq!(order["lines"][0]["quantity"], 6.0);
    let (status, _) = service.get("/orders/999999").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_quotation_is_confirmed_once() {
    let service = Running::start().await;
    let confirm = async |id: i64| {
        let url = format!("{}/orders/{id}/confirm", service.url);
        service.http.post(url).send().await.unwrap().status()
    };
    assert_eq!(confirm(46).await, StatusCode::NO_CONTENT);
    assert_eq!(confirm(46).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(confirm(999_999).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_calls_of_a_request_carry_its_id() {
    let service = Running::start().await;
    service.odoo.fail_next(Fault::UpstreamUnreachable);
    let (_, body) = service.get("/orders?limit=1").await;

    assert_eq!(body["request_id"], "request-7");
}

#[tokio::test]
async fn a_customer_is_created_and_an_empty_name_refused() {
    let service = Running::start().await;
    let ada = json!({ "name": "Ada", "email": "ada@example.com" });
    let (status, created) = service.post("/customers", ada).await;
    assert_eq!(status, StatusCode::CREATED);

    let id = created["id"].as_i64().unwrap();
    let stored = service
        .odoo
        .database(|database| database.ids("res.partner").contains(&id));
    assert_eq!(stored, Some(true));

    let (status, answer) = service.post("/customers", json!({ "name": " " })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["error"], "a customer needs a name");
}

#[tokio::test]
async fn errors_of_odoo_become_http_answers() {
    let service = Running::start().await;
    let refused = |class, text| Fault::Odoo(OdooError::new(class, text));
    let cases = [
        (
            refused("odoo.exceptions.UserError", "Closed today."),
            StatusCode::UNPROCESSABLE_ENTITY,
            "Closed today.",
        ),
        (
            refused("odoo.exceptions.AccessError", "Internal detail."),
            StatusCode::FORBIDDEN,
            "Odoo does not allow this",
        ),
        (
            refused("builtins.KeyError", "Internal detail."),
            StatusCode::BAD_GATEWAY,
            "Odoo failed; the log says why",
        ),
        (
            Fault::UpstreamTimeout,
            StatusCode::GATEWAY_TIMEOUT,
            "Odoo took too long",
        ),
        (
            Fault::UpstreamUnreachable,
            StatusCode::SERVICE_UNAVAILABLE,
            "Odoo cannot be reached",
        ),
        (
            Fault::TruncatedJson,
            StatusCode::BAD_GATEWAY,
            "Odoo's answer could not be used; the log says why",
        ),
    ];
    for (fault, status, text) in cases {
        service.odoo.fail_next(fault);
        let (answered, body) = service.get("/orders").await;
        assert_eq!((answered, &body["error"]), (status, &json!(text)));
    }
}
