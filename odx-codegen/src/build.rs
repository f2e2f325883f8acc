//! The API for build scripts.

use std::env;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::emit::Layout;
use crate::error::Error;
use crate::{generate_as, source};

/// Generates the models into `OUT_DIR`, from a build script:
///
/// ```no_run
/// fn main() -> Result<(), odx_codegen::Error> {
///     odx_codegen::build("odx.toml")
/// }
/// ```
///
/// The crate then says `odx_runtime::include_models!();` where the models belong. Only the snapshot is read, never the
/// network; of `[output]` in the configuration only `runtime-crate` is used.
///
/// # Errors
///
/// Those of [`Config::load`], [`read_snapshot`](source::read_snapshot), [`generate`](crate::generate) and
/// [`Output::write`](crate::Output::write), and [`Error::NotABuildScript`].
pub fn build(config: impl AsRef<Path>) -> Result<(), Error> {
    let path = config.as_ref();
    let out_dir = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .ok_or(Error::NotABuildScript("OUT_DIR"))?;
    rerun_if_changed(path);
    let config = Config::load(path)?;
    rerun_if_changed(&config.schema.dir);
    let schema = source::read_snapshot(&config.schema.dir)?;
    let output = generate_as(&schema, &config, Layout::Include)?;
    for diagnostic in &output.diagnostics {
        println!("cargo::warning={diagnostic}");
    }
    output.write(&out_dir)?;
    Ok(())
}

/// Cargo runs a build script every time if it names a path that does not exist.
fn rerun_if_changed(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}
