//! XML-RPC, in raw XML.

use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Fault, OdooError,
    Road, Server, TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD,
};
use serde_json::{Value, json};

use crate::table::{Case, Expected, LOGIN, REFUSED, ask, refusal, server};
use crate::xml;

/// Sends XML, and gives the status and the text of the answer.
pub(crate) async fn post(request: reqwest::RequestBuilder, body: String) -> (u16, String) {
    let request = request.header("content-type", "text/xml").body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn send(server: &Server, path: &str, body: String) -> String {
    let url = format!("{}{path}", server.url());
    let (status, text) = post(reqwest::Client::new().post(url), body).await;
    assert_eq!(status, 200, "{text}");
    text
}

async fn service(server: &Server, path: &str, method: &str, params: Value) -> Result<Value, Value> {
    let params = params.as_array().cloned().unwrap();
    xml::answer(&send(server, path, xml::call(method, &params)).await)
}

async fn object(
    server: &Server,
    path: &str,
    model: &str,
    method: &str,
    args: Value,
) -> Result<Value, Value> {
    let params = json!([
        COMPANY_DATABASE,
        COMPANY_USER,
        COMPANY_KEY,
        model,
        method,
        args
    ]);
    service(server, path, "execute_kw", params).await
}

const NO_NONE: &str = "TypeError: cannot marshal None unless allow_none is enabled\n";

/// What a fault of a number says, held against what is expected.
pub(crate) fn told(fault: &Value, expected: &Expected) -> Expected {
    let text = fault["faultString"].as_str().unwrap();
    match expected {
        Expected::Nothing => {
            assert_eq!(fault["faultCode"], 1);
            assert!(text.ends_with(NO_NONE), "{text}");
        }
        Expected::Raised(raised) => {
            assert_eq!(fault["faultCode"], raised.fault, "{fault}");
            let class = raised.class.trim_start_matches("builtins.");
            match raised.fault {
                1 => assert!(
                    text.ends_with(&format!("\n{class}: {}\n", raised.message)),
                    "{text}"
                ),
                _ => assert_eq!(text, raised.message),
            }
        }
        Expected::Value(_) => panic!("not expected: {fault}"),
    }
    expected.clone()
}

async fn road(server: &Server, case: &Case) -> Expected {
    let (user, key) = LOGIN;
    let params = json!([
        COMPANY_DATABASE,
        user,
        key,
        case.model,
        case.method,
        case.args,
        case.kwargs
    ]);
    match service(server, "/xmlrpc/2/object", "execute_kw", params).await {
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
async fn answers_are_those_of_python_to_the_byte() {
    let (newest, oldest) = (server("19.0").await, server("14.0").await);
    let asked = xml::call(
        "authenticate",
        &[
            json!(COMPANY_DATABASE),
            json!(COMPANY_LOGIN),
            json!(COMPANY_PASSWORD),
            json!({}),
        ],
    );
    assert_eq!(
        send(&newest, "/xmlrpc/2/common", asked.clone()).await,
        "<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n<value><int>2</int></value>\n</param>\n</params>\n\n</methodResponse>\n"
    );
    assert_eq!(
        send(&oldest, "/xmlrpc/2/common", asked).await,
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><int>2</int></value>\n</param>\n</params>\n</methodResponse>\n"
    );
    let denied = xml::call(
        "execute_kw",
        &[
            json!(COMPANY_DATABASE),
            json!(2),
            json!("no"),
            json!("a"),
            json!("b"),
            json!([]),
        ],
    );
    assert_eq!(
        send(&newest, "/xmlrpc/2/object", denied).await,
        "<?xml version=\"1.0\"?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n\
         <value><int>3</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>Access Denied</string></value>\n\
         </member>\n</struct></value>\n</fault>\n\n</methodResponse>\n"
    );
}

#[tokio::test]
async fn the_common_service_needs_no_user() {
    let server = server("19.0").await;
    let path = "/xmlrpc/2/common";
    let version = service(&server, path, "version", json!([])).await.unwrap();
    assert_eq!(
        version["server_version_info"],
        json!([19, 0, 0, "final", 0, ""])
    );
    for (login, password) in [
        (COMPANY_LOGIN, "no"),
        (TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD),
    ] {
        let params = json!([COMPANY_DATABASE, login, password, {}]);
        assert_eq!(
            service(&server, path, "authenticate", params).await,
            Ok(json!(false))
        );
    }
    let lacks = service(&server, path, "authenticate", json!([COMPANY_DATABASE]))
        .await
        .unwrap_err();
    assert_eq!(lacks["faultCode"], 1);
    let text = lacks["faultString"].as_str().unwrap();
    assert!(
        text.contains(
            "missing 3 required positional arguments: 'login', 'password', and 'user_agent_env'"
        ),
        "{text}"
    );
    let unknown = service(&server, "/xmlrpc/2/nope", "nope", json!([]))
        .await
        .unwrap_err();
    assert!(
        unknown["faultString"]
            .as_str()
            .unwrap()
            .ends_with("\nKeyError: 'nope'\n")
    );
}

#[tokio::test]
async fn what_xml_rpc_cannot_carry_is_a_fault_after_the_call_was_made() {
    let server = server("19.0").await;
    let path = "/xmlrpc/2/object";
    let archived = object(&server, path, "res.partner", "action_archive", json!([[5]])).await;
    assert!(
        archived.unwrap_err()["faultString"]
            .as_str()
            .unwrap()
            .ends_with(NO_NONE)
    );
    let found = object(
        &server,
        path,
        "res.partner",
        "search",
        json!([[["id", "=", 5]]]),
    )
    .await;
    assert_eq!(found, Ok(json!([])));
    let by_id = object(
        &server,
        path,
        "res.partner",
        "get_external_id",
        json!([[5]]),
    )
    .await;
    let text = by_id.unwrap_err()["faultString"].clone();
    assert!(
        text.as_str()
            .unwrap()
            .ends_with("TypeError: dictionary key must be string\n")
    );
    server.fail_next(Fault::Result(json!(2_147_483_648_i64)));
    let large = object(&server, path, "sale.order", "search_count", json!([[]])).await;
    let text = large.unwrap_err()["faultString"].clone();
    assert!(
        text.as_str()
            .unwrap()
            .ends_with("OverflowError: int exceeds XML-RPC limits\n")
    );
}

#[tokio::test]
async fn without_the_2_faults_have_texts_for_codes() {
    let server = server("19.0").await;
    let path = "/xmlrpc/object";
    server.fail(REFUSED.0, REFUSED.1, refusal(), 1);
    for (model, method, args, code, text) in [
        (
            REFUSED.0,
            REFUSED.1,
            json!([[]]),
            "warning -- UserError\n\nA user error",
            "",
        ),
        (
            "res.partner",
            "_search",
            json!([[]]),
            "warning -- AccessError\n\nPrivate methods (such as 'res.partner._search') cannot be called remotely.",
            "",
        ),
        (
            "no.model",
            "search",
            json!([[]]),
            "warning -- UserError\n\nObject no.model doesn't exist",
            "",
        ),
        (
            "res.partner",
            "search_read",
            json!([[], ["nope"]]),
            "Invalid field 'nope' on 'res.partner'",
            "\nValueError: Invalid field 'nope' on 'res.partner'\n",
        ),
    ] {
        let fault = object(&server, path, model, method, args)
            .await
            .unwrap_err();
        assert_eq!(fault["faultCode"], code);
        assert!(fault["faultString"].as_str().unwrap().ends_with(text));
    }
    let params = json!([
        COMPANY_DATABASE,
        COMPANY_USER,
        "no",
        "res.partner",
        "search",
        [[]]
    ]);
    let denied = service(&server, path, "execute_kw", params)
        .await
        .unwrap_err();
    assert_eq!(
        denied,
        json!({"faultCode": "AccessDenied", "faultString": "Access Denied"})
    );
}

#[tokio::test]
async fn what_is_no_call_is_a_fault_and_only_posts_are_read() {
    let server = server("19.0").await;
    for body in ["", "<a", "{}", "<methodCall>"] {
        let fault =
            xml::answer(&send(&server, "/xmlrpc/2/common", body.to_owned()).await).unwrap_err();
        assert_eq!(fault["faultCode"], 1, "{body}");
        assert!(
            fault["faultString"]
                .as_str()
                .unwrap()
                .contains("xml.parsers.expat.ExpatError")
        );
    }
    let response = reqwest::get(format!("{}/xmlrpc/2/common", server.url()))
        .await
        .unwrap();
    assert_eq!(response.status(), 405);
}

#[tokio::test]
async fn faults_are_told_in_xml_and_calls_are_remembered() {
    let server = server("19.0").await;
    let ask = async || {
        object(
            &server,
            "/xmlrpc/2/object",
            "sale.order",
            "search_count",
            json!([[]]),
        )
        .await
    };
    let error =
        OdooError::new("odoo.exceptions.RedirectWarning", "A redirect warning\n1").with_arguments(
            vec![json!("It's"), json!(1), json!("Go there"), Value::Null],
        );
    server.fail_next(Fault::Odoo(error));
    assert_eq!(
        ask().await,
        Err(json!({"faultCode": 2, "faultString": "('It\\'s', 1, 'Go there', None)"}))
    );
    server.fail_next(Fault::OdooCode(
        9,
        OdooError::new("builtins.Exception", "x"),
    ));
    assert_eq!(ask().await.unwrap_err()["faultCode"], 9);
    assert_eq!(ask().await, Ok(json!(60)));
    let [.., last] = &server.calls()[..] else {
        panic!("no call")
    };
    assert_eq!(
        (last.road, last.model.as_str()),
        (Road::XmlRpc, "sale.order")
    );
    assert_eq!(last.params, [json!([])]);
}
