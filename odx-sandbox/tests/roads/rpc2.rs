//! `/RPC2`, in raw XML.

use odx_facts::{Level, Method};
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Road, Server,
};
use serde_json::{Value, json};

use crate::table::{Case, Expected, ask, server};
use crate::xml;
use crate::xmlrpc::{post, told};

async fn call(server: &Server, method: &str, params: &[Value]) -> Result<Value, Value> {
    let url = format!("{}/RPC2?db={COMPANY_DATABASE}", server.url());
    let request = reqwest::Client::new()
        .post(url)
        .basic_auth(COMPANY_LOGIN, Some(COMPANY_KEY));
    let (status, text) = post(request, xml::call(method, params)).await;
    assert_eq!(status, 200, "{text}");
    xml::answer(&text)
}

/// The call as a subject and what follows it.
async fn road(server: &Server, case: &Case) -> Expected {
    let on_model =
        Method::of(case.model, case.method).is_some_and(|method| method.level == Level::Model);
    let mut args = case.args.as_array().cloned().unwrap();
    let mut kwargs = case.kwargs.as_object().cloned().unwrap();
    let records = match on_model {
        true => json!([]),
        false => args.remove(0),
    };
    let mut params = vec![match kwargs.remove("context") {
        Some(context) => json!({"records": records, "context": context, "other": 1}),
        None => records,
    }];
    if !args.is_empty() {
        params.push(args.into());
    }
    if !kwargs.is_empty() {
        params.push(kwargs.into());
    }
    match call(server, &format!("{}.{}", case.model, case.method), &params).await {
        Ok(Value::Null) => Expected::Nothing,
        Ok(value) => Expected::Value(value),
        Err(fault) => told(&fault, &case.expected),
    }
}

#[tokio::test]
async fn calls_are_answered_as_on_19() {
    ask("19.0", road).await;
}

#[tokio::test]
async fn calls_are_answered_as_on_14() {
    ask("14.0", road).await;
}

#[tokio::test]
async fn a_subject_is_nothing_records_or_a_mapping_and_arguments_may_be_left_out() {
    let server = server("19.0").await;
    for subject in [
        json!(false),
        json!([]),
        json!({}),
        Value::Null,
        json!({"context": {"lang": "fr_BE"}}),
    ] {
        let named = json!({"domain": [["code", "=", "BE"]]});
        let positional = json!([[["code", "=", "BE"]]]);
        for arguments in [
            vec![named.clone()],
            vec![positional.clone()],
            vec![positional, json!({})],
        ] {
            let params = [vec![subject.clone()], arguments].concat();
            assert_eq!(
                call(&server, "res.country.search", &params).await,
                Ok(json!([1]))
            );
        }
    }
    let context = call(&server, "res.users.context_get", &[json!(false)]).await;
    assert_eq!(context.unwrap()["uid"], COMPANY_USER);
    for params in [
        vec![],
        vec![json!(5)],
        vec![json!([]), json!(5)],
        vec![json!([1]), json!([[]])],
    ] {
        let fault = call(&server, "res.country.search", &params)
            .await
            .unwrap_err();
        assert_eq!(fault["faultCode"], 1);
    }
    let [.., last] = &server.calls()[..] else {
        panic!("no call")
    };
    assert_eq!(
        (last.road, last.method.as_str()),
        (Road::Rpc2, "context_get")
    );
    assert_eq!(last.header("authorization"), None);
}

#[tokio::test]
async fn credentials_and_the_database_come_with_every_request_but_those_of_the_server() {
    let server = server("19.0").await;
    let body = xml::call("res.country.search_count", &[json!([]), json!([[]])]);
    let send = async |query: &str, login: Option<(&str, &str)>, body: &str| {
        let mut request = reqwest::Client::new().post(format!("{}/RPC2{query}", server.url()));
        if let Some((login, secret)) = login {
            request = request.basic_auth(login, Some(secret));
        }
        post(request, body.to_owned()).await
    };
    let right = Some((COMPANY_LOGIN, COMPANY_PASSWORD));
    let database = format!("?db={COMPANY_DATABASE}");
    let (status, text) = send(&database, right, &body).await;
    assert_eq!((status, xml::answer(&text).is_ok()), (200, true));
    assert_eq!(send(&database, None, &body).await.0, 401);
    assert_eq!(
        send(&database, Some((COMPANY_LOGIN, "no")), &body).await.0,
        401
    );
    assert_eq!(send("?db=nodb", right, &body).await.0, 404);
    assert_eq!(send("", right, &body).await.0, 404);
    let (status, text) = send("", None, &xml::call("version", &[])).await;
    assert_eq!(status, 200);
    assert_eq!(xml::answer(&text).unwrap()["server_serie"], "19.0");
    let (_, text) = send("", None, &xml::call("nope", &[])).await;
    assert_eq!(xml::answer(&text).unwrap_err()["faultCode"], 1);
}
