//! Wrong answers on request, to test what a client makes of them.

use std::time::Duration;

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::Url;

use crate::connections::Reset;
use crate::odoo::{Answer, OdooError};
use crate::roads::Form;
use crate::roads::odxproxy::ProxyError;

/// A way to go wrong. See [`Server::fail_next`](crate::Server::fail_next).
///
/// Statuses and codes are those of ODXProxy. On a road that leads to Odoo itself the same happens in that road's own form:
/// an error of Odoo as JSON-2 or XML-RPC tells it, and what the proxy would say as the page of a server in front of Odoo,
/// with the same HTTP status.
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
    /// The connection is closed without an answer.
    Reset,
    /// The call is carried out, and then the connection is closed without an answer.
    AnswerLost,
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
    /// What takes the place of the call's answer, in the road's own form; `None` if the call goes on. `patience` is how
    /// long a proxy waits for Odoo.
    pub(crate) async fn strike(
        &self,
        form: &mut dyn Form,
        patience: Option<Duration>,
    ) -> Option<Response> {
        Some(match self {
            Self::Delay(delay) => {
                let patience = patience.unwrap_or(*delay);
                tokio::time::sleep((*delay).min(patience)).await;
                if *delay <= patience {
                    return None;
                }
                form.between(&ProxyError::Timeout)
            }
            Self::Id(id) => {
                form.answer_to(id);
                return None;
            }
            Self::PlainText422 => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Failed to deserialize the JSON body into the target type: missing field `action` at line 1 column 2",
            )
                .into_response(),
            Self::TruncatedJson => form.cut_off(),
            Self::MissingResult => form.done(Answer::Nothing),
            Self::Result(result) => form.done(Answer::Value(result.clone())),
            Self::RawResult(text) => form.written(text.clone()),
            Self::LicenceExpired => form.between(&ProxyError::LicenceExpired),
            Self::UpstreamTimeout => form.between(&ProxyError::Timeout),
            Self::UpstreamUnreachable => {
                form.between(&ProxyError::Unreachable("connection refused".to_owned()))
            }
            Self::UpstreamUndecodable => form.between(&ProxyError::Undecodable),
            Self::Odoo(error) => form.raised(error, None),
            Self::OdooCode(code, error) => form.raised(error, Some(*code)),
            Self::Reset => closed(),
            Self::AnswerLost => return None,
            Self::Redirect(to) => (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, to.to_string())],
            )
                .into_response(),
            Self::Raw {
                status,
                content_type,
                body,
            } => raw(*status, content_type, body.clone()),
        })
    }
}

/// What is sent of an answer to a call that went on in spite of a fault.
pub(crate) fn sent(fault: Option<&Fault>, answer: Response) -> Response {
    match fault {
        Some(Fault::AnswerLost) => closed(),
        _ => answer,
    }
}

fn closed() -> Response {
    (Extension(Reset), ()).into_response()
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
