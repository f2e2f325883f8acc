//! The binary `odx`, run as a user does.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The binary that `ODX_BINARY` names, or else that of this checkout, compiled if it is not.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(binary) = std::env::var_os("ODX_BINARY") {
            return binary.into();
        }
        let output = Command::new(env!("CARGO"))
            // Of the whole workspace, for what was compiled for the other tests is of its features.
            .args(["build", "--workspace", "--bin", "odx"])
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "odx does not compile");
        output
            .stdout
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .last()
            .expect("cargo tells where the binary is")
    })
}

/// `odx proxy` in front of the Odoo of the environment; it ends with this.
pub(crate) struct Proxy {
    process: Child,
    pub(crate) url: String,
}

impl Proxy {
    pub(crate) const KEY: &str = "the proxy key of the live tests";

    pub(crate) fn start() -> Self {
        let mut process = Command::new(binary())
            .args(["proxy", "--listen", "127.0.0.1:0"])
            .env("ODX_PROXY_KEY", Self::KEY)
            .stdout(Stdio::piped())
            .spawn()
            .expect("odx starts");
        let stdout = process.stdout.take().expect("a pipe");
        let line = BufReader::new(stdout).lines().next();
        let line = line.expect("the proxy tells its address").expect("text");
        let url = line
            .strip_prefix("export ODX_PROXY_URL=")
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        Self { process, url }
    }

    /// `odx` in a folder, which reaches Odoo through this proxy.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(folder);
        self.reach(&mut command);
        command
    }

    /// Runs `odx` in a folder; it must end with that exit code. Gives what it told.
    pub(crate) fn odx<S: AsRef<OsStr>>(&self, folder: &Path, code: i32, arguments: &[S]) -> String {
        self.run(code, &mut self.command(folder, arguments))
    }

    /// Runs a program that reaches Odoo through this proxy; it must end with that exit code. Gives what it printed.
    pub(crate) fn run(&self, code: i32, command: &mut Command) -> String {
        self.reach(command);
        let output = command.output().expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command:?}:\n{told}");
        told
    }

    /// Has a program reach Odoo through this proxy.
    fn reach(&self, command: &mut Command) {
        command
            // Of the tests themselves.
            .env_remove("ODX_ROAD")
            .env("ODX_PROXY_URL", &self.url)
            .env("ODX_PROXY_KEY", Self::KEY)
            .stdin(Stdio::null());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Where it ended on its own there is nothing left to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
