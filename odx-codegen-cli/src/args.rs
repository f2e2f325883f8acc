//! The arguments of every command.

#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "the texts are the help, where `[schema]` is a section of odx.toml"
)]

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use odx_runtime::session::Context;

use crate::export::Format;

/// Odoo as a typed library for Rust.
#[derive(Debug, Parser)]
#[command(name = "odx", version = env!("ODX_VERSION"), after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The configuration; without this, `odx.toml` if there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Every command works without an odx.toml, on all models; flags override what it says.

A live Odoo is found by these variables, or by `--connection NAME` in odx.toml. An address and a key, or an
address, a login and a password, are enough; the rest is found by asking:
  ODX_ODOO_URL        Odoo, such as https://erp.example.com
  ODX_ODOO_API_KEY    the user's API key
  ODX_ODOO_LOGIN      the user's login (with a key: Odoo 14 to 18 need it)
  ODX_ODOO_PASSWORD   the user's password
  ODX_ODOO_DB         the database, where Odoo does not tell it
  ODX_ROAD            the road to take; `odx ping` tells which there are
  ODX_CA_FILE         a file of root certificates (PEM) to trust beside the system's
Behind an ODXProxy, beside address, database and key:
  ODX_PROXY_URL       the proxy
  ODX_PROXY_KEY       the proxy's own key
  ODX_ODOO_USER_ID    the id of the user in res.users

Exit codes: 0 done, or nothing differs; 1 something differs; 2 it failed, or could not tell. `odx record` and `odx replay`
end as the command that they run.

Never seen it? Run `odx demo`.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented odx.toml
    Init,
    /// Read the schema of an Odoo into the snapshot
    Pull(PullArgs),
    /// Write the Rust crate or module that the snapshot gives (offline)
    Generate(GenerateArgs),
    /// Tell whether the generated code is what the snapshot gives (offline), or the snapshot what the server gives (--live)
    Check(CheckArgs),
    /// Tell what changed between two snapshots
    Diff(DiffArgs),
    /// Write web pages of the models and fields of the snapshot (offline)
    Docs(DocsArgs),
    /// List the models of the snapshot, or of a live Odoo
    Models(ModelsArgs),
    /// List the fields of a model of the snapshot, or of a live Odoo
    Fields(FieldsArgs),
    /// List the business methods of a model of the snapshot, which `odx pull --methods` reads
    Methods(MethodsArgs),
    /// Tell which roads lead to an Odoo, which one is taken and why, and as whom
    Ping(PingArgs),
    /// Tell the version of an Odoo, and odx's own
    Version(VersionArgs),
    /// Call any method of a model, and print the result as JSON
    Call(CallArgs),
    /// Search records by a domain in Odoo's notation
    Search(SearchArgs),
    /// Show the records of a model that are written, archived and deleted
    Follow(FollowArgs),
    /// Write the records of a model into a file: CSV, JSON Lines, Arrow or Parquet
    Export(ExportArgs),
    /// Create or update the records of a model by external id, from a file: CSV, JSON Lines or Parquet
    Import(ImportArgs),
    /// Ask an Odoo in SQL: each model is a table (needs the program odx-sql)
    Sql(SqlArgs),
    /// Try every kind of read on an Odoo, and write nothing
    Smoke(SmokeArgs),
    /// Run an Odoo in memory, with a small company's data, that answers as an ODXProxy and as an Odoo does
    Sandbox(SandboxArgs),
    /// Run a local stand-in for ODXProxy, in front of a real Odoo
    Proxy(ProxyArgs),
    /// Run a command, such as `cargo test`, and keep what its Odoo answers
    Record(RecordArgs),
    /// Run a command, and answer it what was recorded, without its Odoo
    Replay(ReplayArgs),
    /// Show the whole way, from an Odoo to a typed query, in a folder of its own
    Demo(DemoArgs),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, for `man -l -`
    Man {
        /// The command whose page it is; without it, that of odx
        command: Option<String>,
    },
}

