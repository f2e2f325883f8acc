//! How the arguments of a call reach a method's parameters.

use std::sync::Arc;

use odx_facts::Series;
use serde_json::{Map, Value};

use super::call::Answer;
use super::env::Env;
use super::errors::{OdooError, Result};
use super::read::Page;
use super::schema::Model;

/// A method's parameters, as Python declares them.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    /// Record methods take the ids first.
    pub(crate) on_records: bool,
    parameters: &'static [&'static str],
    required: usize,
    pub(crate) run: Run,
}

/// The arguments of a call by parameter.
pub(crate) struct Arguments(Vec<(&'static str, Value)>);

/// What a method does with the model, the ids and its other arguments.
pub(crate) type Run = fn(&mut Env<'_>, &Arc<Model>, &[i64], &Arguments) -> Result<Answer>;

pub(crate) const fn on_model(
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
    run: Run,
) -> Signature {
    Signature {
        name,
        on_records: false,
        parameters,
        required,
        run,
    }
}

pub(crate) const fn on_records(
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
    run: Run,
) -> Signature {
    Signature {
        on_records: true,
        ..on_model(name, parameters, required, run)
    }
}

/// Binds arguments as Python does, with its complaints.
pub(crate) fn bind(
    signature: &'static Signature,
    args: Vec<Value>,
    kwargs: Map<String, Value>,
    series: Series,
) -> Result<Arguments> {
    let name = signature.name;
    let parameters = signature.parameters;
    if args.len() > parameters.len() {
        let most = parameters.len() + 1;
        let takes = if signature.required == parameters.len() {
            format!("{most}")
        } else {
            format!("from {} to {most}", signature.required + 1)
        };
        return Err(OdooError::type_error(format!(
            "BaseModel.{name}() takes {takes} positional arguments but {} were given",
            args.len() + 1
        )));
    }
    let mut bound: Vec<(&'static str, Value)> = parameters.iter().copied().zip(args).collect();
    for (key, value) in kwargs {
        let key = key.as_str();
        let called = renamed(name, key, parameters, series);
        let Some(parameter) = parameters.iter().find(|parameter| **parameter == called) else {
            return Err(OdooError::type_error(format!(
                "BaseModel.{name}() got an unexpected keyword argument '{key}'"
            )));
        };
        if bound.iter().any(|(known, _)| known == parameter) {
            return Err(OdooError::type_error(format!(
                "BaseModel.{name}() got multiple values for argument '{key}'"
            )));
        }
        bound.push((parameter, value));
    }
    let missing = parameters[..signature.required]
        .iter()
        .find(|parameter| !bound.iter().any(|(known, _)| known == *parameter));
    match missing {
        Some(parameter) => Err(OdooError::type_error(format!(
            "BaseModel.{name}() missing 1 required positional argument: '{parameter}'"
        ))),
        None => Ok(Arguments(bound)),
    }
}

/// The name that the newest series has for a parameter of an older one, by its place among them.
fn renamed<'a>(
    method: &str,
    key: &'a str,
    parameters: &'a [&'static str],
    series: Series,
) -> &'a str {
    let known = odx_facts::METHODS.iter().find(|known| known.name == method);
    let names = known.and_then(|known| {
        known
            .parameters
            .iter()
            .find(|parameters| parameters.since.holds(series))
    });
    let place = names.and_then(|names| names.names.iter().position(|name| *name == key));
    place
        .and_then(|place| parameters.get(place).copied())
        .unwrap_or(key)
}

impl Arguments {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find_map(|(known, value)| (*known == name).then_some(value))
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A domain, `[]` if there is none.
    pub(crate) fn domain(&self) -> Value {
        match self.get("domain") {
            None | Some(Value::Null) => Value::Array(Vec::new()),
            Some(domain) => domain.clone(),
        }
    }

    /// A domain as it was sent, which not every method lets be left out.
    pub(crate) fn sent_domain(&self) -> Value {
        self.get("domain").cloned().unwrap_or_default()
    }

    /// A list of names; a single name stands for a list of one.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn object(&self, name: &str) -> Map<String, Value> {
        match self.get(name) {
            Some(Value::Object(object)) => object.clone(),
            _ => Map::new(),
        }
    }

    /// `offset`, `limit` and the order: a limit that is not set, `false` or 0 is none.
    pub(crate) fn page(&self, order: &str) -> Result<Page> {
        let count = |name: &str| match self.get(name).and_then(Value::as_i64) {
            Some(negative) if negative < 0 => Err(OdooError::new(
                "psycopg2.errors.InvalidRowCountInLimitClause",
                format!("{} must not be negative\n", name.to_uppercase()),
            )),
            Some(count) => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
            None => Ok(0),
        };
        Ok(Page {
            offset: count("offset")?,
            limit: Some(count("limit")?).filter(|limit| *limit > 0),
            order: self.text(order).to_owned(),
        })
    }
}
