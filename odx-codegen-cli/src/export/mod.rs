//! `odx export`: the records of a model in a file, or in a folder of files.

mod cells;
mod files;
mod format;
mod work;

use std::path::{Path, PathBuf};

use futures_util::{StreamExt, TryStreamExt, stream};
use odx_facts::FieldType;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::Int64Type;
use odx_runtime::arrow::{Column, RecordBatch, UntypedBatches};
use odx_runtime::session::Context;
use odx_runtime::{Error, Session};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::args::{ExportArgs, Partition};
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::progress::Bar;
use crate::resume::Origin;
use crate::{Outcome, ask, domain, settings};

use files::{Files, Written};
pub(crate) use format::Format;
use work::{Range, Work};

/// The digits of a decimal: more than a float has, and no more than 64 bits hold.
pub(crate) const DIGITS: u8 = 18;

/// The field that every export has: records are read by its order.
const ID: &str = "id";

/// What is asked of the fields.
const ATTRIBUTES: [&str; 4] = ["type", "store", "selection", "company_dependent"];

/// What is exported: a run goes on with what another one of the same began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted {
    #[serde(flatten)]
    origin: Origin,
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
    let domain = domain::parse(args.domain.text()).map_err(Failure::Domain)?;
    let schema = ask::snapshot(&config)?;
    domain::check(&domain, &args.of.model, schema.as_ref()).map_err(Failure::Domain)?;
    let format = Format::of(args)?;
    if args.without.iter().any(|field| field == ID) {
        return Err(Failure::WithoutId);
    }
    let live = Live::open(&config, &args.of.connect)?;
    let written = live.run(run(&live, args, domain, format))?;
    if args.of.json {
        output::result(&output::json(&json!({
            "model": args.of.model,
            "records": written.records,
            "files": written.files,
            "to": args.to,
        })));
    }
    let what = format!(
        "{} of {} in {}",
        count(written.records, "record"),
        args.of.model,
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
    let types = ask::fields_get(&session, &args.of.model, &ATTRIBUTES).await?;
    let fields = fields(args, &types)?;
    // What is wrong with the decimals is told before anything is read.
    let decimals = decimals(args, &fields, &types)?;
    warn_of_companies(args, &fields, &types);
    let wanted = Wanted {
        origin: Origin::of(live),
        model: args.of.model.clone(),
        domain: domain.clone(),
        fields: fields.clone(),
        decimals: args.decimals.clone(),
        context: context(args).into(),
        format,
        is_folder: args.partition.is_some(),
    };
    let mut work = Work::open(&args.to, wanted, args.of.restart)?;
    let Value::Array(domain) = domain else {
        return Err(Failure::Domain("it is no list".to_owned()));
    };
    let mut export = Export {
        session: &session,
        args,
        domain,
        columns: fields
            .iter()
            .map(|name| column(name, &types, &work))
            .collect(),
        fields: &fields,
        decimals,
        is_of_table: attribute(&types, "write_date", "store") == true,
        format,
        bar: None,
    };
    let schema = export.batches(None, None)?.schema();
    let total = session
        .call(args.of.model.clone(), "search_count")
        .arg(Value::from(export.domain.clone()))
        .send::<u64>()
        .await?;
    if work.records() > 0 {
        output::done(
            "going on",
            format!("after {}", count(work.records(), "record")),
        );
    }
    export.bar = Some(Bar::new(total, work.records() as u64, "records"));
    match args.partition {
        None => export.in_parts(&mut work).await?,
        Some(Partition::Id) => export.in_files(&mut work).await?,
    }
    drop(export);
    let records = work.records();
    let parts = work.publish(&format.files(schema, args.to.clone()))?;
    Ok(Exported {
        records,
        files: parts,
    })
}

/// What is read, and how it is written.
struct Export<'a> {
    session: &'a Session,
    args: &'a ExportArgs,
    domain: Vec<Value>,
    columns: Vec<Column>,
    fields: &'a [String],
    /// Fields that are written as decimals, with their places behind the point.
    decimals: Vec<(&'a str, u8)>,
    /// As [`UntypedBatches::of_table`] has it.
    is_of_table: bool,
    format: Format,
    bar: Option<Bar>,
}

