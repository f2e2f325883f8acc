//! The ODXProxy v1 protocol: what requests hold, and how answers and errors look.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use odx_facts::PROXY_ACTIONS;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::body::{self, Refused};
use crate::budget::Held;

/// The body of `/api/odoo/execute`. What is passed on is not read: arguments of many megabytes cost no more than that.
#[derive(Deserialize)]
pub(crate) struct Execute<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    action: String,
    pub(crate) model_id: String,
    #[serde(default)]
    fn_name: Option<String>,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
    #[serde(default, borrow)]
    keyword: Option<&'a RawValue>,
    pub(crate) odoo_instance: Instance,
}

/// The Odoo instance a request is for.
#[derive(Deserialize)]
pub(crate) struct Instance {
    pub(crate) url: String,
    pub(crate) db: String,
    pub(crate) user_id: i64,
    pub(crate) api_key: SecretString,
}

/// The body of `/api/odoo/version`.
#[derive(Deserialize)]
pub(crate) struct Version<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    pub(crate) url: String,
}

/// The positional and the keyword arguments of a method.
pub(crate) type Arguments = (Vec<Value>, Map<String, Value>);

impl<'a> Execute<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Refused> {
        let request: Self = body::read(body)?;
        for (member, value, open, expected) in [
            ("params", request.params, '[', "a list"),
            ("keyword", request.keyword, '{', "an object"),
        ] {
            if value.is_some_and(|value| !value.get().starts_with(open)) {
                return Err(Refused::Shape(format!("{member}: expected {expected}")));
            }
        }
        Ok(request)
    }

    /// The Odoo method to call.
    pub(crate) fn method(&self) -> Result<&str, ProxyError> {
        if self.action != "call_method" {
            let known = PROXY_ACTIONS.iter().find(|action| **action == self.action);
            return known
                .copied()
                .ok_or_else(|| ProxyError::UnknownAction(self.action.clone()));
        }
        match self.fn_name.as_deref() {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(ProxyError::MissingFunction),
        }
    }

    pub(crate) fn action(&self) -> &str {
        &self.action
    }

    /// The positional arguments as they were written.
    pub(crate) fn params(&self) -> &'a RawValue {
        self.params.unwrap_or_else(|| raw("[]"))
    }

    /// The keyword arguments as they were written.
    pub(crate) fn keyword(&self) -> &'a RawValue {
        self.keyword.unwrap_or_else(|| raw("{}"))
    }

    /// The arguments, read.
    pub(crate) fn arguments(&self) -> Result<Arguments, Refused> {
        Ok((
            body::read(self.params().get().as_bytes())?,
            body::read(self.keyword().get().as_bytes())?,
        ))
    }
}

fn raw(json: &'static str) -> &'static RawValue {
    serde_json::from_str(json).expect("BUG: this is JSON")
}

/// What the proxy itself answers when it does not pass on an answer of Odoo.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("Unauthorized: missing or invalid x-api-key")]
    Unauthorized,
    #[error("Unknown action: {0}")]
    UnknownAction(String),
    #[error("fn_name is required for call_method")]
    MissingFunction,
    #[error("Odoo did not answer in time")]
    Timeout,
    #[error("Cannot reach Odoo: {0}")]
    Unreachable(String),
    #[error("Cannot decode the answer of Odoo")]
    Undecodable,
    #[error(
        "The answer of Odoo is larger than {limit} bytes: ask for fewer records or fields at once, or give the proxy a higher limit (`odx proxy --max-answer`)"
    )]
    AnswerTooLarge { limit: usize },
    #[error(
        "Other answers take all the room there is for this answer of Odoo: make fewer large calls at a time, or give the proxy more (`odx proxy --max-memory`)"
    )]
    NoRoom,
    #[error("License expired")]
    LicenceExpired,
}

impl ProxyError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnknownAction(_) | Self::MissingFunction => StatusCode::BAD_REQUEST,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) => StatusCode::BAD_GATEWAY,
            Self::Undecodable | Self::AnswerTooLarge { .. } | Self::NoRoom => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::LicenceExpired => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn code(&self) -> i64 {
        match self {
            Self::Unauthorized => -32000,
            Self::UnknownAction(_) => -32001,
            Self::MissingFunction => -32002,
            Self::Timeout => -32003,
            Self::Unreachable(_) => -32004,
            Self::Undecodable | Self::AnswerTooLarge { .. } | Self::NoRoom => -32005,
            Self::LicenceExpired => 0,
        }
    }

    /// The error with the id of its request; the id is `null` where the request was not read.
    pub(crate) fn respond(&self, id: &RawValue) -> Response {
        let error = json!({"code": self.code(), "message": self.to_string()});
        (self.status(), failure(id, &error)).into_response()
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

pub(crate) fn failure(id: &RawValue, error: &Value) -> Response {
    axum::Json(Failure {
        jsonrpc: "2.0",
        id,
        error,
    })
    .into_response()
}
