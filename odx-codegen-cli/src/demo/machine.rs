//! What the demo needs of the machine, looked for before anything is done.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Fails where there is no cargo, or nothing that links programs and compiles the C of the TLS library.
pub(super) fn check() -> Result<(), Failure> {
    start(&cargo()).map_err(Failure::NoCargo)?;
    // On Windows rustc finds Visual Studio's, which stands on no path.
    if cfg!(unix) && !c_compilers().iter().any(|name| start(name).is_ok()) {
        return Err(Failure::NoCCompiler);
    }
    Ok(())
}

/// The cargo that runs this, or the one on the path.
pub(super) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn c_compilers() -> Vec<OsString> {
    let usual = ["cc", "gcc", "clang"].map(OsString::from);
    env::var_os("CC").into_iter().chain(usual).collect()
}

fn start(program: &OsStr) -> io::Result<()> {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map(|_| ())
}