impl Export<'_> {
    /// The records of these ids.
    fn batches(
        &self,
        after: Option<i64>,
        up_to: Option<i64>,
    ) -> Result<UntypedBatches<'_, Session>, Failure> {
        let mut batches = self
            .session
            .arrow(&self.args.of.model, self.columns.iter().cloned())
            .domain(self.domain.iter().cloned())
            .of_table(self.is_of_table)
            .page_size(self.args.page_size.min(self.args.file_size) as usize);
        if let Some(after) = after {
            batches = batches.after(after);
        }
        if let Some(up_to) = up_to {
            batches = batches.up_to(up_to);
        }
        for (field, places) in &self.decimals {
            batches = batches.decimal(field, DIGITS, *places)?;
        }
        Ok(batches)
    }

    /// One after another, for a file is one.
    async fn in_parts(&self, work: &mut Work) -> Result<(), Failure> {
        let batches = self.batches(work.last_id(), None)?;
        let mut files = self
            .format
            .files(batches.schema(), work.unfinished(work.next_number()));
        let mut last = work.last_id();
        let mut batches = batches.stream();
        while let Some(batch) = self.read(batches.try_next().await, last, None).await? {
            last = Some(last_id(&batch));
            files.write(&batch)?;
            self.came(&batch);
            if files.records() >= self.args.file_size as usize {
                keep(work, &mut files)?;
            }
        }
        keep(work, &mut files)
    }

    /// Several at a time.
    async fn in_files(&self, work: &mut Work) -> Result<(), Failure> {
        if !work.is_split() {
            work.split(self.bounds().await?)?;
        }
        let ranges = work.ranges();
        let files = ranges
            .into_iter()
            .map(|range| self.file(range, work.unfinished(range.number)))
            .collect::<Vec<_>>();
        let mut files = stream::iter(files).buffer_unordered(self.args.concurrency.into());
        while let Some((number, written)) = files.try_next().await? {
            if let Some(written) = written {
                work.keep(number, written)?;
            }
        }
        Ok(())
    }

    /// Writes a file of the folder. Without records it is only where no other has any.
    async fn file(&self, range: Range, path: PathBuf) -> Result<(usize, Option<Written>), Failure> {
        let batches = self.batches(range.after, range.up_to)?;
        let mut files = self.format.files(batches.schema(), path);
        if range.is_all() {
            files.begin()?;
        }
        let mut last = range.after;
        let mut batches = batches.stream();
        while let Some(batch) = self
            .read(batches.try_next().await, last, range.up_to)
            .await?
        {
            last = Some(last_id(&batch));
            files.write(&batch)?;
            self.came(&batch);
        }
        Ok((range.number, files.finish()?))
    }

    /// The last id of each file but the last. Where records are taken away after the limit a file has more than it should,
    /// and each record is in one all the same.
    async fn bounds(&self) -> Result<Vec<i64>, Failure> {
        let mut bounds: Vec<i64> = Vec::new();
        loop {
            let mut domain = self.domain.clone();
            if let Some(last) = bounds.last() {
                domain.push(json!(["id", ">", last]));
            }
            let found: Vec<i64> = self
                .session
                .call(self.args.of.model.clone(), "search")
                .arg(Value::from(domain))
                .kwarg("offset", self.args.file_size - 1)
                .kwarg("limit", 1)
                .kwarg("order", "id")
                .send()
                .await?;
            match found.first() {
                Some(id) if bounds.last().is_none_or(|last| last < id) => bounds.push(*id),
                _ => return Ok(bounds),
            }
        }
    }

    /// A page; where it could not be read, why.
    async fn read(
        &self,
        page: Result<Option<RecordBatch>, Error>,
        after: Option<i64>,
        up_to: Option<i64>,
    ) -> Result<Option<RecordBatch>, Failure> {
        match page {
            Ok(page) => Ok(page),
            Err(error) => Err(self.explained(after, up_to, error).await),
        }
    }

    fn came(&self, batch: &RecordBatch) {
        if let Some(bar) = &self.bar {
            bar.add(batch.num_rows() as u64);
        }
    }

    /// An error of one of the fields says which: each is asked for alone, of the same records.
    async fn explained(&self, after: Option<i64>, up_to: Option<i64>, error: Error) -> Failure {
        let Error::Odoo(_) = &error else {
            return error.into();
        };
        let mut domain = self.domain.clone();
        domain.extend(after.map(|after| json!(["id", ">", after])));
        domain.extend(up_to.map(|up_to| json!(["id", "<=", up_to])));
        let mut unreadable = Vec::new();
        for field in self.fields {
            let asked = self
                .session
                .call(self.args.of.model.clone(), "search_read")
                .kwarg("domain", domain.clone())
                .kwarg("fields", json!([field]))
                .kwarg("order", "id")
                .kwarg("limit", self.args.page_size.min(self.args.file_size))
                .send::<IgnoredAny>()
                .await;
            if let Err(Error::Odoo(_)) = asked {
                unreadable.push(field.clone());
            }
        }
        match unreadable.is_empty() || unreadable.len() == self.fields.len() {
            true => error.into(),
            false => Failure::Unreadable {
                model: self.args.of.model.clone(),
                fields: unreadable,
                source: error.into(),
            },
        }
    }
}

