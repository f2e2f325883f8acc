//! ODXProxy v2 (0.9 and on): Odoo's JSON-2 behind the proxy, for Odoo 19 and on.

use std::{sync::Arc, time::Duration};

use reqwest::Url;
use serde::Serialize;

use super::{
    odxproxy::{Endpoint, GRACE, Instance, TIME_LIMIT, rpc},
    request::{Request, Response},
    road::{Answer, Ask, Opening, Road},
    rpc::{Rpc, read_version},
};
use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Call, Named, OdooInstance, ServerVersion},
};

/// The proxy's protocol of version 2, to one Odoo database.
pub(super) struct OdxProxyV2 {
    endpoint: Arc<Endpoint>,
    execute: Url,
    instance: OdooInstance,
    site: CallSite,
    rpc: Rpc,
}

impl OdxProxyV2 {
    pub(super) fn new(endpoint: Arc<Endpoint>, instance: OdooInstance) -> Self {
        Self {
            site: endpoint.site_of(&instance),
            execute: endpoint.base.at("/v2/odoo/execute"),
            rpc: rpc(endpoint.secrets(Some(&instance)), None),
            endpoint,
            instance,
        }
    }
}

#[derive(Serialize)]
struct Execute<'a> {
    id: &'a str,
    model_id: &'a str,
    method: &'a str,
    /// The body that Odoo gets.
    kwargs: Named<'a>,
    odoo_instance: Instance<'a>,
}

impl Road for OdxProxyV2 {
    type Login = ();

    fn name(&self) -> &'static str {
        "odxproxy-v2"
    }

    fn odoo_url(&self) -> &str {
        self.instance.url()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.rpc.secrets
    }

    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    fn grace(&self) -> Duration {
        GRACE
    }

    /// The names of arguments depend on it.
    fn needs_series(&self) -> bool {
        true
    }

    fn open(&self, _: Ask<'_>) -> Result<Opening<()>, Error> {
        Ok(Opening::Login(()))
    }

    fn opened(&self, _: Response, _: CallSite) -> Result<(), Error> {
        Ok(())
    }

    fn request(&self, call: &Call, (): &(), ask: Ask<'_>) -> Result<Request, Error> {
        let body = Execute {
            id: ask.request_id,
            model_id: call.model(),
            method: call.method(),
            kwargs: call.named(ask.series.unwrap_or(odx_facts::NEWEST))?,
            odoo_instance: (&self.instance).into(),
        };
        self.endpoint.post(self.execute.clone(), &body, ask)
    }

    /// A created record comes in a list, whatever was given.
    fn read(&self, response: Response, call: &Call, (): &(), site: CallSite) -> Answer {
        let reply = self.rpc.read(response, site);
        reply.map(|reply| reply.asked_by(call)).into()
    }

    /// That of version 1 tells the version of every series.
    fn version(&self, ask: Ask<'_>) -> Result<Request, Error> {
        self.endpoint.version(self.instance.url(), ask)
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.rpc.read(response, site)?, &self.rpc.secrets)
    }
}
