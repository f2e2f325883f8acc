//! `odx sandbox` and `odx proxy`, started and ended as from a terminal.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use crate::support::{Run, Sandbox, Workplace};

/// A server of the binary. It is told to end when the test is done with it.
struct Running {
    child: Child,
    lines: Vec<String>,
}

impl Running {
    /// Starts it and reads so many lines of what it prints.
    fn start<const N: usize>(place: &Workplace, arguments: [&str; N], lines: usize) -> Self {
        let mut command = place.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("odx starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let lines = stdout
            .lines()
            .take(lines)
            .map(|line| line.expect("text"))
            .collect();
        Self { child, lines }
    }

    /// The value of a variable that it printed.
    fn variable(&self, name: &str) -> String {
        let start = format!("export {name}=");
        let value = self.lines.iter().find_map(|line| line.strip_prefix(&start));
        value
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.lines))
            .to_owned()
    }

    /// Ctrl-C.
    fn interrupt(mut self) -> Run {
        let told = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(told.success());
        let mut stderr = String::new();
        self.child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut stderr)
            .expect("text");
        Run {
            code: self.child.wait().expect("it ends").code(),
            stdout: self.lines.concat(),
            stderr,
        }
    }
}

#[test]
fn the_sandbox_prints_the_lines_that_lead_to_it_and_ends_when_told() {
    let place = Workplace::new();
    let sandbox = Running::start(&place, ["sandbox", "--listen", "127.0.0.1:0"], 6);
    let mut user = Workplace::new();
    for name in [
        "ODX_PROXY_URL",
        "ODX_PROXY_KEY",
        "ODX_ODOO_URL",
        "ODX_ODOO_DB",
        "ODX_ODOO_USER_ID",
        "ODX_ODOO_API_KEY",
    ] {
        user.set(name, &sandbox.variable(name));
    }
    user.odx(["pull", "--models", "res.partner"]).succeeds();
    sandbox
        .interrupt()
        .succeeds()
        .says("small company's Odoo")
        .says("next: odx pull")
        .says("stopping");
}

#[test]
fn the_sandbox_takes_the_models_of_a_snapshot() {
    let company = Sandbox::start();
    let place = Workplace::with(&company);
    place
        .odx(["pull", "--models", "sale.order", "res.partner"])
        .succeeds();
    let sandbox = Running::start(
        &place,
        [
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--schema",
            "odoo-schema",
        ],
        6,
    );
    let mut user = Workplace::with(&company);
    user.set("ODX_PROXY_URL", &sandbox.variable("ODX_PROXY_URL"));
    for name in ["ODX_PROXY_KEY", "ODX_ODOO_API_KEY"] {
        user.set(name, &sandbox.variable(name));
    }
    user.odx(["pull", "--models", "sale.order", "res.partner"])
        .succeeds();
    let fields = |place: &Workplace| {
        let model: serde_json::Value =
            serde_json::from_str(&place.read("odoo-schema/res.partner.json")).expect("JSON");
        model["fields"]
            .as_object()
            .expect("fields")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(&user), fields(&place));
    sandbox.interrupt().succeeds();
}

#[test]
fn a_port_that_is_taken_is_told() {
    let company = Sandbox::start();
    let place = Workplace::new();
    let address = company.server.address().to_string();
    place
        .odx(["sandbox", "--listen", &address])
        .fails()
        .says(&format!("cannot listen on {address}: choose another port"));
}

#[test]
fn the_proxy_keeps_to_this_machine_unless_told_otherwise() {
    let place = Workplace::new();
    place
        .odx(["proxy", "--listen", "0.0.0.0:0"])
        .fails()
        .says("can be reached from other machines")
        .says("--allow-remote");
}

#[test]
fn the_proxys_generated_key_is_in_a_file_of_its_owner_alone_and_gone_afterwards() {
    let place = Workplace::new();
    let proxy = Running::start(&place, ["proxy", "--listen", "127.0.0.1:0"], 2);
    let reference = proxy.variable("ODX_PROXY_KEY");
    let file = reference
        .strip_prefix("\"$(cat ")
        .and_then(|rest| rest.strip_suffix(")\""))
        .expect("a file")
        .to_owned();
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = fs::read_to_string(&file).expect("text").trim().to_owned();
    assert!(key.len() >= 32);
    proxy.interrupt().succeeds().shows_nowhere(&key);
    assert!(!fs::exists(&file).expect("known"));
}

#[test]
fn the_proxy_takes_its_key_from_the_environment_and_shows_it_nowhere() {
    let company = Sandbox::start();
    let mut place = Workplace::with(&company);
    place.set("ODX_PROXY_KEY", "a-key-of-my-own");
    let proxy = Running::start(&place, ["proxy", "--listen", "127.0.0.1:0"], 1);
    place.set("ODX_PROXY_URL", &proxy.variable("ODX_PROXY_URL"));
    // There is no Odoo behind it, and the proxy says so to whom has the key.
    place
        .odx(["pull"])
        .fails()
        .says("the proxy cannot reach Odoo")
        .says("ODX_ODOO_URL");
    place.set("ODX_PROXY_KEY", "another");
    place
        .odx(["pull"])
        .fails()
        .says("the proxy refused its key");
    proxy
        .interrupt()
        .succeeds()
        .shows_nowhere("a-key-of-my-own");
}

#[test]
fn an_odoo_url_that_is_none_is_refused_without_being_shown() {
    let mut place = Workplace::new();
    place.set("ODX_ODOO_URL", "ftp://me:hunter2@erp.example.com");
    place
        .odx(["proxy", "--listen", "127.0.0.1:0"])
        .fails()
        .says("ODX_ODOO_URL is no address of an Odoo")
        .shows_nowhere("hunter2");
}
