//! The packages of a build, with the features that cargo chose for them.
//!
//! A package with other features is another one to cargo, and so is all that depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use super::machine;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
}

pub(super) type Features = BTreeSet<String>;

/// The packages of registries that a build compiles for its target: what procedural macros and build scripts use counts
/// apart.
#[derive(Debug, Default)]
pub(super) struct Packages(BTreeMap<Package, Features>);

impl Packages {
    /// Of all that is built in a workspace. None where cargo cannot tell, so that they are compiled as if for themselves.
    pub(super) fn of_workspace(dir: &Path) -> Self {
        Self::tree(dir, &["--workspace"])
    }

    /// Of the package in a folder.
    pub(super) fn of_package(dir: &Path) -> Self {
        Self::tree(dir, &[])
    }

    fn tree(dir: &Path, scope: &[&str]) -> Self {
        let output = Command::new(machine::cargo())
            .args(["tree", "--edges", "normal,no-proc-macro"])
            .args(["--prefix", "none", "--format", "{p}|{f}"])
            .args(scope)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                Self::read(&String::from_utf8_lossy(&output.stdout))
            }
            _ => Self::default(),
        }
    }

    /// Reads lines such as `tokio v1.54.1|default,net (*)`.
    fn read(tree: &str) -> Self {
        let mut packages = Self::default();
        for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
            let mut words = package.split(' ');
            // A path, or the word that it is a macro, follows the version.
            let (Some(name), Some(version), None) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let package = Package {
                name: name.to_owned(),
                version: version.trim_start_matches('v').to_owned(),
            };
            let features = features.trim_end_matches(" (*)").split(',');
            packages.0.entry(package).or_default().extend(
                features
                    .filter(|feature| !feature.is_empty())
                    .map(str::to_owned),
            );
        }
        packages
    }

    /// Those of the `others` that have features here which they have not there.
    pub(super) fn with_more_than(&self, others: &Self) -> BTreeMap<Package, Features> {
        let with_more = others.0.iter().filter_map(|(package, features)| {
            let here = self.0.get(package)?;
            (!here.is_subset(features)).then(|| (package.clone(), here.clone()))
        });
        with_more.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_lack_features_are_told_with_all_that_they_have_elsewhere() {
        let odx = Packages::read(
            "hyper v1.12.0|client,server\nhyper v1.12.0|client,server (*)\nlog v0.4.35|\naxum v0.8.0|\n",
        );
        let demo = Packages::read(
            "odx-demo v0.1.0 (/tmp/x)|\nhyper v1.12.0|client\nlog v0.4.35|std (*)\nserde_derive v1.0.0 (proc-macro)|\n",
        );
        let hyper = Package {
            name: "hyper".to_owned(),
            version: "1.12.0".to_owned(),
        };
        let features = Features::from(["client".to_owned(), "server".to_owned()]);
        assert_eq!(
            odx.with_more_than(&demo),
            BTreeMap::from([(hyper, features)])
        );
        assert_eq!(demo.0.len(), 2);
    }
}
