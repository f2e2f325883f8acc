//! `odx.toml`, and the flags over it.

use std::path::{Path, PathBuf};

use odx_codegen::Config;

use crate::args::{FilterArgs, OutputArgs, SchemaArgs};
use crate::failure::Failure;

/// Where the configuration is, unless told.
pub(crate) const CONFIG_FILE: &str = "odx.toml";

/// Reads the configuration. One that was named must be there.
pub(crate) fn load(named: Option<&Path>) -> Result<Config, Failure> {
    let config = match named {
        Some(path) => Config::load(path),
        None => Config::load_or_default(CONFIG_FILE),
    };
    Ok(config?)
}

/// Flags that replace what the configuration says.
pub(crate) trait Override {
    fn apply(&self, config: &mut Config);
}

impl Override for SchemaArgs {
    fn apply(&self, config: &mut Config) {
        if let Some(dir) = &self.schema {
            config.schema.dir.clone_from(dir);
        }
    }
}

impl Override for FilterArgs {
    fn apply(&self, config: &mut Config) {
        if !self.models.is_empty() {
            config.models.include.clone_from(&self.models);
        }
        if !self.exclude.is_empty() {
            config.models.exclude.clone_from(&self.exclude);
        }
    }
}

impl Override for OutputArgs {
    fn apply(&self, config: &mut Config) {
        if let Some(dir) = &self.out {
            config.output.dir.clone_from(dir);
        }
        if let Some(path) = &self.runtime_path {
            config.output.runtime_path = Some(path.clone());
        }
    }
}

/// The output folder and the runtime's as real paths, so that the way from one to the other can be told; and a look
/// whether the runtime is there.
pub(crate) fn resolve_runtime(config: &mut Config) -> Result<(), Failure> {
    let Some(runtime) = &config.output.runtime_path else {
        return Ok(());
    };
    if !runtime.join("Cargo.toml").is_file() {
        return Err(Failure::NoRuntime {
            path: runtime.clone(),
        });
    }
    config.output.runtime_path = Some(real_path(runtime)?);
    config.output.dir = real_path(&config.output.dir)?;
    Ok(())
}

/// The absolute path without links, as far as it exists.
pub(crate) fn real_path(path: &Path) -> Result<PathBuf, Failure> {
    let absolute = std::path::absolute(path).map_err(Failure::io("find", path))?;
    for existing in absolute.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            let rest = absolute
                .strip_prefix(existing)
                .expect("BUG: an ancestor is a prefix");
            return Ok(rest.iter().fold(real, |path, name| path.join(name)));
        }
    }
    Ok(absolute)
}

/// The flags of this call that the next one needs too.
pub(crate) fn carried(named: Option<&Path>, schema: &SchemaArgs) -> String {
    let flag = |name: &str, path: Option<&Path>| {
        path.map_or_else(String::new, |path| format!(" {name} {}", path.display()))
    };
    flag("--config", named) + &flag("--schema", schema.schema.as_deref())
}
