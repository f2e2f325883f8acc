//! `odx version`, `odx call` and `odx search`: one question to an Odoo.

use std::path::Path;

use odx_codegen::{Config, Schema, closest, source};
use odx_runtime::session::Setting;
use odx_runtime::{Call, Error, Session};
use serde_json::{Map, Value, json};

use crate::args::{CallArgs, SearchArgs, VersionArgs};
use crate::connect::{Given, Live};
use crate::failure::Failure;
use crate::output::{self, count};
use crate::{Outcome, domain, models, settings};

pub(crate) fn version(named: Option<&Path>, args: &VersionArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let given = Given::read(&config, &args.connect)?;
    let own = env!("CARGO_PKG_VERSION");
    let server = match given.has(Setting::Url) {
        true => Some(given.run(given.unauthenticated()?.server_version())?),
        false => None,
    };
    if args.json {
        let server = server.map(|version| {
            json!({
                "version": version.text,
                "series": version.series().to_string(),
                "info": version.info,
            })
        });
        output::result(&output::json(&json!({"odx": own, "server": server})));
        return Ok(Outcome::Done);
    }
    output::result(&format!("odx {own}\n"));
    match server {
        Some(version) => output::result(&format!("Odoo {}\n", output::printable(&version.text))),
        None => output::warning(format!(
            "no Odoo was asked: {} is not set",
            given.name(Setting::Url)
        )),
    }
    Ok(Outcome::Done)
}

pub(crate) fn call(named: Option<&Path>, args: &CallArgs) -> Result<Outcome, Failure> {
    let mut call = Call::new(args.model.clone(), args.method.clone());
    if !args.ids.is_empty() {
        call = call.ids(args.ids.iter().copied());
    }
    for (index, argument) in args.arg.iter().enumerate() {
        call = call.arg(json_argument(argument, &format!("--arg {}", index + 1))?);
    }
    for argument in &args.kwarg {
        let (name, value) = argument.split_once('=').ok_or(Failure::Kwarg)?;
        call = call.kwarg(
            name.trim(),
            json_argument(value, &format!("--kwarg {name}"))?,
        );
    }
    let config = settings::load(named)?;
    let live = Live::open(&config, &args.connect)?;
    let result: Value = live.run(async { live.odoo.execute(call).await?.json() })?;
    output::result(&output::json(&result));
    Ok(Outcome::Done)
}

fn json_argument(text: &str, place: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::Argument {
        place: place.to_owned(),
        message: error.to_string(),
    })
}

pub(crate) fn search(named: Option<&Path>, args: &SearchArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let domain = domain::parse(args.domain.text()).map_err(Failure::Domain)?;
    let schema = snapshot(&config)?;
    domain::check(&domain, &args.model, schema.as_ref()).map_err(Failure::Domain)?;
    let live = Live::open(&config, &args.connect)?;
    let (types, mut rows) = live.run(read(&live, args, &domain))?;
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let found = count(rows.len(), "record");
    if args.json {
        output::result(&output::json(&json!({
            "model": args.model,
            "domain": domain,
            "rows": rows,
            "more": more,
        })));
    } else {
        output::result(&table(args, &types, &rows));
    }
    output::done("found", format!("{found} of {}", args.model));
    if more {
        output::warning(format!(
            "there are more: --limit {} shows no others",
            args.limit
        ));
    }
    Ok(Outcome::Done)
}

/// The snapshot, if there is one.
pub(crate) fn snapshot(config: &Config) -> Result<Option<Schema>, Failure> {
    match source::read_snapshot(&config.schema.dir) {
        Ok(schema) => Ok(Some(schema)),
        Err(odx_codegen::Error::NoSnapshot { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

type Rows = Vec<Map<String, Value>>;

/// The fields of the model with their types, and the rows: one more than wanted tells whether there are more.
async fn read(
    live: &Live,
    args: &SearchArgs,
    domain: &Value,
) -> Result<(Map<String, Value>, Rows), Failure> {
    let types = fields_get(&live.odoo, &args.model, &["type"]).await?;
    check_fields(&args.model, &args.fields, &types)?;
    let mut call = live
        .odoo
        .call(args.model.clone(), "search_read")
        .kwarg("domain", domain.clone())
        .kwarg("fields", json!(args.fields))
        .kwarg("limit", i64::from(args.limit) + 1);
    if let Some(order) = &args.order {
        call = call.kwarg("order", order.clone());
    }
    Ok((types, call.send().await?))
}

/// What the server says of the fields of a model.
pub(crate) async fn fields_get(
    odoo: &Session,
    model: &str,
    attributes: &[&str],
) -> Result<Map<String, Value>, Error> {
    let call = odoo.call(model.to_owned(), "fields_get");
    call.kwarg("attributes", json!(attributes)).send().await
}

/// Refuses a name that is of no field, by what `fields_get` says.
pub(crate) fn check_fields<'f>(
    model: &str,
    names: impl IntoIterator<Item = &'f (impl AsRef<str> + ?Sized + 'f)>,
    types: &Map<String, Value>,
) -> Result<(), Failure> {
    let mut names = names.into_iter().map(AsRef::as_ref);
    match names.find(|name| !types.contains_key(*name)) {
        None => Ok(()),
        Some(name) => Err(Failure::NoField {
            model: model.to_owned(),
            field: name.to_owned(),
            likely: closest(name, types.keys().map(String::as_str)).map(str::to_owned),
        }),
    }
}

fn table(args: &SearchArgs, types: &Map<String, Value>, rows: &Rows) -> String {
    let mut head = vec!["id"];
    let others = args.fields.iter().map(String::as_str);
    head.extend(others.filter(|field| *field != "id"));
    let is_boolean = |field: &str| {
        types
            .get(field)
            .is_some_and(|field| field["type"] == "boolean")
    };
    let row = |row: &Map<String, Value>| -> Vec<String> {
        let cells = head.iter().map(|field| match row.get(*field) {
            Some(Value::Bool(false)) if !is_boolean(field) => String::new(),
            Some(value) => models::shortened(&cell(value)),
            None => String::new(),
        });
        cells.collect()
    };
    output::table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => match parts.as_slice() {
            [id @ Value::Number(_), Value::String(name)] => format!("{name} ({id})"),
            parts => parts.iter().map(cell).collect::<Vec<_>>().join(", "),
        },
        value => value.to_string(),
    }
}
