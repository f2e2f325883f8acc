//! The canonical form of a call, the same for every protocol.

use std::{borrow::Cow, fmt, time::Duration};

use serde_json::{Map, Value};

use super::Context;
use crate::{Error, model::number};

/// A method of a model with its arguments, as `execute_kw` takes them: positional ones first, then named ones.
///
/// Arguments go to Odoo untouched. Core methods should get theirs by position: their names differ between versions of Odoo.
#[derive(Clone, PartialEq)]
pub struct Call {
    model: Cow<'static, str>,
    method: Cow<'static, str>,
    args: Vec<Value>,
    kwargs: Map<String, Value>,
}

impl Call {
    /// A call without arguments.
    pub fn new(model: impl Into<Cow<'static, str>>, method: impl Into<Cow<'static, str>>) -> Self {
        Self {
            model: model.into(),
            method: method.into(),
            args: Vec::new(),
            kwargs: Map::new(),
        }
    }

    /// Adds a positional argument. A method on records takes their ids first.
    #[must_use]
    pub fn arg(mut self, value: impl Into<Value>) -> Self {
        self.args.push(value.into());
        self
    }

    /// Adds a named argument, or replaces it.
    #[must_use]
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.kwargs.insert(name.into(), value.into());
        self
    }

    /// Puts an argument before those already there.
    pub(crate) fn first_arg(mut self, value: impl Into<Value>) -> Self {
        self.args.insert(0, value.into());
        self
    }

    /// The call with `context` under its own: its own keys win. A `context` that is no mapping is left alone.
    pub(crate) fn with_context_under(mut self, context: &Context) -> Self {
        let merged = match self.kwargs.remove(Self::CONTEXT) {
            None | Some(Value::Null) => context.clone(),
            Some(Value::Object(own)) => context.merged(Context::from(own)),
            Some(other) => return self.kwarg(Self::CONTEXT, other),
        };
        if merged.is_empty() {
            return self;
        }
        self.kwarg(Self::CONTEXT, merged)
    }

    /// Refuses floats that are no numbers, which no JSON can say.
    pub(super) fn check_numbers(&self) -> Result<(), Error> {
        let mut values = self.args.iter().chain(self.kwargs.values());
        match values.find_map(number::not_finite) {
            Some(number) => Err(Error::usage(format!(
                "{}.{} cannot be given {number}: give a finite number",
                self.model, self.method
            ))),
            None => Ok(()),
        }
    }

    const CONTEXT: &'static str = "context";

    /// The model, such as `res.partner`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The method, such as `search_read`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The positional arguments.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// The named arguments.
    pub fn kwargs(&self) -> &Map<String, Value> {
        &self.kwargs
    }
}

/// Shows no argument: they may hold anything.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.args.len() + self.kwargs.len();
        write!(f, "Call({}.{}, {count} arguments)", self.model, self.method)
    }
}

/// What goes with a call beside its arguments.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The context under the call's own.
    pub context: Context,
    /// The limit for the call to Odoo; `None` is the client's default.
    pub timeout: Option<Duration>,
    /// The id of the request; `None` is a new UUID for each.
    pub request_id: Option<String>,
    /// The series of the server, where the program states it.
    pub series: Option<odx_facts::Series>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context_of(call: Call, session: &Context) -> Option<Value> {
        call.with_context_under(session)
            .kwargs()
            .get("context")
            .cloned()
    }

    #[test]
    fn the_calls_own_context_wins_over_the_sessions() {
        let session = Context::new().lang("fr_FR").tz("UTC");
        let call = Call::new("res.partner", "read").kwarg("context", json!({"lang": "nl_BE"}));
        assert_eq!(
            context_of(call, &session),
            Some(json!({"lang": "nl_BE", "tz": "UTC"}))
        );
    }

    #[test]
    fn an_empty_context_is_not_sent() {
        assert_eq!(
            context_of(Call::new("res.partner", "read"), &Context::new()),
            None
        );
        let empty = Call::new("res.partner", "read").kwarg("context", json!({}));
        assert_eq!(context_of(empty, &Context::new()), None);
    }

    #[test]
    fn a_context_that_is_no_mapping_is_left_to_odoo() {
        let call = Call::new("res.partner", "read").kwarg("context", 5);
        assert_eq!(
            context_of(call, &Context::new().lang("fr_FR")),
            Some(json!(5))
        );
    }

    #[test]
    fn debug_shows_no_argument() {
        let call = Call::new("res.users", "write")
            .arg(json!([2]))
            .kwarg("vals", json!({"password": "hunter2"}));
        assert_eq!(format!("{call:?}"), "Call(res.users.write, 2 arguments)");
    }
}
