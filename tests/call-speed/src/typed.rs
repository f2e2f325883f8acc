//! The call by odx.

use models::ResPartner;
use odx_runtime::{Error, Model, Odoo, Session, transport::RoadName};

use crate::{DATABASE, KEY, LOGIN, PROXY_KEY, USER_ID};

/// A session over a road.
///
/// # Errors
/// As connecting.
pub async fn session(road: RoadName, url: &str) -> Result<Session, Error> {
    let connect = Odoo::connect(url).database(DATABASE).no_http_proxy();
    let connect = match road {
        RoadName::Web => connect.login(LOGIN, KEY),
        _ => connect.user_id(USER_ID).api_key(KEY),
    };
    let connect = match road.is_behind_a_proxy() {
        true => connect.through(url, PROXY_KEY),
        false => connect,
    };
    connect.road(road).await
}

/// The number of companies.
///
/// # Errors
/// As any call.
pub async fn count(odoo: &Session) -> Result<u64, Error> {
    ResPartner::search(|p| p.is_company.eq(true))
        .count(odoo)
        .await
}
