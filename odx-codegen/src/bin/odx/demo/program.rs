//! The program of the demo: a crate that uses the generated models.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use odx_codegen::Config;

use crate::failure::Failure;
use crate::settings;

const MAIN: &str = include_str!("program.rs.txt");

/// The crate, and how it is built.
pub(super) struct Program<'a> {
    dir: &'a Path,
    checkout: Option<Checkout>,
}

/// The checkout of odx that this binary was built from, while it is still there.
struct Checkout {
    root: PathBuf,
    /// Without links, as the generated crate names it too: cargo tells packages apart by their paths.
    runtime: PathBuf,
    /// Where cargo put this binary, so that what was compiled for it is not compiled again.
    target: Option<Target>,
}

struct Target {
    dir: PathBuf,
    release: bool,
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

/// Fails early where there is no cargo.
pub(super) fn find_cargo() -> Result<(), Failure> {
    let version = Command::new(cargo())
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.map(|_| ()).map_err(Failure::NoCargo)
}

/// The cargo that runs this, or the one on the path.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Checkout {
    fn find() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
        let runtime = root.join("odx-runtime").canonicalize().ok()?;
        Some(Self {
            root: root.to_owned(),
            runtime,
            target: Target::of_this_binary(),
        })
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
                toml_string(&checkout.runtime)
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
        self.write_file("Cargo.toml", &self.manifest())?;
        let Some(checkout) = &self.checkout else {
            return Ok(());
        };
        // The versions that odx itself was built with: no network is needed, and nothing is compiled twice.
        if let Ok(lock) = fs::read_to_string(checkout.root.join("Cargo.lock")) {
            self.write_file("Cargo.lock", &lock)?;
        }
        if let Some(target) = &checkout.target {
            self.write_file(
                ".cargo/config.toml",
                &format!("[build]\ntarget-dir = {}\n", toml_string(&target.dir)),
            )?;
        }
        Ok(())
    }

    fn manifest(&self) -> String {
        let runtime = match &self.checkout {
            Some(checkout) => format!("{{ path = {} }}", toml_string(&checkout.runtime)),
            None => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
        };
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
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n"
        )
    }

    fn write_file(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.dir.join(name);
        let folder = path.parent().unwrap_or(self.dir);
        fs::create_dir_all(folder).map_err(Failure::io("create", folder))?;
        fs::write(&path, text).map_err(Failure::io("write", &path))
    }

    /// Compiles the program. On a terminal cargo shows how it goes on; elsewhere only what went wrong.
    pub(super) fn build(&self) -> Result<(), Failure> {
        let mut build = self.cargo("build");
        if io::stderr().is_terminal() {
            build.stderr(Stdio::inherit());
        }
        let output = build.output().map_err(Failure::NoCargo)?;
        match output.status.success() {
            true => Ok(()),
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
        let mut cargo = Command::new(cargo());
        cargo
            .arg(command)
            .current_dir(self.dir)
            .stdin(Stdio::null());
        if self
            .checkout
            .as_ref()
            .and_then(|checkout| checkout.target.as_ref())
            .is_some_and(|target| target.release)
        {
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

fn toml_string(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}
