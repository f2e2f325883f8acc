//! The program of the demo: a crate that uses the generated models.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use odx_codegen::Config;
use serde::Deserialize;

use super::checkout::Checkout;
use super::machine;
use super::packages::{Features, For, Package, Packages};
use crate::failure::Failure;
use crate::settings;

/// The head of what only shares packages with odx: a table of its own, for one of them may be a dependency already.
const SHARED: &str = "\
# Not for the program: with the features that they have in odx, these are compiled already.
[target.'cfg(all())'.dependencies]";

/// The head of what macros are made of: cargo chooses their features with those of what build scripts use.
const SHARED_BY_MACROS: &str = "\
# The same of what macros are made of.
[build-dependencies]";

const MAIN: &str = include_str!("program.rs.txt");

/// The crate, and how it is built.
pub(super) struct Program<'a> {
    dir: &'a Path,
    checkout: Option<Checkout>,
}

/// What only shares packages with odx.
#[derive(Default)]
struct Shared {
    target: BTreeMap<Package, Features>,
    macros: BTreeMap<Package, Features>,
}

/// What cargo did for the program, in packages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Built {
    pub(super) compiled: usize,
    /// Those that had been compiled before.
    pub(super) found: usize,
}

/// The first query of the program.
pub(super) fn excerpt() -> String {
    let lines = MAIN
        .lines()
        .skip_while(|line| !line.contains(" = domain!("))
        .map(str::trim_start);
    let mut text = String::new();
    for line in lines {
        let indent = if line.starts_with('.') { "    " } else { "" };
        text.push_str(&format!("{indent}{line}\n"));
        if line.ends_with(".await?;") {
            break;
        }
    }
    text
}

impl<'a> Program<'a> {
    pub(super) fn new(dir: &'a Path) -> Self {
        Self {
            dir,
            checkout: Checkout::find(),
        }
    }

    pub(super) fn source(&self) -> PathBuf {
        self.dir.join("src/main.rs")
    }

    /// An `odx.toml`, so that every command works in the folder afterwards.
    pub(super) fn write_config(&self) -> Result<Config, Failure> {
        let mut text =
            "# Every key has a default; `odx init` writes a file that explains them.\n".to_owned();
        if let Some(checkout) = &self.checkout {
            text.push_str(&format!(
                "\n[output]\nruntime-path = {}\n",
                toml_string(checkout.runtime())
            ));
        }
        let path = self.dir.join(settings::CONFIG_FILE);
        self.write_file(settings::CONFIG_FILE, &text)?;
        let mut config = Config::load(&path)?;
        settings::resolve_runtime(&mut config)?;
        Ok(config)
    }

    pub(super) fn write(&self) -> Result<(), Failure> {
        self.write_file("src/main.rs", MAIN)?;
        self.write_manifest(&Shared::default())?;
        let Some(checkout) = &self.checkout else {
            return Ok(());
        };
        let Some(config) = checkout.cargo_config() else {
            return Ok(());
        };
        self.write_file(".cargo/config.toml", &config)?;
        self.share_features(checkout)
    }

    /// Asks for the features with which the packages were compiled for odx, until cargo chooses them: each may bring others.
    fn share_features(&self, checkout: &Checkout) -> Result<(), Failure> {
        const MOST_ROUNDS: usize = 5;
        let kinds = [For::Target, For::Macros];
        let of_odx = kinds.map(|kind| Packages::of_workspace(checkout.root(), kind));
        let mut shared = Shared::default();
        for _ in 0..MOST_ROUNDS {
            let own = kinds.map(|kind| Packages::of_package(self.dir, kind));
            let [target, macros] = [0, 1].map(|kind| of_odx[kind].with_more_than(&own[kind]));
            if target.is_empty() && macros.is_empty() {
                break;
            }
            shared.target.extend(target);
            shared.macros.extend(macros);
            self.write_manifest(&shared)?;
        }
        Ok(())
    }

    /// With the versions that odx itself was built with. Cargo forgets those that a manifest does not need, so that they
    /// are told anew with each.
    fn write_manifest(&self, shared: &Shared) -> Result<(), Failure> {
        self.write_file("Cargo.toml", &self.manifest(shared))?;
        match self.checkout.as_ref().and_then(Checkout::lock) {
            Some(lock) => self.write_file("Cargo.lock", &lock),
            None => Ok(()),
        }
    }

    fn manifest(&self, shared: &Shared) -> String {
        let runtime = match &self.checkout {
            Some(checkout) => format!("{{ path = {} }}", toml_string(checkout.runtime())),
            None => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
        };
        let table = |head, packages: &BTreeMap<_, _>| match packages.is_empty() {
            true => String::new(),
            false => format!("\n{head}\n{}", dependencies(packages)),
        };
        let shared = table(SHARED, &shared.target) + &table(SHARED_BY_MACROS, &shared.macros);
        format!(
            "[package]\n\
             name = \"odx-demo\"\n\
             version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             publish = false\n\
             \n\
             # A workspace of its own, wherever the folder is.\n\
             [workspace]\n\
             \n\
             [dependencies]\n\
             models = {{ path = \"models\" }}\n\
             odx-runtime = {runtime}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\
             {shared}"
        )
    }

