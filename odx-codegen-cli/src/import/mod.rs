//! `odx import`: the rows of a file become records of a model, created or updated by external id.

mod columns;
mod parquet_values;
mod quotes;
mod refused;
mod table;
mod work;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use odx_codegen::Schema;
use odx_facts::FieldType;
use odx_runtime::write::import::{Fault, Refused, Why, check};
use serde_json::{Map, Value, json};

use crate::args::ImportArgs;
use crate::connect::Live;
use crate::export::Format;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::progress::Bar;
use crate::resume::Origin;
use crate::{Outcome, ask, resume, settings};

use columns::Holds;
use table::Table;
use work::{Wanted, Work};

/// Mistakes that are shown one by one.
const SHOWN: usize = 20;

pub(crate) fn import(named: Option<&Path>, args: &ImportArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let format = Format::of_file(args.of.format, &args.file)?;
    let schema = ask::snapshot(&config)?;
    // With a snapshot the file is looked through before an Odoo is asked for anything.
    let mut fields = schema
        .as_ref()
        .and_then(|schema| described(schema, &args.of.model));
    let live = match fields {
        Some(_) => None,
        None => Some(Live::open(&config, &args.of.connect)?),
    };
    if let Some(live) = &live {
        let call = live.odoo.call(args.of.model.clone(), "fields_get");
        fields = Some(live.run(call.send::<Map<String, Value>>())?);
    }
    let fields = fields.unwrap_or_default();
    let holds = |name: &str| {
        let field_type = fields.get(name).and_then(|field| field["type"].as_str());
        Holds::of(FieldType::of(field_type.unwrap_or_default()))
    };
    let table = Table::read(&args.file, format, &holds)?;
    let mistakes = check(&args.of.model, &fields, &table.columns, table.rows.clone())?;
    if !mistakes.is_empty() && !args.good_rows {
        show(&table, &mistakes);
        return Err(Failure::BadRows {
            path: args.file.clone(),
            rows: mistakes.len(),
        });
    }
    let refused = Refusals::of(args, &table)?;
    let live = match live {
        Some(live) => live,
        None => Live::open(&config, &args.of.connect)?,
    };
    let settled = live.run(run(&live, args, &table, &mistakes))?;
    finish(args, &table, settled, refused)
}

/// Where the rows go that are refused.
struct Refusals {
    to: PathBuf,
    /// Whether it was told: such a file is replaced, whatever it holds.
    is_named: bool,
}

impl Refusals {
    /// The place that was named, or the one beside the imported file, where no file may be but one of rows of this file that an
    /// earlier import refused.
    fn of(args: &ImportArgs, table: &Table) -> Result<Self, Failure> {
        if let Some(to) = &args.refused {
            resume::check_folder(to)?;
            return Ok(Self {
                to: to.clone(),
                is_named: true,
            });
        }
        let to = refused::beside(&args.file);
        if to.exists() {
            refused::check(&to, table)?;
        }
        Ok(Self {
            to,
            is_named: false,
        })
    }
}

/// What the snapshot says of the fields of a model, as `fields_get` does.
fn described(schema: &Schema, model: &str) -> Option<Map<String, Value>> {
    let model = schema.models().find(|known| known.model == model)?;
    let fields = model.fields.iter();
    Some(
        fields
            .map(|(name, field)| (name.clone(), json!(field)))
            .collect(),
    )
}

fn show(table: &Table, mistakes: &[Refused]) {
    for refused in mistakes.iter().take(SHOWN) {
        for fault in &refused.faults {
            let place = table.lines.get(refused.row).copied().unwrap_or_default();
            output::say(&output::printable(&format!(
                "{}:{place}: {fault}",
                table.path.display()
            )));
        }
    }
    if mistakes.len() > SHOWN {
        output::say(&format!("and {} more rows", mistakes.len() - SHOWN));
    }
}

