//! `odx init`

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use odx_codegen::config;

use crate::failure::Failure;
use crate::settings::CONFIG_FILE;
use crate::{Outcome, output};

pub(crate) fn run(named: Option<&Path>) -> Result<Outcome, Failure> {
    let path = named.unwrap_or(Path::new(CONFIG_FILE));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::ConfigExists(path.to_owned()),
            _ => Failure::io("write", path)(error),
        })?;
    file.write_all(config::REFERENCE.as_bytes())
        .map_err(Failure::io("write", path))?;
    output::done(
        "wrote",
        format!("{}, every key at its default", path.display()),
    );
    let flag = named.map_or_else(String::new, |path| format!(" --config {}", path.display()));
    output::next(&[(
        &format!("odx pull{flag}"),
        "reads the schema of the Odoo that ODX_ODOO_URL and the other variables name",
    )]);
    Ok(Outcome::Done)
}
