//! What the lock files say.

use std::collections::BTreeSet;
use std::fs;

use crate::support::checkout;

/// The workspaces that have a lock file of their own.
const OTHERS: [&str; 2] = ["odx-runtime/datafusion", "examples/ballista"];

/// Names and versions.
fn locked(folder: &str) -> BTreeSet<(String, String)> {
    let path = checkout().join(folder).join("Cargo.lock");
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let packages = text.split("[[package]]").skip(1);
    packages
        .map(|package| {
            let value = |key: &str| {
                let mut lines = package.lines();
                let value = lines.find_map(|line| line.strip_prefix(key));
                value.expect("a value").trim_matches('"').to_owned()
            };
            (value("name = "), value("version = "))
        })
        .collect()
}

/// What cargo takes for one version: `1` of 1.2.3, `0.4` of 0.4.5.
fn line_of(version: &str) -> String {
    let parts: Vec<&str> = version.split(['.', '-', '+']).collect();
    let told = parts.iter().position(|part| *part != "0");
    parts[..=told.unwrap_or(parts.len() - 1)].join(".")
}

/// Else the target folder that they share holds a package twice, and what is tested here is not what the engine runs with.
#[test]
fn other_workspaces_are_locked_to_the_versions_of_this_one() {
    let own = locked(".");
    assert!(own.len() > 100, "{} packages are locked", own.len());
    for folder in OTHERS {
        let theirs = locked(folder);
        let shared = theirs.intersection(&own).count();
        assert!(shared > 100, "{folder}: {shared} packages are the same");
        for (name, version) in &theirs {
            let ours = own.iter().find(|(known, ours)| {
                known == name && line_of(ours) == line_of(version) && ours != version
            });
            assert_eq!(
                ours, None,
                "{folder}: {name} {version}; `cargo update --precise` in that folder"
            );
        }
    }
}