    fn write_file(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.dir.join(name);
        let folder = path.parent().unwrap_or(self.dir);
        fs::create_dir_all(folder).map_err(Failure::io("create", folder))?;
        fs::write(&path, text).map_err(Failure::io("write", &path))
    }

    /// Compiles the program; cargo shows how it goes on.
    pub(super) fn build(&self) -> Result<Built, Failure> {
        let output = self
            .cargo("build")
            .args(["--message-format", "json-render-diagnostics"])
            .stderr(Stdio::inherit())
            .output()
            .map_err(Failure::NoCargo)?;
        match output.status.success() {
            true => Ok(Built::read(&String::from_utf8_lossy(&output.stdout))),
            false => Err(self.failure("does not compile", &output.stderr)),
        }
    }

    /// Runs the program and returns what it prints.
    pub(super) fn run(&self, environment: &[(&'static str, String)]) -> Result<String, Failure> {
        let variables = environment.iter().map(|(name, value)| (name, value));
        let output = self
            .cargo("run")
            .arg("--quiet")
            .envs(variables)
            .output()
            .map_err(Failure::NoCargo)?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(self.failure("failed", &output.stderr)),
        }
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(machine::cargo());
        cargo
            .arg(command)
            .current_dir(self.dir)
            .stdin(Stdio::null());
        if self.checkout.as_ref().is_some_and(Checkout::is_release) {
            cargo.arg("--release");
        }
        cargo
    }

    fn failure(&self, what: &'static str, stderr: &[u8]) -> Failure {
        Failure::DemoProgram {
            what,
            dir: self.dir.to_owned(),
            stderr: String::from_utf8_lossy(stderr).trim_end().to_owned(),
        }
    }
}

impl Built {
    /// Counts cargo's messages, of which a package has several.
    fn read(messages: &str) -> Self {
        let mut packages: BTreeMap<String, bool> = BTreeMap::new();
        for line in messages.lines() {
            let message: Message = match serde_json::from_str(line) {
                Ok(message) => message,
                Err(_) => continue,
            };
            let (Some(package), Some(fresh)) = (message.package_id, message.fresh) else {
                continue;
            };
            *packages.entry(package).or_insert(true) &= fresh;
        }
        let found = packages.values().filter(|fresh| **fresh).count();
        Self {
            compiled: packages.len() - found,
            found,
        }
    }
}

/// A line of `cargo build --message-format json`. What was built is fresh or not.
#[derive(Deserialize)]
struct Message {
    package_id: Option<String>,
    fresh: Option<bool>,
}

/// A table of a manifest that asks for these features of these very versions.
fn dependencies(packages: &BTreeMap<Package, Features>) -> String {
    let mut names = BTreeSet::new();
    let lines = packages.iter().map(|(Package { name, version }, features)| {
        // Cargo takes one package by one name; another version is another package.
        let key = match names.insert(name) {
            true => name.clone(),
            false => format!("{name}-{}", version.replace(['.', '+'], "-")),
        };
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        format!(
            "{key} = {{ package = {name:?}, version = \"={version}\", default-features = false, features = {features:?} }}\n"
        )
    });
    lines.collect()
}

pub(super) fn toml_string(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_compiled_when_all_of_it_is() {
        let messages = r#"
            {"reason":"compiler-artifact","package_id":"registry+x#a@1.0.0","fresh":true,"features":[]}
            {"reason":"compiler-artifact","package_id":"registry+x#b@1.0.0","fresh":true}
            {"reason":"build-script-executed","package_id":"registry+x#b@1.0.0"}
            {"reason":"compiler-artifact","package_id":"registry+x#b@1.0.0","fresh":false}
            {"reason":"build-finished","success":true}
        "#;
        let built = Built {
            compiled: 1,
            found: 1,
        };
        assert_eq!(Built::read(messages), built);
    }

    #[test]
    fn two_versions_of_a_package_have_two_names() {
        let package = |version: &str| Package {
            name: "getrandom".to_owned(),
            version: version.to_owned(),
        };
        let std = Features::from(["std".to_owned()]);
        let packages = BTreeMap::from([
            (package("0.3.4"), std),
            (package("0.4.3+x"), Features::new()),
        ]);
        assert_eq!(
            dependencies(&packages),
            "getrandom = { package = \"getrandom\", version = \"=0.3.4\", default-features = false, features = [\"std\"] }\n\
             getrandom-0-4-3-x = { package = \"getrandom\", version = \"=0.4.3+x\", default-features = false, features = [] }\n"
        );
    }
}
