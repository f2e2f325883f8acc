//! The calls that every road is asked, and what each may say of them.

use odx_sandbox::{COMPANY_KEY, COMPANY_USER, Fault, OdooError, Options, Server, company};
use serde_json::{Value, json};

/// A call, by position and by name.
pub(crate) struct Case {
    pub what: &'static str,
    pub model: &'static str,
    pub method: &'static str,
    /// As `execute_kw` takes them.
    pub args: Value,
    pub kwargs: Value,
    /// As JSON-2 takes them.
    pub named: Value,
    pub expected: Expected,
}

/// What comes of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expected {
    Value(Value),
    /// Python's `None`.
    Nothing,
    Raised(Raised),
}

/// An exception, as each road tells it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raised {
    /// `data.name` of the envelope.
    pub class: &'static str,
    pub message: String,
    /// The status of JSON-2.
    pub status: u16,
    /// The `faultCode` of `/xmlrpc/2`.
    pub fault: i64,
}

fn raised(class: &'static str, message: &str, status: u16, fault: i64) -> Expected {
    Expected::Raised(Raised {
        class,
        message: message.to_owned(),
        status,
        fault,
    })
}

/// A server of that series, with an API key that opens it.
pub(crate) async fn server(series: &str) -> Server {
    let database = company().unwrap().series(series);
    Server::start(database, Options::default()).await.unwrap()
}

/// The credentials of the calls.
pub(crate) const LOGIN: (i64, &str) = (COMPANY_USER, COMPANY_KEY);

/// The exception that a test may ask for.
pub(crate) fn refusal() -> Fault {
    let text = "A user error";
    Fault::Odoo(OdooError::new("odoo.exceptions.UserError", text))
}

/// The calls, which build on one another.
pub(crate) fn cases(series: u16) -> Vec<Case> {
    let is_19 = series >= 19;
    let case = |what, model, method, args, kwargs, named, expected| Case {
        what,
        model,
        method,
        args,
        kwargs,
        named,
        expected,
    };
    let partner = "res.partner";
    vec![
        case(
            "a number",
            "sale.order",
            "search_count",
            json!([[]]),
            json!({}),
            json!({"domain": []}),
            Expected::Value(json!(60)),
        ),
        case(
            "rows, unset values among them",
            "res.country",
            "search_read",
            json!([[["code", "=", "BE"]], ["name", "code", "phone_code"]]),
            json!({"limit": 1}),
            json!({"domain": [["code", "=", "BE"]], "fields": ["name", "code", "phone_code"], "limit": 1}),
            Expected::Value(json!([{"id": 1, "name": "Belgium", "code": "BE", "phone_code": 32}])),
        ),
        case(
            "records created",
            partner,
            "create",
            json!([[{"name": "Ångström & <Søn>"}]]),
            json!({}),
            json!({"vals_list": [{"name": "Ångström & <Søn>"}]}),
            Expected::Value(json!([NEW])),
        ),
        case(
            "a record written",
            partner,
            "write",
            json!([[NEW], {"email": "a@example.com"}]),
            json!({}),
            json!({"ids": [NEW], "vals": {"email": "a@example.com"}}),
            Expected::Value(json!(true)),
        ),
        case(
            "what was written, with a context",
            partner,
            "read",
            json!([[NEW], ["name", "email", "parent_id"]]),
            json!({"context": {"lang": "fr_BE"}}),
            json!({"ids": [NEW], "fields": ["name", "email", "parent_id"], "context": {"lang": "fr_BE"}}),
            Expected::Value(
                json!([{"id": NEW, "name": "Ångström & <Søn>", "email": "a@example.com", "parent_id": false}]),
            ),
        ),
        case(
            "None, when it is done",
            partner,
            "action_archive",
            json!([[NEW]]),
            json!({}),
            json!({"ids": [NEW]}),
            Expected::Nothing,
        ),
        case(
            "that it was done",
            partner,
            "search_count",
            json!([[["id", "=", NEW], ["active", "=", false]]]),
            json!({}),
            json!({"domain": [["id", "=", NEW], ["active", "=", false]]}),
            Expected::Value(json!(1)),
        ),
        case(
            "a missing record",
            partner,
            "write",
            json!([[999_999], {"name": "x"}]),
            json!({}),
            json!({"ids": [999_999], "vals": {"name": "x"}}),
            raised(
                "odoo.exceptions.MissingError",
                "Record does not exist or has been deleted.\n(Record: res.partner(999999,), User: 2)",
                404,
                2,
            ),
        ),
        case(
            "an unknown field",
            partner,
            "search_read",
            json!([[], ["nope"]]),
            json!({}),
            json!({"domain": [], "fields": ["nope"]}),
            raised(
                "builtins.ValueError",
                match is_19 {
                    true => "Invalid field 'nope' on 'res.partner'",
                    false => "Invalid field 'nope' on model 'res.partner'",
                },
                500,
                1,
            ),
        ),
        case(
            "an unknown method",
            partner,
            "nope",
            json!([[NEW]]),
            json!({}),
            json!({"ids": [NEW]}),
            raised(
                "builtins.AttributeError",
                match is_19 {
                    true => "The method 'res.partner.nope' does not exist",
                    false => "type object 'res.partner' has no attribute 'nope'",
                },
                404,
                1,
            ),
        ),
        case(
            "a private method",
            partner,
            "_search",
            json!([[]]),
            json!({}),
            json!({"domain": []}),
            raised(
                "odoo.exceptions.AccessError",
                match is_19 {
                    true => {
                        "Private methods (such as 'res.partner._search') cannot be called remotely."
                    }
                    false => "Private methods (such as _search) cannot be called remotely.",
                },
                403,
                4,
            ),
        ),
        case(
            "an error of the user's, which a test asks for",
            REFUSED.0,
            REFUSED.1,
            json!([[]]),
            json!({}),
            json!({"domain": []}),
            raised("odoo.exceptions.UserError", "A user error", 422, 2),
        ),
    ]
}

