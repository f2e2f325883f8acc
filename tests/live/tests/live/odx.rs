//! The binary `odx`, run as a user does.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

const PROXY_KEY: &str = "the proxy key of the live tests";

/// The binary, compiled if it is not.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--package", "odx-codegen", "--bin", "odx"])
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
    pub(crate) const KEY: &str = PROXY_KEY;

    pub(crate) fn start() -> Self {
        let mut process = Command::new(binary())
            .args(["proxy", "--listen", "127.0.0.1:0"])
            .env("ODX_PROXY_KEY", PROXY_KEY)
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

    /// A program, or `odx`, that reaches Odoo through this proxy.
    pub(crate) fn environment(&self, command: &mut Command) {
        command
            .env("ODX_PROXY_URL", &self.url)
            .env("ODX_PROXY_KEY", PROXY_KEY);
    }

    /// Runs `odx` in a folder; it must end with exit code 0. Gives what it told.
    pub(crate) fn odx(&self, folder: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(folder);
        succeeds(self, &mut command)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Where it ended on its own there is nothing left to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a command, which must end with exit code 0. Gives what it printed.
pub(crate) fn succeeds(proxy: &Proxy, command: &mut Command) -> String {
    proxy.environment(command);
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let told = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{command:?}:\n{told}");
    told
}
