//! `odx proxy`

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use odx_runtime::session::Setting;
use odx_sandbox::{Backend, Options, Server};
use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use url::Url;

use crate::args::ProxyArgs;
use crate::connect::variable;
use crate::failure::Failure;
use crate::output;
use crate::server::End;
use crate::{Outcome, block_on};

pub(crate) fn run(args: &ProxyArgs) -> Result<Outcome, Failure> {
    if !args.listen.ip().is_loopback() && !args.allow_remote {
        return Err(Failure::Remote(args.listen));
    }
    let odoos = Odoos::read(args)?;
    let mut options = Options::default()
        .address(args.listen)
        .max_body(mebibytes(args.max_request))
        .max_answer(mebibytes(args.max_answer))
        .max_held(mebibytes(args.max_memory))
        .max_connections(args.max_connections.into());
    if args.licence_expired {
        options = options.licence_expired();
    }
    if args.unreachable {
        options = options.unreachable();
    }
    if let Some(seconds) = args.slow {
        options = options.slow(Duration::from_secs(seconds.into()));
    }
    let key = variable(Setting::ProxyKey.variable())?;
    let own_key = key.is_some();
    if let Some(key) = key {
        options = options.key(key);
    }
    if let Some(file) = variable(Setting::RootCertificates.variable())? {
        let file = Path::new(&file);
        let pem = fs::read(file).map_err(Failure::io("read", file))?;
        options = options.upstream_root_certificates(pem);
    }
    for name in &args.allow_host {
        options = options.allowed_host(name);
    }
    options = match &odoos {
        Odoos::Any => options.any_upstream(),
        Odoos::These(urls) => urls
            .iter()
            .cloned()
            .fold(options, Options::allowed_upstream),
    };
    block_on(async {
        let end = End::listen()?;
        let server = Server::start(Backend::Odoo, options).await?;
        // Held until the end, when it is deleted.
        let key_file = match own_key {
            true => None,
            false => Some(write_key(&server)?),
        };
        announce(&server, &odoos, key_file.as_ref());
        end.serve(server).await
    })??;
    Ok(Outcome::Done)
}

fn mebibytes(number: u16) -> usize {
    usize::from(number) << 20
}

/// The Odoos that the proxy will call.
enum Odoos {
    Any,
    These(Vec<Url>),
}

impl Odoos {
    /// Those that the environment and the arguments name.
    fn read(args: &ProxyArgs) -> Result<Self, Failure> {
        if args.any_odoo {
            return Ok(Self::Any);
        }
        let mut urls = Vec::new();
        if let Some(url) = variable(Setting::Url.variable())? {
            urls.push(odoo_url(&url, "ODX_ODOO_URL")?);
        }
        for url in &args.allow_odoo {
            urls.push(odoo_url(url, "--allow-odoo")?);
        }
        match urls.is_empty() {
            true => Err(Failure::NoOdoo),
            false => Ok(Self::These(urls)),
        }
    }

    /// Where they are, in words. An address may hold a password: only its host is shown.
    fn place(&self) -> String {
        match self {
            Self::Any => "any Odoo".to_owned(),
            Self::These(urls) => {
                let hosts: Vec<&str> = urls.iter().filter_map(Url::host_str).collect();
                format!("the Odoo at {}", hosts.join(" and "))
            }
        }
    }
}

fn odoo_url(url: &str, named_by: &'static str) -> Result<Url, Failure> {
    let url = Url::parse(url).map_err(|_| Failure::OdooUrl(named_by))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(Failure::OdooUrl(named_by)),
    }
}

/// The generated key, in a file that only its owner may read.
fn write_key(server: &Server) -> Result<NamedTempFile, Failure> {
    let folder = std::env::temp_dir();
    let create = || {
        let mut file = tempfile::Builder::new()
            .prefix("odx-proxy-key-")
            .tempfile()?;
        writeln!(file, "{}", server.key().expose_secret())?;
        Ok(file)
    };
    create().map_err(Failure::io("write the proxy's key to a file in", &folder))
}

fn announce(server: &Server, odoos: &Odoos, key_file: Option<&NamedTempFile>) {
    output::done(
        "proxy:",
        format!(
            "speaks ODXProxy's protocol (v1 and v2) at {}, in front of {}; Ctrl-C ends it",
            server.url(),
            odoos.place()
        ),
    );
    if !server.address().ip().is_loopback() {
        output::warning(
            "other machines can reach this address, and keys cross the network unencrypted",
        );
    }
    if matches!(odoos, Odoos::Any) {
        output::warning("whoever has the key reaches every host that this machine reaches");
    }
    let mut lines = format!("export {}={}\n", Setting::ProxyUrl.variable(), server.url());
    if let Some(file) = key_file {
        lines.push_str(&format!(
            "export {}=\"$(cat {})\"\n",
            Setting::ProxyKey.variable(),
            file.path().display()
        ));
    }
    output::result(&lines);
    output::next(&[(
        "odx pull",
        "in another terminal, after these lines and with the ODX_ODOO_ variables set",
    )]);
}
