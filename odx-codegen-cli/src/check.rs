//! `odx check`

use std::path::Path;

use odx_codegen::source::live::{FailedModel, Reason};
use odx_codegen::{Config, Difference, Schema, generate, schema, source};
use similar::TextDiff;

use crate::args::{CheckArgs, ConnectArgs};
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::settings::{self, Override};
use crate::{Outcome, pull, structs};

/// Files whose lines are shown; the others are named.
const MOST_DIFFS: usize = 10;

/// Lines shown of one file.
const MOST_LINES: usize = 60;

pub(crate) fn run(named: Option<&Path>, args: CheckArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    args.filter.apply(&mut config);
    args.output.apply(&mut config);
    config.source.follow_relations |= args.follow;
    if !args.source.is_empty() {
        config.check.sources = args.source;
        return structs::check(&config, args.live, &args.connect);
    }
    let mut written_by_hand = Outcome::Done;
    if !config.check.sources.is_empty() {
        written_by_hand = structs::check(&config, args.live, &args.connect)?;
        if !has_generated(&config, args.live) {
            return Ok(written_by_hand);
        }
    }
    let flags = settings::carried(named, &args.schema);
    let compared = match args.live {
        true => with_server(config, &args.connect, &flags)?,
        false => with_snapshot(config, &flags)?,
    };
    Ok(written_by_hand.and(compared))
}

/// Whether there is anything to compare beside the structs: who writes those may have no generated code.
fn has_generated(config: &Config, live: bool) -> bool {
    match live {
        true => config.schema.dir.exists(),
        false => config.output.dir.exists(),
    }
}

/// Compares the code with what the snapshot gives.
fn with_snapshot(mut config: Config, flags: &str) -> Result<Outcome, Failure> {
    let shown_dir = config.output.dir.clone();
    settings::resolve_runtime(&mut config)?;
    let schema = source::read_snapshot(&config.schema.dir)?;
    let output = generate(&schema, &config)?;
    output::diagnostics(&output.diagnostics);
    let differences = output.compare(&config.output.dir)?;
    if differences.is_empty() {
        let what = format!(
            "{} in {} as the snapshot gives them",
            count(output.files.len(), "file"),
            shown_dir.display()
        );
        output::done("same:", what);
        output::next(&[(
            &format!("odx check --live{flags}"),
            "compares the snapshot with the server",
        )]);
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for difference in &differences {
        text.push_str(&format!("{}\n", summary(difference)));
    }
    for difference in differences.iter().take(MOST_DIFFS) {
        text.push_str(&lines(difference));
    }
    output::result(&text);
    let what = format!(
        "{} in {} not as generated from the snapshot",
        count(differences.len(), "file"),
        shown_dir.display()
    );
    output::warning(what);
    output::next(&[(&format!("odx generate{flags}"), "brings them up to date")]);
    Ok(Outcome::Differs)
}

fn summary(difference: &Difference) -> String {
    let path = difference.path.display();
    match (&difference.found, &difference.generated) {
        (None, _) => format!("{path}: missing"),
        (_, None) => format!("{path}: left over, its model is not generated"),
        (Some(_), Some(_)) => format!("{path}: differs"),
    }
}

/// A unified diff of a file that differs. Of one that is missing or left over the name is enough.
fn lines(difference: &Difference) -> String {
    let (Some(found), Some(generated)) = (&difference.found, &difference.generated) else {
        return String::new();
    };
    let path = difference.path.display().to_string();
    let diff = TextDiff::from_lines(found.as_str(), generated.as_str());
    let diff = diff
        .unified_diff()
        .context_radius(2)
        .header(&path, "generated from the snapshot")
        .to_string();
    let shown: Vec<&str> = diff.lines().take(MOST_LINES).collect();
    let rest = diff.lines().count() - shown.len();
    let mut text = format!("\n{}", output::coloured_diff(&shown.join("\n")));
    if rest > 0 {
        text.push_str(&format!("... and {}\n", count(rest, "line")));
    }
    text
}

/// Compares the snapshot with the server, in the language that the snapshot was pulled in, and with methods if it has any.
fn with_server(mut config: Config, connect: &ConnectArgs, flags: &str) -> Result<Outcome, Failure> {
    let snapshot = source::read_snapshot(&config.schema.dir)?;
    if let Some(lang) = &snapshot.meta.lang {
        config.source.lang.clone_from(lang);
    }
    config.source.methods |= snapshot.models().any(|model| !model.methods.is_empty());
    let live = Live::open(&config, connect)?;
    let mut pulled = pull::read(&live, &config)?;
    pulled.keep_failed(&snapshot);
    pulled.keep_methods(&snapshot);
    let diff = schema::diff(&snapshot, &pulled.schema);
    output::result(&output::printable(&diff.to_string()));
    pull::report_failures(&pulled);
    if !diff.is_empty() {
        let breaking = diff
            .changes
            .iter()
            .filter(|change| change.impact == schema::Impact::Breaking)
            .count();
        output::warning(format!(
            "{} between the snapshot and the server, {breaking} breaking",
            count(diff.changes.len(), "difference")
        ));
        output::next(&[(
            &format!("odx pull{flags} && odx generate{flags}"),
            "brings snapshot and code up to date",
        )]);
        return Ok(Outcome::Differs);
    }
    // Of models that Odoo says are not there the difference would have told; the others are unknown.
    // One that was named and is on neither side is misspelt.
    let unknown_fields =
        |failed: &FailedModel| failed.named || matches!(failed.reason, Reason::Odoo(_));
    let unknown_methods =
        pulled.methods_error.is_some() || pulled.without_methods.iter().any(|failed| failed.kept);
    if unknown_methods || pulled.failed.iter().any(unknown_fields) {
        output::warning("nothing else differs, but these could not be compared");
        output::next(&[(&format!("odx check --live{flags}"), "tries again")]);
        return Ok(Outcome::Incomplete);
    }
    output::done(
        "same:",
        format!(
            "the server has what {} says, {}",
            config.schema.dir.display(),
            models(&snapshot)
        ),
    );
    output::next(&[(
        &format!("odx check{flags}"),
        "compares the code with the snapshot",
    )]);
    Ok(Outcome::Done)
}

fn models(schema: &Schema) -> String {
    count(schema.models().len(), "model")
}
