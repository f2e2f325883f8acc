//! What goes out.

use std::time::Duration;

use odx_runtime::{Call, Context};
use serde_json::json;

use crate::{ODOO_KEY, PROXY_KEY, Server, confirm, instance, read};

#[tokio::test]
async fn a_call_carries_both_keys_where_they_belong() {
    let server = Server::with_result(json!([])).await;
    let call = Call::new("res.partner", "search_read")
        .arg(json!([["a", "=", 1]]))
        .kwarg("fields", json!(["name"]));
    server
        .session()
        .request_id("my-id")
        .execute(call)
        .await
        .unwrap()
        .json()
        .unwrap();

    let request = server.only_request().await;
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.url.path(), "/api/odoo/execute");
    assert_eq!(request.headers["x-api-key"], PROXY_KEY);
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(
        server.sent().await,
        json!({
            "id": "my-id",
            "action": "search_read",
            "model_id": "res.partner",
            "params": [[["a", "=", 1]]],
            "keyword": {"fields": ["name"]},
            "odoo_instance": {"url": "https://erp.example.com", "db": "prod", "user_id": 2, "api_key": ODOO_KEY},
        })
    );
}

#[tokio::test]
async fn the_eight_core_methods_are_actions_and_all_others_go_by_call_method() {
    let core = [
        "search",
        "search_count",
        "read",
        "fields_get",
        "search_read",
        "create",
        "write",
        "unlink",
    ];
    for method in core {
        let server = Server::with_result(json!(true)).await;
        server
            .session()
            .execute(Call::new("res.partner", method))
            .await
            .unwrap()
            .json()
            .unwrap();
        let sent = server.sent().await;
        assert_eq!(
            (&sent["action"], sent.get("fn_name")),
            (&json!(method), None)
        );
    }
    for method in [
        "read_group",
        "name_search",
        "copy",
        "action_confirm",
        "call_method",
    ] {
        let server = Server::with_result(json!(true)).await;
        // Whether there is the `read_group` that is meant depends on the series.
        server
            .session()
            .for_version(19)
            .execute(Call::new("res.partner", method))
            .await
            .unwrap()
            .json()
            .unwrap();
        let sent = server.sent().await;
        assert_eq!(
            (&sent["action"], &sent["fn_name"]),
            (&json!("call_method"), &json!(method))
        );
    }
}

#[tokio::test]
async fn each_request_gets_an_id_of_its_own() {
    let server = Server::with_result(json!(true)).await;
    let odoo = server.session();
    odoo.execute(read()).await.unwrap().json().unwrap();
    odoo.execute(read()).await.unwrap().json().unwrap();
    let ids: Vec<String> = server
        .requests()
        .await
        .iter()
        .map(|sent| sent.body_json::<serde_json::Value>().unwrap()["id"].to_string())
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        ids[0].len(),
        r#""00000000-0000-4000-8000-000000000000""#.len()
    );
}

#[tokio::test]
async fn sessions_derive_their_context_and_the_call_has_the_last_word() {
    let server = Server::with_result(json!(true)).await;
    let odoo = server
        .session()
        .lang("fr_FR")
        .tz("UTC")
        .companies([3, 1])
        .with_archived();
    odoo.execute(read().kwarg("context", json!({"lang": "nl_BE", "bin_size": true})))
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(
        server.sent().await["keyword"]["context"],
        json!({
            "lang": "nl_BE",
            "tz": "UTC",
            "allowed_company_ids": [3, 1],
            "active_test": false,
            "bin_size": true,
        })
    );
}

#[tokio::test]
async fn a_derived_session_leaves_the_one_it_came_from_alone() {
    let server = Server::with_result(json!(true)).await;
    let odoo = server.session();
    let _french = odoo.with_context(Context::new().lang("fr_FR"));
    odoo.execute(read()).await.unwrap().json().unwrap();
    assert_eq!(server.sent().await["keyword"], json!({}));
}

