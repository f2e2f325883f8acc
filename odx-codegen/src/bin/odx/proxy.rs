//! `odx proxy`

use std::io::Write;

use odx_sandbox::{Backend, Options, Server};
use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use url::Url;

use crate::args::ProxyArgs;
use crate::connect::Variable;
use crate::failure::Failure;
use crate::output;
use crate::server::End;
use crate::{Outcome, block_on};

pub(crate) fn run(args: &ProxyArgs) -> Result<Outcome, Failure> {
    if !args.listen.ip().is_loopback() && !args.allow_remote {
        return Err(Failure::Remote(args.listen));
    }
    let mut options = Options::default().address(args.listen);
    let key = Variable::ProxyKey.value()?;
    let own_key = key.is_some();
    if let Some(key) = key {
        options = options.key(key);
    }
    let odoo = odoo_url()?;
    if let Some(url) = &odoo {
        options = options.allowed_upstream(url.clone());
    }
    block_on(async {
        let end = End::listen()?;
        let server = Server::start(Backend::Odoo, options).await?;
        // Held until the end, when it is deleted.
        let key_file = match own_key {
            true => None,
            false => Some(write_key(&server)?),
        };
        announce(&server, odoo.as_ref(), key_file.as_ref());
        end.serve(server).await
    })??;
    Ok(Outcome::Done)
}

/// The only Odoo that the proxy will talk to, if the environment names one.
fn odoo_url() -> Result<Option<Url>, Failure> {
    let Some(url) = Variable::OdooUrl.value()? else {
        return Ok(None);
    };
    let url = Url::parse(&url).map_err(|_| Failure::OdooUrl)?;
    match url.scheme() {
        "http" | "https" => Ok(Some(url)),
        _ => Err(Failure::OdooUrl),
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

fn announce(server: &Server, odoo: Option<&Url>, key_file: Option<&NamedTempFile>) {
    let upstream = odoo.map_or_else(
        || "any Odoo".to_owned(),
        |url| format!("the Odoo at {}", url.host_str().unwrap_or_default()),
    );
    output::done(
        "proxy:",
        format!(
            "speaks ODXProxy's protocol at {}, in front of {upstream}; Ctrl-C ends it",
            server.url()
        ),
    );
    if !server.address().ip().is_loopback() {
        output::warning(
            "other machines can reach this address, and keys cross the network unencrypted",
        );
    }
    let mut lines = format!("export {}={}\n", Variable::ProxyUrl.name(), server.url());
    if let Some(file) = key_file {
        lines.push_str(&format!(
            "export {}=\"$(cat {})\"\n",
            Variable::ProxyKey.name(),
            file.path().display()
        ));
    }
    output::result(&lines);
    output::next(&[(
        "odx pull",
        "in another terminal, after these lines and with the ODX_ODOO_ variables set",
    )]);
}
