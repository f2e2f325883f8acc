//! What comes back when all is well.

use odx_runtime::Error;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{Server, confirm, error_of, read};

async fn result_of(body: &str) -> Result<Value, Error> {
    Server::with_body(body)
        .await
        .session()
        .execute(read())
        .await?
        .json()
}

#[tokio::test]
async fn falsy_results_are_results() {
    for value in [
        json!(false),
        json!(null),
        json!(0),
        json!([]),
        json!(""),
        json!({}),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": "1", "result": value}).to_string();
        assert_eq!(result_of(&body).await.unwrap(), value);
    }
}

#[tokio::test]
async fn a_missing_result_is_odoos_none() {
    let server = Server::with_body(r#"{"jsonrpc":"2.0","id":"1"}"#).await;
    let odoo = server.session();
    assert!(
        odoo.execute(confirm())
            .await
            .unwrap()
            .raw()
            .unwrap()
            .is_none()
    );
    let nothing: Option<i64> = odoo
        .call("res.partner", "action_archive")
        .ids([1])
        .send()
        .await
        .unwrap();
    assert_eq!(nothing, None);
}

#[tokio::test]
async fn an_answer_has_the_id_of_its_request() {
    let body = r#"{"jsonrpc":"2.0","id":"1","result":5}"#;
    assert_eq!(result_of(body).await.unwrap(), json!(5));
    for id in [r#""id":"x","#, r#""id":7,"#, r#""id":null,"#, ""] {
        let body = format!(r#"{{"jsonrpc":"2.0",{id}"result":5}}"#);
        let error = result_of(&body).await.unwrap_err();
        assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
        assert!(error.to_string().contains("id"), "{error}");
    }
}

#[tokio::test]
async fn an_error_of_another_request_is_not_this_ones() {
    let body = r#"{"jsonrpc":"2.0","id":"another","error":{"code":0,"message":"refused"}}"#;
    let error = result_of(body).await.unwrap_err();
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
    let message = error.to_string();
    assert!(message.contains("id is that of another"), "{message}");
}

#[tokio::test]
async fn an_error_beside_a_result_is_an_error_for_every_way_to_read_it() {
    let error = r#""error":{"code":0,"message":"refused"}"#;
    let large = format!("[{}7]", "7,".repeat(100_000));
    for result in ["7", "[7]", "{}", "true", "null", &large] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":"1","result":{result},{error}}}"#);
        let server = Server::with_body(body).await;
        let odoo = server.session();
        let refused = |error: Error| {
            assert!(matches!(error, Error::Odoo(_)), "{error}");
            assert!(error.to_string().contains("refused"), "{error}");
        };
        match odoo.execute(confirm()).await {
            Err(error) => refused(error),
            Ok(reply) => {
                refused(reply.json().unwrap_err());
                refused(reply.ids().unwrap_err());
                refused(reply.boolean().unwrap_err());
                refused(reply.integer().unwrap_err());
                refused(reply.raw().unwrap_err());
                refused(reply.to::<()>().unwrap_err());
                refused(reply.to::<Vec<i64>>().unwrap_err());
            }
        }
    }
}

#[tokio::test]
async fn what_follows_a_result_is_read_to_the_end() {
    let large = format!("[{}7]", "7,".repeat(100_000));
    for result in ["[7]", &large] {
        for rest in ["],,,;GARBAGE}", r#","result":[8]}"#, "}{}", "}x", ""] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":"1","result":{result}{rest}"#);
            let error = result_of(&body).await.unwrap_err();
            assert!(matches!(error, Error::NotAnEnvelope(_)), "{rest}: {error}");
        }
    }
}

#[tokio::test]
async fn a_null_error_is_no_error() {
    assert_eq!(
        result_of(r#"{"jsonrpc":"2.0","id":"1","error":null,"result":[1]}"#)
            .await
            .unwrap(),
        json!([1])
    );
}

#[tokio::test]
async fn nan_does_not_lose_the_page() {
    let body = r#"{"jsonrpc":"2.0","id":"1","result":[{"id":128,"f_float":NaN},{"id":129,"f_float":Infinity}]}"#;
    let rows = result_of(body).await.unwrap();
    assert_eq!(
        rows,
        json!([{"id": 128, "f_float": null}, {"id": 129, "f_float": null}])
    );
}

#[tokio::test]
async fn raw_is_the_results_value() {
    let server = Server::with_body(r#"{"jsonrpc":"2.0","id":"1","result": [{"id":1}]}"#).await;
    let reply = server.session().execute(read()).await.unwrap();
    assert_eq!(reply.raw().unwrap(), Some(&br#"[{"id":1}]"#[..]));
}

#[tokio::test]
async fn an_answer_that_broke_off_is_an_error() {
    for body in [
        r#"{"jsonrpc":"2.0","id":"1","result":[{"id":1},{"id""#,
        r#"{"jsonrpc":"2.0","id":"1","result":12"#,
        r#"{"jsonrpc":"2.0","id":"1","result":[[1],[2]"#,
        r#"{"jsonrpc":"2.0","id":"1","result":[{"id":1},{"id":2}"#,
    ] {
        assert!(result_of(body).await.is_err(), "{body}");
    }
}

#[tokio::test]
async fn a_200_with_neither_key_is_an_error() {
    for body in ["{}", r#"{"status":"ok"}"#] {
        let error = result_of(body).await.unwrap_err();
        assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
        assert_eq!(error.http_status(), Some(200));
    }
}

#[tokio::test]
async fn a_result_with_another_status_than_200_is_an_error() {
    let error =
        error_of(ResponseTemplate::new(500).set_body_json(json!({"jsonrpc": "2.0", "result": []})))
            .await;
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error}");
}
