//! ODXProxy v2, in front of a database in memory and in front of JSON-2 of another server; and what goes wrong with a proxy.

use std::time::Duration;

use odx_sandbox::{
    Backend, COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Fault, Options, Road, Server, company,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::table::{Case, Expected, NEW, REFUSED, ask, cases, refusal, server, told};

/// The status and the envelope of an answer.
async fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let request = reqwest::Client::new()
        .post(format!("{}{path}", server.url()))
        .header("x-api-key", server.key().expose_secret())
        .json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn body(url: &str, model: &str, method: &str, kwargs: &Value) -> Value {
    json!({
        "id": "an id",
        "model_id": model,
        "method": method,
        "kwargs": kwargs,
        "odoo_instance": {"url": url, "db": COMPANY_DATABASE, "user_id": COMPANY_USER, "api_key": COMPANY_KEY},
    })
}

const EXECUTE: &str = "/v2/odoo/execute";

async fn asked(server: &Server, url: &str, case: &Case) -> Expected {
    let body = body(url, case.model, case.method, &case.named);
    let (status, envelope) = post(server, EXECUTE, &body).await;
    assert_eq!((status, &envelope["id"]), (200, &json!("an id")));
    match envelope.get("result") {
        Some(Value::Null) => return Expected::Nothing,
        Some(result) => return Expected::Value(result.clone()),
        None => {}
    }
    let error = &envelope["error"];
    let told = told(&error["data"], &case.expected);
    let Expected::Raised(raised) = &told else {
        unreachable!()
    };
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!(raised.status), &json!(raised.message))
    );
    told
}

#[tokio::test]
async fn calls_are_answered_as_on_19() {
    ask("19.0", async |server, case| {
        asked(server, "http://odoo.invalid", case).await
    })
    .await;
}

/// A proxy in front of this server.
async fn proxy(odoo: &Server) -> Server {
    let options = Options::default().allowed_upstream(odoo.url().parse().unwrap());
    Server::start(Backend::Odoo, options).await.unwrap()
}

#[tokio::test]
async fn in_front_of_json_2_calls_go_on_as_they_came() {
    let odoo = server("19.0").await;
    let (model, method) = REFUSED;
    odoo.fail(model, method, refusal(), 1);
    let proxy = proxy(&odoo).await;
    for case in cases(19) {
        assert_eq!(
            asked(&proxy, &odoo.url(), &case).await,
            case.expected,
            "{}",
            case.what
        );
    }
    let calls = odoo.calls();
    assert!(calls.iter().all(|call| call.road == Road::Json2));
    assert!(
        calls
            .iter()
            .all(|call| call.header("x-odoo-database") == Some(COMPANY_DATABASE))
    );
    assert!(proxy.calls().is_empty());
}

