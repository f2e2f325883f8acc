//! `odx generate`

use std::path::Path;

use odx_codegen::config::Mode;
use odx_codegen::{Config, Schema, generate, source};

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::output;
use crate::pull::models_into;
use crate::settings::{self, Override};
use crate::{Outcome, models};

pub(crate) fn run(named: Option<&Path>, args: GenerateArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    args.filter.apply(&mut config);
    args.output.apply(&mut config);
    let shown_dir = config.output.dir.clone();
    settings::resolve_runtime(&mut config)?;
    let schema = source::read_snapshot(&config.schema.dir)?;
    if let Some(model) = &args.stdout {
        let next = format!("odx generate{}", settings::carried(named, &args.schema));
        return print(&schema, config, model, &next);
    }
    let output = generate(&schema, &config)?;
    output::diagnostics(&output.diagnostics);
    let written = output.write_when_free(&config.output.dir, output::waiting_for)?;
    output::done("generated", models_into(&output, &shown_dir, &written));
    output::next(&[(&next(&config, &shown_dir), "compiles the models")]);
    Ok(Outcome::Done)
}

/// The code of one model, as it is among all others.
fn print(schema: &Schema, mut config: Config, model: &str, next: &str) -> Result<Outcome, Failure> {
    models::find(schema, model)?;
    config.models.include.push(model.to_owned());
    let output = generate(schema, &config)?;
    output::diagnostics(&output.diagnostics);
    let mut files = output.files.iter();
    let file = files.find(|file| file.model.as_deref() == Some(model));
    let file = file.ok_or_else(|| Failure::Excluded {
        model: model.to_owned(),
    })?;
    output::result(&file.content);
    output::next(&[(next, "writes all files")]);
    Ok(Outcome::Done)
}

fn next(config: &Config, dir: &Path) -> String {
    match config.output.mode {
        Mode::Crate => format!(
            "cargo check --manifest-path {}",
            dir.join("Cargo.toml").display()
        ),
        Mode::Module => "cargo check".to_owned(),
    }
}
