//! A process of the cluster: `./run` starts one scheduler and two executors, and asks two questions.

use std::iter::successors;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cluster::Failure;
use odx_datafusion::Tables;
use odx_runtime::Odoo;

#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    process: Process,
    /// Where the scheduler listens, on this machine.
    #[arg(long, default_value_t = 50050, global = true)]
    scheduler_port: u16,
}

#[derive(Debug, Subcommand)]
enum Process {
    /// Plans queries, and hands their parts to executors.
    Scheduler,
    /// Reads the parts that the scheduler hands to it.
    Executor {
        /// Where it listens: this port and the next.
        #[arg(long)]
        port: u16,
    },
    /// Asks in SQL, and prints the answer.
    Ask {
        /// The query.
        sql: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let causes = successors(failure.source(), |&cause| cause.source());
            eprintln!("error: {failure}");
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let odoo = Odoo::from_env()?.await?;
    match args.process {
        Process::Scheduler => cluster::scheduler(&odoo, args.scheduler_port).await,
        Process::Executor { port } => cluster::executor(&odoo, port, args.scheduler_port).await,
        Process::Ask { sql } => {
            let tables = Tables::of_server(&odoo).await?;
            let engine = cluster::client(&odoo, tables, args.scheduler_port).await?;
            Ok(engine.sql(&sql).await?.show().await?)
        }
    }
}
