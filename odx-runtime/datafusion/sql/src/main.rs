//! `odx-sql`: asks an Odoo in SQL. `odx sql` runs it, with the Odoo of its own settings in the environment.

mod args;
mod output;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::SessionContext;
use odx_datafusion::Tables;
use odx_runtime::{Odoo, RetryPolicy};

use args::Args;

/// What a page of a thousand records may take, and then some.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The exit code of a query that was not carried out, as of the other commands of odx.
const COULD_NOT_TELL: u8 = 2;

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::error(&*failure);
            ExitCode::from(COULD_NOT_TELL)
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let odoo = Odoo::from_env()?
        .timeout(TIMEOUT)
        .retry(RetryPolicy::times(2))
        .await?;
    let done = ask(&odoo, &args).await;
    // That Odoo cannot be told so any more is no failure of the query.
    let _ = odoo.timeout(Duration::from_secs(5)).log_out().await;
    done
}

async fn ask(odoo: &odx_runtime::Session, args: &Args) -> Result<(), Failure> {
    let tables = match &args.schema {
        Some(dir) => Tables::of_snapshot(odoo, dir).await?,
        None => Tables::of_server(odoo).await?,
    };
    let mut tables = tables.parts(args.parts).page_size(args.page_size);
    if args.every_field {
        tables = tables.with_every_field();
    }
    answer(&tables.engine(), args).await
}

/// Only questions are answered: no statement of SQL writes to Odoo, to this machine or to the engine.
async fn answer(engine: &SessionContext, args: &Args) -> Result<(), Failure> {
    let questions = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = engine.sql_with_options(&args.query, questions).await?;
    let schema = std::sync::Arc::clone(frame.schema().inner());
    let rows = frame.execute_stream().await?;
    output::rows(args.format, &schema, rows).await
}
