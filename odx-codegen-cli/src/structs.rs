//! Structs that a user wrote by hand, `#[derive(OdooModel)] #[odoo(name = "res.partner")]`, and whether they are what Odoo
//! has.
//!
//! The derive reads no schema, so nothing but a call tells of a wrong name or type; this tells before.

mod fit;
mod read;

use std::collections::BTreeSet;
use std::path::Path;

use odx_codegen::source::live::Reason;
use odx_codegen::{Config, Schema, did_you_mean, source};

use crate::args::ConnectArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::{Outcome, pull};

use read::Struct;

/// Compares the structs in the sources of the configuration with the snapshot, or with the server.
pub(crate) fn check(
    config: &Config,
    live: bool,
    connect: &ConnectArgs,
) -> Result<Outcome, Failure> {
    let structs = read::structs(&config.check.sources)?;
    let (schema, unread) = match live {
        true => from_server(config, connect, &structs)?,
        false => (source::read_snapshot(&config.schema.dir)?, BTreeSet::new()),
    };
    let problems: Vec<String> = structs
        .iter()
        .filter(|item| !unread.contains(&item.model))
        .flat_map(|item| problems(item, &structs, &schema))
        .collect();
    let checked = count(structs.len(), "hand-written struct");
    if !problems.is_empty() {
        output::result(&output::printable(&(problems.join("\n") + "\n")));
        let found = count(problems.len(), "problem");
        output::warning(format!("{found} in {checked}"));
        return Ok(Outcome::Differs);
    }
    if !unread.is_empty() {
        output::warning("nothing else differs, but these models could not be compared");
        return Ok(Outcome::Incomplete);
    }
    let against = if live { "the server" } else { "the snapshot" };
    output::done(
        "same:",
        format!("{checked}, nothing differs from {against}"),
    );
    Ok(Outcome::Done)
}

/// The models of the structs, and those of which nothing is known because Odoo refused.
fn from_server(
    config: &Config,
    connect: &ConnectArgs,
    structs: &[Struct],
) -> Result<(Schema, BTreeSet<String>), Failure> {
    let models: BTreeSet<&str> = structs.iter().map(|item| item.model.as_str()).collect();
    let mut config = config.clone();
    config.models.include = models.into_iter().map(str::to_owned).collect();
    config.models.exclude.clear();
    config.source.follow_relations = false;
    let mut pulled = pull::read(&Live::open(&config, connect)?, &config)?;
    // Of a model that is not there the struct is told, where it stands.
    pulled
        .failed
        .retain(|failed| matches!(failed.reason, Reason::Odoo(_)));
    pull::report_failures(&pulled);
    let unread = pulled.failed.into_iter().map(|failed| failed.model);
    Ok((pulled.schema, unread.collect()))
}

/// What is wrong with a struct, a line each: `src/main.rs:7: Partner.nmae: ..`.
fn problems(item: &Struct, structs: &[Struct], schema: &Schema) -> Vec<String> {
    let Some(model) = schema.model(&item.model) else {
        let likely = did_you_mean(schema.closest(&item.model));
        return vec![line(
            &item.file,
            item.line,
            &item.name,
            &format!("there is no model `{}`{likely}", item.model),
        )];
    };
    item.fields
        .iter()
        .filter_map(|field| {
            let problem = match model.fields.get(&field.wire) {
                Some(found) => fit::problem(field, found, structs)?,
                None => format!(
                    "{} has no field `{}`{}",
                    item.model,
                    field.wire,
                    did_you_mean(model.closest(&field.wire))
                ),
            };
            let place = format!("{}.{}", item.name, field.name);
            Some(line(&item.file, field.line, &place, &problem))
        })
        .collect()
}

fn line(file: &Path, line: usize, place: &str, problem: &str) -> String {
    format!("{}:{line}: {place}: {problem}", file.display())
}
