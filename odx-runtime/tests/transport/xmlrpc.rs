//! Odoo's XML-RPC. The answers in `xmlrpc/` were recorded from an Odoo 14 and an Odoo 19, each beside what the same call gave
//! over JSON-RPC; only paths on the server's disk were changed.

use odx_runtime::{
    Call, Error, OdooError, Session,
    error::{CallSite, Cause, TransportErrorKind},
    transport::{HttpClient, HttpClientBuilder, XmlRpc},
};
use serde::Deserialize;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{ODOO_KEY, Server, read};

const RECORDED: [(&str, &str, &str); 2] = [
    (
        "14",
        include_str!("xmlrpc/faults_14.json"),
        include_str!("xmlrpc/values_14.json"),
    ),
    (
        "19",
        include_str!("xmlrpc/faults_19.json"),
        include_str!("xmlrpc/values_19.json"),
    ),
];

/// A refused call, and the exception of the same call over JSON-RPC: empty where it was carried out there.
#[derive(Deserialize)]
struct RecordedFault {
    name: String,
    model: String,
    method: String,
    xml: String,
    class: String,
    message: String,
}

/// An answer, and the JSON of the same value over JSON-RPC.
#[derive(Deserialize)]
struct RecordedValue {
    name: String,
    xml: String,
    json: String,
}

fn faults() -> impl Iterator<Item = (&'static str, RecordedFault)> {
    RECORDED.into_iter().flat_map(|(series, faults, _)| {
        let faults: Vec<RecordedFault> = serde_json::from_str(faults).unwrap();
        faults.into_iter().map(move |fault| (series, fault))
    })
}

fn values() -> impl Iterator<Item = (&'static str, RecordedValue)> {
    RECORDED.into_iter().flat_map(|(series, _, values)| {
        let values: Vec<RecordedValue> = serde_json::from_str(values).unwrap();
        values.into_iter().map(move |value| (series, value))
    })
}

fn recorded(series: &str, name: &str) -> String {
    let mut values = values();
    let found = values.find(|(of, value)| *of == series && value.name == name);
    found.unwrap().1.xml
}

async fn answering(xml: impl Into<Vec<u8>>) -> Server {
    Server::answering(ResponseTemplate::new(200).set_body_raw(xml, "text/xml")).await
}

fn session_with(server: &Server, client: HttpClientBuilder) -> Session {
    let road = XmlRpc::with_user_id(server.0.uri(), "prod", 2, ODOO_KEY).unwrap();
    client.build().unwrap().session(road)
}

fn session(server: &Server) -> Session {
    session_with(server, HttpClient::builder())
}

/// What a call says whose answer is that.
async fn result_of(xml: impl Into<Vec<u8>>) -> Result<Value, Error> {
    let server = answering(xml).await;
    session(&server).execute(read()).await?.json()
}

/// An answer with that value.
fn answer(value: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>{value}</value>\n</param>\n</params>\n</methodResponse>\n"
    )
}

fn fault(code: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>{code}</value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>{text}</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n"
    )
}

/// The body of the only request.
async fn sent(server: &Server) -> String {
    String::from_utf8(server.only_request().await.body).unwrap()
}

/// The request of a call.
async fn request_of(call: Call) -> Result<String, Error> {
    let server = answering(answer("<boolean>1</boolean>")).await;
    let _ = session(&server).execute(call).await?;
    Ok(sent(&server).await)
}

