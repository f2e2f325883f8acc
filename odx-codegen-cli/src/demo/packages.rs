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

/// Which packages of a build: cargo chooses the features of what procedural macros are made of apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// What is compiled for the target.
    Target,
    /// Procedural macros, and what they are made of.
    Macros,
}

/// The packages of registries that a build compiles, of one kind.
#[derive(Debug, Default)]
pub(super) struct Packages(BTreeMap<Package, Features>);

impl Packages {
    /// Of all that is built in a workspace. None where cargo cannot tell, so that they are compiled as if for themselves.
    pub(super) fn of_workspace(dir: &Path, kind: For) -> Self {
        Self::tree(dir, kind, &["--workspace"])
    }

    /// Of the package in a folder.
    pub(super) fn of_package(dir: &Path, kind: For) -> Self {
        Self::tree(dir, kind, &[])
    }

    fn tree(dir: &Path, kind: For, scope: &[&str]) -> Self {
        let output = Command::new(machine::cargo())
            .args(["tree", "--edges", "normal", "--prefix", "depth"])
            .args(["--format", " {p}|{f}"])
            .args(scope)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                Self::read(&String::from_utf8_lossy(&output.stdout), kind)
            }
            _ => Self::default(),
        }
    }

    /// Reads lines such as `2 tokio v1.54.1|default,net (*)`, which begin with how deep they stand.
    fn read(tree: &str, kind: For) -> Self {
        let mut packages = Self::default();
        let mut macro_above: Option<usize> = None;
        for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
            let mut words = package.split(' ');
            let depth = words.next().and_then(|depth| depth.parse().ok());
            let (Some(depth), Some(name), Some(version)) = (depth, words.next(), words.next())
            else {
                continue;
            };
            macro_above = macro_above.filter(|above| depth > *above);
            let rest: Vec<_> = words.collect();
            if rest.contains(&"(proc-macro)") {
                macro_above = macro_above.or(Some(depth));
            }
            let is_asked = macro_above.is_some() == (kind == For::Macros);
            // A path follows the version of what is of no registry.
            if !is_asked || rest.iter().any(|word| *word != "(proc-macro)") {
                continue;
            }
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
            "1 hyper v1.12.0|client,server\n1 hyper v1.12.0|client,server (*)\n1 log v0.4.35|\n1 axum v0.8.0|\n",
            For::Target,
        );
        let demo = Packages::read(
            "0 odx-demo v0.1.0 (/tmp/x)|\n1 hyper v1.12.0|client\n1 log v0.4.35|std (*)\n1 serde_derive v1.0.0 (proc-macro)|\n",
            For::Target,
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

    #[test]
    fn what_macros_are_made_of_is_told_from_what_is_compiled_for_the_target() {
        let tree = "0 odx v0.1.0 (/tmp/x)|\n1 async-trait v0.1.92 (proc-macro)|\n2 syn v3.0.9|full,visit-mut\n3 quote v1.0.47|\n\
                    1 odx-derive v0.1.0 (proc-macro) (/tmp/x/derive)|\n2 strsim v0.11.1|\n1 syn v3.0.9|visit\n";
        let names = |kind| {
            let packages = Packages::read(tree, kind);
            let features = |(package, features): (&Package, &Features)| {
                let features: Vec<_> = features.iter().map(String::as_str).collect();
                format!("{} {}", package.name, features.join(","))
            };
            packages.0.iter().map(features).collect::<Vec<_>>()
        };
        assert_eq!(names(For::Target), ["syn visit"]);
        assert_eq!(
            names(For::Macros),
            ["async-trait ", "quote ", "strsim ", "syn full,visit-mut"]
        );
    }
}
