//! The errors that Odoo itself raises.

use std::{borrow::Cow, fmt};

use serde_json::Value;

use super::CallSite;
#[cfg(feature = "client")]
use crate::secret::Secrets;

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
    /// What the call was refused for, where the road knows it better than the class tells.
    pub(crate) known_cause: Option<Cause>,
    /// What to look at: said by the road that was taken, or of the models that the call is about.
    pub(crate) advice: Option<Cow<'static, str>>,
}

/// What a call was refused for, whichever road and series told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The key, the password or the user.
    Login,
    /// The session has expired.
    Session,
    /// There is no such database, or it is not to be had by this address.
    Database,
    /// Access rights, record rules, companies, private methods.
    Access,
    /// A record does not exist, or no longer.
    MissingRecord,
    /// Values break a constraint of Odoo or of its database.
    Validation,
    /// A message that is meant for Odoo's users: `UserError` and its kin that have no cause of their own.
    User,
    /// Another transaction was in the way. Odoo rolled back, so the call may be sent again.
    Conflict,
    /// Odoo has no model of that name.
    UnknownModel,
    /// The model has no method of that name.
    UnknownMethod,
    /// The model has no field of that name.
    UnknownField,
    /// The arguments do not fit the method.
    Arguments,
    /// Another exception.
    Other,
}

/// What the classes of Odoo's exceptions mean. `ValueError`, `KeyError` and their kin may mean anything.
const CLASSES: &[(&str, Cause)] = &[
    ("odoo.exceptions.AccessDenied", Cause::Login),
    ("werkzeug.exceptions.Unauthorized", Cause::Login),
    ("odoo.http.SessionExpiredException", Cause::Session),
    ("odoo.exceptions.AccessError", Cause::Access),
    ("werkzeug.exceptions.Forbidden", Cause::Access),
    ("odoo.exceptions.MissingError", Cause::MissingRecord),
    ("odoo.exceptions.ValidationError", Cause::Validation),
    ("odoo.exceptions.RedirectWarning", Cause::User),
    ("odoo.exceptions.UserError", Cause::User),
    ("odoo.exceptions.Warning", Cause::User),
    ("odoo.exceptions.LockError", Cause::Conflict),
    ("psycopg2.errors.DeadlockDetected", Cause::Conflict),
    ("psycopg2.errors.LockNotAvailable", Cause::Conflict),
    ("psycopg2.errors.SerializationFailure", Cause::Conflict),
    (
        "psycopg2.extensions.TransactionRollbackError",
        Cause::Conflict,
    ),
    ("psycopg2.OperationalError", Cause::Database),
    ("builtins.TypeError", Cause::Arguments),
    ("werkzeug.exceptions.UnprocessableEntity", Cause::Arguments),
];

/// What to look at where the road knows no better.
const ADVICE: &[(Cause, &str)] = &[
    (
        Cause::UnknownModel,
        "check the model's name, and that the module which has it is installed",
    ),
    (
        Cause::UnknownMethod,
        "check the method's name, and that this version of Odoo and its modules have it",
    ),
    (
        Cause::UnknownField,
        "check the field's name, and that this version of Odoo and its modules have it; `odx check --live` compares all of them",
    ),
];

/// Whose message Odoo shows to its users.
const FOR_USERS: &[Cause] = &[
    Cause::Login,
    Cause::Access,
    Cause::MissingRecord,
    Cause::Validation,
    Cause::User,
];

impl OdooError {
    /// An error as a road of a program's own tells it.
    pub fn new(class: impl Into<String>, message: impl Into<String>, site: CallSite) -> Self {
        Self {
            class: class.into(),
            message: message.into(),
            arguments: Vec::new(),
            code: 0,
            status: 200,
            site,
            debug: None,
            known_cause: None,
            advice: None,
        }
    }

    /// Whether Odoo raised nothing, and an answer of it told odx what is wrong.
    fn is_of_odx(&self) -> bool {
        self.class.is_empty() && self.known_cause.is_some()
    }

    /// The same without these secrets, as where a road of a program's own made it.
    #[cfg(feature = "client")]
    pub(crate) fn scrubbed(self, secrets: &Secrets) -> Self {
        let scrub = |text: &str| secrets.scrub(text).into_owned();
        // A password may be as common as `odoo`: the classes that mean something are known, and no secret.
        let class = match Self::is_known_class(&self.class) {
            true => self.class,
            false => scrub(&self.class),
        };
        Self {
            class,
            message: scrub(&self.message),
            arguments: self
                .arguments
                .into_iter()
                .map(|argument| secrets.scrub_value(argument))
                .collect(),
            ..self
        }
    }