async fn timeout_header(timeout: Option<Duration>, default: Option<Duration>) -> Option<String> {
    let server = Server::with_result(json!(true)).await;
    let builder = server.builder().timeout(default.unwrap_or_default());
    let odoo = builder.build().unwrap().session(instance());
    let odoo = timeout.map_or(odoo.clone(), |timeout| odoo.timeout(timeout));
    odoo.execute(read()).await.unwrap().json().unwrap();
    let header = server
        .only_request()
        .await
        .headers
        .get("x-request-timeout")
        .cloned();
    header.map(|value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_upstream_timeout_is_sent_in_whole_seconds_and_one_begun_counts() {
    let default = Some(Duration::from_secs(60));
    assert_eq!(timeout_header(None, None).await, None);
    assert_eq!(
        timeout_header(Some(Duration::from_millis(2_999)), None)
            .await
            .as_deref(),
        Some("3")
    );
    assert_eq!(
        timeout_header(Some(Duration::from_millis(1)), default)
            .await
            .as_deref(),
        Some("1")
    );
    assert_eq!(timeout_header(Some(Duration::ZERO), None).await, None);
    assert_eq!(timeout_header(None, default).await.as_deref(), Some("60"));
    assert_eq!(
        timeout_header(Some(Duration::from_secs(5)), default)
            .await
            .as_deref(),
        Some("5")
    );
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_read() {
    // {"jsonrpc":"2.0","id":"1","result":[1,2,3]}
    const GZIPPED: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 42, 206, 207, 43, 42, 72, 86, 178, 82, 50,
        210, 51, 80, 210, 81, 202, 76, 1, 50, 13, 129, 140, 162, 212, 226, 210, 156, 18, 37, 171,
        104, 67, 29, 35, 29, 227, 216, 90, 0, 240, 228, 20, 112, 43, 0, 0, 0,
    ];
    const DEFLATED: &[u8] = &[
        120, 156, 171, 86, 202, 42, 206, 207, 43, 42, 72, 86, 178, 82, 50, 210, 51, 80, 210, 81,
        202, 76, 1, 50, 13, 129, 140, 162, 212, 226, 210, 156, 18, 37, 171, 104, 67, 29, 35, 29,
        227, 216, 90, 0, 18, 227, 12, 37,
    ];
    for (encoding, body) in [("gzip", GZIPPED), ("deflate", DEFLATED)] {
        let response = wiremock::ResponseTemplate::new(200)
            .insert_header("content-encoding", encoding)
            .set_body_raw(body, "application/json");
        let server = Server::answering(response).await;
        let odoo = server.session().request_id("1");
        let reply = odoo.execute(read()).await.unwrap();
        assert_eq!(reply.ids().unwrap(), [1, 2, 3], "{encoding}");

        let request = server.only_request().await;
        let accepted = request.headers["accept-encoding"].to_str().unwrap();
        for encoding in ["gzip", "br", "deflate"] {
            assert!(accepted.contains(encoding), "{accepted}");
        }
    }
}

#[tokio::test]
async fn a_path_in_the_proxys_url_is_kept() {
    let server = Server::with_result(json!(true)).await;
    let proxy = odx_runtime::OdxProxy::new(format!("{}/odx/", server.0.uri()), PROXY_KEY).unwrap();
    proxy
        .session(instance())
        .execute(read())
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(
        server.only_request().await.url.path(),
        "/odx/api/odoo/execute"
    );
}

#[tokio::test]
async fn a_client_of_the_programs_own_is_used() {
    let server = Server::with_result(json!(true)).await;
    let client = reqwest::Client::builder()
        .user_agent("my-program")
        .build()
        .unwrap();
    let proxy = server.builder().client(client).build().unwrap();
    proxy
        .session(instance())
        .execute(read())
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(
        server.only_request().await.headers["user-agent"],
        "my-program"
    );
}

#[tokio::test]
async fn an_untyped_call_puts_the_records_first() {
    let server = Server::with_result(json!(true)).await;
    let odoo = server.session();
    let confirmed: bool = odoo
        .call("sale.order", "action_confirm")
        .arg("later")
        .kwarg("force", true)
        .ids([7, 8])
        .send()
        .await
        .unwrap();
    assert!(confirmed);
    let sent = server.sent().await;
    assert_eq!(sent["params"], json!([[7, 8], "later"]));
    assert_eq!(sent["keyword"], json!({"force": true}));
}

#[tokio::test]
async fn nothing_is_sent_again_by_itself() {
    let server = Server::answering(wiremock::ResponseTemplate::new(503)).await;
    server.session().execute(read()).await.unwrap_err();
    assert_eq!(server.requests().await.len(), 1);
}

mod retries {
    use odx_runtime::transport::RetryPolicy;
    use wiremock::ResponseTemplate;

    use super::*;

    async fn requests_for(call: Call) -> usize {
        let server = Server::answering(ResponseTemplate::new(502).set_body_json(
            json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32004, "message": "Odoo is down"}}),
        ))
        .await;
        let policy = RetryPolicy::times(2).first_delay(Duration::from_millis(1));
        let proxy = server.builder().retry(policy).build().unwrap();
        proxy.session(instance()).execute(call).await.unwrap_err();
        server.requests().await.len()
    }

    #[tokio::test]
    async fn on_request_a_call_that_changes_nothing_is_sent_again() {
        assert_eq!(requests_for(read()).await, 3);
    }

    #[tokio::test]
    async fn a_call_that_may_change_something_is_never_sent_again() {
        assert_eq!(requests_for(confirm()).await, 1);
        assert_eq!(
            requests_for(Call::new("res.partner", "create").arg(json!({}))).await,
            1
        );
    }

    #[tokio::test]
    async fn an_error_of_odoo_is_final() {
        let server = Server::with_body(
            json!({"error": {"code": 0, "message": "", "data": {"name": "odoo.exceptions.UserError"}}}).to_string(),
        )
        .await;
        let proxy = server
            .builder()
            .retry(RetryPolicy::times(2))
            .build()
            .unwrap();
        proxy.session(instance()).execute(read()).await.unwrap_err();
        assert_eq!(server.requests().await.len(), 1);
    }
}
