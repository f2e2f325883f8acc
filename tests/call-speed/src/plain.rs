//! The call by reqwest and serde's derive.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use odx_runtime::transport::RoadName;
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{DATABASE, KEY, PROXY_KEY, USER_ID, server};

const USER_AGENT: &str = concat!("odx/", env!("CARGO_PKG_VERSION"));
const MODEL: &str = "res.partner";
const METHOD: &str = "search_count";
const DOMAIN: Domain = [("is_company", "=", true)];

type Domain = [(&'static str, &'static str, bool); 1];

/// A client of one road.
pub struct Client {
    http: reqwest::Client,
    road: RoadName,
    url: String,
    /// What goes into the header `Authorization` or `Cookie`.
    credentials: String,
    requests: AtomicU64,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct V1 {
    id: String,
    action: &'static str,
    model_id: &'static str,
    params: (Domain,),
    keyword: Empty,
    odoo_instance: Instance,
}

#[derive(Serialize)]
struct V2 {
    id: String,
    model_id: &'static str,
    method: &'static str,
    kwargs: Named,
    odoo_instance: Instance,
}

#[derive(Serialize)]
struct Instance {
    url: String,
    db: &'static str,
    user_id: i64,
    api_key: &'static str,
}

#[derive(Serialize)]
struct Named {
    domain: Domain,
}

#[derive(Serialize)]
struct Rpc<P> {
    jsonrpc: &'static str,
    method: &'static str,
    id: String,
    params: P,
}

#[derive(Serialize)]
struct Service<A> {
    service: &'static str,
    method: &'static str,
    args: A,
}

#[derive(Serialize)]
struct CallKw {
    model: &'static str,
    method: &'static str,
    args: (Domain,),
    kwargs: InContext,
}

#[derive(Serialize)]
struct InContext {
    context: Context,
}

/// That of the user, as the login told it.
#[derive(Serialize)]
struct Context {
    lang: &'static str,
    tz: &'static str,
}

#[derive(Deserialize)]
struct Envelope {
    result: u64,
}

impl Client {
    /// A client of that server, which is Odoo or a proxy. Without a limit it waits for an answer for ever, as reqwest does by default.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(
        road: RoadName,
        server: &str,
        time_limit: Option<Duration>,
    ) -> reqwest::Result<Self> {
        let path = match road {
            RoadName::OdxProxy => "/api/odoo/execute".to_owned(),
            RoadName::OdxProxyV2 => "/v2/odoo/execute".to_owned(),
            RoadName::Json2 => format!("/json/2/{MODEL}/{METHOD}"),
            RoadName::JsonRpc => "/jsonrpc".to_owned(),
            _ => "/web/dataset/call_kw".to_owned(),
        };
        let credentials = match road {
            RoadName::Json2 => format!("Bearer {KEY}"),
            _ => format!("session_id={}", server::SESSION),
        };
        let http = reqwest::Client::builder().no_proxy().user_agent(USER_AGENT);
        let http = match time_limit {
            Some(limit) => http.timeout(limit),
            None => http,
        };
        Ok(Self {
            http: http.build()?,
            road,
            url: format!("{server}{path}"),
            credentials,
            requests: AtomicU64::new(0),
        })
    }

    /// The number of companies.
    ///
    /// # Errors
    /// As reqwest has them.
    pub async fn count(&self) -> reqwest::Result<u64> {
        let post = self.http.post(&self.url);
        if self.road == RoadName::Json2 {
            let post = post
                .header("authorization", &self.credentials)
                .header("x-odoo-database", DATABASE);
            return read(post.json(&Named { domain: DOMAIN })).await;
        }
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        // As long as those of odx, which are UUIDs.
        let id = format!("{number:036}");
        let post = match self.road {
            RoadName::OdxProxy => post.header("x-api-key", PROXY_KEY).json(&V1 {
                id,
                action: METHOD,
                model_id: MODEL,
                params: (DOMAIN,),
                keyword: Empty {},
                odoo_instance: self.instance(),
            }),
            RoadName::OdxProxyV2 => post.header("x-api-key", PROXY_KEY).json(&V2 {
                id,
                model_id: MODEL,
                method: METHOD,
                kwargs: Named { domain: DOMAIN },
                odoo_instance: self.instance(),
            }),
            RoadName::JsonRpc => post.json(&rpc(
                id,
                Service {
                    service: "object",
                    method: "execute_kw",
                    args: (DATABASE, USER_ID, KEY, MODEL, METHOD, (DOMAIN,), Empty {}),
                },
            )),
            _ => post.header("cookie", &self.credentials).json(&rpc(
                id,
                CallKw {
                    model: MODEL,
                    method: METHOD,
                    args: (DOMAIN,),
                    kwargs: InContext {
                        context: Context {
                            lang: "en_US",
                            tz: "Europe/Brussels",
                        },
                    },
                },
            )),
        };
        read::<Envelope>(post).await.map(|answer| answer.result)
    }

    fn instance(&self) -> Instance {
        let path = self.url.find("/api/").or_else(|| self.url.find("/v2/"));
        Instance {
            url: self.url[..path.unwrap_or_default()].to_owned(),
            db: DATABASE,
            user_id: USER_ID,
            api_key: KEY,
        }
    }
}

fn rpc<P>(id: String, params: P) -> Rpc<P> {
    Rpc {
        jsonrpc: "2.0",
        method: "call",
        id,
        params,
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> reqwest::Result<T> {
    request.send().await?.error_for_status()?.json().await
}
