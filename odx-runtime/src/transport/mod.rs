//! The way to Odoo over HTTP.
//!
//! One file a road: each turns a [`Call`](crate::Call) into a request and a response into a [`Reply`](crate::Reply) or an
//! [`Error`](crate::Error), and does no I/O. One HTTP executor sends the requests of them all.

mod account;
mod address;
mod client;
mod clients;
mod connect;
mod connection;
mod cut;
mod documentation;
mod envelope;
mod environment;
mod fault;
mod http;
mod json2;
mod jsonrpc;
mod limiter;
mod odxproxy;
mod odxproxy_v2;
mod ops;
mod proxy;
mod question;
mod request;
mod retry;
mod road;
mod rpc;
#[cfg(feature = "xmlrpc")]
mod rpc2;
mod servers;
pub(crate) mod standing;
mod streamed;
mod telemetry;
mod tls;
mod transfer;
mod web;
#[cfg(feature = "xmlrpc")]
mod xml;
#[cfg(feature = "xmlrpc")]
mod xmlrpc;

pub use client::{HttpClient, HttpClientBuilder};
pub(crate) use clients::check_timer;
pub use connect::{Connect, Odoo, RoadName};
pub use documentation::OdooDocumentation;
pub use ops::{About, License};
pub use proxy::{OdxProxy, OdxProxyBuilder};
pub use request::{Request, Response};
pub use retry::RetryPolicy;
pub use road::{Answer, Ask, Opening, Road};
#[cfg(feature = "xmlrpc")]
pub use rpc2::Rpc2;
#[cfg(feature = "xmlrpc")]
pub use xmlrpc::XmlRpc;

pub use crate::secret::Secrets;
#[doc(no_inline)]
pub use bytes::Bytes;
/// The URLs and headers of requests.
pub use reqwest::{Url, header};