/// Imports the rows that are not settled, and gives what came of all. Mistakes are of the whole file: of two rows with the same
/// external id, the one that is left would pass.
async fn run(
    live: &Live,
    args: &ImportArgs,
    table: &Table,
    mistakes: &[Refused],
) -> Result<Work, Failure> {
    let context = args.of.context();
    let wanted = Wanted {
        origin: Origin::of(live),
        model: args.of.model.clone(),
        context: context.clone().into(),
        content: work::hash(&args.file)?,
    };
    let mut work = Work::open(&args.file, &wanted, args.of.restart)?;
    if !work.settled.is_empty() {
        output::done(
            "going on",
            format!("after {}", count(work.settled.len(), "row")),
        );
    }
    for mistake in mistakes {
        if !work.settled.contains_key(&mistake.row) {
            work.settle(mistake.row, Some(reason(mistake, table)))?;
        }
    }
    let before = work.settled.iter();
    let before = before.map(|(row, reason)| (*row, reason.is_some()));
    let session = live.odoo.with_context(context);
    let mut rows = session
        .import(args.of.model.clone(), &table.columns)
        .rows(table.rows.iter().cloned())
        .settled(before)
        .batch_size(args.batch_size)
        .stream();
    let bar = Bar::new(table.rows.len() as u64, work.settled.len() as u64, "rows");
    while let Some(settled) = rows.try_next().await? {
        let reason = settled.result.err().map(|refused| reason(&refused, table));
        work.settle(settled.row, reason)?;
        work.flush()?;
        bar.add(1);
    }
    Ok(work)
}

/// What is wrong with a row, in a line.
fn reason(refused: &Refused, table: &Table) -> String {
    let faults = refused.faults.iter();
    let faults: Vec<String> = faults.map(|fault| told(fault, table)).collect();
    let text = faults.join("; ").replace('\n', " ");
    match refused.id {
        Some(id) => format!("{text} (the rest of the row is in record {id})"),
        None => text,
    }
}

/// A fault, with the line of a row that it names: rows are not counted where one reads the file.
fn told(fault: &Fault, table: &Table) -> String {
    let Why::RowRefused {
        row,
        external_id,
        said,
    } = &fault.why
    else {
        return fault.to_string();
    };
    let line = table.lines.get(*row).copied().unwrap_or_default();
    let mut fault = fault.clone();
    fault.why = Why::Odoo(format!("line {line} ({external_id}) was refused: {said}"));
    fault.to_string()
}

fn finish(
    args: &ImportArgs,
    table: &Table,
    work: Work,
    refused: Refusals,
) -> Result<Outcome, Failure> {
    let Refusals { to, is_named } = refused;
    let reasons: BTreeMap<usize, String> = work
        .settled
        .iter()
        .filter_map(|(row, reason)| Some((*row, reason.clone()?)))
        .collect();
    let imported = work.settled.len() - reasons.len();
    match reasons.is_empty() {
        false => refused::write(&to, table, &reasons)?,
        // What an earlier run refused is mended.
        true if !is_named && to.exists() => {
            fs::remove_file(&to).map_err(Failure::io("remove", &to))?;
        }
        true => {}
    }
    work.end()?;
    if args.of.json {
        let refused: Vec<Value> = reasons
            .iter()
            .map(|(row, reason)| json!({"row": row, "line": table.lines.get(*row), "reason": reason}))
            .collect();
        output::result(&output::json(&json!({
            "model": args.of.model,
            "imported": imported,
            "refused": refused,
            "refused_file": (!reasons.is_empty()).then_some(&to),
        })));
    }
    output::done(
        "imported",
        format!("{} of {}", count(imported, "row"), args.of.model),
    );
    if reasons.is_empty() {
        return Ok(Outcome::Done);
    }
    for (row, reason) in reasons.iter().take(SHOWN) {
        let line = table.lines.get(*row).copied().unwrap_or_default();
        output::say(&output::printable(&format!(
            "{}:{line}: {reason}",
            table.path.display()
        )));
    }
    output::warning(format!(
        "{} refused: mend what stands in {}, and import that file",
        count(reasons.len(), "row"),
        to.display()
    ));
    Ok(Outcome::Incomplete)
}
