//! A request's own session.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use odx_runtime::Session;

use crate::Service;

/// How long Odoo may take for a call.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A session of the service. Its calls carry the `x-request-id` of the request, so that one id leads through
/// the logs of this service, the proxy and Odoo.
pub(crate) struct RequestSession(pub(crate) Session);

impl FromRequestParts<Service> for RequestSession {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        let session = service.session().timeout(TIMEOUT);
        let request_id = parts
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok());
        Ok(Self(match request_id {
            Some(id) => session.request_id(id),
            None => session,
        }))
    }
}