    /// What the call was refused for.
    ///
    /// By the class of the exception; an unknown model, method or field by the message, which is read in English only and else
    /// says [`User`](Cause::User) or [`Other`](Cause::Other).
    pub fn cause(&self) -> Cause {
        if let Some(known) = self.known_cause.or_else(|| self.unknown()) {
            return known;
        }
        let known = CLASSES.iter().find(|(class, _)| *class == self.class);
        match (known, self.code) {
            (Some((_, cause)), _) => *cause,
            (None, 401) => Cause::Login,
            (None, 100) => Cause::Session,
            (None, 409) => Cause::Conflict,
            (None, _) => Cause::Other,
        }
    }

    /// The words of 14 to 19 for what is not there: `/jsonrpc`, `/xmlrpc`, `call_kw`, `/json/2`.
    fn unknown(&self) -> Option<Cause> {
        let (model, method) = (self.model()?, self.method()?);
        let message = self.message.as_str();
        // What follows is the sandbox's own advice.
        let first = message.lines().next().unwrap_or_default();
        let is_model = match self.class.as_str() {
            "odoo.exceptions.UserError" => first == format!("Object {model} doesn't exist"),
            "builtins.KeyError" => first.trim_matches('\'') == model,
            // `call_kw` finds no page for a model that Odoo does not have (18.0, 19.0).
            "werkzeug.exceptions.NotFound" => {
                message.contains(&format!("the model '{model}'")) || message.starts_with("404")
            }
            _ => false,
        };
        let names_method = || {
            message.contains(&format!("'{model}.{method}'"))
                || message.contains(&format!("'{method}' does not exist on the model '{model}'"))
                || message.contains(&format!("has no attribute '{method}'"))
        };
        // Of reads, orders, groups and conditions, and never translated.
        let is_field = self.class == "builtins.ValueError"
            && message.starts_with("Invalid field ")
            && !message.starts_with("Invalid field property ");
        if is_field {
            return Some(Cause::UnknownField);
        }
        let is_method = match self.class.as_str() {
            "builtins.AttributeError" | "werkzeug.exceptions.NotFound" => names_method(),
            _ => false,
        };
        match (is_model, is_method) {
            (true, _) => Some(Cause::UnknownModel),
            (_, true) => Some(Cause::UnknownMethod),
            _ => None,
        }
    }

    /// Whether something that the call names may not be there: a model, a method, an argument, a field, whose error is any.
    pub(crate) fn may_be_of_another_series(&self) -> bool {
        matches!(
            self.cause(),
            Cause::UnknownModel
                | Cause::UnknownMethod
                | Cause::UnknownField
                | Cause::Arguments
                | Cause::Other
        )
    }

    /// Whether Odoo refused the user or the key.
    pub fn is_access_denied(&self) -> bool {
        self.cause() == Cause::Login
    }

    /// Whether the user may not do this: access rights, record rules, companies, private methods.
    pub fn is_access(&self) -> bool {
        self.cause() == Cause::Access
    }

    /// Whether a record does not exist, or no longer.
    pub fn is_missing_record(&self) -> bool {
        self.cause() == Cause::MissingRecord
    }

    /// Whether values break a constraint of Odoo or of its database.
    pub fn is_validation(&self) -> bool {
        self.cause() == Cause::Validation
    }

    /// Whether the message is meant for Odoo's users: `UserError`, the classes below it, and `RedirectWarning`.
    ///
    /// `AccessError`, `MissingError` and `ValidationError` are below it: ask for those first.
    pub fn is_user_error(&self) -> bool {
        FOR_USERS.contains(&self.cause())
    }

    /// Whether another transaction was in the way. Odoo rolled back, so the call may be sent again.
    pub fn is_conflict(&self) -> bool {
        self.cause() == Cause::Conflict
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
        CLASSES.iter().any(|(known, _)| *known == class)
    }
}

impl fmt::Display for OdooError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = match self.is_of_odx() {
            true => "odx refused the answer to",
            false => "Odoo refused",
        };
        write!(f, "{refused} {}: {}", self.site, self.message)?;
        if !self.class.is_empty() {
            write!(f, " ({})", self.class)?;
        }
        let by_cause = || {
            let cause = self.cause();
            let known = ADVICE.iter().find(|(known, _)| *known == cause);
            known.map(|(_, advice)| *advice)
        };
        match self.advice.as_deref().or_else(by_cause) {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OdooError {}

odx_facts::debug_as_told!(OdooError);
