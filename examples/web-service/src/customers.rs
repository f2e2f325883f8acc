//! `/customers`.

use axum::Json;
use axum::http::StatusCode;
use models::ResPartner;
use odx_runtime::{Id, Model, values};
use serde::{Deserialize, Serialize};

use crate::answer::Failure;
use crate::session::RequestSession;

#[derive(Deserialize)]
pub(crate) struct NewCustomer {
    name: String,
    email: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Created {
    id: Id<ResPartner>,
}

pub(crate) async fn create(
    RequestSession(odoo): RequestSession,
    Json(customer): Json<NewCustomer>,
) -> Result<(StatusCode, Json<Created>), Failure> {
    if customer.name.trim().is_empty() {
        return Err(Failure::Invalid("a customer needs a name".to_owned()));
    }
    let values = values!(ResPartner {
        name: customer.name,
        email: customer.email
    });
    let id = ResPartner::create(&odoo, values).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}
