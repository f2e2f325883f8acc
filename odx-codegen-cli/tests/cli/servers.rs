//! `odx sandbox` and `odx proxy`, started and ended as from a terminal.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::thread;

use flate2::{Compression, write::GzEncoder};
use odx_sandbox::COMPANY_KEY;

use crate::support::{PROXY_KEY, Run, Sandbox, Workplace};
use crate::tls::Tls;

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

    /// Sends a call with these positional arguments to that Odoo, and returns the whole answer.
    fn post(&self, odoo: &str, params: &str) -> String {
        let instance =
            format!(r#"{{"url":"{odoo}","db":"prod","user_id":2,"api_key":"odoo-key"}}"#);
        let body = format!(
            r#"{{"id":"1","action":"read","model_id":"res.partner","params":[{params}],"odoo_instance":{instance}}}"#
        );
        self.exchange(&format!(
            "POST /api/odoo/execute HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: {PROXY_KEY}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Sends a request to the server that was printed, and returns the whole answer.
    fn exchange(&self, request: &str) -> String {
        let url = self.variable("ODX_PROXY_URL");
        let address = url.strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("a connection");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        answer
    }

    /// The most memory that it has had, in bytes.
    #[cfg(target_os = "linux")]
    fn peak(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kib: usize = kib.expect("a size").parse().expect("a number");
        kib * 1024
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
    let proxy = Running::start(
        &place,
        ["proxy", "--any-odoo", "--listen", "127.0.0.1:0"],
        2,
    );
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

#[test]
fn the_proxy_does_not_start_before_it_is_told_which_odoo_it_may_call() {
    let place = Workplace::new();
    place
        .odx(["proxy", "--listen", "127.0.0.1:0"])
        .fails()
        .says("no Odoo is named that the proxy may call")
        .says("ODX_ODOO_URL")
        .says("--allow-odoo https://erp.example.com")
        .says("--any-odoo");
    let secret = "ftp://me:hunter2@erp.example.com";
    place
        .odx(["proxy", "--allow-odoo", secret])
        .fails()
        .says("--allow-odoo is no address of an Odoo")
        .shows_nowhere("hunter2");
}

#[test]
fn the_proxy_calls_the_odoos_it_was_told_and_no_other() {
    let (one, two, other) = (answering(b""), answering(b""), answering(b""));
    let mut place = Workplace::new();
    place.set("ODX_PROXY_KEY", PROXY_KEY);
    place.set("ODX_ODOO_URL", &one);
    let proxy = Running::start(
        &place,
        ["proxy", "--listen", "127.0.0.1:0", "--allow-odoo", &two],
        1,
    );
    for (odoo, answer) in [
        (&one, r#""result":"pong""#),
        (&two, r#""result":"pong""#),
        (&other, "may not call the Odoo at that address"),
    ] {
        let text = proxy.post(odoo, "");
        assert!(text.contains(answer), "{odoo}: {text}");
    }
    proxy.interrupt().succeeds().shows_nowhere(PROXY_KEY);

    let any = Running::start(
        &place,
        ["proxy", "--any-odoo", "--listen", "127.0.0.1:0"],
        1,
    );
    let text = any.post(&other, "");
    assert!(text.contains(r#""result":"pong""#), "{text}");
    any.interrupt()
        .succeeds()
        .says("whoever has the key reaches every host");
}

#[test]
fn the_proxy_reaches_an_odoo_by_the_companys_certificate() {
    let company = Sandbox::start();
    let tls = Tls::before(&company);
    let mut place = Workplace::new();
    place.set("ODX_PROXY_KEY", PROXY_KEY);
    place.set("ODX_ODOO_URL", &tls.url);
    let answer = |place: &Workplace| {
        let proxy = Running::start(place, ["proxy", "--listen", "127.0.0.1:0"], 1);
        let answer = proxy.post(&tls.url, "");
        proxy.interrupt().succeeds();
        answer
    };
    const UNREACHABLE: &str = "-32004";
    let refused = answer(&place);
    assert!(refused.contains(UNREACHABLE), "{refused}");
    place.write("company.pem", "no certificate");
    place.set("ODX_CA_FILE", "company.pem");
    place
        .odx(["proxy", "--listen", "127.0.0.1:0"])
        .fails()
        .says("holds no certificate in PEM");
    place.write("company.pem", &tls.certificate);
    let reached = answer(&place);
    assert!(!reached.contains(UNREACHABLE), "{reached}");
    // What it says itself: it has another database.
    assert!(reached.contains("prod"), "{reached}");
}

#[test]
fn the_proxy_answers_to_other_names_only_where_told() {
    let mut place = Workplace::new();
    place.set("ODX_ODOO_URL", "http://127.0.0.1:9");
    let proxy = Running::start(
        &place,
        [
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--allow-host",
            "proxy.test",
        ],
        1,
    );
    let about = |host: &str| {
        proxy.exchange(&format!(
            "GET /_/about HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ))
    };
    for host in ["localhost", "proxy.test"] {
        let answer = about(host);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
    let answer = about("evil.example");
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert!(answer.contains("--allow-host"), "{answer}");
    proxy.interrupt().succeeds();
}

const MIB: usize = 1 << 20;

#[test]
#[cfg(target_os = "linux")]
fn a_large_request_takes_no_more_memory_than_its_text() {
    let mut place = Workplace::new();
    place.set("ODX_PROXY_KEY", PROXY_KEY);
    let odoo = answering(b"");
    place.set("ODX_ODOO_URL", &odoo);
    let proxy = Running::start(&place, ["proxy", "--listen", "127.0.0.1:0"], 1);
    let lists = format!("{}[]", "[],".repeat(15_000_000));
    let refused = proxy.post("http://127.0.0.1:9", &lists);
    assert!(refused.contains("may not call"), "{refused}");
    let passed_on = proxy.post(&odoo, &lists);
    assert!(passed_on.contains(r#""result":"pong""#), "{passed_on}");
    let peak = proxy.peak();
    assert!(peak < 250 * MIB, "{} MiB", peak / MIB);
    proxy.interrupt().succeeds();
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_beyond_the_limit_is_not_held() {
    let mut place = Workplace::new();
    place.set("ODX_PROXY_KEY", PROXY_KEY);
    let plain = answering(b"plain");
    let bomb = answering(b"bomb");
    place.set("ODX_ODOO_URL", &plain);
    let proxy = Running::start(
        &place,
        [
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--max-answer",
            "16",
            "--allow-odoo",
            &bomb,
        ],
        1,
    );
    for odoo in [&plain, &bomb] {
        let refused = proxy.post(odoo, "");
        assert!(refused.starts_with("HTTP/1.1 500 "), "{refused}");
        assert!(refused.contains("-32005"), "{refused}");
        assert!(refused.contains("larger than 16777216 bytes"), "{refused}");
    }
    let peak = proxy.peak();
    assert!(peak < 120 * MIB, "{} MiB", peak / MIB);
    proxy.interrupt().succeeds();
}

/// An Odoo that answers each request: 400 MiB of spaces, the same as a compressed bomb, or `pong`.
fn answering(what: &'static [u8]) -> String {
    const PIECES: usize = 400;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("a port"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            read_request(&mut stream);
            let encoding = match what {
                b"plain" => "identity",
                b"bomb" => "gzip",
                _ => {
                    let answer =
                        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"result\":\"pong\"}";
                    stream.write_all(answer.as_bytes()).expect("a connection");
                    continue;
                }
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).expect("a connection");
            let mut body: Box<dyn Write> = match what {
                b"bomb" => Box::new(GzEncoder::new(stream, Compression::fast())),
                _ => Box::new(stream),
            };
            // The proxy hangs up when it has had enough.
            let _ = (0..PIECES).try_for_each(|_| body.write_all(&[b' '; MIB]));
        }
    });
    url
}

/// Reads a request with its body.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut request = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        request.extend_from_slice(line.as_bytes());
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let body = &mut reader.take(length);
    body.read_to_end(&mut request).expect("a body");
    request
}

/// The id of a request of the proxy's protocol.
fn id_of(request: &[u8]) -> serde_json::Value {
    let body = request.windows(4).position(|part| part == b"\r\n\r\n");
    let body = &request[body.expect("an end of the head") + 4..];
    let body: serde_json::Value = serde_json::from_slice(body).expect("a request");
    body["id"].clone()
}

/// A proxy in front of the sandbox that puts the keys it was sent, and colours, into the version.
fn echoing(company: &Sandbox) -> String {
    let sandbox = company.server.address();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("a port"));
    let told = format!("19.0 {PROXY_KEY} {COMPANY_KEY} \u{1b}[31m");
    let version = serde_json::json!({"server_version": told, "server_version_info": [19, 0]});
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let request = read_request(&mut stream);
            if request.starts_with(b"POST /api/odoo/version") {
                let answer = serde_json::json!({
                    "jsonrpc": "2.0", "id": id_of(&request), "result": version
                })
                .to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                    answer.len()
                );
                let sent = stream.write_all((head + &answer).as_bytes());
                sent.expect("a connection");
                continue;
            }
            let (head, rest) = request.split_at(
                request
                    .windows(2)
                    .position(|pair| pair == b"\r\n")
                    .expect("a line"),
            );
            let mut sandbox = TcpStream::connect(sandbox).expect("a connection");
            for part in [head, b"\r\nConnection: close", rest] {
                sandbox.write_all(part).expect("a connection");
            }
            std::io::copy(&mut sandbox, &mut stream).expect("a connection");
        }
    });
    url
}

#[test]
fn what_a_server_says_of_its_version_shows_no_key_and_colours_nothing() {
    let company = Sandbox::start();
    let mut place = Workplace::with(&company);
    place.set("ODX_PROXY_URL", &echoing(&company));
    place
        .odx(["pull", "--models", "res.country"])
        .succeeds()
        .says("to Odoo 19.0 [redacted] [redacted]")
        .shows_nowhere(PROXY_KEY)
        .shows_nowhere(COMPANY_KEY)
        .shows_nowhere("\u{1b}[31m");
    let meta = place.read("odoo-schema/_meta.json");
    assert!(
        !meta.contains(PROXY_KEY) && !meta.contains(COMPANY_KEY),
        "{meta}"
    );
}

#[test]
fn only_what_is_no_proxy_is_said_to_be_none() {
    for (status, is_said) in [("404 Not Found", true), ("421 Misdirected Request", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("a port"));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                read_request(&mut stream);
                let head = format!(
                    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 12\r\n\r\n--allow-host"
                );
                stream.write_all(head.as_bytes()).expect("a connection");
            }
        });
        let mut place = Workplace::with(&Sandbox::start());
        place.set("ODX_PROXY_URL", &url);
        let run = place.odx(["models", "--live"]).fails().says("--allow-host");
        let said = run.stderr.contains("does not look like an ODXProxy");
        assert_eq!(said, is_said, "{}", run.stderr);
    }
}
