//! `odx pull`

use std::path::Path;

use odx_codegen::schema::Meta;
use odx_codegen::source::live::{self, Discovery, Event, FailedModel, Pulled};
use odx_codegen::{Config, Error, ModelFilter, Output, Schema, Written, did_you_mean, source};

use crate::Outcome;
use crate::args::{ConnectArgs, PullArgs};
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::progress::Progress;
use crate::settings::{self, Override};

/// Failed models shown one by one.
const MOST_FAILURES: usize = 20;

pub(crate) fn run(named: Option<&Path>, args: PullArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.apply(&mut config);
    let flags = settings::carried(named, &args.schema);
    match &args.from_json {
        Some(file) => from_json(&config, file, &args, &flags),
        None => from_server(&config, &args.connect, &flags),
    }
}

impl Override for PullArgs {
    fn apply(&self, config: &mut Config) {
        self.schema.apply(config);
        self.filter.apply(config);
        let source = &mut config.source;
        source.follow_relations |= self.follow;
        source.methods |= self.methods;
        if let Some(lang) = &self.lang {
            source.lang.clone_from(lang);
        }
        if let Some(concurrency) = self.concurrency {
            source.concurrency = concurrency.into();
        }
    }
}

fn from_server(config: &Config, connect: &ConnectArgs, flags: &str) -> Result<Outcome, Failure> {
    let live = Live::open(config, connect)?;
    let earlier = earlier_snapshot(config)?;
    let mut pulled = read(&live, config)?;
    if let Some(earlier) = &earlier {
        pulled.keep_failed(earlier);
        pulled.keep_methods(earlier);
    }
    if pulled.schema.models().len() == 0 {
        report_failures(&pulled);
        return Err(Failure::NothingRead);
    }
    output::diagnostics(&pulled.diagnostics);
    let written = write(&pulled.schema, config)?;
    report_discovery(&pulled);
    let outcome = report_failures(&pulled);
    report(&pulled.schema, config, &written, flags);
    Ok(outcome)
}

/// Reads the schema of a live Odoo and shows how it goes on. Methods that cannot be read are told and left out.
pub(crate) fn read(live: &Live, config: &Config) -> Result<Pulled, Failure> {
    live.run(async {
        let mut pulled = {
            let progress = Progress::new();
            let observe = |event: Event<'_>| progress.observe(&event);
            live::pull(&live.odoo, live.user_id, config, observe).await?
        };
        if config.source.methods {
            read_methods(live, config, &mut pulled).await;
        }
        Ok::<_, Failure>(pulled)
    })
}

async fn read_methods(live: &Live, config: &Config, pulled: &mut Pulled) {
    let progress = Progress::new();
    let observe = |event: Event<'_>| progress.observe(&event);
    match live.documentation() {
        Ok(odoo) => {
            live::pull_methods(pulled, &live.odoo, live.user_id, &odoo, config, observe).await;
        }
        Err(error) => pulled.methods_error = Some(error),
    }
}

