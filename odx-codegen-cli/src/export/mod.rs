//! `odx export`: the records of a model in a file, or in a folder of files.

mod cells;
mod files;
mod format;
mod work;

use std::path::Path;

use futures_util::TryStreamExt;
use odx_codegen::closest;
use odx_facts::FieldType;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::Int64Type;
use odx_runtime::arrow::{Column, RecordBatch, UntypedBatches};
use odx_runtime::session::Context;
use odx_runtime::{Error, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::args::ExportArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::progress::Bar;
use crate::{Outcome, ask, domain, settings};

pub(crate) use format::Format;
use work::Work;

/// The digits of a decimal: more than a float has, and no more than 64 bits hold.
const DIGITS: u8 = 18;

/// What is exported: a run goes on with what another one of the same began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted {
    url: String,
    database: Option<String>,
    user: i64,
    model: String,
    domain: Value,
    fields: Vec<String>,
    decimals: Vec<String>,
    context: Value,
    format: Format,
    is_folder: bool,
}

pub(crate) fn export(named: Option<&Path>, args: &ExportArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let domain = domain::parse(&args.domain).map_err(Failure::Domain)?;
    let schema = ask::snapshot(&config)?;
    domain::check(&domain, &args.model, schema.as_ref()).map_err(Failure::Domain)?;
    let format = Format::of(args)?;
    let live = Live::open(&config, &args.connect)?;
    let written = live.run(run(&live, args, domain, format))?;
    if args.json {
        output::result(&output::json(&json!({
            "model": args.model,
            "records": written.records,
            "files": written.files,
            "to": args.to,
        })));
    }
    let what = format!(
        "{} of {} in {}",
        count(written.records, "record"),
        args.model,
        args.to.display()
    );
    output::done("exported", what);
    Ok(Outcome::Done)
}

/// What came of it.
struct Exported {
    records: usize,
    files: usize,
}

async fn run(
    live: &Live,
    args: &ExportArgs,
    domain: Value,
    format: Format,
) -> Result<Exported, Failure> {
    let session = live.odoo.with_context(context(args));
    let types = types(&session, &args.model).await?;
    let fields = fields(args, &types)?;
    warn_of_companies(args, &fields, &types);
    let identity = session.identity();
    let wanted = Wanted {
        url: identity
            .map(|identity| place(&identity.url))
            .unwrap_or_default(),
        database: identity.map(|identity| identity.database.clone()),
        user: live.user_id,
        model: args.model.clone(),
        domain: domain.clone(),
        fields: fields.clone(),
        decimals: args.decimals.clone(),
        context: context(args).into(),
        format,
        is_folder: args.partition.is_some(),
    };
    let mut work = Work::open(&args.to, wanted, args.restart)?;
    let columns = fields.iter().map(|name| column(name, &types, &work));
    let Value::Array(items) = domain else {
        return Err(Failure::Domain("it is no list".to_owned()));
    };
    let total = session
        .call(args.model.clone(), "search_count")
        .arg(Value::from(items.clone()))
        .send::<u64>()
        .await?;
    let mut batches = session
        .arrow(&args.model, columns)
        .domain(items)
        .page_size(args.page_size.min(args.file_size));
    for decimal in &args.decimals {
        batches = with_decimal(batches, decimal)?;
    }
    if let Some(last) = work.last_id() {
        output::done(
            "going on",
            format!("after {}", count(work.records(), "record")),
        );
        batches = batches.after(last);
    }
    let bar = Bar::new(total, work.records() as u64, "records");
    let mut files = format.files(batches.schema());
    let mut batches = batches.stream();
    loop {
        let batch = match batches.try_next().await {
            Ok(Some(batch)) => batch,
            Ok(None) => break,
            Err(error) => {
                let after = work.last_id().max(files.last_id());
                return Err(explained(&session, &args.model, &fields, after, error).await);
            }
        };
        let last = last_id(&batch);
        files.write(&work, &batch, last)?;
        bar.set((work.records() + files.records()) as u64);
        if files.records() >= args.file_size {
            files.finish(&mut work)?;
        }
    }
    files.finish(&mut work)?;
    let records = work.records();
    let parts = work.publish(&files)?;
    Ok(Exported {
        records,
        files: parts,
    })
}

