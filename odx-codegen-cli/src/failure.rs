//! Why a command could not be carried out, and what helps.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use odx_codegen::did_you_mean;
use odx_codegen::source::live::{PullError, Reason};
use odx_runtime::error::{Cause, TransportErrorKind};
use odx_runtime::query::changes::ChangesError;
use odx_runtime::session::Setting;

use crate::connect::Given;
use crate::export::DIGITS;

/// Why a command could not be carried out.
#[derive(thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Codegen(#[from] odx_codegen::Error),
    #[error(transparent)]
    Pull(#[from] PullError),
    #[error(transparent)]
    Odoo(#[from] odx_runtime::Error),
    #[error(transparent)]
    Start(#[from] odx_sandbox::StartError),
    #[error(transparent)]
    Recording(#[from] odx_sandbox::recording::RecordingError),
    #[error("cannot run `{}`", .command.escape_debug())]
    Command { command: String, source: io::Error },
    #[error("the address of Odoo, or of its proxy, is none: {source}")]
    Address { source: url::ParseError },
    #[error(transparent)]
    Snapshot(#[from] odx_sandbox::SnapshotError),
    #[error("the data of the sandbox could not be loaded")]
    SandboxData { source: odx_sandbox::OdooError },
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("there is no folder {}: make it, or name another", .0.display())]
    NoFolder(PathBuf),
    #[error("{}:{line}: this is not Rust: {message}", path.display())]
    Source {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("`{}` is no glob: {message}", .glob.escape_debug())]
    SourceGlob { glob: String, message: String },
    #[error("no file matches `{}`", .0.escape_debug())]
    NoSources(String),
    #[error("cannot start the asynchronous runtime")]
    Runtime(#[source] io::Error),
    #[error("cannot listen to the signals that end the server")]
    Signals(#[source] io::Error),
    /// An Odoo was asked; `help` says where to look.
    #[error("{source}")]
    Asked { source: Box<Failure>, help: String },
    #[error("not set{}: {}", if given.is_of_environment() { " in the environment" } else { "" }, names(given, missing))]
    MissingSettings {
        given: Box<Given>,
        missing: Vec<Setting>,
    },
    #[error("{0} is not text")]
    NotText(String),
    #[error("Odoo does not tell the id of its user: give it in {setting}")]
    NoUserId { setting: String },
    #[error("there is no [connections.{}]{}", .name.escape_debug(), list(known))]
    NoConnection { name: String, known: Vec<String> },
    #[error("{variable} is not set, and [connections.{connection}] takes a secret from it")]
    NoSecret {
        connection: String,
        variable: String,
    },
    #[error("the command of [connections.{connection}] gave no secret, `{}`: {why}", .command.escape_debug())]
    SecretCommand {
        connection: String,
        command: String,
        why: String,
    },
    #[error("{0} is no address of an Odoo: it should look like https://erp.example.com")]
    OdooUrl(&'static str),
    #[error("no Odoo is named that the proxy may call")]
    NoOdoo,
    #[error("{} is there already, and was left as it is", .0.display())]
    ConfigExists(PathBuf),
    #[error("no odx-runtime in {}: there is no Cargo.toml", path.display())]
    NoRuntime { path: PathBuf },
    #[error("`{}` is not in the schema{}", .model.escape_debug(), did_you_mean(likely.as_deref()))]
    NoModel {
        model: String,
        likely: Option<String>,
    },
    #[error("`{}` was not read: {reason}", .model.escape_debug())]
    NotRead { model: String, reason: Reason },
    #[error("`{}` has no field `{}`{}", .model.escape_debug(), .field.escape_debug(), did_you_mean(likely.as_deref()))]
    NoField {
        model: String,
        field: String,
        likely: Option<String>,
    },
    #[error("the domain cannot be used: {0}")]
    Domain(String),
    #[error("{} holds a cursor that cannot be gone on with: {why}", path.display())]
    Cursor { path: PathBuf, why: String },
    #[error("{} holds no snapshot", .0.display())]
    NoSnapshot(PathBuf),
    #[error("{} holds no cursor of `odx follow`", .0.display())]
    NoCursor(PathBuf),
    #[error("{} holds a cursor of another Odoo, or of another user", .0.display())]
    OtherCursor(PathBuf),
    #[error("another `odx follow` goes on with the cursor: it has {} locked", .0.display())]
    Following(PathBuf),
    #[error("the ending of {} tells no form of file", .0.display())]
    NoFormat(PathBuf),
    #[error(
        "--without id: an export holds the id of each record, by which it is read and gone on with"
    )]
    WithoutId,
    #[error("--decimal {} does not say how many places, 0 to {DIGITS}, are behind the point", .0.escape_debug())]
    Decimal(String),
    #[error(
        "--decimal {field}: only a float or monetary field that is exported can be a decimal{}",
        if floats.is_empty() { ", and there is none".to_owned() } else { format!(": {}", floats.join(", ")) }
    )]
    NoFloat { field: String, floats: Vec<String> },
    #[error("{} is there, and is no export that could be replaced", .0.display())]
    NoExport(PathBuf),
    #[error("{} holds another export that did not come to its end", .0.display())]
    OtherExport(PathBuf),
    #[error("another `odx export` writes there: it has {} open", .0.display())]
    Exporting(PathBuf),
    #[error("{}{}: {message}", path.display(), if *line > 0 { format!(":{line}") } else { String::new() })]
    Table {
        path: PathBuf,
        line: u64,
        message: String,
    },
    #[error("nothing was imported: {rows} of the rows of {} cannot be", path.display())]
    BadRows { path: PathBuf, rows: usize },
    #[error("{} is of another import that did not come to its end", .0.display())]
    OtherImport(PathBuf),
    #[error("{} is there, and an import would write over it", .0.display())]
    NoImport(PathBuf),
    #[error("{} does not tell what an import settled: it is damaged, or of something else", .0.display())]
    NoSettled(PathBuf),
    #[error("{} holds rows that were refused earlier and are not in this file: an import would write over them", .0.display())]
    OtherRefused(PathBuf),
    #[error("{} is not as the export left it: it was cut or changed since", .0.display())]
    PartChanged(PathBuf),
    #[error("another `odx import` reads the file: it has {} open", .0.display())]
    Importing(PathBuf),
    #[error("{model} cannot be read with {}", fields.join(", "))]
    Unreadable {
        model: String,
        fields: Vec<String>,
        source: Box<odx_runtime::Error>,
    },
    #[error("{place} is no JSON: {message}")]
    Argument { place: String, message: String },
    #[error("--kwarg has no `=`")]
    Kwarg,
    #[error("`odx sql` needs the program odx-sql, which brings the engine, and it is not there")]
    NoEngine,
    #[error("odx has no command `{}`", .0.escape_debug())]
    NoCommand(String),
    #[error("`{}` is excluded: [models] exclude or --exclude matches it", .model.escape_debug())]
    Excluded { model: String },
    #[error("no model could be read")]
    NothingRead,
    #[error("{0} can be reached from other machines")]
    Remote(SocketAddr),
    #[error("{} is not empty", .0.display())]
    DemoDir(PathBuf),
    #[error("`cargo` could not be started, and the demo compiles a program")]
    NoCargo(#[source] io::Error),
    #[error("no C compiler was found, and the demo compiles a program with TLS")]
    NoCCompiler,
    #[error("the program of the demo {what}; it is in {}\n{stderr}", dir.display())]
    DemoProgram {
        what: &'static str,
        dir: PathBuf,
        stderr: String,
    },
}

odx_facts::debug_as_told!(Failure);

fn list(known: &[String]) -> String {
    match known.is_empty() {
        true => ": odx.toml names no connection".to_owned(),
        false => format!(": there are {}", known.join(", ")),
    }
}

fn names(given: &Given, settings: &[Setting]) -> String {
    settings
        .iter()
        .map(|setting| given.name(*setting))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Failure {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// The setting of the connection that is missing or does not fit, if it is one.
    pub(crate) fn setting(&self) -> Option<Setting> {
        match self {
            Self::Asked { source, .. } => source.setting(),
            Self::Odoo(odx_runtime::Error::Setting(error)) => Some(error.setting),
            Self::MissingSettings { missing, .. } => missing.first().copied(),
            _ => None,
        }
    }

    /// Where to look, if it was an Odoo that was asked.
    pub(crate) fn connection_help(&self, given: &Given) -> Option<String> {
        match self {
            Self::Odoo(error) | Self::Pull(PullError::Odoo(error)) => connection_help(error, given),
            _ => None,
        }
    }

    /// What to do about it, beside what the message says.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Asked { help, .. } => Some(help.clone()),
            Self::MissingSettings { given, missing } => Some(given.explained(missing)),
            Self::SecretCommand { .. } => Some("run the command by itself to see why; the first line that it prints is the secret".to_owned()),
            Self::Argument { .. } | Self::Kwarg => Some(
                "a value is JSON, a text with its quotes: --arg '\"Oak\"' --arg 7 --kwarg 'context={\"lang\": \"fr_FR\"}'".to_owned(),
            ),
            Self::Odoo(odx_runtime::Error::Changes(error)) if matches!(**error, ChangesError::Unwatched { .. }) => {
                Some("--unwatched takes such fields, as they are when their record is read".to_owned())
            }
            Self::NoFormat(_) => Some("end it with .csv, .jsonl, .arrow or .parquet, or name the form with --format".to_owned()),
            Self::WithoutId => Some("leave `id` out of --without, and the column out where the file is read".to_owned()),
            Self::Decimal(_) => Some("name the field and its places: --decimal amount_total=2".to_owned()),
            Self::NoExport(_) => Some("name another place with --to, or move it away".to_owned()),
            Self::OtherExport(_) => Some(
                "run the other one again to end it; --restart begins this one, and what the other one wrote is lost".to_owned(),
            ),
            Self::PartChanged(_) => Some("--restart reads all records once more".to_owned()),
            Self::BadRows { .. } => Some("mend them, or add --good-rows: it imports the others, and writes these into a file of their own".to_owned()),
            Self::NoSettled(_) => Some(
                "move it away: the import then begins anew, and writes rows that are there already once more".to_owned(),
            ),
            Self::NoImport(_) => Some("move it away; --refused names another file for the rows that are refused".to_owned()),
            Self::OtherRefused(_) => Some(
                "mend and import that file, or move it away; --refused names another file for the rows that are refused".to_owned(),
            ),
            Self::OtherImport(_) => Some(
                "the file was changed since, or it was imported elsewhere: --restart begins anew, and rows that are there already are written once more".to_owned(),
            ),
            Self::Unreadable { fields, .. } => Some(format!("leave them out: --without {}", fields.join(","))),
            Self::NoCursor(_) => Some("give another file to --cursor: one that is not there yet is made".to_owned()),
            Self::Cursor { .. } | Self::OtherCursor(_) => Some(
                "remove it, or give another file to --cursor, to begin anew with all records; each model, domain and list of fields needs a file of its own".to_owned(),
            ),
            Self::NoSnapshot(_) => Some("what is compared are two folders that `odx pull` wrote, such as odoo-schema".to_owned()),
            Self::NoEngine => Some(
                "`cargo install odx-sql` compiles it; in a checkout of odx, `cargo build --manifest-path odx-runtime/datafusion/Cargo.toml -p odx-sql`"
                    .to_owned(),
            ),
            Self::ConfigExists(path) => Some(format!("edit it, or move it away; next is `odx pull --config {}`", path.display())),
            Self::NoRuntime { .. } => Some("name the folder of odx-runtime with --runtime-path, or leave it out for the released one".to_owned()),
            Self::NoModel { likely: None, .. } => Some("`odx models` lists them, `odx models --live` those of the server".to_owned()),
            Self::NoSources(_) | Self::SourceGlob { .. } => Some("name your sources with --source or [check] sources, such as 'src/**/*.rs'".to_owned()),
            Self::NothingRead => Some("see the warnings above; a user with more rights may see more".to_owned()),
            Self::Remote(_) => Some(
                "listen on 127.0.0.1, or add --allow-remote if you mean it: keys and data then cross the network unencrypted".to_owned(),
            ),
            Self::NoOdoo => Some(
                "set ODX_ODOO_URL, or add --allow-odoo https://erp.example.com; --any-odoo lets whoever has the proxy's key reach \
                 every host that this machine reaches".to_owned(),
            ),
            Self::DemoDir(_) => Some("name a folder that does not exist yet".to_owned()),
            Self::NoCargo(_) => Some("install Rust from https://rustup.rs, then run `odx demo` again".to_owned()),
            Self::NoCCompiler => Some("install one, such as `gcc` (with `libc6-dev` on Debian) or Xcode's command line tools, or name it in CC; then run `odx demo` again".to_owned()),
            _ => None,
        }
    }
}

/// The runtime's messages speak to programs; here it is the environment or odx.toml that has to be looked at.
fn connection_help(error: &odx_runtime::Error, given: &Given) -> Option<String> {
    use odx_runtime::Error as E;
    let name = |setting| given.name(setting);
    let behind = given.is_behind_a_proxy();
    Some(match error {
        E::Setting(error) => given.explained(&needed(error.setting, given)),
        E::ProxyKey(_) => format!("the proxy's key is taken from {}", name(Setting::ProxyKey)),
        E::Transport(error) if error.kind == TransportErrorKind::Connect && behind => format!(
            "the proxy's address is taken from {}; `odx proxy` runs one on this machine",
            name(Setting::ProxyUrl)
        ),
        E::Transport(error) if error.kind == TransportErrorKind::Certificate => {
            format!(
                "this command trusts the authorities that the system trusts, and those of the file that is named by {}",
                name(Setting::RootCertificates)
            )
        }
        E::Transport(_) if !behind => {
            format!("Odoo's address is taken from {}", name(Setting::Url))
        }
        E::UpstreamUnreachable(_) => format!(
            "Odoo's address, as the proxy reaches it, is taken from {}",
            name(Setting::Url)
        ),
        E::NoJson2(_) => format!(
            "the database's name is taken from {}, the road from {}",
            name(Setting::Database),
            name(Setting::Road)
        ),
        E::NotAnEnvelope(_) if !behind => format!(
            "what answers does not look like Odoo, or not like this database of it: look at {} and {}",
            name(Setting::Url),
            name(Setting::Database)
        ),
        // Other statuses are a proxy's, or of what stands in front of it, and the message says what to do.
        E::NotAnEnvelope(error) if matches!(error.status, 200..=399 | 404 | 405) => format!(
            "what answers at {} does not look like an ODXProxy",
            name(Setting::ProxyUrl)
        ),
        E::UpstreamTimeout(_) | E::LocalTimeout(_) => {
            "try again when the server is less busy; `odx pull --concurrency 1` asks it for one thing at a time".to_owned()
        }
        _ if error.is_access_denied() => who(given),
        // What is refused before a model is reached, and is no matter of the user, is one of the database.
        E::Odoo(error)
            if error.cause() == Cause::Database
                || error.class == "builtins.KeyError"
                || error.model().is_none() =>
        {
            format!("the database's name is taken from {}", name(Setting::Database))
        }
        _ => return None,
    })
}

/// A key may stand in for a login and a password, and the other way round.
fn needed(setting: Setting, given: &Given) -> Vec<Setting> {
    match setting {
        Setting::ApiKey if !given.takes_passwords() => vec![Setting::ApiKey, Setting::Road],
        Setting::Login => vec![Setting::Login, Setting::UserId],
        setting => vec![setting],
    }
}

/// Where user, secret and database were taken from.
fn who(given: &Given) -> String {
    let first = |settings: [Setting; 2]| {
        let mut set = settings.into_iter().filter(|setting| given.has(*setting));
        set.next()
    };
    let user = match given.is_behind_a_proxy() {
        true => [Setting::UserId, Setting::Login],
        false => [Setting::Login, Setting::UserId],
    };
    let secret = match given.shown(Setting::Road) {
        Some("web") => [Setting::Password, Setting::ApiKey],
        _ => [Setting::ApiKey, Setting::Password],
    };
    let database = given.has(Setting::Database).then_some(Setting::Database);
    let settings = [first(user), first(secret), database].into_iter().flatten();
    let names: Vec<String> = settings.map(|setting| given.name(setting)).collect();
    format!(
        "user, key or password, and database are taken from {}",
        names.join(", ")
    )
}
