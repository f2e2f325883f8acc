//! What an Odoo server raises, in the shape its RPC layer reports it.

use serde_json::{Value, json};

/// An exception of the in-memory Odoo: the Python class, its message and its arguments.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct OdooError {
    name: String,
    message: String,
    arguments: Vec<Value>,
}

pub(crate) type Result<T> = std::result::Result<T, OdooError>;

impl OdooError {
    /// An exception of the Python class `name`, such as `odoo.exceptions.UserError`.
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            name: name.into(),
            arguments: vec![Value::from(message.as_str())],
            message,
        }
    }

    /// The exception class, as in `error.data.name`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, as in `error.data.message`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// `error.data`: name, message, arguments, context and a traceback-like debug text.
    pub(crate) fn data(&self) -> Value {
        json!({
            "name": self.name,
            "message": self.message,
            "arguments": self.arguments,
            "context": {},
            "debug": format!("Traceback (most recent call last):\n  File \"<sandbox>\"\n{self}\n"),
        })
    }

    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", message)
    }

    pub(crate) fn type_error(message: impl Into<String>) -> Self {
        Self::new("builtins.TypeError", message)
    }

    pub(crate) fn index() -> Self {
        Self::new("builtins.IndexError", "list index out of range")
    }

    pub(crate) fn attribute(model: &str, method: &str) -> Self {
        let message = format!("The method '{model}.{method}' does not exist");
        Self::new("builtins.AttributeError", message)
    }

    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.UserError", message)
    }

    pub(crate) fn access(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.AccessError", message)
    }

    pub(crate) fn access_denied() -> Self {
        Self::new("odoo.exceptions.AccessDenied", "Access Denied")
    }

    pub(crate) fn private_method(model: &str, method: &str) -> Self {
        Self::access(format!(
            "Private methods (such as '{model}.{method}') cannot be called remotely."
        ))
    }

    pub(crate) fn missing(model: &str, id: i64, user: i64) -> Self {
        Self::new(
            "odoo.exceptions.MissingError",
            format!(
                "Record does not exist or has been deleted.\n(Record: {model}({id},), User: {user})"
            ),
        )
    }

    /// A constraint of the database, as the ORM words it.
    pub(crate) fn constraint(detail: &str) -> Self {
        Self::new(
            "odoo.exceptions.ValidationError",
            format!("The operation cannot be completed: {detail}"),
        )
    }

    pub(crate) fn not_stored(model: &str, field: &str) -> Self {
        Self::value(format!(
            "Cannot convert {model}.{field} to SQL because it is not stored"
        ))
    }

    pub(crate) fn out_of_range() -> Self {
        Self::new(
            "psycopg2.errors.NumericValueOutOfRange",
            "integer out of range\n",
        )
    }
}
