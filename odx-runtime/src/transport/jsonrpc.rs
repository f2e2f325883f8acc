//! Odoo's `/jsonrpc`, 14 and on: the services `common` and `object`, with the password or API key in each call.

use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    account::{Account, User},
    address::Address,
    envelope::{HIDDEN_EXCEPTION, RpcError},
    fault,
    request::{Request, Response, Template},
    road::{Answer, Ask, Opening, Road},
    rpc::{Rpc, read_version},
};
use crate::{
    Error,
    error::CallSite,
    secret::Secrets,
    session::{Call, Positional, ServerVersion},
};

/// `/jsonrpc` of one database, as one user.
pub(super) struct JsonRpc {
    address: Address,
    /// What each request begins as.
    begun: Template,
    account: Account,
    site: CallSite,
    rpc: Rpc,
}

impl JsonRpc {
    pub(super) fn new(address: Address, account: Account) -> Self {
        Self {
            begun: Template::new(address.at("/jsonrpc")),
            site: address.site(&account.secrets()),
            rpc: rpc(account.secrets(), account.settings()),
            address,
            account,
        }
    }

    fn ask<A: Serialize>(
        &self,
        service: &'static str,
        method: &'static str,
        args: A,
        ask: Ask<'_>,
    ) -> Result<Request, Error> {
        let params = Service {
            service,
            method,
            args,
        };
        post(&self.begun, ask.request_id(), params)
    }
}

/// A request of JSON-RPC, as all of Odoo's addresses that speak it take one.
pub(super) fn post(to: &Template, id: &str, params: impl Serialize) -> Result<Request, Error> {
    let body = RpcRequest {
        jsonrpc: "2.0",
        method: "call",
        id,
        params,
    };
    to.request().json(&body)
}

#[derive(Serialize)]
struct RpcRequest<'a, P> {
    jsonrpc: &'static str,
    method: &'static str,
    id: &'a str,
    params: P,
}

#[derive(Serialize)]
struct Service<A> {
    service: &'static str,
    method: &'static str,
    args: A,
}

/// The arguments of `execute_kw`.
type ExecuteKw<'a> = (
    &'a str,
    i64,
    &'a str,
    &'a str,
    &'a str,
    Positional<'a>,
    &'a Map<String, Value>,
);

/// How Odoo's own envelopes are read.
pub(super) fn rpc(secrets: Secrets, settings: fault::Settings) -> Rpc {
    Rpc {
        secrets,
        settings,
        classify,
        advice,
    }
}

fn classify(error: RpcError, status: u16, site: CallSite, settings: &fault::Settings) -> Error {
    settings.error(error.with_hidden_exception().into_odoo(status, site))
}

/// What to do about an answer of Odoo that is no envelope.
fn advice(response: &Response) -> &'static str {
    match response.status {
        500 if response.is_html() => HIDDEN_EXCEPTION,
        404 | 405 => "check the URL of Odoo, and the name of the database",
        _ => fault::advice(response),
    }
}

impl Road for JsonRpc {
    /// The id of the user.
    type Login = i64;

    fn name(&self) -> &'static str {
        "jsonrpc"
    }

    fn odoo_url(&self) -> &str {
        self.address.text()
    }

    fn site(&self) -> &CallSite {
        &self.site
    }

    fn secrets(&self) -> &Secrets {
        &self.rpc.secrets
    }

    fn user_id(&self, login: &i64) -> Option<i64> {
        Some(*login)
    }

    fn open(&self, ask: Ask<'_>) -> Result<Opening<i64>, Error> {
        let Account {
            database,
            user,
            secret,
        } = &self.account;
        let login = match user {
            User::Id(id) => return Ok(Opening::Login(*id)),
            User::Login(login) => login,
        };
        let args = (database, login, secret.expose_secret(), Map::new());
        let request = self.ask("common", "authenticate", args, ask)?;
        Ok(Opening::Ask(request))
    }

    fn opened(&self, response: Response, site: CallSite) -> Result<i64, Error> {
        self.rpc
            .settings
            .read_user_id(&self.rpc.read(response, site)?)
    }

    fn request(&self, call: &Call, user_id: &i64, ask: Ask<'_>) -> Result<Request, Error> {
        let args: ExecuteKw<'_> = (
            &self.account.database,
            *user_id,
            self.account.secret.expose_secret(),
            call.model(),
            call.method(),
            call.positional(),
            call.kwargs(),
        );
        self.ask("object", "execute_kw", args, ask)
    }

    fn read(&self, response: Response, _: &Call, _: &i64, site: CallSite) -> Answer {
        self.rpc.read(response, site).into()
    }

    fn version(&self, ask: Ask<'_>) -> Result<Request, Error> {
        self.ask("common", "version", [(); 0], ask)
    }

    fn read_version(&self, response: Response, site: CallSite) -> Result<ServerVersion, Error> {
        read_version(&self.rpc.read(response, site)?, &self.rpc.secrets)
    }
}
