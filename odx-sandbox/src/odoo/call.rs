//! `execute_kw`: signing in, finding the method, and keeping what it changed.

use odx_facts::Series;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::arguments::bind;
use super::business;
use super::database::{Database, User, WHO_AM_I};
use super::env::Env;
use super::errors::{OdooError, Result};
use super::methods::{is_private, signature_of};
use super::read::Row;

/// What a method returns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Python's `None`: the response has no `result` key.
    Nothing,
    /// Any other value.
    Value(Value),
    /// Records or groups.
    Rows(Vec<Row>),
}

/// The arguments of `object.execute_kw`.
pub struct ObjectCall<'a> {
    /// The database name.
    pub database: &'a str,
    /// The user id.
    pub user: i64,
    /// The user's API key or password.
    pub key: &'a str,
    /// The model, such as `res.partner`.
    pub model: &'a str,
    /// The method, such as `search_read`.
    pub method: &'a str,
    /// The positional arguments; a record method takes the ids first.
    pub args: Vec<Value>,
    /// The keyword arguments, `context` among them.
    pub kwargs: Map<String, Value>,
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl Database {
    /// Runs `execute_kw`: signs in, calls the method, and keeps its changes only if it succeeds.
    ///
    /// # Errors
    /// What the method raises.
    pub fn execute_kw(&mut self, call: ObjectCall<'_>) -> std::result::Result<Answer, OdooError> {
        let user = self.sign_in(call.database, call.user, call.key)?;
        self.execute_as(user, call.model, call.method, call.args, call.kwargs)
    }

    /// Calls a method as a user who has signed in, and keeps its changes only if it succeeds.
    pub(crate) fn execute_as(
        &mut self,
        user: User,
        model: &str,
        method: &str,
        args: Vec<Value>,
        mut kwargs: Map<String, Value>,
    ) -> Result<Answer> {
        // A call that panicked could not take its changes back.
        self.rollback();
        let context = match kwargs.remove("context") {
            Some(Value::Object(context)) => context,
            _ => Map::new(),
        };
        let mut env = Env::new(self, user, &context)?;
        let outcome = dispatch(&mut env, model, method, args, kwargs);
        if outcome.is_ok() {
            self.commit();
        } else {
            self.rollback();
        }
        outcome
    }

    /// Whether a model has a method that may be called.
    ///
    /// # Errors
    /// The method is private, or there is none of that name.
    pub(crate) fn look_up(&self, model: &str, method: &str) -> Result<()> {
        refuse_private(self.series, model, method)?;
        let known = signature_of(model, method, self.series).is_some()
            || business::has_method(model, method);
        match known {
            true => Ok(()),
            false => Err(self.unknown_method(model, method)),
        }
    }

    /// What `common.version` answers.
    pub fn version_info(&self) -> Value {
        let (major, minor) = (self.series.major(), self.series.minor());
        // The stages between two releases, which run online, have a first part that is no number.
        let (version, first) = match minor {
            0 => (format!("{major}.{minor}"), json!(major)),
            _ => {
                let text = format!("saas~{major}.{minor}");
                (text.clone(), json!(text))
            }
        };
        json!({
            "server_version": version,
            "server_version_info": [first, minor, 0, "final", 0, ""],
            "server_serie": version,
            "protocol_version": 1,
        })
    }
}

fn dispatch(
    env: &mut Env<'_>,
    model: &str,
    method: &str,
    args: Vec<Value>,
    kwargs: Map<String, Value>,
) -> Result<Answer> {
    if (model, method) == WHO_AM_I && !env.db.models.contains_key(model) {
        let user = env.user.id();
        return Ok(json!({"lang": "en_US", "tz": false, "uid": user}).into());
    }
    let model = env.model(model)?;
    refuse_private(env.db.series, &model.name, method)?;
    let Some(signature) = signature_of(&model.name, method, env.db.series) else {
        let ids = ids_argument(args.first().unwrap_or(&Value::Null));
        return business::call(env, &model, method, &ids)
            .ok_or_else(|| env.db.unknown_method(&model.name, method))?
            .map(|value| match value {
                Value::Null => Answer::Nothing,
                value => Answer::Value(value),
            });
    };
    let mut args = args;
    let mut ids = Vec::new();
    if signature.on_records {
        if args.is_empty() {
            return Err(match env.holds(super::behaviour::ARGUMENTS_ARE_A_LIST) {
                true => OdooError::index(),
                false => OdooError::new("builtins.IndexError", "tuple index out of range"),
            });
        }
        ids = ids_argument(&args.remove(0));
    }
    // Odoo looks at the first positional argument to tell a record from a list of them.
    if signature.name == "create" && args.is_empty() && kwargs.contains_key("vals_list") {
        return Err(OdooError::index());
    }
    // A search needs the language for translated texts alone.
    if !signature.name.starts_with("search") || env.holds(super::behaviour::DOMAIN_IS_A_CLASS) {
        env.check_language()?;
    }
    let arguments = bind(signature, args, kwargs, env.db.series)?;
    (signature.run)(env, &model, &ids, &arguments)
}

fn refuse_private(series: Series, model: &str, method: &str) -> Result<()> {
    match method.starts_with('_') || method == "init" || is_private(series, method) {
        true => Err(OdooError::private_method(series, model, method)),
        false => Ok(()),
    }
}

/// The ids a record method runs on: a list, one id, or none.
fn ids_argument(value: &Value) -> Vec<i64> {
    match value {
        Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
        other => other.as_i64().into_iter().collect(),
    }
}