/// An error with all its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// What the models that fail this time fall back to. A snapshot that cannot be read is about to be replaced.
fn earlier_snapshot(config: &Config) -> Result<Option<Schema>, Failure> {
    match source::read_snapshot(&config.schema.dir) {
        Ok(schema) => Ok(Some(schema)),
        Err(Error::NoSnapshot { .. }) => Ok(None),
        Err(
            error @ (Error::Json { .. }
            | Error::SnapshotVersion { .. }
            | Error::SnapshotFile { .. }
            | Error::DuplicateModel { .. }),
        ) => {
            output::warning(format!(
                "the snapshot there cannot be read, and will be replaced: {error}"
            ));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn from_json(
    config: &Config,
    file: &Path,
    args: &PullArgs,
    flags: &str,
) -> Result<Outcome, Failure> {
    let meta = Meta {
        odoo_version: args.odoo_version.clone(),
        lang: args.lang.clone(),
        ..Meta::default()
    };
    let (saved, diagnostics) = source::read_saved(file, args.ir_model.as_deref(), meta)?;
    output::diagnostics(&diagnostics);
    let filter = ModelFilter::new(&config.models)?;
    let schema = included(&saved, &filter);
    let outcome = report_missing(&saved, &filter, file);
    if schema.models().len() == 0 {
        return Err(Failure::NothingRead);
    }
    let written = write(&schema, config)?;
    report(&schema, config, &written, flags);
    Ok(outcome)
}

fn write(schema: &Schema, config: &Config) -> Result<Written, Failure> {
    let dir = &config.schema.dir;
    Ok(source::write_snapshot_when_free(
        schema,
        dir,
        output::waiting_for,
    )?)
}

/// The models that the configuration includes.
fn included(saved: &Schema, filter: &ModelFilter) -> Schema {
    let mut included = Schema::new(saved.meta.clone());
    let models = saved.models().filter(|model| filter.matches(&model.model));
    for model in models {
        included.insert(model.clone());
    }
    included
}

/// Tells which models that were asked for by name were not saved.
fn report_missing(saved: &Schema, filter: &ModelFilter, file: &Path) -> Outcome {
    let mut outcome = Outcome::Done;
    for model in filter.named().filter(|name| saved.model(name).is_none()) {
        let likely = did_you_mean(saved.closest(model));
        output::warning(format!("`{model}` is not in {}{likely}", file.display()));
        outcome = Outcome::Incomplete;
    }
    outcome
}

fn report_discovery(pulled: &Pulled) {
    if pulled.left_out > 0 {
        output::done(
            "left out",
            format!(
                "{}: they have no records",
                count(pulled.left_out, "abstract model")
            ),
        );
    }
    match pulled.discovery {
        Discovery::AvailableModels => output::warning(
            "this user may not read ir.model, so wizards and models without a menu are missing; name what you need in [models] include, or use --follow",
        ),
        Discovery::Config => output::warning(
            "this user may not list models, so only those that the configuration names were read",
        ),
        Discovery::IrModel => {}
    }
}

/// Tells which models failed; those that were asked for by name make the result incomplete.
pub(crate) fn report_failures(pulled: &Pulled) -> Outcome {
    report_failed(&pulled.failed, "was not read", "what it had of it");
    report_failed(
        &pulled.without_methods,
        "shows no methods",
        "those it had of it",
    );
    if let Some(error) = &pulled.methods_error {
        output::warning(format!("no methods were read: {}", chain(error)));
        return Outcome::Incomplete;
    }
    let mut failed = pulled.failed.iter().chain(&pulled.without_methods);
    match failed.any(|failed| failed.named) {
        true => Outcome::Incomplete,
        false => Outcome::Done,
    }
}

fn report_failed(failed: &[FailedModel], what: &str, kept: &str) {
    for failed in failed.iter().take(MOST_FAILURES) {
        let kept = match failed.kept {
            true => format!("; the snapshot keeps {kept}"),
            false => String::new(),
        };
        // Odoo goes on for paragraphs about whom to ask.
        let reason = failed.reason.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        output::warning(format!("`{}` {what}: {reason}{kept}", failed.model));
    }
    if failed.len() > MOST_FAILURES {
        output::warning(format!(
            "... and {} more models",
            failed.len() - MOST_FAILURES
        ));
    }
}

fn report(schema: &Schema, config: &Config, written: &Written, flags: &str) {
    let fields = schema.models().map(|model| model.fields.len()).sum();
    let methods: usize = schema.models().map(|model| model.methods.len()).sum();
    let methods = match methods {
        0 => String::new(),
        methods => format!(", {}", count(methods, "method")),
    };
    let what = format!(
        "{}, {}{methods} into {} ({})",
        count(schema.models().len(), "model"),
        count(fields, "field"),
        config.schema.dir.display(),
        changes(written)
    );
    output::done("pulled", what);
    output::next(&[
        (&format!("odx generate{flags}"), "writes the Rust crate"),
        (&format!("odx models{flags}"), "lists what was pulled"),
    ]);
}

/// `3 models into src/models (unchanged)`.
pub(crate) fn models_into(output: &Output, folder: &Path, written: &Written) -> String {
    let files = output.files.iter();
    let models = files.filter(|file| file.model.is_some()).count();
    format!(
        "{} into {} ({})",
        count(models, "model"),
        folder.display(),
        changes(written)
    )
}

/// `unchanged`, or what changed.
fn changes(written: &Written) -> String {
    if written.is_unchanged() {
        return "unchanged".to_owned();
    }
    let parts = [
        (written.written.len(), "written"),
        (written.removed.len(), "removed"),
        (written.unchanged, "unchanged"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    parts
        .map(|(number, what)| format!("{} {what}", count(*number, "file")))
        .collect::<Vec<_>>()
        .join(", ")
}
