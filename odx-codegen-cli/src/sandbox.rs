//! `odx sandbox`

use std::path::Path;

use odx_runtime::session::Setting;
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Database, Options, Server, User, company,
};
use secrecy::ExposeSecret;

use crate::args::SandboxArgs;
use crate::connect::variable;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::server::{End, environment};
use crate::{Outcome, block_on};

/// Not looked at by the sandbox, but a request must name some Odoo.
pub(crate) const ODOO_URL: &str = "http://sandbox.invalid";

pub(crate) fn run(args: &SandboxArgs) -> Result<Outcome, Failure> {
    let database = match &args.schema {
        Some(dir) => empty_database(dir)?,
        None => company_database()?,
    };
    let models = database.ids("ir.model").len();
    let mut options = Options::default().address(args.listen);
    if let Some(key) = variable(Setting::ProxyKey.variable())? {
        options = options.key(key);
    }
    for name in &args.allow_host {
        options = options.allowed_host(name);
    }
    block_on(async {
        let end = End::listen()?;
        let server = Server::start(database, options).await?;
        announce(&server, args, models);
        end.serve(server).await
    })??;
    Ok(Outcome::Done)
}

/// The keys open nothing but this data in memory, so they may be shown; and there is no other way to come by them.
fn announce(server: &Server, args: &SandboxArgs, models: usize) {
    let what = match &args.schema {
        Some(dir) => format!(
            "an empty Odoo with the {} of {}",
            count(models, "model"),
            dir.display()
        ),
        None => format!("a small company's Odoo with {}", count(models, "model")),
    };
    output::done(
        "sandbox:",
        format!("{what}, in memory, at {}; Ctrl-C ends it", server.url()),
    );
    output::result(&environment(&variables(server)));
    output::next(&[("odx pull", "in another terminal, after these lines")]);
}

/// What a program needs to reach the sandbox.
pub(crate) fn variables(server: &Server) -> [(&'static str, String); 6] {
    [
        (Setting::ProxyUrl.variable(), server.url()),
        (
            Setting::ProxyKey.variable(),
            server.key().expose_secret().to_owned(),
        ),
        (Setting::Url.variable(), ODOO_URL.to_owned()),
        (Setting::Database.variable(), COMPANY_DATABASE.to_owned()),
        (Setting::UserId.variable(), COMPANY_USER.to_string()),
        (Setting::ApiKey.variable(), COMPANY_KEY.to_owned()),
    ]
}

pub(crate) fn company_database() -> Result<Database, Failure> {
    company().map_err(|source| Failure::SandboxData { source })
}

/// A database without records of a snapshot's models, with the company's user.
fn empty_database(dir: &Path) -> Result<Database, Failure> {
    Ok(Database::from_snapshot(dir)?
        .named(COMPANY_DATABASE)
        .with_user(User::administrator(COMPANY_USER, COMPANY_KEY)))
}
