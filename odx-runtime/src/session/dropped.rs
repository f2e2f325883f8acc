//! What newer series no longer have. A call that needs it is not sent: they would refuse it, lose what it writes, or take it
//! for another one.

use odx_facts::{DroppedField, Method, Series, Source};
use serde_json::Value;

use super::{Call, Session};
use crate::{Error, domain::Requirement};

/// A call of what the server's series no longer has. It was not sent.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{call} was not sent: Odoo {series} has no {what}, which went with Odoo {gone_with} ({source_of_it}){}; {instead}",
    if *.loses_values { ": what is written to it is lost without an error" } else { "" }
)]
#[non_exhaustive]
pub struct Dropped {
    /// The model and the method.
    pub call: String,
    /// The server's series.
    pub series: Series,
    /// What it no longer has: a method or a field, with its path.
    pub what: String,
    /// The first series without it.
    pub gone_with: Series,
    /// How that is known.
    pub source_of_it: Source,
    /// Whether Odoo would carry the call out, and lose what it writes there.
    pub loses_values: bool,
    /// What to do instead.
    pub instead: &'static str,
}

odx_facts::debug_as_told!(Dropped);

/// What a call needs of the server's series.
#[derive(Clone, Debug)]
pub(crate) enum Need {
    /// A method that newer series do not have.
    Method(&'static Method),
    /// A field that newer series do not have, and its path in the values.
    Field(&'static DroppedField, String),
    /// What older series do not have.
    Feature(Requirement),
}

impl Need {
    fn check(&self, call: &str, series: Series) -> Result<(), Error> {
        let dropped = |what: String, since: odx_facts::Since, loses_values, instead| {
            Error::Dropped(Box::new(Dropped {
                call: call.to_owned(),
                series,
                what,
                gone_with: since.end().unwrap_or(series),
                source_of_it: since.source(),
                loses_values,
                instead,
            }))
        };
        match self {
            Self::Feature(requirement) => Ok(requirement.check(series)?),
            Self::Method(method) if !method.since.holds(series) => Err(dropped(
                format!("method `{}` as it was", method.name),
                method.since,
                false,
                method.instead.unwrap_or("call another one"),
            )),
            Self::Field(row, path) if !row.had.holds(series) => Err(dropped(
                format!("field `{path}` of {}", row.model),
                row.had,
                row.loses_values,
                row.instead,
            )),
            _ => Ok(()),
        }
    }
}

/// Refuses a call whose needs the server's series does not meet. Where there are none, the series is not asked.
pub(crate) async fn check_needs(
    session: &Session,
    model: &str,
    method: &str,
    needs: &[Need],
) -> Result<(), Error> {
    if needs.is_empty() {
        return Ok(());
    }
    let series = session.series().await?;
    let call = format!("{model}.{method}");
    needs.iter().try_for_each(|need| need.check(&call, series))
}

/// The methods that take values by name of field.
const WRITING: [&str; 4] = ["copy", "create", "web_save", "write"];

/// The method that takes names of fields, and rows of values.
const LOADING: &str = "load";

/// What the names in a call alone tell that it needs.
pub(super) fn needs(call: &Call) -> Vec<Need> {
    let method = call.core_method().filter(|method| method.instead.is_some());
    let mut needs: Vec<Need> = method.map(Need::Method).into_iter().collect();
    let written: Vec<&str> = match call.method() {
        LOADING => {
            let names = call.arguments().take(1).flat_map(items);
            names.filter_map(Value::as_str).collect()
        }
        method if WRITING.contains(&method) => {
            call.arguments().flat_map(records).flat_map(keys).collect()
        }
        _ => return needs,
    };
    let dropped = |name: &str| {
        // `load` names what is behind a relation after a slash.
        let row = DroppedField::of(call.model(), name.split('/').next()?)?;
        Some(Need::Field(row, row.field.to_owned()))
    };
    needs.extend(written.into_iter().filter_map(dropped));
    needs
}

/// The value, and those in it if it is a list.
fn records(value: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(value).chain(items(value))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_object()
        .into_iter()
        .flat_map(|values| values.keys())
        .map(String::as_str)
}
