//! `odx docs`

use std::path::Path;

use odx_codegen::{PAGES_INDEX, pages, source};

use crate::Outcome;
use crate::args::DocsArgs;
use crate::failure::Failure;
use crate::output;
use crate::pull::models_into;
use crate::settings::{self, Override};

pub(crate) fn run(named: Option<&Path>, args: DocsArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    args.filter.apply(&mut config);
    let schema = source::read_snapshot(&config.schema.dir)?;
    let output = pages(&schema, &config)?;
    output::diagnostics(&output.diagnostics);
    let written = output.write_when_free(&args.out, output::waiting_for)?;
    let what = models_into(&output, &args.out, &written);
    output::done("wrote", format!("pages of {what}"));
    let index = settings::real_path(&args.out)?.join(PAGES_INDEX);
    output::done("open:", index.display());
    Ok(Outcome::Done)
}
