//! The published crates and their archives.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The crates that are published, each after those that it depends on.
pub(crate) const PUBLISHED: [&str; 7] = [
    "odx-facts",
    "odx-derive",
    "odx-runtime",
    "odx-snapshot",
    "odx-codegen",
    "odx-sandbox",
    "odx-codegen-cli",
];

pub(crate) fn checkout() -> &'static Path {
    static CHECKOUT: OnceLock<PathBuf> = OnceLock::new();
    CHECKOUT.get_or_init(|| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .canonicalize()
            .expect("the checkout")
    })
}

pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(checkout());
    cargo
}

/// Runs a command, and gives what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What `cargo metadata` tells of the checkout, with all dependencies.
pub(crate) fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let metadata = run(cargo().args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--all-features",
        ]));
        serde_json::from_str(&metadata).expect("JSON")
    })
}

pub(crate) fn packages() -> &'static Vec<Value> {
    metadata()["packages"].as_array().expect("packages")
}

pub(crate) fn is_member(package: &Value) -> bool {
    package["source"].is_null()
}

/// The published packages, as `cargo metadata` has them.
pub(crate) fn published() -> impl Iterator<Item = (&'static str, &'static Value)> {
    PUBLISHED.iter().map(|name| {
        let package = packages()
            .iter()
            .find(|package| is_member(package) && package["name"] == *name);
        (
            *name,
            package.unwrap_or_else(|| panic!("no package {name}")),
        )
    })
}

/// The archives of the published crates, in the order of [`PUBLISHED`].
pub(crate) fn archives() -> &'static [PathBuf] {
    static ARCHIVES: OnceLock<Vec<PathBuf>> = OnceLock::new();
    ARCHIVES.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archives");
        let mut package = cargo();
        package.args(["package", "--offline", "--no-verify", "--allow-dirty"]);
        package.arg("--target-dir").arg(&target);
        for name in PUBLISHED {
            package.args(["--package", name]);
        }
        run(&mut package);
        let archive = |(name, package): (_, &Value)| {
            let version = package["version"].as_str().expect("a version");
            target.join(format!("package/{name}-{version}.crate"))
        };
        published().map(archive).collect()
    })
}