#[tokio::test]
async fn a_call_is_one_of_execute_kw() {
    let server = answering(answer("<int>1</int>")).await;
    let call = Call::new("res.partner", "write")
        .ids([7])
        .arg(json!({"name": "A & B", "active": false}))
        .kwarg("context", json!({"lang": null}));
    let _ = session(&server).execute(call).await.unwrap();
    let request = server.only_request().await;
    assert_eq!(request.url.path(), "/xmlrpc/2/object");
    assert_eq!(request.headers["content-type"], "text/xml");
    assert_eq!(
        sent(&server).await,
        format!(
            "<?xml version=\"1.0\"?>\n<methodCall><methodName>execute_kw</methodName><params>\
             <param><value><string>prod</string></value></param>\
             <param><value><int>2</int></value></param>\
             <param><value><string>{ODOO_KEY}</string></value></param>\
             <param><value><string>res.partner</string></value></param>\
             <param><value><string>write</string></value></param>\
             <param><value><array><data>\
             <value><array><data><value><int>7</int></value></data></array></value>\
             <value><struct>\
             <member><name>active</name><value><boolean>0</boolean></value></member>\
             <member><name>name</name><value><string>A &amp; B</string></value></member>\
             </struct></value>\
             </data></array></value></param>\
             <param><value><struct><member><name>context</name><value><struct>\
             <member><name>lang</name><value><nil/></value></member>\
             </struct></value></member></struct></value></param>\
             </params></methodCall>\n"
        )
    );
}

#[tokio::test]
async fn each_argument_is_written_as_odoo_reads_it() {
    for (argument, written) in [
        (json!(2_147_483_647), "<int>2147483647</int>"),
        (json!(-2_147_483_648), "<int>-2147483648</int>"),
        (json!(2_147_483_648_i64), "<i8>2147483648</i8>"),
        (json!(u64::MAX), "<i8>18446744073709551615</i8>"),
        (json!(1.0), "<double>1.0</double>"),
        (json!(1e300), "<double>1e+300</double>"),
        (json!("a\r\n\tb]]>"), "<string>a&#13;\n\tb]]&gt;</string>"),
        (
            json!("é\u{85}\u{1f600}"),
            "<string>é\u{85}\u{1f600}</string>",
        ),
        (json!([]), "<array><data></data></array>"),
        (json!({}), "<struct></struct>"),
    ] {
        let sent = request_of(Call::new("m", "f").arg(argument)).await.unwrap();
        let written = format!("<array><data><value>{written}</value></data></array>");
        assert!(sent.contains(&written), "{written} is not in {sent}");
    }
}

