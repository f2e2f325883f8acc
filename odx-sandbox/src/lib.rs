//! An Odoo in memory for tests and demos, on every road that leads to one, over real HTTP; and an ODXProxy in front of a
//! real Odoo.
//!
//! [`Sandbox`] is the face for tests of programs that use odx: an Odoo of the models that `odx pull` wrote, filled in few
//! words.
//!
//! ```
//! # use odx_runtime::prelude::*;
//! # #[derive(OdooModel)]
//! # #[odoo(name = "res.partner")]
//! # struct ResPartner { id: Id<ResPartner>, name: Option<String>, email: Option<String> }
//! # #[derive(OdooModel)]
//! # #[odoo(name = "sale.order")]
//! # struct SaleOrder { id: Id<SaleOrder>, partner_id: Option<Many2one<ResPartner>>, amount_total: f64 }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use odx_sandbox::{Fault, Road, Sandbox};
//!
//! let sandbox = Sandbox::company().await?; // or from_snapshot("odoo-schema"), of your own models
//! let acme = sandbox.make(values!(ResPartner { name: "Acme" })).await?;
//! let order = sandbox.make(values!(SaleOrder { partner_id: acme })).set(|o| o.amount_total, 12_000.0).await?;
//!
//! let odoo = sandbox.connect().await?; // or connect_over(Road::JsonRpc)
//! assert_eq!(SaleOrder::get(&odoo, order).await?.amount_total, 12_000.0);
//!
//! sandbox.fail_next(Fault::UpstreamTimeout);
//! assert!(SaleOrder::get(&odoo, order).await.is_err());
//! assert!(sandbox.calls().iter().all(|call| call.road == Road::Json2));
//! # Ok(()) }
//! ```
//!
//! Below it stand the [`Database`], which is put together by hand where a snapshot is not enough, and the [`Server`]:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use odx_sandbox::{Options, Server, company};
//!
//! let server = Server::start(company()?, Options::default()).await?;
//! println!("{} with the key in server.key()", server.url());
//! # Ok(()) }
//! ```
//!
//! [`company()`] is a small company's database; any other is put together with [`Database`]. A [`Server`] tells
//! which [`Call`]s it received, and can be told to go wrong in every way a proxy or an Odoo does ([`Fault`]).
//!
//! A client picks its road by the address that it calls ([`Road`]): ODXProxy v1 (`/api/odoo/execute`) and v2
//! (`/v2/odoo/execute`), JSON-2, `/jsonrpc`, XML-RPC, the road of the web client with its cookie, and `/RPC2`. All lead to
//! the same database, answer as its [series](Database::series) does, and are opened by the same users ([`User`]): by id or
//! login, with an API key or a password. In front of a real Odoo there are the roads of ODXProxy alone.

#![warn(clippy::missing_errors_doc)]

mod body;
mod budget;
mod company;
mod connections;
mod fault;
mod hosts;
mod metrics;
mod odoo;
mod options;
mod recorder;
pub mod recording;
mod roads;
mod sandbox;
mod server;
mod snapshot;
mod upstream;

#[doc(no_inline)]
pub use axum::http;
pub use company::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, LIMITED_KEY,
    LIMITED_LOGIN, LIMITED_PASSWORD, LIMITED_USER, TWO_FACTOR_KEY, TWO_FACTOR_LOGIN,
    TWO_FACTOR_PASSWORD, TWO_FACTOR_USER, company,
};
pub use fault::Fault;
pub use odoo::{
    Answer, Database, Default, MakeError, ModelOptions, ObjectCall, OdooError, ReadFrom, Row, User,
};
pub use options::{Backend, Options, StartError};
pub use recorder::Call;
#[doc(no_inline)]
pub use reqwest;
pub use roads::Road;
pub use sandbox::{ADMINISTRATOR_LOGIN, Builder, Sandbox, SandboxError};
#[cfg(feature = "client")]
pub use sandbox::{Make, MakeMany};
#[doc(no_inline)]
pub use serde_json;
pub use server::Server;
pub use snapshot::SnapshotError;

/// Compares two secrets without telling by the time taken where they differ.
pub(crate) fn constant_time_eq(one: &str, other: &str) -> bool {
    let difference = one
        .bytes()
        .zip(other.bytes())
        .fold(one.len() ^ other.len(), |difference, (one, other)| {
            difference | usize::from(one ^ other)
        });
    difference == 0
}