/// The call that [`refusal`] is planned for.
pub(crate) const REFUSED: (&str, &str) = ("res.company", "search");

/// The id of the record that the calls create.
pub(crate) const NEW: i64 = 43;

/// Asks all calls of a server of both series.
pub(crate) async fn ask(series: &str, road: impl AsyncFn(&Server, &Case) -> Expected) {
    let server = server(series).await;
    let major = series.split('.').next().unwrap().parse().unwrap();
    let (model, method) = REFUSED;
    server.fail(model, method, refusal(), 1);
    let cases = cases(major);
    for case in &cases {
        assert_eq!(road(&server, case).await, case.expected, "{}", case.what);
    }
    let seen = server.calls();
    let seen: Vec<(&str, &str)> = seen
        .iter()
        .map(|call| (call.model.as_str(), call.method.as_str()))
        .collect();
    for case in cases.iter().filter(|case| is_public(case)) {
        assert!(seen.contains(&(case.model, case.method)), "{}", case.what);
    }
}

/// Whether there is such a method, so that every road calls it.
fn is_public(case: &Case) -> bool {
    !["nope", "_search"].contains(&case.method)
}

/// What an envelope of Odoo says of a call.
pub(crate) fn of_envelope(envelope: &Value, expected: &Expected) -> Expected {
    if let Some(result) = envelope.get("result") {
        return Expected::Value(result.clone());
    }
    let Some(error) = envelope.get("error") else {
        return Expected::Nothing;
    };
    let told = told(&error["data"], expected);
    let Expected::Raised(raised) = &told else {
        unreachable!()
    };
    assert_eq!(error["data"]["name"], raised.class);
    told
}

/// The exception of `error.data`, or of an error of JSON-2; its class and text are what the case says, if they are right.
pub(crate) fn told(data: &Value, expected: &Expected) -> Expected {
    let Expected::Raised(raised) = expected else {
        panic!("not expected: {data}");
    };
    assert_eq!(data["message"], raised.message.as_str());
    assert!(
        data["debug"]
            .as_str()
            .is_some_and(|debug| debug.contains(&raised.message))
    );
    assert!(
        data["arguments"].is_array() && data["context"].is_object(),
        "{data}"
    );
    expected.clone()
}
