//! The `odx` command line: Odoo's schema to typed Rust, and a sandbox to try it in.

mod args;
mod ask;
mod check;
mod connect;
mod demo;
mod diff;
mod docs;
mod domain;
mod environment;
mod export;
mod failure;
mod follow;
mod generate;
mod import;
mod init;
mod manual;
mod methods;
mod models;
mod output;
mod ping;
mod progress;
mod proxy;
mod pull;
mod record;
mod resume;
mod sandbox;
mod server;
mod settings;
mod smoke;
mod sql;
mod structs;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::Failure;

/// How a command ended that could be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// What was asked is done, or nothing differs.
    Done,
    /// Something differs.
    Differs,
    /// The result stands, but for something that was asked for by name.
    Incomplete,
    /// As the command did that was run.
    Ended(u8),
}

impl Outcome {
    /// How both of two parts ended.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Ended(code), _) | (_, Self::Ended(code)) => Self::Ended(code),
            (Self::Differs, _) | (_, Self::Differs) => Self::Differs,
            (Self::Incomplete, _) | (_, Self::Incomplete) => Self::Incomplete,
            (Self::Done, Self::Done) => Self::Done,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Differs => Self::from(1),
            Outcome::Incomplete => Self::from(COULD_NOT_TELL),
            Outcome::Ended(code) => Self::from(code),
        }
    }
}

/// The exit code of a command that could not be carried out; clap's own for arguments it does not understand.
const COULD_NOT_TELL: u8 = 2;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output::error(&failure);
            ExitCode::from(COULD_NOT_TELL)
        }
    }
}

fn run(args: Args) -> Result<Outcome, Failure> {
    let config = args.config.as_deref();
    environment::warn_of_misspelt(config);
    match args.command {
        Command::Init => init::run(config),
        Command::Pull(args) => pull::run(config, args),
        Command::Generate(args) => generate::run(config, args),
        Command::Check(args) => check::run(config, args),
        Command::Diff(args) => diff::run(&args),
        Command::Docs(args) => docs::run(config, args),
        Command::Models(args) => models::list_models(config, args),
        Command::Fields(args) => models::list_fields(config, args),
        Command::Methods(args) => methods::list_methods(config, args),
        Command::Sandbox(args) => sandbox::run(&args),
        Command::Proxy(args) => proxy::run(&args),
        Command::Record(args) => record::record(config, &args),
        Command::Replay(args) => record::replay(config, &args),
        Command::Demo(args) => demo::run(&args),
        Command::Ping(args) => ping::run(config, &args),
        Command::Version(args) => ask::version(config, &args),
        Command::Call(args) => ask::call(config, &args),
        Command::Search(args) => ask::search(config, &args),
        Command::Follow(args) => follow::follow(config, &args),
        Command::Export(args) => export::export(config, &args),
        Command::Import(args) => import::import(config, &args),
        Command::Sql(args) => sql::sql(config, &args),
        Command::Smoke(args) => smoke::run(config, &args),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { command } => manual::page(command.as_deref()),
    }
}

/// Runs a future on a runtime of its own.
fn block_on<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    Ok(runtime.map_err(Failure::Runtime)?.block_on(future))
}
