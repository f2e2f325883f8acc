//! An HTTP service over Odoo.
//!
//! All requests share the connections of one [`Session`]; each has a clone of its own, which carries the request's id and
//! time limit.
//!
//! - `GET /orders?country=BE&limit=20`: the newest confirmed orders
//! - `GET /orders/{id}`: one order with its lines
//! - `POST /orders/{id}/confirm`: confirms a quotation
//! - `POST /customers` with `{"name": "Ada", "email": "ada@example.com"}`: a new customer

mod answer;
mod customers;
mod orders;
mod session;

use axum::Router;
use axum::routing::{get, post};
use odx_runtime::Session;

/// What all requests share.
#[derive(Clone, Debug)]
pub struct Service {
    odoo: Session,
}

impl Service {
    /// A service over that Odoo.
    pub fn new(odoo: Session) -> Self {
        Self { odoo }
    }

    /// The service's routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/orders", get(orders::list))
            .route("/orders/{id}", get(orders::one))
            .route("/orders/{id}/confirm", post(orders::confirm))
            .route("/customers", post(customers::create))
            .with_state(self)
    }

    fn session(&self) -> Session {
        self.odoo.clone()
    }
}