/// Which Odoo is asked, and how.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct ConnectArgs {
    /// The Odoo of [connections.NAME] in odx.toml, in place of the environment's
    #[arg(long, value_name = "NAME")]
    pub(crate) connection: Option<String>,
    /// The road to take, such as json2, in place of the best
    #[arg(long, value_name = "ROAD")]
    pub(crate) road: Option<String>,
}

/// Where the snapshot is.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct SchemaArgs {
    /// The folder of the snapshot ([schema] dir)
    #[arg(long, value_name = "DIR")]
    pub(crate) schema: Option<PathBuf>,
}

/// Which models are pulled and generated.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct FilterArgs {
    /// Only the models that these match, such as 'sale.*' ([models] include)
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    pub(crate) models: Vec<String>,
    /// Not the models that these match ([models] exclude)
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    pub(crate) exclude: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The models that relations lead to, too ([source] follow-relations)
    #[arg(long)]
    pub(crate) follow: bool,
    /// The business methods that Odoo 19 documents, too, asked of ODX_ODOO_URL itself ([source] methods)
    #[arg(long)]
    pub(crate) methods: bool,
    /// The language of labels and help texts ([source] lang)
    #[arg(long, value_name = "CODE")]
    pub(crate) lang: Option<String>,
    /// How many calls at the same time ([source] concurrency)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) concurrency: Option<u8>,
    /// Build the snapshot from saved fields_get answers (`{model: fields}`, JSON or gzipped JSON) instead of a server
    #[arg(long, value_name = "FILE", conflicts_with_all = ["follow", "methods", "concurrency"])]
    pub(crate) from_json: Option<PathBuf>,
    /// A list of ir.model rows that goes with them, for names, modules and kinds of models
    #[arg(long, value_name = "FILE", requires = "from_json")]
    pub(crate) ir_model: Option<PathBuf>,
    /// The version of the Odoo they were saved from, such as 17.0
    #[arg(long, value_name = "VERSION", requires = "from_json")]
    pub(crate) odoo_version: Option<String>,
}

