//! XML-RPC: what is said by it, and what an answer says. Shared by the roads that speak it.

mod fault;
mod read;
mod write;

pub(super) use read::Base64;
pub(super) use write::{MethodCall, by_name};

use super::{
    envelope::{MOST_OF_AN_ERROR, Refusal},
    fault::Settings,
    request::Response,
};
use crate::{
    Error,
    error::{
        CallSite, LocalTimeout, NotAnEnvelope, TransportError, TransportErrorKind, UnexpectedResult,
    },
    secret::Secrets,
    session::Reply,
};
use fault::Fault;
use read::{Answer, Unread};

/// The type of requests. Odoo 14 takes no other that it could take for a form.
pub(super) const CONTENT_TYPE: &str = "text/xml";

/// How a road reads its answers.
pub(super) struct XmlAnswers {
    /// What no answer shows.
    pub(super) secrets: Secrets,
    pub(super) settings: Settings,
    pub(super) base64: Base64,
    /// What to do about an answer that is none of XML-RPC.
    pub(super) advice: fn(&Response) -> &'static str,
}

impl XmlAnswers {
    /// The result in an answer, as the JSON that Odoo writes of the same value.
    ///
    /// # Errors
    /// What the answer says, or that it is none of XML-RPC.
    pub(super) fn read(&self, response: Response, site: CallSite) -> Result<Reply, Error> {
        if response.status != 200 {
            return Err(self.no_answer(&response, site, None));
        }
        let body = match std::str::from_utf8(&response.body) {
            Ok(body) => body,
            Err(_) => {
                return Err(self.no_answer(&response, site, Some("it is not in UTF-8".into())));
            }
        };
        let bounds = response.bounds;
        let (json, result) = match read::answer(body, self.base64, &bounds) {
            Ok(Answer::Result(json)) => {
                let whole = 0..json.len();
                (json, Some(whole))
            }
            Ok(Answer::Fault(fault)) => {
                self.refused(&fault, &response, &site)?;
                (Vec::new(), None)
            }
            Err(Unread::Refused(reason)) => {
                return Err(self.no_answer(&response, site, Some(reason.into())));
            }
            Err(Unread::TooLarge) => {
                return Err(Error::Transport(Box::new(TransportError {
                    kind: TransportErrorKind::TooLarge {
                        limit: bounds.memory,
                    },
                    site,
                    source: None,
                })));
            }
            Err(Unread::Late(limit)) => {
                let limit = Some(limit);
                return Err(Error::LocalTimeout(Box::new(LocalTimeout { limit, site })));
            }
        };
        let reply = Reply::in_envelope(json, result, site, self.secrets.clone());
        Ok(reply.within(bounds))
    }

    /// `Ok` where a fault only says that the result is `None`.
    fn refused(&self, fault: &[u8], response: &Response, site: &CallSite) -> Result<(), Error> {
        if fault.len() > MOST_OF_AN_ERROR {
            let reason = Some("its fault is larger than 8 MiB".into());
            return Err(self.no_answer(response, site.clone(), reason));
        }
        match Fault::read(fault, &self.secrets, site) {
            Some(Fault::NoResult) => Ok(()),
            Some(Fault::Unsaid(why)) => Err(Error::UnexpectedResult(Box::new(UnexpectedResult {
                expected: "a value that XML-RPC can carry (the call was carried out, so do not \
                    repeat it; over JSON-RPC its result can be read)"
                    .to_owned(),
                found: why,
                site: site.clone(),
            }))),
            Some(Fault::Refused(error)) => Err(self.settings.error(error)),
            None => {
                let reason = Some("its fault has neither code nor text".into());
                Err(self.no_answer(response, site.clone(), reason))
            }
        }
    }

    fn no_answer(&self, response: &Response, site: CallSite, reason: Refusal) -> Error {
        let error = NotAnEnvelope::of(response, site, &self.secrets, self.advice);
        Error::NotAnEnvelope(error.because(reason))
    }
}
