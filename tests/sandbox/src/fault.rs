//! Wrong answers on request, to test what a client makes of them.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use crate::budget::Held;
use crate::odoo::OdooError;
use crate::protocol::{self, ProxyError};

/// A way to go wrong. See [`Server::fail_next`](crate::Server::fail_next).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Waits before the call is carried out. If the wait is longer than the request's `x-request-timeout`, the
    /// answer is 504 / -32003 when that is over.
    Delay(Duration),
    /// 422 with axum's plain text, as for a body that does not fit.
    PlainText422,
    /// 200 with an envelope that is cut off.
    TruncatedJson,
    /// 200 with an envelope that has neither `result` nor `error`, as after a method that returns `None`.
    MissingResult,
    /// 200 with this `result`, whatever was asked.
    Result(Value),
    /// 200 with this text as `result`, which need not be legal JSON (`NaN`).
    RawResult(String),
    /// 403 / 0: the licence of the proxy has expired.
    LicenceExpired,
    /// 504 / -32003 at once.
    UpstreamTimeout,
    /// 502 / -32004.
    UpstreamUnreachable,
    /// 500 / -32005.
    UpstreamUndecodable,
    /// 200 with the error that Odoo would send, under the code of the database's version.
    Odoo(OdooError),
    /// 200 with this code in the error: 100 for an expired session, 401 for a refused Odoo key.
    OdooCode(i64, OdooError),
    /// The result of the call under another `id`: `null` or a number.
    Id(Value),
    /// 307 to this address.
    Redirect(Url),
    /// Any status, content type and body.
    Raw {
        /// The HTTP status.
        status: u16,
        /// The `content-type` header.
        content_type: String,
        /// The body.
        body: String,
    },
}

impl Fault {
    /// The response that takes the place of the call; `None` if the call goes on.
    pub(crate) fn response(&self, id: &RawValue, error_code: i64) -> Option<Response> {
        Some(match self {
            Self::Delay(_) | Self::Id(_) => return None,
            Self::PlainText422 => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Failed to deserialize the JSON body into the target type: missing field `action` at line 1 column 2",
            )
                .into_response(),
            Self::TruncatedJson => raw(200, "application/json", "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":[{\"id\":1,".to_owned()),
            Self::MissingResult => protocol::success::<Value>(id, None),
            Self::Result(result) => protocol::success(id, Some(result)),
            Self::RawResult(text) => {
                protocol::passed_on(id, "result", text.clone().into(), Held::default())
            },
            Self::LicenceExpired => ProxyError::LicenceExpired.respond(id),
            Self::UpstreamTimeout => ProxyError::Timeout.respond(id),
            Self::UpstreamUnreachable => {
                ProxyError::Unreachable("connection refused".to_owned()).respond(id)
            }
            Self::UpstreamUndecodable => ProxyError::Undecodable.respond(id),
            Self::Odoo(error) => odoo_error(id, error_code, error),
            Self::OdooCode(code, error) => odoo_error(id, *code, error),
            Self::Redirect(to) => (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, to.to_string())],
            )
                .into_response(),
            Self::Raw { status, content_type, body } => raw(*status, content_type, body.clone()),
        })
    }
}

/// An exception of Odoo in its envelope.
pub(crate) fn odoo_error(id: &RawValue, code: i64, error: &OdooError) -> Response {
    let message = match code {
        100 => "Odoo Session Expired",
        _ => "Odoo Server Error",
    };
    let error = json!({"code": code, "message": message, "data": error.data()});
    protocol::failure(id, &error)
}

fn raw(status: u16, content_type: &str, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, content_type.to_owned())],
        body,
    )
        .into_response()
}