fn keep(work: &mut Work, files: &mut Files) -> Result<(), Failure> {
    match files.finish()? {
        Some(written) => work.keep(work.next_number(), written),
        None => Ok(()),
    }
}

fn context(args: &ExportArgs) -> Context {
    match args.archived {
        true => args.of.context().active_test(false),
        false => args.of.context(),
    }
}

/// The fields to export, `id` first: those that were named, or all that are kept in the database but files.
fn fields(args: &ExportArgs, types: &Map<String, Value>) -> Result<Vec<String>, Failure> {
    let named = args.fields.iter().chain(&args.without);
    ask::check_fields(&args.of.model, named, types)?;
    let is_kept = |field: &Value| field["store"] == true && field["type"] != "binary";
    let chosen: Vec<String> = match args.fields.is_empty() {
        true => types
            .iter()
            .filter(|(_, field)| is_kept(field))
            .map(|(name, _)| name.clone())
            .collect(),
        false => args.fields.clone(),
    };
    let mut fields = vec![ID.to_owned()];
    for field in chosen {
        if !fields.contains(&field) && !args.without.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// Such a field has another value in each company.
fn warn_of_companies(args: &ExportArgs, fields: &[String], types: &Map<String, Value>) {
    let depends = |field: &&String| attribute(types, field, "company_dependent") == true;
    let of_companies: Vec<&str> = fields.iter().filter(depends).map(String::as_str).collect();
    if args.of.company.is_none() && !of_companies.is_empty() {
        output::warning(format!(
            "each company has values of its own for {}: these are those of the user's company; --company names another",
            of_companies.join(", ")
        ));
    }
}

/// What the server says of a field; null where it says nothing.
fn attribute<'t>(types: &'t Map<String, Value>, field: &str, name: &str) -> &'t Value {
    let field = types.get(field).unwrap_or(&Value::Null);
    &field[name]
}

fn field_type(types: &Map<String, Value>, field: &str) -> FieldType {
    FieldType::of(attribute(types, field, "type").as_str().unwrap_or_default())
}

fn column(name: &str, types: &Map<String, Value>, work: &Work) -> Column {
    let ty = match name {
        ID => FieldType::Integer,
        name => field_type(types, name),
    };
    let keys = attribute(types, name, "selection");
    let keys = keys.as_array().into_iter().flatten();
    let keys = keys.filter_map(|pair| match &pair[0] {
        Value::String(key) => Some(key.clone()),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    });
    Column::new(name, ty).keys(work.keys(name).unwrap_or_else(|| keys.collect()))
}

/// Of `amount_total=2` the field, and how many places are behind the point.
fn decimals<'a>(
    args: &'a ExportArgs,
    fields: &[String],
    types: &Map<String, Value>,
) -> Result<Vec<(&'a str, u8)>, Failure> {
    let is_float = |field: &&String| field_type(types, field).value() == odx_facts::Value::Float;
    let floats: Vec<String> = fields.iter().filter(is_float).cloned().collect();
    let read = |given: &'a String| {
        let parts = given.split_once('=');
        let places = parts.and_then(|(field, places)| Some((field, places.parse().ok()?)));
        let places = places.filter(|(_, places)| *places <= DIGITS);
        let (field, places) = places.ok_or_else(|| Failure::Decimal(given.clone()))?;
        ask::check_fields(&args.of.model, [field], types)?;
        if !floats.iter().any(|float| float == field) {
            return Err(Failure::NoFloat {
                field: field.to_owned(),
                floats: floats.clone(),
            });
        }
        Ok((field, places))
    };
    args.decimals.iter().map(read).collect()
}

