//! The checkout that this binary was built from: what was compiled there is not compiled again for the demo.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::program::toml_string;

/// The checkout of odx, while it is still there.
pub(super) struct Checkout {
    root: PathBuf,
    /// Without links, as the generated crate names it too: cargo tells packages apart by their paths.
    runtime: PathBuf,
    target: Option<Target>,
}

/// Either is in a folder that cargo builds in: the first where cargo may keep what rustc says of itself, the second where cargo
/// made the folder.
const WRITTEN_BY_CARGO: [&str; 2] = [".rustc_info.json", "CACHEDIR.TAG"];

/// Where cargo put this binary.
#[derive(Debug, PartialEq)]
struct Target {
    dir: PathBuf,
    release: bool,
}

impl Checkout {
    pub(super) fn find() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
        let runtime = root.join("odx-runtime").canonicalize().ok()?;
        Some(Self {
            root: root.to_owned(),
            runtime,
            target: env::current_exe()
                .ok()
                .and_then(|binary| Target::of(&binary)),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn runtime(&self) -> &Path {
        &self.runtime
    }

    pub(super) fn is_release(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.release)
    }

    /// The versions that odx was built with.
    pub(super) fn lock(&self) -> Option<String> {
        fs::read_to_string(self.root.join("Cargo.lock")).ok()
    }

    /// Cargo's configuration for a program that takes what was compiled for this binary: the same target folder, and the
    /// profiles of the checkout.
    pub(super) fn cargo_config(&self) -> Option<String> {
        let dir = toml_string(&self.target.as_ref()?.dir);
        let mut config = format!("[build]\ntarget-dir = {dir}\n");
        if let Some(profiles) = self.profiles() {
            config.push('\n');
            config.push_str(&profiles);
        }
        Some(config)
    }

    fn profiles(&self) -> Option<String> {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml")).ok()?;
        let mut manifest: toml::Table = manifest.parse().ok()?;
        let profiles = ("profile".to_owned(), manifest.remove("profile")?);
        toml::to_string(&toml::Table::from_iter([profiles])).ok()
    }
}

impl Target {
    /// `target` of `target/debug/odx`; none of `.cargo/bin/odx`, where `cargo install` puts it.
    fn of(binary: &Path) -> Option<Self> {
        let profile = binary.parent()?;
        let dir = profile.parent()?;
        let is_cargos = WRITTEN_BY_CARGO.iter().any(|file| dir.join(file).is_file());
        is_cargos.then(|| Self {
            dir: dir.to_owned(),
            release: profile.file_name().is_some_and(|name| name == "release"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_folder_is_known_whoever_made_it() {
        for file in WRITTEN_BY_CARGO {
            let dir = tempfile::tempdir().expect("a folder");
            fs::write(dir.path().join(file), "").expect("a file");
            let found = Target::of(&dir.path().join("release").join("odx"));
            let expected = Target {
                dir: dir.path().to_owned(),
                release: true,
            };
            assert_eq!(found, Some(expected), "{file}");
        }
    }

    #[test]
    fn an_installed_binary_has_no_target_folder() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(Target::of(&dir.path().join("bin").join("odx")), None);
    }
}
