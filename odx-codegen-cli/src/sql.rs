//! `odx sql`: runs `odx-sql`, which brings the engine, with the Odoo that is asked in its environment.
//!
//! A program of its own, since an engine is ten times what the rest of odx is to compile, and asks for a newer Rust.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use odx_runtime::session::Setting;
use secrecy::ExposeSecret;

use crate::args::SqlArgs;
use crate::connect::Given;
use crate::failure::Failure;
use crate::settings::Override;
use crate::{Outcome, ask, settings};

const PROGRAM: &str = "odx-sql";

pub(crate) fn sql(named: Option<&Path>, args: &SqlArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    let given = Given::read(&config, &args.connect)?;
    // What is missing is told before anything runs.
    drop(given.connect()?);
    let program = beside_this_program().unwrap_or_else(|| PROGRAM.into());
    let mut engine = Command::new(&program);
    engine.arg("--format").arg(&args.format);
    engine.arg("--parts").arg(args.parts.to_string());
    engine.arg("--page-size").arg(args.page_size.to_string());
    if args.every_field {
        engine.arg("--every-field");
    }
    let asks_server = args.server || ask::snapshot(&config)?.is_none();
    if !asks_server {
        engine.arg("--schema").arg(&config.schema.dir);
    }
    engine.arg("--").arg(&args.query);
    for setting in Setting::ALL {
        engine.env_remove(setting.variable());
    }
    for (setting, value) in given.values() {
        engine.env(setting.variable(), value.expose_secret());
    }
    let status = engine.status().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Failure::NoEngine,
        _ => Failure::Command {
            command: program.display().to_string(),
            source,
        },
    })?;
    // A signal has no code of its own.
    let code = status.code().unwrap_or(crate::COULD_NOT_TELL.into());
    Ok(Outcome::Ended(
        u8::try_from(code).unwrap_or(crate::COULD_NOT_TELL),
    ))
}

/// `cargo install` puts both programs into one folder, which need not be where programs are looked for.
fn beside_this_program() -> Option<PathBuf> {
    let folder = env::current_exe().ok()?.parent()?.to_owned();
    let program = folder
        .join(PROGRAM)
        .with_extension(env::consts::EXE_EXTENSION);
    program.is_file().then_some(program)
}
