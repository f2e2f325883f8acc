//! Why a command could not be carried out, and what helps.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use odx_codegen::source::live::{PullError, Reason};
use odx_runtime::error::{Cause, TransportErrorKind};

use crate::connect::Variable;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Codegen(#[from] odx_codegen::Error),
    #[error(transparent)]
    Pull(#[from] PullError),
    #[error(transparent)]
    Odoo(#[from] odx_runtime::Error),
    #[error(transparent)]
    Start(#[from] odx_sandbox::StartError),
    #[error("the data of the sandbox could not be loaded")]
    SandboxData { source: odx_sandbox::OdooError },
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
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
    #[error("not set in the environment: {}", names(.0))]
    MissingVariables(Vec<Variable>),
    #[error("{} is not text", .0.name())]
    NotText(Variable),
    // What a variable holds is not shown: it may be a key in the wrong place.
    #[error("ODX_ODOO_USER_ID is not a number above 0, such as 2")]
    UserId,
    #[error("{0} is no address of an Odoo: it should look like https://erp.example.com")]
    OdooUrl(&'static str),
    #[error("no Odoo is named that the proxy may call")]
    NoOdoo,
    #[error("{} is there already, and was left as it is", .0.display())]
    ConfigExists(PathBuf),
    #[error("no odx-runtime in {}: there is no Cargo.toml", path.display())]
    NoRuntime { path: PathBuf },
    #[error("`{}` is not in the schema{}", .model.escape_debug(), likely.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?")))]
    NoModel {
        model: String,
        likely: Option<String>,
    },
    #[error("`{}` was not read: {reason}", .model.escape_debug())]
    NotRead { model: String, reason: Reason },
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

fn names(variables: &[Variable]) -> String {
    variables
        .iter()
        .map(|variable| variable.name())
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

    /// What to do about it, beside what the message says.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Odoo(error) | Self::Pull(PullError::Odoo(error)) => connection_help(error).map(str::to_owned),
            Self::MissingVariables(missing) => Some(Variable::help(missing)),
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

/// The runtime's messages speak to programs; here it is the environment that has to be looked at.
fn connection_help(error: &odx_runtime::Error) -> Option<&'static str> {
    use odx_runtime::Error as E;
    Some(match error {
        E::ProxyKey(_) => "the proxy's key is taken from ODX_PROXY_KEY",
        E::Transport(error) if error.kind == TransportErrorKind::Connect => {
            "the proxy's address is taken from ODX_PROXY_URL; `odx proxy` runs one on this machine"
        }
        E::Transport(error) if error.kind == TransportErrorKind::Certificate => {
            "this command trusts the authorities that the system trusts: add yours there; on Linux, SSL_CERT_FILE may name a file of them"
        }
        E::UpstreamUnreachable(_) => {
            "Odoo's address, as the proxy reaches it, is taken from ODX_ODOO_URL"
        }
        // Other statuses are a proxy's, or of what stands in front of it, and the message says what to do.
        E::NotAnEnvelope(error) if matches!(error.status, 200..=399 | 404 | 405) => {
            "what answers at ODX_PROXY_URL does not look like an ODXProxy"
        }
        E::UpstreamTimeout(_) | E::LocalTimeout(_) => {
            "try again when the server is less busy; `odx pull --concurrency 1` asks it for one thing at a time"
        }
        _ if error.is_access_denied() => {
            "user, key and database are taken from ODX_ODOO_USER_ID, ODX_ODOO_API_KEY and ODX_ODOO_DB"
        }
        E::Odoo(error)
            if error.cause() == Cause::Database || error.class == "builtins.KeyError" =>
        {
            "the database's name is taken from ODX_ODOO_DB"
        }
        _ => return None,
    })
}
