//! What an exception of Odoo says of the connection: which of its settings to look at.

use odx_facts::{Series, Since};
use serde_json::Value;

use super::request::Response;
use crate::{
    Error,
    error::{Cause, OdooError},
    session::{Reply, Setting},
};

/// What to do about an answer that is none of Odoo's, by its HTTP status. What a road knows better it says itself.
pub(super) fn advice(response: &Response) -> &'static str {
    match response.status {
        401 | 403 => "something in front of Odoo refused the request",
        400 | 405 | 415 | 422 => "Odoo could not read the request",
        413 => "send less in one call, or raise the size limit of what is in front of Odoo",
        429 | 502..=504 => "Odoo is overloaded or down, or something in front of it is",
        _ => "see the log of Odoo",
    }
}

/// Where a road was asked for that this Odoo does not have.
pub(super) fn no_such_road(road: &str, since: Since, series: Series) -> Error {
    Error::configuration(format!(
        "Odoo {series} does not have the road {road} (series that have it: {since}): take another, or leave it open"
    ))
    .about(Setting::Road)
}

/// The class of the exception by which Odoo refuses a login.
pub(super) const ACCESS_DENIED: &str = "odoo.exceptions.AccessDenied";

/// What a road asks to look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// Where the key, the password or the user is refused.
    pub(super) login: &'static str,
    /// Where there is no such database.
    pub(super) database: &'static str,
    /// The user that calls are made as, where the road says it by its id.
    pub(super) user_id: Option<i64>,
}

impl Settings {
    /// The error of a call that Odoo refused.
    pub(super) fn error(&self, mut error: Box<OdooError>) -> Error {
        match error.cause() {
            Cause::Login => {
                error.advice = Some(self.login.into());
                Error::OdooKey(error)
            }
            Cause::MissingRecord if self.is_the_user(&error) => {
                error.advice = Some(self.login.into());
                error.known_cause = Some(Cause::Login);
                Error::OdooKey(error)
            }
            Cause::Session => Error::SessionExpired(error),
            Cause::Database => {
                error.advice = Some(self.database.into());
                Error::Odoo(error)
            }
            _ => Error::Odoo(error),
        }
    }

    /// The user's id in the answer to `authenticate`; it is `false` where the login or the password is refused, or the user has
    /// a second factor.
    pub(super) fn read_user_id(&self, reply: &Reply) -> Result<i64, Error> {
        match reply.json()? {
            Value::Bool(false) => {
                let error = OdooError::new(ACCESS_DENIED, "Access Denied", reply.site().clone());
                Err(self.error(Box::new(error)))
            }
            id => id
                .as_i64()
                .ok_or_else(|| reply.mismatch("the id of the user")),
        }
    }

    /// Whether the record that is missing is the user that the call was made as (`res.users(9999,)`).
    fn is_the_user(&self, error: &OdooError) -> bool {
        let named = |id| error.message.contains(&format!("res.users({id},)"));
        self.user_id.is_some_and(named)
    }
}
