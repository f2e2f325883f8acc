//! The JSON-RPC envelope, which Odoo and ODXProxy put around results and errors.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use odx_facts::Series;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::odxproxy::ProxyError;
use super::{Form, behaviour, pages};
use crate::budget::Held;
use crate::odoo::{Answer, OdooError};

/// The envelope that answers one request.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) id: Box<RawValue>,
    pub(crate) sender: Sender,
}

/// Who sends an envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sender {
    /// ODXProxy, for an Odoo whose errors have this code.
    Proxy { code: i64 },
    /// An Odoo of this series, which may have more than one database.
    Odoo { series: Series, many: bool },
}

impl Envelope {
    fn code(&self) -> i64 {
        match self.sender {
            Sender::Proxy { code } => code,
            Sender::Odoo { series, .. } => error_code(series),
        }
    }

    /// The answer as the sender labels it.
    fn labelled(&self, mut response: Response) -> Response {
        if let Sender::Odoo { series, .. } = self.sender {
            let kind = pages::json_type(series);
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    }

    /// An error of any code, message and data.
    pub(crate) fn failed(&self, error: &Value) -> Response {
        self.labelled(failure(&self.id, error))
    }

    /// What there is no route to, or no model: code 404, under no id from 16 on. `advice` is the sandbox's own.
    pub(crate) fn not_found(&self, series: Series, advice: &str) -> Response {
        const TEXT: &str = "404 Not Found: The requested URL was not found on the server. If you entered the URL manually \
                            please check your spelling and try again.";
        let mut error = json!({
            "code": 404,
            "message": "404: Not Found",
            "data": {
                "name": "werkzeug.exceptions.NotFound",
                "message": format!("{TEXT}{advice}"),
                "arguments": [],
                "context": {},
                "debug": format!("Traceback (most recent call last):\n  File \"<sandbox>\"\n{TEXT}\n"),
            },
        });
        if !behaviour::UNKNOWN_ROUTE_IS_AN_ENVELOPE.holds(series) {
            return self.labelled(failure(RawValue::NULL, &error));
        }
        error["http_status"] = 404.into();
        let mut response = self.failed(&error);
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }
}

impl Form for Envelope {
    fn done(&self, answer: Answer) -> Response {
        self.labelled(match answer {
            Answer::Nothing => success::<()>(&self.id, None),
            answer => success(&self.id, Some(answer)),
        })
    }

    fn raised(&self, error: &OdooError, code: Option<i64>) -> Response {
        if let Sender::Odoo { series, many: true } = self.sender
            && behaviour::HIDES_EXCEPTIONS_OF_MANY.holds(series)
        {
            return pages::page(series, StatusCode::INTERNAL_SERVER_ERROR, None);
        }
        let code = code.unwrap_or_else(|| self.code());
        let message = match code {
            100 => "Odoo Session Expired",
            _ => "Odoo Server Error",
        };
        self.failed(&json!({"code": code, "message": message, "data": error.data()}))
    }

    fn written(&self, text: String) -> Response {
        self.labelled(passed_on(&self.id, "result", text.into(), Held::default()))
    }

    fn cut_off(&self) -> Response {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":[{\"id\":1,";
        self.labelled(axum::Json(()).into_response())
            .map(|_| Body::from(text))
    }

    fn between(&self, error: &ProxyError) -> Response {
        match self.sender {
            Sender::Proxy { .. } => error.respond(&self.id),
            Sender::Odoo { .. } => pages::gateway(error),
        }
    }

    fn answer_to(&mut self, id: &Value) {
        self.id = to_raw_value(id).expect("BUG: a value has JSON");
    }
}

/// The `error.code` of ordinary errors: 200 before Odoo 19, 0 since.
pub(crate) fn error_code(series: Series) -> i64 {
    match odx_facts::ERROR_CODE_IS_ZERO.holds(series) {
        true => 0,
        false => 200,
    }
}

/// `{jsonrpc, id, result}`; without `result` if there is none.
#[derive(Serialize)]
pub(crate) struct Success<'a, T> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<T>,
}

pub(crate) fn success<T: Serialize>(id: &RawValue, result: Option<T>) -> Response {
    axum::Json(Success {
        jsonrpc: "2.0",
        id,
        result,
    })
    .into_response()
}

/// An envelope whose `result` or `error` is already written as JSON, and not copied. Its room is held until it is sent.
pub(crate) fn passed_on(id: &RawValue, member: &str, json: Bytes, held: Held) -> Response {
    let start = Bytes::from(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"{member}\":"));
    let parts = [start, json, Bytes::from_static(b"}")];
    let length: usize = parts.iter().map(Bytes::len).sum();
    let parts = stream::iter(parts).map(move |part| {
        let _ = &held;
        Ok::<_, Infallible>(part)
    });
    let body = Body::from_stream(parts);
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (header::CONTENT_LENGTH, length.into()),
        ],
        body,
    )
        .into_response()
}

/// `{jsonrpc, id, error}`.
#[derive(Serialize)]
pub(crate) struct Failure<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    error: &'a Value,
}

/// An envelope with an error.
pub(crate) fn failure(id: &RawValue, error: &Value) -> Response {
    axum::Json(Failure {
        jsonrpc: "2.0",
        id,
        error,
    })
    .into_response()
}
