//! What an exception of Odoo says of the connection: which of its settings to look at.

use crate::{
    Error,
    error::{Cause, OdooError},
};

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
                error.advice = Some(self.login);
                Error::OdooKey(error)
            }
            Cause::MissingRecord if self.is_the_user(&error) => {
                error.advice = Some(self.login);
                Error::OdooKey(error)
            }
            Cause::Session => Error::SessionExpired(error),
            Cause::Database => {
                error.advice = Some(self.database);
                Error::Odoo(error)
            }
            _ => Error::Odoo(error),
        }
    }

    /// Whether the record that is missing is the user that the call was made as (`res.users(9999,)`).
    fn is_the_user(&self, error: &OdooError) -> bool {
        let named = |id| error.message.contains(&format!("res.users({id},)"));
        self.user_id.is_some_and(named)
    }
}