/// What is generated, and where.
#[derive(Debug, ClapArgs)]
pub(crate) struct OutputArgs {
    /// The folder of the generated crate or module ([output] dir)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Depend on the odx-runtime at this path, instead of the released one ([output] runtime-path)
    #[arg(long, value_name = "DIR")]
    pub(crate) runtime_path: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Print the code of one model, and write nothing
    #[arg(long, value_name = "MODEL")]
    pub(crate) stdout: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Compare the snapshot with the live Odoo, instead of the code with the snapshot
    #[arg(long, conflicts_with_all = ["out", "runtime_path"])]
    pub(crate) live: bool,
    /// Check the structs written by hand in these Rust files, such as 'src/**/*.rs', and nothing else ([check] sources)
    #[arg(long, value_name = "GLOB", num_args = 1.., conflicts_with_all = ["out", "runtime_path", "models", "exclude", "follow"])]
    pub(crate) source: Vec<String>,
    /// The models that relations lead to, too, as the snapshot was pulled with them
    #[arg(long, requires = "live")]
    pub(crate) follow: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DiffArgs {
    /// The older snapshot
    pub(crate) old: PathBuf,
    /// The newer snapshot
    pub(crate) new: PathBuf,
    /// Print JSON
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Print a guide for who migrates code from the older to the newer, in place of a line a difference
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<GuideFormat>,
}

/// What a guide is written in.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum GuideFormat {
    /// Markdown
    Markdown,
    /// One web page
    Html,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DocsArgs {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The folder of the pages
    #[arg(long, value_name = "DIR", default_value = "odoo-docs")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ModelsArgs {
    /// Only the models that this matches, such as 'sale.*'
    pub(crate) glob: Option<String>,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// Ask the live Odoo instead of the snapshot
    #[arg(long, conflicts_with = "schema")]
    pub(crate) live: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FieldsArgs {
    /// The model, such as res.partner
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// Ask the live Odoo instead of the snapshot
    #[arg(long, conflicts_with = "schema")]
    pub(crate) live: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MethodsArgs {
    /// The model, such as sale.order
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PingArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VersionArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SmokeArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CallArgs {
    /// The model, such as sale.order
    pub(crate) model: String,
    /// The method, such as action_confirm
    pub(crate) method: String,
    /// The records, such as 7,8; methods of the model itself take none
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) ids: Vec<i64>,
    /// A positional argument, as JSON; may be given more than once
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) arg: Vec<String>,
    /// A named argument, its value as JSON; may be given more than once
    #[arg(long, value_name = "NAME=JSON")]
    pub(crate) kwarg: Vec<String>,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON, as is done without this
    #[arg(long)]
    pub(crate) json: bool,
}

/// The domain of the commands that search, behind the model or by its name.
#[derive(Debug, ClapArgs)]
pub(crate) struct DomainArgs {
    /// Only the records of a domain, as Python or JSON has it: "[('is_company', '=', True)]"
    #[arg(index = 2, value_name = "DOMAIN", conflicts_with = "named")]
    placed: Option<String>,
    /// The domain, by its name
    #[arg(long = "domain", value_name = "DOMAIN")]
    named: Option<String>,
}

impl DomainArgs {
    /// The domain as it was given; without one, that of all records.
    pub(crate) fn text(&self) -> &str {
        let given = self.placed.as_deref().or(self.named.as_deref());
        given.unwrap_or("[]")
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SearchArgs {
    /// The model, such as res.partner
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) domain: DomainArgs,
    /// The fields to read
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        default_value = "display_name"
    )]
    pub(crate) fields: Vec<String>,
    /// The most records; whether there are more is told
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
    /// The order, such as 'name desc, id'; without it, the model's own
    #[arg(long, value_name = "FIELDS")]
    pub(crate) order: Option<String>,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FollowArgs {
    /// The model, such as res.partner
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) domain: DomainArgs,
    /// The fields to read; those that change without a write of their record are refused
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        default_value = "write_date"
    )]
    pub(crate) fields: Vec<String>,
    /// Read fields that change without a write of their record, too, as they are when it is written
    #[arg(long)]
    pub(crate) unwatched: bool,
    /// Where to keep how far it came: the file is replaced after each batch, and a later run goes on from there
    #[arg(long, value_name = "FILE")]
    pub(crate) cursor: Option<PathBuf>,
    /// End when all is shown that has happened by now
    #[arg(long)]
    pub(crate) once: bool,
    /// Seconds between two rounds
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) every: u64,
    /// How many seconds a transaction of Odoo may take so that what it wrote is seen
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) overlap: u64,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print JSON, an object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What records of an Odoo a file is of, and how a run goes on with it.
#[derive(Debug, ClapArgs)]
pub(crate) struct OfArgs {
    /// The model, such as res.partner
    #[arg(index = 1)]
    pub(crate) model: String,
    /// The form of the file, where its ending does not tell it
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// The language of translated fields, such as fr_FR
    #[arg(long)]
    pub(crate) lang: Option<String>,
    /// The company that the user is in, by its id: some fields have other values in each
    #[arg(long, value_name = "ID")]
    pub(crate) company: Option<i64>,
    /// Begin anew where an earlier run did not come to its end
    #[arg(long)]
    pub(crate) restart: bool,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print what came of it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl OfArgs {
    /// The context that every call has.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::new();
        if let Some(lang) = &self.lang {
            context = context.lang(lang.as_str());
        }
        if let Some(company) = self.company {
            context = context.company(company);
        }
        context
    }
}

