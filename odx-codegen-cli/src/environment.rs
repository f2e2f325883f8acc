//! Variables of the environment that look like odx's own and are none: a misspelt one is as good as not set, without a word.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;

use odx_codegen::closest;
use odx_runtime::session::Setting;

use crate::{output, settings};

/// What the variables of odx begin with.
const PREFIX: &str = "ODX_";

/// The variables that the tests, examples and scripts of odx read, beside the settings of a connection.
const OF_TESTS: [&str; 31] = [
    "ODX_BINARY",
    "ODX_BROWSER",
    "ODX_CONDITIONS",
    "ODX_CORPUS",
    "ODX_DOMAINS",
    "ODX_EXPORT_ROWS",
    "ODX_FILES_PROXY",
    "ODX_FILES_PROXY_KEY",
    "ODX_FILE_MB",
    "ODX_IMPORT_KILLS",
    "ODX_IMPORT_ROWS",
    "ODX_IMPORT_SHARE",
    "ODX_LIVE",
    "ODX_ODOO_14_HOME",
    "ODX_ODOO_ENV",
    "ODX_ODOO_HOME",
    "ODX_ODOO_KEYS",
    "ODX_ODOO_LIMITED_API_KEY",
    "ODX_ODOO_LIMITED_LOGIN",
    "ODX_ODOO_LIMITED_PASSWORD",
    "ODX_ODOO_LIMITED_USER_ID",
    "ODX_ODOO_SOURCE",
    "ODX_ODOO_VERSION",
    "ODX_ORACLE",
    "ODX_ORACLE_MATCH",
    "ODX_ORACLE_ONLY",
    "ODX_ORACLE_SHOW",
    "ODX_PYTHON",
    "ODX_SCALE",
    "ODX_SEED",
    "ODX_SHOW",
];

/// Warns of variables that are set, are unknown, and have nearly the name of a setting. Those that `odx.toml` names are known.
pub(crate) fn warn_of_misspelt(config: Option<&Path>) {
    let set = env::vars_os().filter(|(_, value)| !value.is_empty());
    let set: BTreeSet<String> = set
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(PREFIX))
        .collect();
    let mut misspelt = misspelt(set.iter()).peekable();
    // The file is read for them alone.
    if misspelt.peek().is_none() {
        return;
    }
    let named = of_connections(config);
    for (name, likely) in misspelt {
        let name = format!("{PREFIX}{name}");
        if !named.contains(&name) {
            output::warning(format!(
                "{name} is set and odx does not know it; did you mean {PREFIX}{likely}?"
            ));
        }
    }
}

/// The variables that `odx.toml` takes secrets from. What is wrong with the file is told by the command that reads it.
fn of_connections(config: Option<&Path>) -> BTreeSet<String> {
    let config = settings::load(config).unwrap_or_default();
    let connections = config.connections.into_values();
    let variables = connections.flat_map(|it| [it.key_env, it.password_env, it.proxy_key_env]);
    variables.flatten().collect()
}

/// The unknown ones of these names, each with the setting that was likely meant: both without what all begin with, by which they
/// would be alike.
fn misspelt<'n>(
    names: impl Iterator<Item = &'n String>,
) -> impl Iterator<Item = (&'n str, &'static str)> {
    let settings = || Setting::ALL.into_iter().map(Setting::variable);
    let is_known = move |name: &str| OF_TESTS.contains(&name) || settings().any(|it| it == name);
    let unknown = names.filter(move |name| !is_known(name));
    unknown.filter_map(move |name| {
        let name = name.strip_prefix(PREFIX)?;
        let settings = settings().filter_map(|it| it.strip_prefix(PREFIX));
        Some((name, closest(name, settings)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_a_setting_is_told_with_it() {
        for (given, likely) in [
            ("ODOO_ULR", Some("ODOO_URL")),
            ("ODOO_APIKEY", Some("ODOO_API_KEY")),
            ("PROXY_KEYS", Some("PROXY_KEY")),
            ("CA_FLIE", Some("CA_FILE")),
            ("THEME", None),
        ] {
            let name = format!("{PREFIX}{given}");
            let found = misspelt([&name].into_iter()).next();
            assert_eq!(found, likely.map(|likely| (given, likely)));
        }
    }

    #[test]
    fn what_odx_reads_itself_is_not_told() {
        let settings = Setting::ALL.into_iter().map(Setting::variable);
        let names: Vec<String> = settings.chain(OF_TESTS).map(str::to_owned).collect();
        assert_eq!(misspelt(names.iter()).count(), 0);
    }
}
