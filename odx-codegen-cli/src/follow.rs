//! `odx follow`: the changes of a model, line by line.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt;
use odx_runtime::query::changes::{Batch, ChangesError, Cursor, CursorError, JsonRecord};
use odx_runtime::{Error, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::args::FollowArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output;
use crate::resume::Origin;
use crate::{Outcome, ask, domain, resume, settings};

pub(crate) fn follow(named: Option<&Path>, args: &FollowArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let domain = domain::parse(args.domain.text()).map_err(Failure::Domain)?;
    let schema = ask::snapshot(&config)?;
    domain::check(&domain, &args.model, schema.as_ref()).map_err(Failure::Domain)?;
    let (_lock, kept) = match &args.cursor {
        Some(file) => (Some(lock(file)?), Kept::read(file)?),
        None => (None, None),
    };
    let live = Live::open(&config, &args.connect)?;
    let cursor = match (kept, &args.cursor) {
        (Some(kept), Some(file)) => kept.cursor_of(&Origin::of(&live), file)?,
        _ => Cursor::start(),
    };
    let shown = live.run(show(&live, args, domain, cursor));
    match &args.cursor {
        Some(file) => shown.map_err(|failure| of_cursor(failure, file))?,
        None => shown?,
    }
    Ok(Outcome::Done)
}

/// The runtime tells a program what to do about a cursor that does not fit; here it is a file.
fn of_cursor(failure: Failure, file: &Path) -> Failure {
    let Failure::Odoo(Error::Changes(error)) = &failure else {
        return failure;
    };
    let why = match &**error {
        ChangesError::OtherModel { of, .. } => format!("it is of {of}"),
        ChangesError::OtherQuery { other, .. } => format!("it is of {}", other.join(" and ")),
        ChangesError::OtherSeries { of, series, .. } => format!(
            "it is of Odoo {of}, the server is Odoo {series}, and an upgrade changes records without a trace"
        ),
        _ => return failure,
    };
    let path = file.to_owned();
    Failure::Cursor { path, why }
}

/// Two runs would each give a part of the changes. The lock is a file of its own, since that of the cursor is replaced.
fn lock(cursor: &Path) -> Result<File, Failure> {
    resume::check_folder(cursor)?;
    let path = resume::beside(cursor, ".lock");
    let file = File::create(&path).map_err(Failure::io("write", &path))?;
    resume::lock(&file, &path, Failure::Following)?;
    Ok(file)
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
    if !args.fields.is_empty() {
        let types = ask::fields_get(&live.odoo, &args.model, &["type"]).await?;
        ask::check_fields(&args.model, &args.fields, &types)?;
    }
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
    let origin = Origin::of(live);
    while let Some(batch) = batches.try_next().await? {
        // The lines are out before the cursor says so: a process that is killed between gives them again, and loses none.
        output::result(&lines(args, &batch));
        if let Some(file) = &args.cursor {
            let kept = Kept {
                origin: origin.clone(),
                cursor: batch.cursor.to_string(),
            };
            resume::replace(file, |written| writeln!(written, "{}", json!(kept)))?;
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

/// A cursor in its file. On another Odoo, or as another user, other records would look deleted.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    origin: Origin,
    cursor: String,
}

impl Kept {
    /// What a file holds; `None` if there is none.
    fn read(file: &Path) -> Result<Option<Self>, Failure> {
        match std::fs::read_to_string(file) {
            Ok(text) => match serde_json::from_str(&text) {
                Ok(kept) => Ok(Some(kept)),
                Err(_) => Err(Failure::NoCursor(file.to_owned())),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("read", file)(error)),
        }
    }

    fn cursor_of(&self, origin: &Origin, file: &Path) -> Result<Cursor, Failure> {
        if self.origin != *origin {
            return Err(Failure::OtherCursor(file.to_owned()));
        }
        self.cursor.parse().map_err(|error| Failure::Cursor {
            path: file.to_owned(),
            why: match error {
                CursorError::Version { found } => format!(
                    "it has version {found} of its format, and this odx knows another: take the odx that wrote it, or a newer one"
                ),
                _ => "it is damaged".to_owned(),
            },
        })
    }
}