fn context(args: &ExportArgs) -> Context {
    let mut context = Context::new();
    if args.archived {
        context = context.active_test(false);
    }
    if let Some(lang) = &args.lang {
        context = context.lang(lang.as_str());
    }
    if let Some(company) = args.company {
        context = context.company(company);
    }
    context
}

/// The address without what may be a secret in it.
fn place(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    parsed.map_or_else(String::new, |url| {
        format!("{}{}", url.origin().ascii_serialization(), url.path())
    })
}

/// What the server says of the fields.
async fn types(session: &Session, model: &str) -> Result<Map<String, Value>, Failure> {
    let attributes = json!(["type", "store", "selection", "company_dependent"]);
    let types = session
        .call(model.to_owned(), "fields_get")
        .kwarg("attributes", attributes);
    Ok(types.send().await?)
}

/// The fields to export, `id` first: those that were named, or all that are kept in the database but files.
fn fields(args: &ExportArgs, types: &Map<String, Value>) -> Result<Vec<String>, Failure> {
    let named = args.fields.iter().chain(&args.without);
    if let Some(field) = named.clone().find(|field| !types.contains_key(*field)) {
        let likely = closest(field, types.keys().map(String::as_str));
        return Err(Failure::NoField {
            model: args.model.clone(),
            field: field.clone(),
            likely: likely.map(str::to_owned),
        });
    }
    let is_kept = |field: &Value| field["store"] == true && field["type"] != "binary";
    let chosen: Vec<String> = match args.fields.is_empty() {
        true => types
            .iter()
            .filter(|(_, field)| is_kept(field))
            .map(|(name, _)| name.clone())
            .collect(),
        false => args.fields.clone(),
    };
    let mut fields = vec!["id".to_owned()];
    for field in chosen {
        if !fields.contains(&field) && !args.without.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// Such a field has another value in each company.
fn warn_of_companies(args: &ExportArgs, fields: &[String], types: &Map<String, Value>) {
    let depends = |field: &&String| types[*field]["company_dependent"] == true;
    let of_companies: Vec<&str> = fields.iter().filter(depends).map(String::as_str).collect();
    if args.company.is_none() && !of_companies.is_empty() {
        output::warning(format!(
            "each company has values of its own for {}: these are those of the user's company; --company names another",
            of_companies.join(", ")
        ));
    }
}

fn column(name: &str, types: &Map<String, Value>, work: &Work) -> Column {
    let field = &types[name];
    let ty = FieldType::of(field["type"].as_str().unwrap_or_default());
    let keys = field["selection"].as_array().into_iter().flatten();
    let keys = keys.filter_map(|pair| match &pair[0] {
        Value::String(key) => Some(key.clone()),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    });
    Column::new(name, ty).keys(work.keys(name).unwrap_or_else(|| keys.collect()))
}

/// `amount_total=2`: so many places behind the point.
fn with_decimal<'a>(
    batches: UntypedBatches<'a, Session>,
    decimal: &str,
) -> Result<UntypedBatches<'a, Session>, Failure> {
    let parts = decimal.split_once('=');
    let places = parts.and_then(|(field, places)| Some((field, places.parse().ok()?)));
    let (field, places) = places.ok_or_else(|| Failure::Decimal(decimal.to_owned()))?;
    Ok(batches.decimal(field, DIGITS, places)?)
}

fn last_id(batch: &RecordBatch) -> i64 {
    let ids = batch["id"].as_primitive::<Int64Type>();
    ids.values().last().copied().unwrap_or_default()
}

/// An error of one of the fields says which: each is asked for alone.
async fn explained(
    session: &Session,
    model: &str,
    fields: &[String],
    after: Option<i64>,
    error: Error,
) -> Failure {
    let Error::Odoo(_) = &error else {
        return error.into();
    };
    let mut unreadable = Vec::new();
    for field in fields {
        let asked = session
            .call(model.to_owned(), "search_read")
            .kwarg(
                "domain",
                json!([["id", ">", after.unwrap_or(i64::from(i32::MIN))]]),
            )
            .kwarg("fields", json!([field]))
            .kwarg("order", "id")
            .kwarg("limit", 1_000)
            .send::<Value>()
            .await;
        if let Err(Error::Odoo(_)) = asked {
            unreadable.push(field.clone());
        }
    }
    match unreadable.is_empty() || unreadable.len() == fields.len() {
        true => error.into(),
        false => Failure::Unreadable {
            model: model.to_owned(),
            fields: unreadable,
            source: error.into(),
        },
    }
}
