//! The bodies of requests: read whole, within limits of size and time.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::error::Category;

use crate::budget::{Budget, Full, Held};

/// What is set aside for a body before any of it has come.
const FIRST_ALLOCATION: usize = 64 * 1024;

/// Why a body was not taken. The answer is plain text, as ODXProxy's is.
#[derive(thiserror::Error)]
pub(crate) enum Refused {
    #[error("Expected request with `Content-Type: application/json`")]
    ContentType,
    #[error(
        "The request is larger than {0} bytes: send less in one call, or give the proxy a higher limit (`odx proxy --max-request`)"
    )]
    TooLarge(usize),
    #[error("The request did not come within {0:?}")]
    TooSlow(Duration),
    #[error(
        "Other requests take all the room there is: try again, with fewer large ones at a time"
    )]
    Full,
    #[error("The request broke off")]
    BrokenOff,
    #[error("Failed to parse the request body as JSON: {0}")]
    Syntax(serde_json::Error),
    #[error("Failed to deserialize the JSON body into the target type: {0}")]
    Shape(String),
}

odx_facts::debug_as_told!(Refused);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self {
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::BrokenOff | Self::Syntax(_) => StatusCode::BAD_REQUEST,
            Self::Shape(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, self.to_string()).into_response()
    }
}

/// What a body may take.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Its bytes.
    pub(crate) size: usize,
    /// From its head to its end.
    pub(crate) time: Duration,
    /// All that are held at the same time.
    pub(crate) budget: Budget,
}

impl From<Full> for Refused {
    fn from(Full: Full) -> Self {
        Self::Full
    }
}

impl Limits {
    /// The body of a request that says it is JSON, and its room.
    pub(crate) async fn take(&self, request: Request) -> Result<(Bytes, Held), Refused> {
        if !is_json(request.headers()) {
            return Err(Refused::ContentType);
        }
        self.whole(request).await
    }

    /// The body of any request, and its room.
    pub(crate) async fn whole(&self, request: Request) -> Result<(Bytes, Held), Refused> {
        let (head, body) = request.into_parts();
        let announced = announced(&head.headers);
        if announced > self.size {
            return Err(Refused::TooLarge(self.size));
        }
        match tokio::time::timeout(self.time, self.collect(body, announced)).await {
            Ok(body) => body,
            Err(_) => Err(Refused::TooSlow(self.time)),
        }
    }

    async fn collect(&self, body: Body, announced: usize) -> Result<(Bytes, Held), Refused> {
        let mut held = self.budget.wait_for(announced).await;
        let mut collected = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Refused::BrokenOff)?;
            if chunk.len() > self.size - collected.len() {
                return Err(Refused::TooLarge(self.size));
            }
            self.budget.grow(&mut held, collected.len() + chunk.len())?;
            collected.extend_from_slice(&chunk);
        }
        Ok((collected.into(), held))
    }
}

/// Whether a request says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE);
    let named = named.and_then(|named| named.to_str().ok());
    named.is_some_and(|named| {
        let essence = named.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    })
}

/// The length that the head of the request tells; 0 where it tells none.
fn announced(headers: &HeaderMap) -> usize {
    let told = headers.get(header::CONTENT_LENGTH);
    let told = told.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    told.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// Reads JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(json).map_err(|error| match error.classify() {
        Category::Data => Refused::Shape(error.to_string()),
        Category::Io | Category::Syntax | Category::Eof => Refused::Syntax(error),
    })
}
