//! One call over each road: by odx, and by a loop of reqwest and serde's derive.

use std::time::Duration;

use odx_runtime::transport::RoadName;

pub mod plain;
pub mod ratio;
pub mod server;
pub mod typed;

/// The roads that are compared.
pub const ROADS: [RoadName; 5] = [
    RoadName::OdxProxy,
    RoadName::OdxProxyV2,
    RoadName::Json2,
    RoadName::JsonRpc,
    RoadName::Web,
];

/// The time limit of a loop that has one: that of odx where Odoo is asked directly.
pub const TIME_LIMIT: Duration = Duration::from_secs(120);

const DATABASE: &str = "prod";
const USER_ID: i64 = 2;
const LOGIN: &str = "admin";
const KEY: &str = "key-of-odoo";
const PROXY_KEY: &str = "key-of-the-proxy";
