//! Exports all order lines as JSON Lines. Without `ODX_ODOO_URL` it reads a sandbox.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::path::PathBuf;
use std::process::ExitCode;

use batch_export::{export_to, order_lines, write_rows};
use clap::Parser;
use example_connect::Backend;
use futures_util::TryStreamExt;
use models::SaleOrderLine;
use odx_runtime::Model;

/// How many rows pass between two lines of progress.
const PROGRESS: u64 = 5_000;

/// Exports all order lines as JSON Lines.
#[derive(Parser)]
struct Args {
    /// The file, replaced when the last row has come; standard output if none is named.
    file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match export(Args::parse()).await {
        Ok(rows) => {
            eprintln!("{rows} rows exported");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let causes = successors(error.source(), |&cause| cause.source());
            eprintln!("error: {error}");
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}

async fn export(args: Args) -> Result<u64, Box<dyn Error + Send + Sync>> {
    let backend = Backend::from_env().await?;
    let query = SaleOrderLine::all().page_size(1_000);
    let mut read = 0;
    let rows = order_lines(&backend.session(), query).inspect_ok(|_| {
        read += 1;
        if read % PROGRESS == 0 {
            eprintln!("{read} rows");
        }
    });
    Ok(match args.file {
        Some(file) => export_to(&file, rows).await?,
        None => write_rows(rows, io::stdout()).await?,
    })
}
