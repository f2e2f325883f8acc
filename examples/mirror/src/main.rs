//! Mirrors models of an Odoo into a database. Without `ODX_ODOO_URL` it reads a sandbox.

use std::error::Error;
use std::iter::successors;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use example_connect::Backend;
use futures_util::future::try_join_all;
use mirror::{MODELS, Settings, Store, mirror_named};

/// Keeps models of an Odoo as tables of a database.
#[derive(Parser)]
struct Args {
    /// The database: a file for SQLite, or `postgres://user@host/database`.
    #[arg(long)]
    to: String,
    /// Ends when all is as it was at the beginning.
    #[arg(long)]
    once: bool,
    /// Reads all records again, for what changed without a trace.
    #[arg(long)]
    again: bool,
    /// Seconds between two rounds.
    #[arg(long, default_value_t = 5.0)]
    every: f64,
    /// How many seconds a transaction of Odoo may take.
    #[arg(long, default_value_t = 300)]
    overlap: u64,
    /// How many records a batch has at most.
    #[arg(long, default_value_t = 500)]
    page: usize,
    /// The models.
    #[arg(required = true, value_parser = clap::builder::PossibleValuesParser::new(MODELS))]
    models: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = successors(error.source(), |&cause| cause.source());
            eprintln!("error: {error}");
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error + Send + Sync>> {
    let backend = Backend::from_env().await?;
    let (odoo, store) = (backend.session(), Store::open(&args.to).await?);
    let settings = Settings {
        once: args.once,
        again: args.again,
        every: Duration::try_from_secs_f64(args.every)?,
        overlap: Duration::from_secs(args.overlap),
        page: args.page,
    };
    let mirrored = args.models.iter();
    let mirrored = mirrored.map(|model| mirror_named(model, &odoo, &store, settings));
    try_join_all(mirrored).await?;
    Ok(())
}
