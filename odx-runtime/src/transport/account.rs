//! Who calls are made as, where Odoo is asked directly.

use secrecy::ExposeSecret;

use super::fault;
use crate::{SecretString, secret::Secrets};

/// A user of a database, and what proves it.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) database: String,
    pub(super) user: User,
    /// An API key or a password.
    pub(super) secret: SecretString,
}

/// A user, by the id in `res.users` or by the login.
#[derive(Clone, Debug)]
pub(super) enum User {
    Id(i64),
    Login(String),
}

impl Account {
    /// What no answer shows.
    pub(super) fn secrets(&self) -> Secrets {
        Secrets::new([self.secret.expose_secret()])
    }

    /// What to look at where a call is refused.
    pub(super) fn settings(&self) -> fault::Settings {
        let database = "check the name of the database";
        match self.user {
            User::Id(id) => fault::Settings {
                login: "check the user id, and the API key or password, which must be that user's",
                database,
                user_id: Some(id),
            },
            User::Login(_) => fault::Settings {
                login: "check the login, and the password or API key; who logs in with two factors needs an API key",
                database,
                user_id: None,
            },
        }
    }
}
