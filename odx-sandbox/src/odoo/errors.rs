//! What an Odoo server raises, in the shape its RPC layer reports it.

use odx_facts::Series;
use serde_json::{Value, json};

use super::behaviour;

/// An exception of the in-memory Odoo: the Python class, its message and its arguments.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct OdooError {
    name: String,
    message: String,
    arguments: Vec<Value>,
}

odx_facts::debug_as_told!(OdooError);

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

    /// With these arguments of the Python exception, in place of the message alone.
    #[must_use]
    pub fn with_arguments(mut self, arguments: Vec<Value>) -> Self {
        self.arguments = arguments;
        self
    }

    /// The exception class, as in `error.data.name`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The HTTP status of an exception of werkzeug's.
    pub(crate) fn http_status(&self) -> Option<u16> {
        let named = self.name.starts_with("werkzeug.exceptions.");
        let status = self.arguments.last().filter(|_| named)?.as_u64()?;
        u16::try_from(status).ok()
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
            "debug": self.traceback(&[]),
        })
    }

    /// What Python prints of an exception that nothing catches. It names its own classes without their module.
    /// These functions were running, the outermost first.
    pub(crate) fn traceback(&self, functions: &[&str]) -> String {
        let class = self.name.strip_prefix("builtins.").unwrap_or(&self.name);
        let message = match (class, self.arguments.as_slice()) {
            // `str` of it is the key as Python shows it.
            ("KeyError", [key]) => shown(key),
            _ => self.message.clone(),
        };
        let frames: String = match functions {
            [] => "  File \"<sandbox>\"\n".to_owned(),
            functions => functions
                .iter()
                .map(|function| format!("  File \"<sandbox>\", line 1, in {function}\n"))
                .collect(),
        };
        format!("Traceback (most recent call last):\n{frames}{class}: {message}\n")
    }

    /// `str` of the exception: of several arguments, the tuple of them.
    pub(crate) fn text(&self) -> String {
        match self.arguments.as_slice() {
            [] | [_] => self.message.clone(),
            arguments => {
                let shown: Vec<String> = arguments.iter().map(shown).collect();
                format!("({})", shown.join(", "))
            }
        }
    }

    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", message)
    }

    pub(crate) fn type_error(message: impl Into<String>) -> Self {
        Self::new("builtins.TypeError", message)
    }

    /// A call of a Python function without its arguments of these names.
    pub(crate) fn lacks_arguments(function: &str, names: &[&str]) -> Self {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let listed = match quoted.as_slice() {
            [one] => one.clone(),
            [one, other] => format!("{one} and {other}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        Self::type_error(format!(
            "{function}() missing {} required positional argument{plural}: {listed}",
            names.len()
        ))
    }

    /// An exception of werkzeug's that stands for an HTTP status.
    pub(crate) fn http(class: &str, status: u16, message: impl Into<String>) -> Self {
        let mut error = Self::new(format!("werkzeug.exceptions.{class}"), message);
        error.arguments.push(status.into());
        error
    }

    pub(crate) fn index() -> Self {
        Self::new("builtins.IndexError", "list index out of range")
    }

    /// An unknown method, as the series words it.
    pub(crate) fn attribute(series: Series, model: &str, method: &str) -> Self {
        let message = if behaviour::UNKNOWN_METHOD_IS_ONE_NAME.holds(series) {
            format!("The method '{model}.{method}' does not exist")
        } else if behaviour::UNKNOWN_METHOD_IS_TOLD.holds(series) {
            format!("The method '{method}' does not exist on the model '{model}'")
        } else {
            format!("type object '{model}' has no attribute '{method}'")
        };
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

    pub(crate) fn private_method(series: Series, model: &str, method: &str) -> Self {
        let name = match behaviour::PRIVATE_METHOD_HAS_ITS_MODEL.holds(series) {
            true => format!("'{model}.{method}'"),
            false => method.to_owned(),
        };
        Self::access(format!(
            "Private methods (such as {name}) cannot be called remotely."
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

/// A value as Python shows it in a tuple.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        other => other.to_string(),
    }
}
