//! The ODXProxy v1 protocol: what requests hold, and how answers and errors look.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The actions that forward to a method of the same name.
const ACTIONS: &[&str] = &[
    "search",
    "search_count",
    "read",
    "fields_get",
    "search_read",
    "create",
    "write",
    "unlink",
];

/// The body of `/api/odoo/execute`.
#[derive(Deserialize)]
pub(crate) struct Execute {
    pub(crate) id: Value,
    action: String,
    pub(crate) model_id: String,
    #[serde(default)]
    fn_name: Option<String>,
    #[serde(default)]
    params: Option<Vec<Value>>,
    #[serde(default)]
    keyword: Option<Map<String, Value>>,
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
pub(crate) struct Version {
    pub(crate) id: Value,
    pub(crate) url: String,
}

impl Execute {
    /// The Odoo method to call.
    pub(crate) fn method(&self) -> Result<&str, ProxyError> {
        if self.action != "call_method" {
            let known = ACTIONS.iter().find(|action| **action == self.action);
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

    /// The positional and the keyword arguments.
    pub(crate) fn arguments(&self) -> (Vec<Value>, Map<String, Value>) {
        (
            self.params.clone().unwrap_or_default(),
            self.keyword.clone().unwrap_or_default(),
        )
    }
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
            Self::Undecodable => StatusCode::INTERNAL_SERVER_ERROR,
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
            Self::Undecodable => -32005,
            Self::LicenceExpired => 0,
        }
    }

    /// The error with the id of its request; the id is `null` where the request was not read.
    pub(crate) fn respond(&self, id: &Value) -> Response {
        let id = if *self == Self::Unauthorized {
            &Value::Null
        } else {
            id
        };
        let error = json!({"code": self.code(), "message": self.to_string()});
        (self.status(), failure(id, error)).into_response()
    }
}

/// `{jsonrpc, id, result}`; without `result` if there is none.
#[derive(Serialize)]
pub(crate) struct Success<'a, T> {
    jsonrpc: &'static str,
    id: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<T>,
}

pub(crate) fn success<T: Serialize>(id: &Value, result: Option<T>) -> Response {
    axum::Json(Success {
        jsonrpc: "2.0",
        id,
        result,
    })
    .into_response()
}

/// An envelope whose `result` or `error` is already written as JSON.
pub(crate) fn passed_on(id: &Value, member: &str, json: &str) -> Response {
    let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"{member}\":{json}}}");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// `{jsonrpc, id, error}`.
pub(crate) fn failure(id: &Value, error: Value) -> axum::Json<Value> {
    axum::Json(json!({"jsonrpc": "2.0", "id": id, "error": error}))
}
