//! `odx diff`

use std::path::Path;

use odx_codegen::{Error, Schema, guide, schema, source};

use crate::Outcome;
use crate::args::{DiffArgs, GuideFormat};
use crate::failure::Failure;
use crate::output::{self, count};

pub(crate) fn run(args: &DiffArgs) -> Result<Outcome, Failure> {
    let [old, new] = [&args.old, &args.new].map(|dir| snapshot(dir));
    let (old, new) = (old?, new?);
    let diff = schema::diff(&old, &new);
    output::result(&match args.format {
        Some(GuideFormat::Markdown) => output::printable(&guide(&old, &new)?.markdown()),
        Some(GuideFormat::Html) => guide(&old, &new)?.html(),
        None if args.json => output::json(&diff),
        None => output::printable(&diff.to_string()),
    });
    if diff.is_empty() {
        output::done("same:", "the snapshots do not differ");
        output::next(&[("odx check", "compares the generated code with the snapshot")]);
        return Ok(Outcome::Done);
    }
    let breaking = diff
        .changes
        .iter()
        .filter(|change| change.impact == schema::Impact::Breaking)
        .count();
    output::done(
        "found",
        format!(
            "{}, {breaking} breaking",
            count(diff.changes.len(), "difference")
        ),
    );
    output::next(&[(
        &format!("odx generate --schema {}", args.new.display()),
        "writes the code for the newer one",
    )]);
    Ok(Outcome::Differs)
}

fn snapshot(dir: &Path) -> Result<Schema, Failure> {
    source::read_snapshot(dir).map_err(|error| match error {
        Error::NoSnapshot { dir } => Failure::NoSnapshot(dir),
        other => other.into(),
    })
}
