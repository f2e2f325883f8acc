//! A server that has its answers ready, for Odoo and a proxy in front of it.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// The id of every session of the web client.
pub const SESSION: &str = "one-for-all";

/// How many companies there are.
pub const COMPANIES: u64 = 42;

const VERSION: &str =
    r#"{"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""]}"#;
const LOGIN: &str = r#"{"uid": 2, "user_context": {"lang": "en_US", "tz": "Europe/Brussels"}}"#;

/// A request: its first line and headers, and its body.
pub struct Request {
    /// Up to the empty line.
    pub head: String,
    /// The JSON.
    pub body: String,
}

/// Serves on a free port for as long as the program runs, and tells each request to `seen`. Returns the URL.
///
/// # Errors
/// If there is no free port.
pub fn start(seen: impl Fn(&Request) + Send + Sync + 'static) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let seen = Arc::new(seen);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let seen = seen.clone();
            // It ends with its connection.
            thread::spawn(move || serve(connection, &*seen));
        }
    });
    Ok(url)
}

fn serve(connection: TcpStream, seen: &impl Fn(&Request)) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut writer = connection.try_clone()?;
    let mut reader = BufReader::new(connection);
    while let Some(request) = read(&mut reader)? {
        seen(&request);
        let answer = answer(&request);
        let cookie = match request.head.contains("/web/session/authenticate") {
            true => format!("set-cookie: session_id={SESSION}\r\n"),
            false => String::new(),
        };
        let length = answer.len();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{cookie}content-length: {length}\r\n\r\n{answer}"
        );
        writer.write_all(response.as_bytes())?;
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(None);
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(Request { head, body }))
}

fn answer(Request { head, body }: &Request) -> String {
    let line = head.lines().next().unwrap_or_default();
    let count = COMPANIES.to_string();
    let result = match line {
        _ if line.contains("version") => VERSION,
        _ if line.contains("authenticate") => LOGIN,
        _ if line.contains("context_get") || body.contains("context_get") => "{}",
        _ => &count,
    };
    const ID: &str = "\"id\":\"";
    let id = body.find(ID).map(|at| &body[at + ID.len()..]);
    match id.and_then(|rest| rest.split('"').next()) {
        Some(id) => format!(r#"{{"jsonrpc": "2.0", "id": "{id}", "result": {result}}}"#),
        None => result.to_owned(),
    }
}
