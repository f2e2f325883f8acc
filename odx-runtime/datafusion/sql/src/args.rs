//! The arguments.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Ask an Odoo in SQL: each model is a table, such as sale_order or "sale.order"
///
/// The Odoo and the user are those of the environment: ODX_ODOO_URL and its like. `odx sql` names one of odx.toml, too.
#[derive(Debug, Parser)]
#[command(name = "odx-sql", version)]
pub(crate) struct Args {
    /// The query, such as "select state, count(*) from sale_order group by state"; `explain` before it shows what goes out
    pub(crate) query: String,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// The folder of the snapshot that has the models; without it the server is asked
    #[arg(long, value_name = "DIR")]
    pub(crate) schema: Option<PathBuf>,
    /// How many parts of a table are read side by side
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) parts: usize,
    /// How many records a call asks for
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) page_size: usize,
    /// Columns for fields that are computed and for files, too
    #[arg(long)]
    pub(crate) every_field: bool,
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// A table, when all rows are there
    Table,
    /// CSV with a line of names, row by row
    Csv,
    /// An array of objects, row by row
    Json,
}
