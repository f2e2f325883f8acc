//! Answers in an envelope of JSON-RPC, which ODXProxy and Odoo's own roads share.

use std::sync::Arc;

use serde_json::Value;

use super::{
    envelope::{Envelope, Members, Refusal, RpcError},
    fault,
    request::Response,
};
use crate::{
    Error,
    error::{CallSite, NotAnEnvelope},
    secret::Secrets,
    session::{self, Reply, ServerVersion},
};

/// How a road reads its envelopes.
#[derive(Clone)]
pub(super) struct Rpc {
    /// What no answer shows.
    pub(super) secrets: Secrets,
    pub(super) settings: fault::Settings,
    /// What an `error`, that came with an HTTP status, means.
    pub(super) classify: fn(RpcError, u16, CallSite, &fault::Settings) -> Error,
    /// What to do about an answer that is no envelope.
    pub(super) advice: fn(&Response) -> &'static str,
}

impl Rpc {
    /// The result in an answer.
    ///
    /// # Errors
    /// What the answer says, or that it is no envelope.
    pub(super) fn read(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        let (status, id) = (response.status, site.shared_request_id());
        let (result, tail) = match Envelope::find(&response.body, id, &self.secrets) {
            Ok(Envelope::Error(error)) if error.is_of_no_address(status) => {
                let reason = Some("there is nothing at this address".into());
                return Err(self.no_envelope(&response, site, reason));
            }
            Ok(Envelope::Error(error)) => {
                return Err((self.classify)(error, status, site, &self.settings));
            }
            Ok(Envelope::Result(result)) if status == 200 => (result, None),
            Ok(Envelope::Open(start, members)) if status == 200 => {
                let tail = Tail {
                    members,
                    site: site.clone(),
                    rpc: self.clone(),
                };
                (Some(start..response.body.len()), Some(Arc::new(tail) as _))
            }
            Ok(_) => return Err(self.no_envelope(&response, site, None)),
            Err(reason) => return Err(self.no_envelope(&response, site, reason)),
        };
        let reply = Reply::in_envelope(response.body, result, site, self.secrets.clone());
        Ok(reply.followed_by(tail).within(response.bounds))
    }

    #[cold]
    fn no_envelope(&self, response: &Response, site: CallSite, reason: Refusal) -> Error {
        let error = NotAnEnvelope::of(response, site, &self.secrets, self.advice);
        Error::NotAnEnvelope(error.because(reason))
    }
}

/// What the envelope of a large result still has to show.
struct Tail {
    members: Members,
    site: CallSite,
    rpc: Rpc,
}

impl session::Tail for Tail {
    fn check(&self, rest: &[u8]) -> Result<(), Error> {
        let (site, rpc) = (self.site.clone(), &self.rpc);
        match self.members.clone().finish(rest, &rpc.secrets) {
            Ok(Envelope::Error(error)) => Err((rpc.classify)(error, 200, site, &rpc.settings)),
            Ok(_) => Ok(()),
            Err(reason) => {
                let rest = Response::of_body(rest.get(..4096).unwrap_or(rest).to_vec());
                Err(rpc.no_envelope(&rest, site, reason))
            }
        }
    }
}

/// The version as Odoo tells it: `server_version` and `server_version_info` over JSON-RPC, `version` and `version_info` from
/// 19 on as pages.
pub(super) fn read_version(reply: &Reply, secrets: &Secrets) -> Result<ServerVersion, Error> {
    let version = reply.json()?;
    let member = |names: [&str; 2]| names.into_iter().find_map(|name| version.get(name));
    let text = member(["server_version", "version"])
        .and_then(Value::as_str)
        .unwrap_or_default();
    let info = member(["server_version_info", "version_info"])
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut version =
        ServerVersion::new(text, info).ok_or_else(|| reply.mismatch("an Odoo version"))?;
    // It is shown, and goes into snapshots.
    version.text = secrets.scrub(&version.text).into_owned();
    for part in &mut version.info {
        if let Value::String(text) = part {
            *text = secrets.scrub(text).into_owned();
        }
    }
    Ok(version)
}
