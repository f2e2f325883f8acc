//! XML-RPC: `/xmlrpc/2/<service>`, whose faults have numbers, and `/xmlrpc/<service>`, whose faults have texts.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use odx_facts::Series;
use serde_json::Value;

use super::xml::{Code, MethodCall, Nil, fault, response};
use super::{Called, Form, Head, Odoo, Road, behaviour, jsonrpc, pages};
use crate::odoo::{Answer, OdooError};

pub(super) fn routes() -> Router<Odoo> {
    Router::new()
        .route("/xmlrpc/2/{service}", any(with_numbers))
        .route("/xmlrpc/{service}", any(with_texts))
}

async fn with_numbers(
    State(odoo): State<Odoo>,
    Path(service): Path<String>,
    request: Request,
) -> Response {
    called(&odoo, &service, Faults::Numbers, request).await
}

async fn with_texts(
    State(odoo): State<Odoo>,
    Path(service): Path<String>,
    request: Request,
) -> Response {
    called(&odoo, &service, Faults::Texts, request).await
}

async fn called(odoo: &Odoo, service: &str, faults: Faults, request: Request) -> Response {
    let head = Head::of(Road::XmlRpc, &request);
    let series = odoo.database().series;
    if *request.method() != Method::POST {
        return odoo.refused(not_allowed(series));
    }
    let mut form = Xml::new(series, faults);
    let call = match form.call(odoo, request).await {
        Ok(call) => call,
        Err(response) => return odoo.refused(response),
    };
    if service != "object" {
        let answer = odoo.service(service, &call.method, &call.params);
        return odoo.told(&form, answer);
    }
    match jsonrpc::object(series, &call.method, call.params) {
        Ok(call) => {
            form.has_numbers_for_keys = has_numbers_for_keys(&call);
            odoo.run(&head, call, &mut form).await
        }
        Err(error) => odoo.refused(form.raised(&error, None)),
    }
}

fn not_allowed(series: Series) -> Response {
    let mut response = pages::page(series, StatusCode::METHOD_NOT_ALLOWED, None);
    let allowed = HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// The method whose result is a mapping by id, which XML-RPC does not have; JSON has the ids as texts.
const BY_ID: &str = "get_external_id";

/// Whether the result has numbers for keys.
pub(super) fn has_numbers_for_keys(call: &Called) -> bool {
    call.method == BY_ID
}

/// How faults are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Faults {
    Numbers,
    Texts,
}

/// Tells answers in XML.
#[derive(Debug)]
pub(super) struct Xml {
    series: Series,
    faults: Faults,
    pub(super) nil: Nil,
    pub(super) has_numbers_for_keys: bool,
}

impl Xml {
    pub(super) fn new(series: Series, faults: Faults) -> Self {
        Self {
            series,
            faults,
            nil: Nil::Refused,
            has_numbers_for_keys: false,
        }
    }

    /// The call that a request says; or what its sender is told.
    pub(super) async fn call(&self, odoo: &Odoo, request: Request) -> Result<MethodCall, Response> {
        let body = odoo.shared.bodies.whole(request).await;
        let (body, _held) = body.map_err(IntoResponse::into_response)?;
        MethodCall::read(&body).map_err(|error| {
            let error = OdooError::new("xml.parsers.expat.ExpatError", error.to_string());
            self.raised(&error, None)
        })
    }

    /// A document around what was written.
    fn document(&self, content: &str) -> Response {
        let (declaration, end) = match behaviour::XML_ENDS_IN_A_BLANK_LINE.holds(self.series) {
            true => ("<?xml version=\"1.0\"?>", "\n"),
            false => ("<?xml version='1.0'?>", ""),
        };
        let text = format!("{declaration}\n<methodResponse>\n{content}{end}</methodResponse>\n");
        let kind = HeaderValue::from_static("text/xml; charset=utf-8");
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    }

    /// A fault, met while this function of the controller's `_xmlrpc` was running, and those that it called.
    fn fault(&self, error: &OdooError, code: Option<i64>, running: &[&str]) -> String {
        let told = Told::of(error);
        let number = code.unwrap_or_else(|| told.number());
        let controller = match self.faults {
            Faults::Numbers => "xmlrpc_2",
            Faults::Texts => "xmlrpc_1",
        };
        let traceback = error.traceback(&[&[controller, "_xmlrpc"], running].concat());
        match (self.faults, told) {
            (Faults::Numbers, Told::Warning { .. } | Told::Denied) => {
                fault(Code::Number(number), &error.text())
            }
            (Faults::Numbers, Told::Other) => fault(Code::Number(number), &traceback),
            (Faults::Texts, Told::Warning { name, .. }) => {
                let code = format!("warning -- {name}\n\n{}", error.text());
                fault(Code::Text(code), "")
            }
            (Faults::Texts, Told::Denied) => {
                fault(Code::Text("AccessDenied".to_owned()), error.message())
            }
            (Faults::Texts, Told::Other) => {
                fault(Code::Text(error.message().to_owned()), &traceback)
            }
        }
    }
}

/// What kind of exception an exception is to XML-RPC.
enum Told {
    /// The user is told: by this number, or under this name.
    Warning { number: i64, name: &'static str },
    /// The login was refused.
    Denied,
    /// Told by its traceback.
    Other,
}

impl Told {
    fn of(error: &OdooError) -> Self {
        let warning = |number, name| Self::Warning { number, name };
        match error.name() {
            "odoo.exceptions.RedirectWarning" => warning(2, "Warning"),
            "odoo.exceptions.MissingError" => warning(2, "MissingError"),
            "odoo.exceptions.AccessError" => warning(4, "AccessError"),
            "odoo.exceptions.AccessDenied" => Self::Denied,
            "odoo.exceptions.UserError"
            | "odoo.exceptions.ValidationError"
            | "odoo.exceptions.LockError" => warning(2, "UserError"),
            _ => Self::Other,
        }
    }

    fn number(&self) -> i64 {
        match self {
            Self::Warning { number, .. } => *number,
            Self::Denied => 3,
            Self::Other => 1,
        }
    }
}

impl Form for Xml {
    /// What cannot be written is a fault, though the call was made and its changes are kept.
    fn done(&self, answer: Answer) -> Response {
        let written = match self.has_numbers_for_keys {
            true => Err(OdooError::type_error("dictionary key must be string")),
            false => response(&answer, self.nil),
        };
        match written {
            Ok(content) => self.document(&content),
            Err(error) => {
                let writer = match answer {
                    Answer::Nothing | Answer::Value(Value::Null) => "dump_nil",
                    _ if self.has_numbers_for_keys => "dump_struct",
                    _ => "dump_array",
                };
                self.document(&self.fault(&error, None, &["dumps", "__dump", writer]))
            }
        }
    }

    fn raised(&self, error: &OdooError, code: Option<i64>) -> Response {
        self.document(&self.fault(error, code, &["dispatch_rpc"]))
    }

    fn written(&self, text: String) -> Response {
        self.document(&format!("<params>\n<param>\n{text}</param>\n</params>\n"))
    }

    fn cut_off(&self) -> Response {
        let kind = HeaderValue::from_static("text/xml; charset=utf-8");
        let text =
            "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n";
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    }
}
