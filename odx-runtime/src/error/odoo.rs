//! The errors that Odoo itself raises.

use std::fmt;

use serde_json::Value;

use super::CallSite;

/// A call that Odoo refused: the exception it raised.
///
/// The class tells what happened; the message is in the language of the call's context and must not be parsed.
#[derive(Clone)]
#[non_exhaustive]
pub struct OdooError {
    /// The exception's class, such as `odoo.exceptions.ValidationError`; empty if Odoo named none.
    pub class: String,
    /// The message, often meant for the user.
    pub message: String,
    /// The exception's arguments. The first one is mostly the message.
    pub arguments: Vec<Value>,
    /// The code in the answer: 200 up to Odoo 18, 0 from 19 on, an HTTP status over JSON-2.
    pub code: i64,
    /// The HTTP status.
    pub status: u16,
    /// Where the call went.
    pub site: CallSite,
    pub(crate) debug: Option<String>,
}

/// Subclasses of `UserError` and their kin: what Odoo shows to its users.
const FOR_USERS: &[&str] = &[
    "odoo.exceptions.AccessDenied",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.Warning",
];

/// What Odoo raises after it has tried five times and rolled back.
const CONFLICTS: &[&str] = &[
    "odoo.exceptions.LockError",
    "psycopg2.errors.DeadlockDetected",
    "psycopg2.errors.LockNotAvailable",
    "psycopg2.errors.SerializationFailure",
    "psycopg2.extensions.TransactionRollbackError",
];

impl OdooError {
    /// Whether Odoo refused the user or the key.
    pub fn is_access_denied(&self) -> bool {
        self.class == "odoo.exceptions.AccessDenied" || self.code == 401
    }

    /// Whether the user may not do this: access rights, record rules, companies, private methods.
    pub fn is_access(&self) -> bool {
        self.class == "odoo.exceptions.AccessError"
    }

    /// Whether a record does not exist, or no longer.
    pub fn is_missing_record(&self) -> bool {
        self.class == "odoo.exceptions.MissingError"
    }

    /// Whether values break a constraint of Odoo or of its database.
    pub fn is_validation(&self) -> bool {
        self.class == "odoo.exceptions.ValidationError"
    }

    /// Whether the message is meant for Odoo's users: `UserError`, the classes below it, and `RedirectWarning`.
    ///
    /// `AccessError`, `MissingError` and `ValidationError` are below it: ask for those first.
    pub fn is_user_error(&self) -> bool {
        FOR_USERS.contains(&self.class.as_str())
    }

    /// Whether another transaction was in the way. Odoo rolled back, so the call may be sent again.
    pub fn is_conflict(&self) -> bool {
        CONFLICTS.contains(&self.class.as_str()) || self.code == 409
    }

    /// The server's traceback, with paths of its files. It stands in no other output; do not show it to users.
    pub fn debug(&self) -> Option<&str> {
        self.debug.as_deref()
    }

    /// The model of the call.
    pub fn model(&self) -> Option<&str> {
        self.site.model()
    }

    /// The method of the call.
    pub fn method(&self) -> Option<&str> {
        self.site.method()
    }

    /// Whether `class` is one that this library tells apart.
    #[cfg(feature = "client")]
    pub(crate) fn is_known_class(class: &str) -> bool {
        FOR_USERS.contains(&class) || CONFLICTS.contains(&class)
    }
}

impl fmt::Display for OdooError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class.as_str() {
            "" => write!(f, "Odoo refused {}: {}", self.site, self.message),
            class => write!(f, "Odoo refused {}: {} ({class})", self.site, self.message),
        }
    }
}

impl fmt::Debug for OdooError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OdooError")
            .field("class", &self.class)
            .field("message", &self.message)
            .field("code", &self.code)
            .field("status", &self.status)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for OdooError {}