#[tokio::test]
async fn what_xml_cannot_say_is_not_sent() {
    let deep = (0..300).fold(json!(1), |inner, _| json!([inner]));
    for (argument, why) in [
        (json!("a\u{1}b"), "the character U+0001"),
        (json!({"a\u{0}": 1}), "the character U+0000"),
        (json!(["\u{fffe}"]), "the character U+FFFE"),
        (deep, "values more than 256 levels deep"),
    ] {
        let refused = request_of(Call::new("res.partner", "read").arg(argument)).await;
        let Err(Error::Usage(message)) = refused else {
            panic!("{refused:?}")
        };
        assert!(
            message.contains("res.partner.read was not sent") && message.contains(why),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_login_asks_for_the_id_of_the_user() {
    let server = answering(answer("<int>2</int>")).await;
    let road = XmlRpc::with_login(server.0.uri(), "prod", "admin", ODOO_KEY).unwrap();
    let odoo = HttpClient::new().unwrap().session(road);
    let _ = odoo.execute(read()).await.unwrap();
    let _ = odoo.execute(read()).await.unwrap();
    let requests = server.requests().await;
    let paths: Vec<_> = requests.iter().map(|request| request.url.path()).collect();
    assert_eq!(
        paths,
        ["/xmlrpc/2/common", "/xmlrpc/2/object", "/xmlrpc/2/object"]
    );
    let login = String::from_utf8(requests[0].body.clone()).unwrap();
    let written = format!(
        "<methodName>authenticate</methodName><params>\
         <param><value><string>prod</string></value></param>\
         <param><value><string>admin</string></value></param>\
         <param><value><string>{ODOO_KEY}</string></value></param>\
         <param><value><struct></struct></value></param></params>"
    );
    assert!(login.contains(&written), "{login}");
}

#[tokio::test]
async fn a_refused_login_says_what_to_look_at() {
    for series in ["14", "19"] {
        let server = answering(recorded(series, "login_refused")).await;
        let road = XmlRpc::with_login(server.0.uri(), "prod", "admin", ODOO_KEY).unwrap();
        let odoo = HttpClient::new().unwrap().session(road);
        let error = odoo.execute(read()).await.unwrap_err();
        assert!(matches!(error, Error::OdooKey(_)), "{error:?}");
        assert!(error.to_string().contains("check the login"), "{error}");
    }
}

#[tokio::test]
async fn the_version_is_told() {
    for (series, version) in [("14", "14"), ("19", "19")] {
        let server = answering(recorded(series, "version")).await;
        let told = session(&server).version().await.unwrap();
        assert_eq!(told.series().to_string(), version);
        assert!(
            sent(&server)
                .await
                .contains("<methodName>version</methodName>")
        );
    }
}

#[tokio::test]
async fn every_value_is_that_of_json_rpc() {
    for (series, RecordedValue { name, xml, json }) in values() {
        let over_json = odx_runtime::Reply::new(&read(), json).json().unwrap();
        let server = answering(xml).await;
        let reply = session(&server).execute(read()).await.unwrap();
        // Logins and versions have other answers over JSON-RPC only in what they are for.
        assert_eq!(reply.json().unwrap(), over_json, "{name} on {series}");
    }
}

#[tokio::test]
async fn a_float_that_is_no_number_stays_none() {
    for (text, json) in [
        ("nan", "NaN"),
        ("inf", "Infinity"),
        ("-inf", "-Infinity"),
        ("1e+16", "1e+16"),
        ("-0.0", "-0.0"),
        ("5", "5.0"),
        (".5", "0.5"),
    ] {
        let server = answering(answer(&format!("<double>{text}</double>"))).await;
        let reply = session(&server).execute(read()).await.unwrap();
        let raw = reply.raw().unwrap().map(String::from_utf8_lossy);
        assert_eq!(raw.as_deref(), Some(json), "{text}");
    }
}

#[tokio::test]
async fn integers_of_64_bits_are_read_and_larger_ones_refused() {
    for tag in ["int", "i4", "i8", "biginteger"] {
        for integer in [i64::MIN, -1, 0, 1 << 40, i64::MAX] {
            let xml = answer(&format!("<{tag}>{integer}</{tag}>"));
            assert_eq!(result_of(xml).await.unwrap(), json!(integer));
        }
        let beyond = result_of(answer(&format!("<{tag}>36893488147419103232</{tag}>"))).await;
        let Err(Error::UnexpectedResult(error)) = beyond else {
            panic!("{beyond:?}")
        };
        assert_eq!(error.expected, "numbers of 64 bits");
    }
    assert_eq!(
        result_of(answer("<int>+007</int>")).await.unwrap(),
        json!(7)
    );
}

#[tokio::test]
async fn the_rest_of_xml_rpc_is_read_as_odoo_says_it_in_json() {
    for (value, json) in [
        ("text", json!("text")),
        (" &lt;a&gt; <![CDATA[&lt;]]>", json!(" <a> &lt;")),
        ("", json!("")),
        ("<string/>", json!("")),
        (
            "<string>a\r\nb\u{1}&#13;&#x1F600;</string>",
            json!("a\r\nb\u{1}\r\u{1f600}"),
        ),
        ("<nil/>", Value::Null),
        ("<ex:nil/>", Value::Null),
        ("<base64>\naGVs\nbG8=\n</base64>", json!("hello")),
        (
            "<dateTime.iso8601>19980717T14:08:55</dateTime.iso8601>",
            json!("1998-07-17 14:08:55"),
        ),
        ("<struct/>", json!({})),
        ("<array><data/></array>", json!([])),
        (
            "<struct><!-- c --><member><name>a&amp;\"</name><value><array><data><value><i4>1</i4></value> <value>x</value></data></array></value></member></struct>",
            json!({"a&\"": [1, "x"]}),
        ),
    ] {
        assert_eq!(result_of(answer(value)).await.unwrap(), json, "{value}");
    }
}

/// Where the road cannot tell the cause: code 2 has the message only, and this one is not of Odoo's own in English.
const NOT_TOLD: &[(&str, &str)] = &[
    ("14", "raise_validation_error"),
    ("19", "raise_validation_error"),
    ("14", "constraint"),
    ("19", "constraint"),
    // The message is only the name of the constraint.
    ("14", "raise_unique_violation"),
];

#[tokio::test]
async fn every_fault_has_the_cause_that_json_rpc_tells() {
    let mut compared = 0;
    for (series, fault) in faults().filter(|(_, fault)| !fault.class.is_empty()) {
        let place = format!("{} on {series}", fault.name);
        let site = CallSite::new("").with_call(fault.model.clone(), fault.method.clone());
        let over_json = OdooError::new(&fault.class, &fault.message, site);
        let server = answering(fault.xml).await;
        let call = Call::new(fault.model, fault.method);
        let error = session(&server).execute(call).await.unwrap_err();
        let odoo = error.odoo().unwrap_or_else(|| panic!("{place}: {error:?}"));
        match NOT_TOLD.contains(&(series, &fault.name)) {
            true => assert_eq!(odoo.cause(), Cause::User, "{place}"),
            false => assert_eq!(odoo.cause(), over_json.cause(), "{place}"),
        }
        let has_traceback = odoo.debug().is_some();
        assert_eq!(has_traceback, odoo.code == 1, "{place}");
        if !NOT_TOLD.contains(&(series, &fault.name)) {
            assert_eq!(odoo.class, fault.class, "{place}");
        }
        // Odoo joins the arguments of this one to a message only over JSON-RPC.
        if fault.name != "raise_redirect_warning" {
            assert_eq!(odoo.message.trim_end(), fault.message.trim_end(), "{place}");
        }
        assert!(!format!("{error} {error:?}").contains("Traceback"));
        compared += 1;
    }
    assert_eq!(compared, 2 * 24);
}

#[tokio::test]
async fn a_refused_key_user_or_database_says_what_to_look_at() {
    for (_, fault) in faults() {
        let advice = match fault.name.as_str() {
            "wrong_key" => "check the user id, and the API key",
            "wrong_user" => "check the user id",
            "unknown_database" => "check the name of the database",
            _ => continue,
        };
        let server = answering(fault.xml).await;
        let user = if fault.name == "wrong_user" { 9999 } else { 2 };
        let road = XmlRpc::with_user_id(server.0.uri(), "nodb", user, ODOO_KEY).unwrap();
        let odoo = HttpClient::new().unwrap().session(road);
        let error = odoo.execute(read()).await.unwrap_err();
        let is_key = matches!(error, Error::OdooKey(_));
        assert_eq!(is_key, fault.name != "unknown_database", "{error:?}");
        assert!(error.to_string().contains(advice), "{error}");
    }
}

fn recorded_fault(series: &str, name: &str) -> String {
    let mut faults = faults();
    let found = faults.find(|(of, fault)| *of == series && fault.name == name);
    found.unwrap().1.xml
}

#[tokio::test]
async fn a_method_that_answers_none_was_carried_out() {
    for series in ["14", "19"] {
        let server = answering(recorded_fault(series, "answer_none")).await;
        let reply = session(&server).execute(read()).await.unwrap();
        assert_eq!(reply.raw().unwrap(), None);
    }
}

#[tokio::test]
async fn a_result_that_xml_rpc_cannot_say_is_no_refusal() {
    for (series, name, exception) in [
        ("14", "none_within", "cannot marshal None"),
        ("19", "none_within", "cannot marshal None"),
        (
            "14",
            "keys_that_are_integers",
            "dictionary key must be string",
        ),
        (
            "19",
            "keys_that_are_integers",
            "dictionary key must be string",
        ),
        ("14", "integer_beyond_32_bits", "int exceeds XML-RPC limits"),
        ("19", "integer_beyond_32_bits", "int exceeds XML-RPC limits"),
        (
            "14",
            "records",
            "cannot marshal <class 'odoo.api.odx.probe'> objects",
        ),
    ] {
        let error = result_of(recorded_fault(series, name)).await.unwrap_err();
        let Error::UnexpectedResult(unexpected) = &error else {
            panic!("{name} on {series}: {error:?}")
        };
        assert!(unexpected.found.contains(exception), "{error}");
        assert!(
            error.to_string().contains("the call was carried out"),
            "{error}"
        );
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_method_that_fails_to_speak_xml_rpc_itself_was_not_carried_out() {
    const HEAD: &str = "Traceback (most recent call last):\n  File \"/a/rpc.py\", line 69, in xmlrpc_2\n    response = self._xmlrpc(service)\n  File \"/a/rpc.py\", line 50, in _xmlrpc\n";
    const RUNS: &str = "    result = dispatch_rpc(service, method, params)\n  File \"/a/http.py\", line 140, in dispatch_rpc\n    result = dispatch(method, params)\n  File \"/a/sync.py\", line 1, in push\n";
    const WRITES: &str = "    return dumps((result,))\n  File \"/a/client.py\", line 975, in dumps\n    data = m.dumps(params)\n  File \"/a/client.py\", line 534, in dump_nil\n";
    const NONE: &str = "TypeError: cannot marshal None unless allow_none is enabled\n";
    let told = format!("{HEAD}{WRITES}{NONE}");
    let marshals = "    dumps((value,))\n  File \"/a/client.py\", line 975, in dumps\n    data = m.dumps(params)\n  File \"/a/client.py\", line 534, in dump_nil\n";
    let cause = "\n\nThe above exception was the direct cause of the following exception:\n\n";
    for (text, class, is_done) in [
        (told.clone(), "", true),
        // The method writes a call to another server.
        (
            format!("{HEAD}{RUNS}{marshals}{NONE}"),
            "builtins.TypeError",
            false,
        ),
        // The other server's traceback is the message of the method's exception.
        (
            format!("{HEAD}{RUNS}    raise\nremote.Error: {told}"),
            "remote.Error",
            false,
        ),
        (
            format!("{HEAD}{RUNS}    raise\nremote.Error: failed:\n{told}"),
            "remote.Error",
            false,
        ),
        // And the message of its cause.
        (
            format!(
                "Traceback (most recent call last):\n  File \"/a/sync.py\", line 1, in push\n    send()\nremote.Error: {told}{cause}{HEAD}{RUNS}    raise\nValueError: no sync\n"
            ),
            "builtins.ValueError",
            false,
        ),
        // Something follows it.
        (format!("{told}\n{cause}"), "", false),
        // No traceback.
        (NONE.to_owned(), "", false),
    ] {
        let result = result_of(fault("<int>1</int>", &text)).await;
        match result {
            Ok(value) => assert!(is_done && value.is_null(), "{text}"),
            Err(Error::Odoo(error)) => {
                assert!(!is_done, "{text}");
                assert_eq!(error.class, class, "{text}");
            }
            Err(Error::UnexpectedResult(_)) if text.ends_with(cause) => {}
            Err(error) => panic!("{text}: {error:?}"),
        }
    }
    // A message for users that says the same.
    let error = result_of(fault("<int>2</int>", &told)).await.unwrap_err();
    assert!(
        error.odoo().is_some_and(OdooError::is_user_error),
        "{error:?}"
    );
}

#[tokio::test]
async fn faults_whose_codes_are_texts_are_read() {
    for (code, text, class, message) in [
        (
            "warning -- UserError\n\nNo.\nReally",
            "",
            "odoo.exceptions.UserError",
            "No.\nReally",
        ),
        (
            "warning -- AccessError\n\nNo",
            "",
            "odoo.exceptions.AccessError",
            "No",
        ),
        (
            "warning -- MissingError\n\nGone",
            "",
            "odoo.exceptions.MissingError",
            "Gone",
        ),
        (
            "warning -- Warning\n\nGo",
            "",
            "odoo.exceptions.RedirectWarning",
            "Go",
        ),
        (
            "AccessDenied",
            "Access Denied",
            "odoo.exceptions.AccessDenied",
            "Access Denied",
        ),
        (
            "Invalid field",
            "Traceback (most recent call last):\n  File \"a\", line 1, in xmlrpc_1\nValueError: Invalid field",
            "builtins.ValueError",
            "Invalid field",
        ),
        ("what", "nothing known", "", "what"),
    ] {
        let code = format!("<string>{code}</string>");
        let error = result_of(fault(&code, text)).await.unwrap_err();
        let odoo = error.odoo().unwrap_or_else(|| panic!("{code}: {error:?}"));
        assert_eq!(
            (odoo.class.as_str(), odoo.message.as_str()),
            (class, message)
        );
    }
}

#[tokio::test]
async fn what_is_no_answer_of_xml_rpc_is_told_so() {
    let int = answer("<int>1</int>");
    let latin = int.replace("version='1.0'", "version='1.0' encoding='iso-8859-1'");
    let bomb = format!(
        "<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>{}",
        answer("<string>&b;</string>").trim_start_matches("<?xml version='1.0'?>")
    );
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "it breaks off"),
        (
            b"<html><body>gateway</body></html>".to_vec(),
            "an element that XML-RPC does not know",
        ),
        (
            b"{\"jsonrpc\": \"2.0\"}".to_vec(),
            "it is no answer of XML-RPC",
        ),
        (latin.into_bytes(), "not in UTF-8"),
        (bomb.into_bytes(), "it has a DOCTYPE"),
        (
            answer("<string>&b;</string>").into_bytes(),
            "an entity that XML does not know",
        ),
        (
            answer("<string>&#0;</string>").into_bytes(),
            "an entity that XML does not know",
        ),
        (
            answer("<int>one</int>").into_bytes(),
            "an integer in it is none",
        ),
        (
            answer("<int></int>").into_bytes(),
            "an integer in it is none",
        ),
        (
            answer("<double>1,5</double>").into_bytes(),
            "a float in it is none",
        ),
        (
            answer("<boolean>2</boolean>").into_bytes(),
            "neither 0 nor 1",
        ),
        (
            answer("<base64>?</base64>").into_bytes(),
            "base64 in it is none",
        ),
        (
            answer("<wrong/>").into_bytes(),
            "an element that XML-RPC does not know",
        ),
        (answer("<int>1</i4>").into_bytes(), "it is no XML"),
        (
            answer("x<int>1</int>").into_bytes(),
            "it is no answer of XML-RPC",
        ),
        (
            answer("<int>1</int><int>2</int>").into_bytes(),
            "it is no answer of XML-RPC",
        ),
        (
            format!("{int}{int}").into_bytes(),
            "something follows its end",
        ),
        (
            int.replace("</param>", "</param><param><value/></param>")
                .into_bytes(),
            "no answer",
        ),
        (
            fault("<int>1</int>", "x")
                .replace("faultCode", "code")
                .into_bytes(),
            "neither code nor text",
        ),
        (
            [&b"<methodResponse>\xe9"[..], answer("x").as_bytes()].concat(),
            "it is not in UTF-8",
        ),
    ];
    for (body, why) in cases {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let error = result_of(body).await.unwrap_err();
        assert!(
            matches!(error, Error::NotAnEnvelope(_)),
            "{shown}: {error:?}"
        );
        assert!(error.to_string().contains(why), "{shown}: {error}");
    }
}

#[tokio::test]
async fn a_million_levels_take_no_stack() {
    const LEVELS: usize = 1_000_000;
    let deep = |open: &str, close: &str| {
        answer(&format!(
            "{}<int>1</int>{}",
            open.repeat(LEVELS),
            close.repeat(LEVELS)
        ))
    };
    for (open, close) in [
        ("<array><data><value>", "</value></data></array>"),
        (
            "<struct><member><name>a</name><value>",
            "</value></member></struct>",
        ),
    ] {
        let server = answering(deep(open, close)).await;
        let reply = session(&server).execute(read()).await.unwrap();
        // What reads the JSON refuses it, as it does over JSON-RPC.
        let error = reply.json().unwrap_err();
        let is_bounded = matches!(error, Error::UnexpectedResult(_) | Error::Transport(_));
        assert!(is_bounded, "{error:?}");
        let server = answering(deep(open, "")).await;
        let error = session(&server).execute(read()).await.unwrap_err();
        assert!(matches!(error, Error::NotAnEnvelope(_)), "{error:?}");
    }
}

#[tokio::test]
async fn the_json_of_an_answer_takes_no_more_than_its_bound() {
    let controls = answer(&format!(
        "<array><data>{}</data></array>",
        format!("<value>{}</value>", "\u{1}".repeat(100)).repeat(1000)
    ));
    let server = answering(controls.clone()).await;
    assert!(
        session(&server)
            .execute(read())
            .await
            .unwrap()
            .json()
            .is_ok()
    );
    let bounded = HttpClient::builder().max_response_size(controls.len());
    let error = session_with(&server, bounded)
        .execute(read())
        .await
        .unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error:?}")
    };
    assert!(matches!(
        transport.kind,
        TransportErrorKind::TooLarge { .. }
    ));
}

#[tokio::test]
async fn another_status_says_what_to_do() {
    for (status, advice) in [
        (404, "up to version 21"),
        (413, "send less in one call"),
        (502, "overloaded or down"),
    ] {
        let page = ResponseTemplate::new(status).set_body_raw("<html/>", "text/html");
        let server = Server::answering(page).await;
        let error = session(&server).execute(read()).await.unwrap_err();
        assert_eq!(error.http_status(), Some(status));
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test]
async fn the_key_shows_nowhere() {
    let traceback = format!(
        "Traceback (most recent call last):\n  File \"{ODOO_KEY}\", line 1, in xmlrpc_2\nsome.{ODOO_KEY}: {ODOO_KEY}\n"
    );
    let unsaid = format!(
        "Traceback (most recent call last):\n  File \"a\", line 1, in xmlrpc_2\n  File \"a\", line 1, in _xmlrpc\n  File \"a\", line 1, in dumps\nTypeError: {ODOO_KEY}\n"
    );
    let echo = format!("bad key {ODOO_KEY}");
    for body in [
        fault("<int>1</int>", &traceback),
        fault("<int>1</int>", &unsaid),
        fault("<int>1</int>", &echo),
        fault("<int>2</int>", &echo),
        fault("<int>3</int>", &echo),
        fault(&format!("<string>{echo}</string>"), &traceback),
        fault(
            &format!("<string>warning -- {ODOO_KEY}\n\n{ODOO_KEY}</string>"),
            "",
        ),
        fault(
            &format!("<array><data><value>{ODOO_KEY}</value></data></array>"),
            "",
        ),
        format!("<p>{echo}</p>"),
        format!("<{ODOO_KEY}/>"),
        answer(&format!("<int>{ODOO_KEY}</int>")),
    ] {
        let server = answering(body.clone()).await;
        let odoo = session(&server);
        let error = odoo.execute(read()).await.unwrap_err();
        crate::secrets::assert_no_key(&crate::secrets::everything_of(&error));
        crate::secrets::assert_no_key(&format!("{odoo:?}"));
    }
    let road = XmlRpc::with_user_id("http://localhost", "prod", 2, ODOO_KEY).unwrap();
    crate::secrets::assert_no_key(&format!("{road:#?}"));
    let refused = Call::new("res.partner", "read").arg(format!("\u{1}{ODOO_KEY}"));
    crate::secrets::assert_no_key(&request_of(refused).await.unwrap_err().to_string());
}