/// What a folder of files is split by.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Partition {
    /// By rising ids
    Id,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    /// The file, or the folder with --partition: it is replaced whole when all is read. Its ending tells the form
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) domain: DomainArgs,
    /// The fields, beside `id`; without it, all that are kept in the database, but no files
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Fields to leave out; `id` is always there
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Write a float or a monetary as a decimal of 18 digits, so many of them behind the point: amount_total=2
    #[arg(long = "decimal", value_name = "FIELD=PLACES", value_delimiter = ',')]
    pub(crate) decimals: Vec<String>,
    /// Archived records, too
    #[arg(long)]
    pub(crate) archived: bool,
    /// Write a folder of files, which engines read in parallel
    #[arg(long)]
    pub(crate) partition: Option<Partition>,
    /// How many files of the folder are read at a time, each with one call on its way to Odoo
    #[arg(long, value_name = "N", default_value_t = 2, requires = "partition", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) concurrency: u8,
    /// How many records a file of the folder has; of one file, after how many a run that is killed can go on
    #[arg(long, value_name = "RECORDS", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) file_size: u32,
    /// How many records are read at once
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) page_size: u32,
    #[command(flatten)]
    pub(crate) of: OfArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ImportArgs {
    /// The file. Its columns are named as Odoo's import names them, `id` is the external id
    #[arg(index = 2)]
    pub(crate) file: PathBuf,
    /// Import the good rows, too, where the file has rows with mistakes that are known before anything is sent
    #[arg(long)]
    pub(crate) good_rows: bool,
    /// Where the rows go that were refused; without it, beside the file: partners.refused.csv
    #[arg(long, value_name = "FILE")]
    pub(crate) refused: Option<PathBuf>,
    /// How many rows are sent at once
    #[arg(long, value_name = "ROWS", default_value_t = 200)]
    pub(crate) batch_size: usize,
    #[command(flatten)]
    pub(crate) of: OfArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SqlArgs {
    /// The query, such as "select state, count(*) from sale_order group by state"; `explain` before it shows what goes out
    pub(crate) query: String,
    /// How to print the rows
    #[arg(long, value_parser = ["table", "csv", "json"], default_value = "table")]
    pub(crate) format: String,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// Ask the server for the fields of the models, though there is a snapshot
    #[arg(long)]
    pub(crate) server: bool,
    /// How many parts of a table are read side by side
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) parts: usize,
    /// How many records a call asks for
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) page_size: usize,
    /// Columns for fields that are computed and for files, too
    #[arg(long)]
    pub(crate) every_field: bool,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SandboxArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3001")]
    pub(crate) listen: SocketAddr,
    /// An empty database of this snapshot's models, instead of the small company
    #[arg(long, value_name = "DIR")]
    pub(crate) schema: Option<PathBuf>,
    /// Answer to this host name, too, beside localhost and the address it listens on
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ProxyArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines can reach; keys then cross the network unencrypted
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Answer to this host name, too, beside localhost and the address it listens on
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// An Odoo that may be called, beside the one in ODX_ODOO_URL
    #[arg(long, value_name = "URL")]
    pub(crate) allow_odoo: Vec<String>,
    /// Any Odoo: whoever has the key then reaches every host that this machine reaches
    #[arg(long, conflicts_with = "allow_odoo")]
    pub(crate) any_odoo: bool,
    /// The largest request, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_request: u16,
    /// The largest answer of Odoo, in MiB after decompression
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_answer: u16,
    /// The most memory for all requests at a time, and for all answers, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_memory: u16,
    /// The most connections at a time; of more, those that do nothing are closed
    #[arg(long, value_name = "NUMBER", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_connections: u16,
    /// To try out a client: the licence has expired, so that every call is answered with 403
    #[arg(long)]
    pub(crate) licence_expired: bool,
    /// To try out a client: every call waits so long before it goes on to Odoo
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) slow: Option<u16>,
    /// To try out a client: Odoo cannot be reached, so that every call is answered with 502
    #[arg(long)]
    pub(crate) unreachable: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// The folder of the recording ([record] dir)
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The command and its arguments; it finds its Odoo by the variables of odx
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReplayArgs {
    /// The folder of the recording ([record] dir)
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The command and its arguments; it finds what was recorded by the variables of odx
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// The folder to work in; it must be new or empty, and stays
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Keep the temporary folder
    #[arg(long, conflicts_with = "dir")]
    pub(crate) keep: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Args::command().debug_assert();
    }
}
