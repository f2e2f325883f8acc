//! What the service answers when it cannot do what was asked.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use odx_runtime::{Error, OdooError};
use serde::Serialize;

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such record.
    NotFound,
    /// The request cannot be done as it is; the text is for the caller.
    Invalid(String),
    /// Odoo or the way to it.
    Odoo(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Odoo(error)
    }
}

#[derive(Serialize)]
struct Body {
    error: String,
    /// To find the call in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, error, request_id) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "there is no such record".to_owned(),
                None,
            ),
            Self::Invalid(text) => (StatusCode::UNPROCESSABLE_ENTITY, text, None),
            Self::Odoo(error) => {
                tracing::warn!(request_id = error.request_id(), %error, "a call to Odoo failed");
                let (status, text) = of_odoo(&error);
                (status, text, error.request_id().map(str::to_owned))
            }
        };
        (status, Json(Body { error, request_id })).into_response()
    }
}

/// What a caller may learn of an error: Odoo's own words where they are meant for people, else only the kind of it.
fn of_odoo(error: &Error) -> (StatusCode, String) {
    let (status, text) = match error {
        Error::Odoo(odoo) => return of_exception(odoo),
        Error::UpstreamTimeout(_) | Error::LocalTimeout(_) => {
            (StatusCode::GATEWAY_TIMEOUT, "Odoo took too long")
        }
        Error::UpstreamUnreachable(_) | Error::Transport(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "Odoo cannot be reached")
        }
        _ => (
            StatusCode::BAD_GATEWAY,
            "Odoo's answer could not be used; the log says why",
        ),
    };
    (status, text.to_owned())
}

fn of_exception(odoo: &OdooError) -> (StatusCode, String) {
    // An access error is a user error too, but its words tell of rules and records.
    let (status, text) = if odoo.is_access() {
        (StatusCode::FORBIDDEN, "Odoo does not allow this")
    } else if odoo.is_missing_record() {
        (StatusCode::NOT_FOUND, "there is no such record")
    } else if odoo.is_conflict() {
        (StatusCode::CONFLICT, "someone else changed this; try again")
    } else if odoo.is_validation() || odoo.is_user_error() {
        (StatusCode::UNPROCESSABLE_ENTITY, odoo.message.as_str())
    } else {
        (StatusCode::BAD_GATEWAY, "Odoo failed; the log says why")
    };
    (status, text.to_owned())
}
