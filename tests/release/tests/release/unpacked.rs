//! The archives, unpacked in an empty folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{PUBLISHED, archives, checkout, metadata, published, run};

/// The workspace of the unpacked crates, each of which finds the others there.
fn manifest() -> String {
    let mut members = String::new();
    let mut patches = String::new();
    for (name, package) in published() {
        let version = package["version"].as_str().expect("a version");
        members += &format!("    \"{name}-{version}\",\n");
        patches += &format!("{name} = {{ path = \"{name}-{version}\" }}\n");
    }
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n[patch.crates-io]\n{patches}\n{}",
        profiles()
    )
}

/// The profiles of the checkout, with which what was compiled there serves here.
fn profiles() -> String {
    let manifest = fs::read_to_string(checkout().join("Cargo.toml")).expect("the manifest");
    let start = manifest.find("[profile.dev]").expect("profiles");
    let end = manifest[start..].find("[workspace.lints").expect("lints");
    manifest[start..start + end].to_owned()
}

fn unpack(into: &Path) {
    for archive in archives() {
        // As of now (`m`): cargo packs all files as of one day in the past, and would take what it compiled of the archives
        // before these for up to date.
        run(Command::new("tar")
            .arg("-xmzf")
            .arg(archive)
            .arg("-C")
            .arg(into));
    }
    fs::write(into.join("Cargo.toml"), manifest()).expect("written");
    // The versions that the checkout is tested with.
    fs::copy(checkout().join("Cargo.lock"), into.join("Cargo.lock")).expect("copied");
}

/// The unpacked crates, and cargo in their folder with the target folder of the checkout.
struct Unpacked {
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl Unpacked {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        unpack(folder.path());
        let target = metadata()["target_directory"].as_str();
        let target = PathBuf::from(target.expect("a folder"));
        Self { folder, target }
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(self.folder.path());
        cargo.env("CARGO_TARGET_DIR", &self.target);
        cargo
    }
}

#[test]
#[ignore = "compiles every published crate: `cargo test -p odx-release -- --ignored`"]
fn the_archives_pass_their_own_tests_in_an_empty_folder() {
    let unpacked = Unpacked::new();
    let printed = run(&mut unpacked.cargo(&["--offline", "test", "--workspace"]));
    println!("{printed}");
    let ran = printed
        .lines()
        .filter(|line| line.starts_with("test result: ok. ") && !line.contains(" 0 passed"));
    assert!(
        ran.count() >= PUBLISHED.len(),
        "not every crate ran tests:\n{printed}"
    );
    let version = run(&mut unpacked.cargo(&[
        "--offline",
        "run",
        "--quiet",
        "--bin",
        "odx",
        "--",
        "--version",
    ]));
    let own = env!("CARGO_PKG_VERSION");
    let info = format!("odx-codegen-cli-{own}/.cargo_vcs_info.json");
    let info = fs::read(unpacked.folder.path().join(info)).expect("what cargo tells of git");
    let info: serde_json::Value = serde_json::from_slice(&info).expect("JSON");
    let commit = info["git"]["sha1"].as_str().expect("a commit");
    assert_eq!(version.trim_end(), format!("odx {own} ({})", &commit[..12]));
}

/// Every feature of every crate, but for the system's TLS, which needs what a machine may not have.
fn all_features() -> Vec<String> {
    let of = |(name, package): (&str, &serde_json::Value)| {
        let features = package["features"].as_object().expect("features");
        let features = features.keys().filter(|feature| *feature != "native-tls");
        let features = features.map(|feature| format!("{name}/{feature}"));
        features.collect::<Vec<_>>()
    };
    published().flat_map(of).collect()
}

/// The oldest versions that the manifests allow; the unstable option is one of the resolver, not of the compiler.
#[test]
#[ignore = "downloads and compiles: `cargo test -p odx-release -- --ignored`"]
fn the_archives_compile_with_the_oldest_dependencies_that_they_allow() {
    let unpacked = Unpacked::new();
    run(unpacked
        .cargo(&["update", "-Z", "direct-minimal-versions"])
        .env("RUSTC_BOOTSTRAP", "1"));
    let features = all_features().join(",");
    run(unpacked
        .cargo(&["check", "--workspace", "--locked", "--features"])
        .arg(features));
}