#[tokio::test]
async fn the_version_is_that_of_json_2_or_there_is_none() {
    for (series, expected) in [
        (
            "19.0",
            json!({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}),
        ),
        ("18.0", json!(-32006)),
        ("17.0", json!(-32006)),
        ("14.0", json!(-32006)),
    ] {
        let odoo = server(series).await;
        let proxy = proxy(&odoo).await;
        for asked in [&odoo, &proxy] {
            let request = json!({"id": "1", "url": odoo.url()});
            let (status, envelope) = post(asked, "/v2/odoo/version", &request).await;
            let told = envelope.get("result").unwrap_or(&envelope["error"]["code"]);
            assert_eq!((status, told), (200, &expected), "{series}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_passed_on_is_told_by_its_code() {
    let newest = server("19.0").await;
    let oldest = server("17.0").await;
    let (before_19, from_19) = (proxy(&oldest).await, proxy(&newest).await);
    let good = body(
        &newest.url(),
        "sale.order",
        "search_count",
        &json!({"domain": []}),
    );
    let with = |path: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (server, body, status, code) in [
        (&newest, with("/model_id", json!("sale/order")), 400, -32007),
        (&from_19, with("/method", json!(".search")), 400, -32007),
        (
            &from_19,
            with("/odoo_instance/api_key", json!("a\nb")),
            400,
            -32007,
        ),
        (
            &newest,
            with("/odoo_instance/db", json!("nodb")),
            200,
            -32006,
        ),
        (
            &from_19,
            with("/odoo_instance/db", json!("nodb")),
            200,
            -32006,
        ),
        (
            &before_19,
            with("/odoo_instance/url", json!(oldest.url())),
            200,
            -32006,
        ),
        (&oldest, good.clone(), 200, -32006),
        (
            &newest,
            with("/odoo_instance/api_key", json!("no")),
            200,
            401,
        ),
        (
            &from_19,
            with("/odoo_instance/api_key", json!("no")),
            200,
            401,
        ),
        (
            &newest,
            with("/kwargs", json!({"domain": [], "nope": 1})),
            200,
            422,
        ),
        (
            &from_19,
            with("/kwargs", json!({"domain": [], "nope": 1})),
            200,
            422,
        ),
    ] {
        let (sent, envelope) = post(server, EXECUTE, &body).await;
        assert_eq!(
            (sent, &envelope["error"]["code"]),
            (status, &json!(code)),
            "{body}"
        );
        assert_eq!(envelope["id"], "an id");
    }
}

#[tokio::test]
async fn calls_are_remembered_and_faults_are_the_proxys() {
    let server = server("19.0").await;
    let request = body(
        "http://odoo.invalid",
        "res.partner",
        "read",
        &json!({"ids": [NEW], "fields": ["name"]}),
    );
    server.fail_next(Fault::UpstreamTimeout);
    let (status, envelope) = post(&server, EXECUTE, &request).await;
    assert_eq!((status, &envelope["error"]["code"]), (504, &json!(-32003)));
    let [last] = &server.calls()[..] else {
        panic!("one call")
    };
    assert_eq!((last.road, last.ids), (Road::OdxProxyV2, 1));
    assert_eq!(last.keyword["fields"], json!(["name"]));
}

/// What both versions of the protocol answer to a call.
async fn both(server: &Server, headers: &[(&str, &str)]) -> [(u16, Value); 2] {
    let v1 = json!({
        "id": "1", "action": "search_count", "model_id": "sale.order", "params": [[]],
        "odoo_instance": {"url": "", "db": COMPANY_DATABASE, "user_id": COMPANY_USER, "api_key": COMPANY_KEY},
    });
    let v2 = body("", "sale.order", "search_count", &json!({"domain": []}));
    let mut answers = Vec::new();
    for (path, body) in [("/api/odoo/execute", v1), (EXECUTE, v2)] {
        let mut request = reqwest::Client::new()
            .post(format!("{}{path}", server.url()))
            .header("x-api-key", server.key().expose_secret())
            .json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let envelope: Value = response.json().await.unwrap();
        let told = envelope.get("result").unwrap_or(&envelope["error"]["code"]);
        answers.push((status, told.clone()));
    }
    answers.try_into().unwrap()
}

#[tokio::test]
async fn a_proxy_may_be_out_of_licence_out_of_reach_or_slow() {
    let start = async |options| Server::start(company().unwrap(), options).await.unwrap();
    let is_valid = async |server: &Server| {
        let license = reqwest::get(format!("{}/_/license", server.url()))
            .await
            .unwrap();
        license.json::<Value>().await.unwrap()["is_valid"].clone()
    };
    let expired = start(Options::default().licence_expired()).await;
    assert_eq!(
        both(&expired, &[]).await,
        [(403, json!(0)), (403, json!(0))]
    );
    assert_eq!(is_valid(&expired).await, false);
    let unreachable = start(Options::default().unreachable()).await;
    assert_eq!(
        both(&unreachable, &[]).await,
        [(502, json!(-32004)), (502, json!(-32004))]
    );
    assert_eq!(is_valid(&unreachable).await, true);
    let slow = start(Options::default().slow(Duration::from_secs(2))).await;
    let timeout = [("x-request-timeout", "1")];
    assert_eq!(
        both(&slow, &timeout).await,
        [(504, json!(-32003)), (504, json!(-32003))]
    );
    let in_time = start(Options::default().slow(Duration::from_millis(1))).await;
    assert_eq!(
        both(&in_time, &timeout).await,
        [(200, json!(60)), (200, json!(60))]
    );
}
