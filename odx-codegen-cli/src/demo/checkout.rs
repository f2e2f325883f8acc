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

/// Where cargo put this binary.
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
            target: Target::of_this_binary(),
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
    /// `target` of `target/debug/odx`.
    fn of_this_binary() -> Option<Self> {
        let binary = env::current_exe().ok()?;
        let profile = binary.parent()?;
        let dir = profile.parent()?;
        dir.join("CACHEDIR.TAG").is_file().then(|| Self {
            dir: dir.to_owned(),
            release: profile.file_name().is_some_and(|name| name == "release"),
        })
    }
}
