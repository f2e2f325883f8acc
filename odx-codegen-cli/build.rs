//! Tells the command its version and the commit that it is built of: `ODX_VERSION`, such as `0.1.0 (1f2e3d4c5b6a)`.
//!
//! A package has the commit in a file of cargo's, a checkout in git. Where neither tells, the version stands alone.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Of a commit, as many digits as git shows of a large repository.
const DIGITS: usize = 12;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = env!("CARGO_PKG_VERSION");
    let commit = of_package().or_else(of_checkout);
    let version = match commit.as_deref().and_then(|commit| commit.get(..DIGITS)) {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    println!("cargo::rustc-env=ODX_VERSION={version}");
}

/// From what `cargo package` writes beside the manifest.
fn of_package() -> Option<String> {
    let info = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cargo_vcs_info.json");
    let info = fs::read_to_string(info).ok()?;
    let (_, rest) = info.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    is_commit(commit).then(|| commit.to_owned())
}

/// From git, if this is a checkout of odx, and not a copy in someone else's.
fn of_checkout() -> Option<String> {
    git(&["ls-files", "--error-unmatch", "Cargo.toml"])?;
    // Written at each commit, and at each change of branch.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = git(&["rev-parse", "HEAD"])?;
    is_commit(&commit).then_some(commit)
}

/// What git prints, without the line's end; none where it fails or is not there.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| printed.trim_end().to_owned())
}

fn is_commit(text: &str) -> bool {
    text.len() >= DIGITS && text.chars().all(|digit| digit.is_ascii_hexdigit())
}
