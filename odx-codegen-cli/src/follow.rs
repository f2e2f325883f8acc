//! `odx follow`: the changes of a model, line by line.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt;
use odx_runtime::RecordId;
use odx_runtime::query::changes::{Batch, Cursor, JsonRecord};
use serde_json::{Value, json};

use crate::args::FollowArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output;
use crate::{Outcome, ask, domain, resume, settings};

pub(crate) fn follow(named: Option<&Path>, args: &FollowArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let domain = domain::parse(&args.domain).map_err(Failure::Domain)?;
    let schema = ask::snapshot(&config)?;
    domain::check(&domain, &args.model, schema.as_ref()).map_err(Failure::Domain)?;
    let cursor = match &args.cursor {
        Some(file) => read_cursor(file)?,
        None => Cursor::start(),
    };
    let live = Live::open(&config, &args.connect)?;
    live.run(show(&live, args, domain, cursor))?;
    Ok(Outcome::Done)
}

async fn show(
    live: &Live,
    args: &FollowArgs,
    domain: Value,
    cursor: Cursor,
) -> Result<(), Failure> {
    let Value::Array(domain) = domain else {
        return Err(Failure::Domain("it is no list".to_owned()));
    };
    let mut changes = live
        .odoo
        .changes(args.model.clone(), cursor)
        .domain(domain)
        .fields(&args.fields)
        .every(Duration::from_secs(args.every))
        .overlap(Duration::from_secs(args.overlap));
    if args.unwatched {
        changes = changes.with_unwatched_fields();
    }
    let mut batches = match args.once {
        true => changes.stream(),
        false => changes.follow(),
    };
    while let Some(batch) = batches.try_next().await? {
        // The lines are out before the cursor says so: a process that is killed between gives them again, and loses none.
        output::result(&lines(args, &batch));
        if let Some(file) = &args.cursor {
            resume::replace(file, |written| writeln!(written, "{}", batch.cursor))?;
        }
    }
    Ok(())
}

fn lines(args: &FollowArgs, batch: &Batch<RecordId, JsonRecord>) -> String {
    let kinds = [("written", &batch.written), ("archived", &batch.archived)];
    let mut lines = String::new();
    for (change, records) in kinds {
        for changed in records {
            lines += &line(args, change, changed.id, Some(&changed.record));
        }
    }
    for id in &batch.deleted {
        lines += &line(args, "deleted", *id, None);
    }
    lines
}

fn line(args: &FollowArgs, change: &str, id: RecordId, record: Option<&JsonRecord>) -> String {
    if args.json {
        let mut line = json!({"change": change, "model": args.model, "id": id});
        if let Some(record) = record {
            line["record"] = record.clone().into();
        }
        return format!("{line}\n");
    }
    let values = record.into_iter().flatten();
    let values: Vec<String> = values
        .filter(|(name, _)| *name != "id")
        .map(|(name, value)| format!("  {name} {}", output::printable(&ask::cell(value))))
        .collect();
    format!("{change:<8}  {}({id}){}\n", args.model, values.concat())
}

fn read_cursor(file: &Path) -> Result<Cursor, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => text.parse().map_err(|source| Failure::Cursor {
            path: file.to_owned(),
            source,
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Cursor::start()),
        Err(error) => Err(Failure::io("read", file)(error)),
    }
}