fn last_id(batch: &RecordBatch) -> i64 {
    let ids = batch[ID].as_primitive::<Int64Type>();
    ids.values().last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use clap::Parser as _;
    use odx_runtime::error::CallSite;
    use odx_runtime::session::{BoxFuture, CallOptions, Connection, ServerVersion};
    use odx_runtime::{Call, OdooError, Reply};

    use super::*;
    use crate::args::{Args, Command};

    /// A server that fails to read several fields at once, and some alone.
    struct Failing {
        fields: &'static [&'static str],
        asked: Mutex<Vec<Value>>,
    }

    impl Connection for Failing {
        fn protocol(&self) -> &'static str {
            "failing"
        }

        fn execute<'a>(
            &'a self,
            call: &'a Call,
            _options: &'a CallOptions,
        ) -> BoxFuture<'a, Reply> {
            Box::pin(async move {
                self.asked
                    .lock()
                    .unwrap()
                    .push(Value::from(call.kwargs().clone()));
                let fields = call.kwargs()["fields"].as_array().unwrap();
                let fails = |field: &Value| self.fields.contains(&field.as_str().unwrap());
                if fields.len() > 1 || fields.iter().any(fails) {
                    return Err(refused());
                }
                Ok(Reply::new(call, "[]"))
            })
        }

        fn version<'a>(&'a self, _options: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
            Box::pin(async { Err(Error::usage("it has no version")) })
        }
    }

    fn refused() -> Error {
        let name = "odoo.exceptions.AccessError";
        Error::Odoo(OdooError::new(name, "No.", CallSite::new("this server")).into())
    }

    /// What is said of an error, where these fields fail, and what was asked to find it.
    async fn explained(fields: &'static [&'static str]) -> (String, Option<String>, Vec<Value>) {
        let server = Arc::new(Failing {
            fields,
            asked: Mutex::default(),
        });
        let session = Session::new(server.clone());
        let line = "odx export sale.order --to orders.csv --page-size 7";
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        let Command::Export(args) = args.command else {
            panic!("{args:?}");
        };
        let names = ["id", "name", "margin", "state"].map(str::to_owned);
        let export = Export {
            session: &session,
            args: &args,
            domain: vec![json!(["state", "=", "sale"])],
            columns: names
                .iter()
                .map(|name| Column::new(name, FieldType::Integer))
                .collect(),
            fields: &names,
            decimals: Vec::new(),
            is_of_table: true,
            format: Format::Csv,
            bar: None,
        };
        let range = Range {
            number: 2,
            after: Some(40),
            up_to: Some(90),
        };
        let written = export.file(range, PathBuf::from("unwritten")).await;
        let failure = written.err().expect("several fields are read at once");
        let mut asked = server.asked.lock().unwrap().clone();
        // The page itself is asked for first.
        asked.retain(|asked| asked["fields"].as_array().unwrap().len() == 1);
        (failure.to_string(), failure.help(), asked)
    }

    #[tokio::test]
    async fn the_fields_that_cannot_be_read_are_named_with_the_way_out() {
        let (told, help, asked) = explained(&["margin", "state"]).await;
        assert_eq!(told, "sale.order cannot be read with margin, state");
        assert_eq!(
            help.as_deref(),
            Some("leave them out: --without margin,state")
        );
        // Each alone, of the records that failed.
        assert_eq!(asked.len(), 4);
        for (asked, field) in asked.iter().zip(["id", "name", "margin", "state"]) {
            assert_eq!(asked["fields"], json!([field]));
            assert_eq!(asked["limit"], 7);
            assert_eq!(
                asked["domain"],
                json!([["state", "=", "sale"], ["id", ">", 40], ["id", "<=", 90]])
            );
        }
    }

    #[tokio::test]
    async fn an_error_that_no_field_explains_is_told_as_it_is() {
        let all: &[&str] = &["id", "name", "margin", "state"];
        for fields in [&[][..], all] {
            let (told, _, _) = explained(fields).await;
            assert!(told.contains("No."), "{told}");
        }
    }
}
