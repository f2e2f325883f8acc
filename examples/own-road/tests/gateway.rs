//! The example's road against a gateway in front of the sandbox.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use example_connect::Backend;
use models::{ResPartner, SaleOrder};
use odx_runtime::error::Cause;
use odx_runtime::transport::HttpClient;
use odx_runtime::{Call, Error, Id, Model, Session, values};
use own_road::Gateway;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

const TOKEN: &str = "the-token-of-this-program";

#[tokio::test]
async fn the_generated_models_run_over_it() {
    let gateway = TestGateway::start().await;
    let odoo = gateway.session(TOKEN);
    let direct = gateway.backend.session();

    let countries = async |odoo: &Session| {
        let query =
            SaleOrder::search(|o| o.partner_id.hop(|p| p.country_id).hop(|c| c.code).eq("BE"));
        query.ids(odoo).await.unwrap()
    };
    assert!(!countries(&odoo).await.is_empty());
    assert_eq!(countries(&odoo).await, countries(&direct).await);

    let id = ResPartner::create(
        &odoo,
        values!(ResPartner {
            name: "Over the gateway"
        }),
    )
    .await
    .unwrap();
    let created = ResPartner::read(&direct, [id])
        .await
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(created[0].name.as_deref(), Some("Over the gateway"));
    assert_eq!(odoo.protocol(), "gateway");
    assert_eq!(
        odoo.version().await.unwrap().series(),
        direct.version().await.unwrap().series()
    );
}

#[tokio::test]
async fn what_odoo_refuses_arrives_as_over_any_road() {
    let gateway = TestGateway::start().await;
    let error = ResPartner::write(
        &gateway.session(TOKEN),
        [Id::new(987_654)],
        values!(ResPartner { name: "nobody", .. }),
    )
    .await
    .unwrap_err();
    let Error::Odoo(refusal) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.cause(), Cause::MissingRecord);
    assert_eq!(refusal.model(), Some("res.partner"));
}

#[tokio::test]
async fn a_wrong_token_is_told_and_not_shown() {
    let gateway = TestGateway::start().await;
    let wrong = "the-token-of-another-program";
    let error = ResPartner::search(|p| p.is_company.eq(true))
        .count(&gateway.session(wrong))
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("unknown token"), "{shown}");
    assert!(!shown.contains(wrong), "{shown}");
}

/// A gateway in front of a sandbox.
struct TestGateway {
    url: String,
    backend: Arc<Backend>,
}

#[derive(Deserialize)]
struct Arguments {
    args: Vec<Value>,
    kwargs: Map<String, Value>,
}

impl TestGateway {
    async fn start() -> Self {
        let backend = Arc::new(Backend::sandbox().await.unwrap());
        let router = Router::new()
            .route("/version", get(version))
            .route("/odoo/{model}/{method}", post(carry_out))
            .with_state(backend.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async { serve(listener, router).await });
        Self { url, backend }
    }

    fn session(&self, token: &str) -> Session {
        let client = HttpClient::new().unwrap();
        client.session(Gateway::new(&self.url, token).unwrap())
    }
}

async fn version(State(backend): State<Arc<Backend>>) -> Json<Value> {
    let version = backend.session().version().await.unwrap();
    Json(json!({"version": version.text, "version_info": version.info}))
}

async fn carry_out(
    State(backend): State<Arc<Backend>>,
    Path((model, method)): Path<(String, String)>,
    headers: HeaderMap,
    Json(arguments): Json<Arguments>,
) -> Response {
    let given = headers.get(header::AUTHORIZATION);
    if given.is_none_or(|given| given != format!("Bearer {TOKEN}").as_str()) {
        // A careless gateway, which tells what it got.
        let message = format!("unknown token: {given:?}");
        return refused(StatusCode::UNAUTHORIZED, "gateway.UnknownToken", &message);
    }
    let mut call = Call::new(model, method);
    for argument in arguments.args {
        call = call.arg(argument);
    }
    for (name, argument) in arguments.kwargs {
        call = call.kwarg(name, argument);
    }
    match backend.session().execute(call).await {
        Ok(reply) => Json(reply.json().unwrap()).into_response(),
        Err(Error::Odoo(error)) => refused(StatusCode::BAD_REQUEST, &error.class, &error.message),
        Err(error) => refused(StatusCode::BAD_GATEWAY, "gateway", &error.to_string()),
    }
}

fn refused(status: StatusCode, class: &str, message: &str) -> Response {
    (status, Json(json!({"class": class, "message": message}))).into_response()
}
